"""A certificate's dates, with 29 February and month ends; what holds of it on any day; when one may apply again."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.validity import (
    Change,
    Standing,
    Stretch,
    standing,
    stretches,
    validity_of,
    wait_after,
    years_of,
)
from cqo_portal.jurisdictions import pack
from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.jurisdictions.vocabulary import CertificateState as S

RULE = pack("jiangsu-2023-draft").certificate


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("issued_on", "last_day", "opens", "reapply_by"),
    [
        ("2024-03-15", "2027-03-14", "2026-09-14", "2026-12-14"),
        ("2024-02-29", "2027-02-28", "2026-08-28", "2026-11-28"),
        ("2025-03-01", "2028-02-29", "2027-08-29", "2027-11-29"),
        ("2024-03-01", "2027-02-28", "2026-08-28", "2026-11-28"),
        ("2024-01-01", "2026-12-31", "2026-06-30", "2026-09-30"),
        ("2024-06-01", "2027-05-31", "2026-11-30", "2027-02-28"),
        ("2025-06-01", "2028-05-31", "2027-11-30", "2028-02-29"),
        ("2026-11-21", "2029-11-20", "2029-05-20", "2029-08-20"),
    ],
)
def test_the_dates_of_a_jiangsu_certificate(issued_on, last_day, opens, reapply_by):
    dates = validity_of(day(issued_on), RULE)
    assert (dates.first_day, dates.last_day) == (day(issued_on), day(last_day))
    assert (dates.reapply_opens, dates.reapply_by) == (day(opens), day(reapply_by))


def test_four_years_after_29_february_end_on_the_28th_of_a_leap_year():
    rule = replace(RULE, valid_for=replace(RULE.valid_for, length=Years(4)))
    assert validity_of(date(2024, 2, 29), rule).last_day == date(2028, 2, 28)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_the_dates_come_in_order_and_the_anniversary_is_never_covered(issued_on):
    dates = validity_of(issued_on, RULE)
    assert dates.first_day < dates.reapply_opens < dates.reapply_by < dates.last_day
    after = dates.last_day + timedelta(days=1)
    assert standing(dates, [], day=dates.last_day).is_valid
    assert not standing(dates, [], day=after).is_valid
    assert (after.month, after.day) == (issued_on.month, issued_on.day) or (
        issued_on.month,
        issued_on.day,
    ) == (2, 29)


# ── what holds on a day ───────────────────────────────────────────────────────────────────────
LIFE = validity_of(date(2024, 3, 15), RULE)  # until 2027-03-14
SUSPENDED = Change(S.SUSPENDED, date(2025, 9, 3))
RESUMED = Change(S.VALID, date(2025, 10, 1))


@pytest.mark.parametrize(
    ("changes", "on", "state", "since"),
    [
        ([], "2024-03-14", None, None),
        ([], "2024-03-15", S.VALID, "2024-03-15"),
        ([], "2027-03-14", S.VALID, "2024-03-15"),
        ([], "2027-03-15", S.EXPIRED, "2027-03-15"),
        ([SUSPENDED], "2025-09-02", S.VALID, "2024-03-15"),
        ([SUSPENDED], "2025-09-03", S.SUSPENDED, "2025-09-03"),
        ([SUSPENDED], "2027-03-14", S.SUSPENDED, "2025-09-03"),
        ([SUSPENDED], "2027-03-15", S.EXPIRED, "2027-03-15"),
        # Suspended on the very last day.
        ([Change(S.SUSPENDED, date(2027, 3, 14))], "2027-03-14", S.SUSPENDED, "2027-03-14"),
        ([Change(S.SUSPENDED, date(2027, 3, 14))], "2027-03-15", S.EXPIRED, "2027-03-15"),
        ([SUSPENDED, RESUMED], "2025-09-30", S.SUSPENDED, "2025-09-03"),
        ([SUSPENDED, RESUMED], "2025-10-01", S.VALID, "2025-10-01"),
        ([Change(S.DISCONTINUED, date(2026, 1, 5))], "2030-01-01", S.DISCONTINUED, "2026-01-05"),
        ([Change(S.SUPERSEDED, date(2026, 12, 1))], "2026-11-30", S.VALID, "2024-03-15"),
        ([Change(S.SUPERSEDED, date(2026, 12, 1))], "2027-03-15", S.SUPERSEDED, "2026-12-01"),
        # Got by deceit: void from the beginning, whatever was recorded of it in between.
        ([SUSPENDED, RESUMED, Change(S.VOID, date(2024, 3, 15))], "2024-03-15", S.VOID, "2024-03-15"),
        ([SUSPENDED, RESUMED, Change(S.VOID, date(2025, 9, 20))], "2025-09-10", S.SUSPENDED, "2025-09-03"),
        ([SUSPENDED, RESUMED, Change(S.VOID, date(2025, 9, 20))], "2025-11-10", S.VOID, "2025-09-20"),
        # Found to be wrong: taken back from the very day it began.
        ([SUSPENDED, Change(S.VALID, date(2025, 9, 3))], "2025-09-03", S.VALID, "2024-03-15"),
        # A new one was issued after this one had ended: it has expired all the same.
        ([Change(S.SUPERSEDED, date(2027, 6, 1))], "2027-06-02", S.EXPIRED, "2027-03-15"),
    ],
)
def test_what_holds_on_a_day(changes, on, state, since):
    assert standing(LIFE, changes, day=day(on)) == Standing(state, since and day(since))


def test_a_life_is_told_in_stretches():
    assert stretches(LIFE, [SUSPENDED, RESUMED]) == [
        Stretch(S.VALID, date(2024, 3, 15), date(2025, 9, 2)),
        Stretch(S.SUSPENDED, date(2025, 9, 3), date(2025, 9, 30)),
        Stretch(S.VALID, date(2025, 10, 1), date(2027, 3, 14)),
        Stretch(S.EXPIRED, date(2027, 3, 15), None),
    ]


issues = st.dates(date(2020, 1, 1), date(2030, 1, 1))
acts = st.lists(
    st.tuples(
        st.sampled_from([S.VALID, S.SUSPENDED, S.DISCONTINUED, S.VOID, S.SUPERSEDED]),
        st.integers(0, 1200),
    ),
    max_size=6,
)


@given(issues, acts, st.integers(-30, 1300))
def test_every_day_has_the_last_word_that_was_said_of_it(issued_on, said, days):
    """The definition written out once more, day by day, without stretches."""
    life = validity_of(issued_on, RULE)
    changes = [Change(state, issued_on + timedelta(days=n)) for state, n in said]
    on = issued_on + timedelta(days=days)
    words = [S.VALID, *(each.state for each in changes if each.on <= min(on, life.last_day))]
    expired = on > life.last_day and words[-1] in (S.VALID, S.SUSPENDED)
    expected = None if on < issued_on else S.EXPIRED if expired else words[-1]
    assert standing(life, changes, day=on).state is expected


@given(issues, acts)
def test_stretches_cover_the_whole_life_without_gap_and_no_two_neighbours_are_alike(issued_on, said):
    life = validity_of(issued_on, RULE)
    found = stretches(life, [Change(state, issued_on + timedelta(days=n)) for state, n in said])
    assert (found[0].first, found[-1].last) == (issued_on, None)
    for one, two in pairwise(found):
        assert two.first == one.last + timedelta(days=1)
        assert two.state is not one.state


# ── certificate years ─────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("issued_on", "years"),
    [
        (
            "2024-03-15",
            [("2024-03-15", "2025-03-14"), ("2025-03-15", "2026-03-14"), ("2026-03-15", "2027-03-14")],
        ),
        (
            "2024-02-29",
            [("2024-02-29", "2025-02-28"), ("2025-03-01", "2026-02-28"), ("2026-03-01", "2027-02-28")],
        ),
    ],
)
def test_the_years_of_a_certificate(issued_on, years):
    assert years_of(validity_of(day(issued_on), RULE)) == [(day(a), day(b)) for a, b in years]


def test_a_year_may_last_a_day():
    """Of one that takes the place of a misprint: it ends when that one would have."""
    life = replace(validity_of(date(2026, 3, 14), RULE), last_day=date(2027, 3, 14))
    assert years_of(life) == [
        (date(2026, 3, 14), date(2027, 3, 13)),
        (date(2027, 3, 14), date(2027, 3, 14)),
    ]


# ── applying again ────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("changes", "on", "ends"),
    [
        ([], "2026-01-01", None),
        ([], "2027-03-15", None),  # simply expired
        ([], "2024-01-01", None),  # not begun
        ([SUSPENDED], "2025-09-03", "2026-09-03"),
        ([SUSPENDED, RESUMED], "2025-10-01", None),
        ([Change(S.SUSPENDED, date(2027, 1, 31))], "2027-03-20", "2028-01-31"),  # expired while suspended
        ([Change(S.DISCONTINUED, date(2026, 2, 28))], "2026-03-01", "2027-02-28"),
        ([Change(S.VOID, date(2024, 3, 15))], "2026-03-01", "2025-03-15"),
        # Declared void from the beginning, two years later: the year runs from when it was said.
        ([Change(S.VOID, date(2024, 3, 15), date(2026, 6, 1))], "2026-06-02", "2027-06-01"),
        ([Change(S.SUSPENDED, date(2025, 1, 2), date(2025, 1, 5))], "2025-02-01", "2026-01-05"),
        ([Change(S.SUPERSEDED, date(2026, 5, 1))], "2026-05-02", None),
        # Suspended from its first day on, and expired.
        ([Change(S.SUSPENDED, date(2024, 3, 15))], "2027-03-20", "2025-03-15"),
        # What was recorded of another loss is no matter of this one.
        (
            [SUSPENDED, Change(S.VOID, date(2026, 5, 1), date(2026, 6, 1))],
            "2026-01-10",
            "2026-09-03",
        ),
    ],
)
def test_a_full_year_passes_after_a_loss_and_none_after_plain_expiry(changes, on, ends):
    wait = wait_after(LIFE, changes, RULE, day=day(on))
    assert (wait and wait.ends) == (ends and day(ends))
    assert wait is None or RULE.wait_after_loss.after(wait.begins) == wait.ends
