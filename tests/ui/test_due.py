"""How a page says a last day."""

from datetime import date

import pytest

from cqo_portal.ui.due import Due

LAST = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("today", "said", "tone"),
    [
        (date(2026, 11, 16), "11月20日（周五），还有 4 天", ""),
        (date(2026, 11, 17), "11月20日（周五），还有 3 天", "soon"),
        (date(2026, 11, 20), "11月20日（周五），就是今天", "soon"),
        (date(2026, 11, 21), "11月20日（周五），已过 1 天", "late"),
    ],
)
def test_it_is_far_near_today_or_past(today, said, tone):
    due = Due(LAST, today)
    assert (str(due), due.tone) == (said, tone)
