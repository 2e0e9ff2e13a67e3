"""A certificate's dates, with 29 February and month ends, and its standing on a day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.validity import standing, validity_of
from cqo_portal.jurisdictions import pack
from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.jurisdictions.vocabulary import CertificateState as S

RULE = pack("jiangsu-2023-draft").certificate


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
    dates = validity_of(date.fromisoformat(issued_on), RULE)
    assert [
        d.isoformat() for d in (dates.first_day, dates.last_day, dates.reapply_opens, dates.reapply_by)
    ] == [
        issued_on,
        last_day,
        opens,
        reapply_by,
    ]


def test_four_years_after_29_february_end_on_the_28th_of_a_leap_year():
    rule = replace(RULE, valid_for=replace(RULE.valid_for, length=Years(4)))
    assert validity_of(date(2024, 2, 29), rule).last_day == date(2028, 2, 28)


LIFE = validity_of(date(2024, 3, 15), RULE)


@pytest.mark.parametrize(
    ("recorded", "day", "expected"),
    [
        (S.VALID, date(2024, 3, 15), S.VALID),
        (S.VALID, date(2027, 3, 14), S.VALID),
        (S.VALID, date(2027, 3, 15), S.EXPIRED),
        (S.SUSPENDED, date(2027, 3, 14), S.SUSPENDED),
        (S.SUSPENDED, date(2027, 3, 15), S.EXPIRED),
        (S.DISCONTINUED, date(2030, 1, 1), S.DISCONTINUED),
        (S.VOID, date(2030, 1, 1), S.VOID),
        (S.SUPERSEDED, date(2030, 1, 1), S.SUPERSEDED),
    ],
)
def test_what_ends_by_itself_expires_and_what_was_ended_stays_ended(recorded, day, expected):
    assert standing(recorded, LIFE, day=day) is expected


def test_before_its_first_day_a_certificate_does_not_stand():
    with pytest.raises(ValueError, match="尚未签发"):
        standing(S.VALID, LIFE, day=date(2024, 3, 14))


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_the_dates_come_in_order_and_the_anniversary_is_never_covered(issued_on):
    dates = validity_of(issued_on, RULE)
    assert dates.first_day < dates.reapply_opens < dates.reapply_by < dates.last_day
    after = dates.last_day + timedelta(days=1)
    assert dates.covers(dates.last_day)
    assert not dates.covers(after)
    assert (after.month, after.day) == (issued_on.month, issued_on.day) or (
        issued_on.month,
        issued_on.day,
    ) == (2, 29)
