"""Numbers that count up without a gap, each series by its key."""

from django.db import connection

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
