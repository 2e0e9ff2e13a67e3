"""Days too full, days outside a commission, hours that do not fit: the values on both sides of each boundary."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.checks import (
    Learned,
    days_between,
    days_outside,
    long_days,
    minutes_taught,
    too_many_hours,
)


def hours(said: str, *days: date, **minutes: int) -> Learned:
    """Hours of some days that weigh alike; or by the names of the days, with their minutes."""
    named = {"one": ONE, "two": TWO}
    return Learned(D(said), dict.fromkeys(days, 1) | {named[name]: said for name, said in minutes.items()})


ONE, TWO, THREE = (date(2026, 10, 16) + timedelta(days=n) for n in range(3))


class TestLongDays:
    @pytest.mark.parametrize(
        ("learned", "full"),
        [
            ([], []),
            ([hours("12", ONE)], []),
            ([hours("12.01", ONE)], [ONE]),
            ([hours("6", ONE), hours("6", ONE)], []),
            ([hours("6", ONE), hours("6.01", ONE)], [ONE]),
            ([hours("24", ONE, TWO)], []),
            ([hours("24.01", ONE, TWO)], [ONE, TWO]),
            ([hours("24", ONE, TWO), hours("0.01", TWO)], [TWO]),
            # a third of an hour is no finite decimal: 10 / 3 + 10 / 3 + 16 / 3 = 12 exactly
            (
                [
                    hours("10", ONE, TWO, THREE),
                    hours("10", ONE, TWO, THREE),
                    hours("16", ONE, TWO, THREE),
                ],
                [],
            ),
            ([hours("36", ONE, TWO, THREE), hours("0.01", THREE)], [THREE]),
            ([hours("99")], []),  # on no day
            ([hours("13", TWO), hours("13", ONE)], [ONE, TWO]),
            (
                [hours("14", one=840, two=60)],
                [ONE],
            ),  # fourteen hours by the clock on one day, one on the next
            ([hours("14", ONE, TWO)], []),  # the control: nobody knows when
            ([hours("13", one=720, two=60)], []),
            ([hours("13.01", one=720, two=60)], [ONE]),
        ],
    )
    def test_more_than_twelve_and_not_twelve(self, learned, full):
        assert long_days(learned) == full

    @given(st.lists(st.integers(1, 2400), min_size=1, max_size=8), st.randoms())
    def test_the_order_is_of_no_account(self, cents, chance):
        learned = [Learned(D(n) / 100, dict.fromkeys((ONE, TWO)[: 1 + n % 2], n)) for n in cents]
        mixed = chance.sample(learned, len(learned))
        assert long_days(mixed) == long_days(learned)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [(ONE, ONE, (ONE,)), (ONE, THREE, (ONE, TWO, THREE)), (TWO, ONE, ())],
)
def test_days_between_hold_both_ends(first, last, days):
    assert days_between(first, last) == days


class TestDaysOutside:
    @pytest.mark.parametrize(
        ("spans", "outside"),
        [
            ([], [ONE, TWO, THREE]),
            ([(ONE, THREE)], []),
            ([(ONE, None)], []),
            ([(TWO, None)], [ONE]),  # begins in the middle
            ([(ONE, TWO)], [THREE]),  # ends in the middle
            ([(ONE, ONE), (TWO, THREE)], []),  # renewed without a gap
            ([(ONE, ONE), (THREE, None)], [TWO]),
            ([(THREE + timedelta(days=1), None)], [ONE, TWO, THREE]),
            ([(ONE - timedelta(days=9), ONE - timedelta(days=1))], [ONE, TWO, THREE]),
            ([(THREE, ONE)], [ONE, TWO, THREE]),  # ended before it began: never
        ],
    )
    def test_of_three_days(self, spans, outside):
        assert days_outside(ONE, THREE, spans=spans) == outside


class TestMinutes:
    NINE = datetime(2026, 10, 17, 9)

    def test_the_meetings_together(self):
        times = [
            (self.NINE, self.NINE + timedelta(minutes=90)),
            (self.NINE, self.NINE + timedelta(minutes=45)),
        ]
        assert minutes_taught(times) == 135
        assert minutes_taught([]) == 0

    @pytest.mark.parametrize(
        ("hours", "minutes", "too_many"),
        [("2", 90, False), ("2", 89, True), ("2.01", 90, True), ("0.5", 23, False), ("0.5", 22, True)],
    )
    def test_class_hours_of_45_minutes(self, hours, minutes, too_many):
        assert too_many_hours(D(hours), minutes=minutes, class_hour=45) is too_many
