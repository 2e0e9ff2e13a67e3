"""Receipt and filing numbers: unique, without gaps, each telling where it comes from."""

from cqo_portal.workflow.series import next_in
from registry.models import Filing


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
