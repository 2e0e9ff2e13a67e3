"""When something is said of a coming day. Every boundary by hand; and what holds for all days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cqo_portal.reminders.stages import Stage, Stages

ENDS = Stages((Stage(-30, "还有 30 天"), Stage(-7, "还有 7 天"), Stage(1, "已经到期")), lasts=60)
LAST_DAY = date(2027, 3, 31)

days = st.integers(0, 7_000).map(lambda n: date(2020, 1, 1) + timedelta(days=n))
some_stages = st.builds(
    lambda offsets, lasts: Stages(tuple(Stage(n, "") for n in sorted(set(offsets))), lasts=lasts),
    st.lists(st.integers(-200, 100), min_size=1, max_size=5),
    st.integers(1, 90),
)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2027-02-28", None),
        ("2027-03-01", "-30"),
        ("2027-03-23", "-30"),
        ("2027-03-24", "-7"),
        ("2027-03-31", "-7"),
        ("2027-04-01", "+1"),
        ("2027-05-30", "+1"),
        ("2027-05-31", None),
    ],
)
def test_each_stage_holds_until_the_next_one(day, code):
    holding = ENDS.holding(LAST_DAY, date.fromisoformat(day))
    assert (holding and holding.code) == code


@given(some_stages, days, days)
def test_what_holds_and_what_is_asked_for_are_the_same(stages, due_on, day):
    asked = [stage for stage in stages if _between(stages.due_between(stage, day), due_on)]
    holding = stages.holding(due_on, day)
    assert asked == ([holding] if holding else [])
    assert _between(stages.span(day), due_on) == (holding is not None)


@given(some_stages, days)
def test_whoever_looks_every_day_hears_every_stage_on_its_own_day(stages, due_on):
    heard = {}
    for after in range(stages.of[0].offset - 3, stages.ends + 3):
        if holding := stages.holding(due_on, due_on + timedelta(days=after)):
            heard.setdefault(holding.code, due_on + timedelta(days=after))
    assert heard == {stage.code: stage.reached_on(due_on) for stage in stages}


@pytest.mark.parametrize("offsets", [(), (1, 1), (3, 2)])
def test_stages_out_of_order_are_refused(offsets):
    with pytest.raises((ValueError, IndexError)):
        Stages(tuple(Stage(n, "") for n in offsets)).ends  # noqa: B018
    assert Stages((Stage(1, ""), Stage(2, ""))).ends == 32  # the control


def _between(span, day):
    return span[0] <= day <= span[1]
