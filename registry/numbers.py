"""Receipt and filing numbers: unique, without gaps, each telling where it comes from."""

from django.db import connection

from registry.models import Filing

_NEXT = """
    INSERT INTO registry_series (key, last) VALUES (%s, 1)
    ON CONFLICT (key) DO UPDATE SET last = registry_series.last + 1
    RETURNING last
"""


def next_in(series: str) -> int:
    """The next number; it is given back if the caller's transaction fails, so no gap arises."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [series])
        return cursor.fetchone()[0]


def receipt_number(filing: Filing, *, year: int) -> str:
    """受理号, given by the county at the first submission: `SL-130981-2026-0001`."""
    series = f"SL-{filing.office_id}-{year}"
    return f"{series}-{next_in(series):04d}"


PUTS_SOMEBODY_IN = frozenset({Filing.Kind.APPOINTMENT, Filing.Kind.REPLACEMENT})


def filing_number(filing: Filing, *, year: int) -> str:
    """备案号, given by the city when the filing enters the register: `BA-130900-2026-00001`.

    A person who takes a post gets a BA; what changes a post that keeps its BA gets a number of its own, BG.
    """
    letters = "BA" if filing.kind in PUTS_SOMEBODY_IN else "BG"
    series = f"{letters}-{filing.office.parent_id}-{year}"
    return f"{series}-{next_in(series):05d}"
