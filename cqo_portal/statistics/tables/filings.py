"""备案办理: what came in this year, by which channel, how far it is, how long each level took, and what was late."""

from collections.abc import Iterator
from datetime import date

from cqo_portal.jurisdictions import NoSuchRule, pack
from cqo_portal.jurisdictions.calendar import WorkingCalendar
from cqo_portal.reference.queries import working_calendar
from cqo_portal.statistics.acts import days_in, steps_of
from cqo_portal.statistics.counting import Balance, Column, Record
from cqo_portal.statistics.subject import BY_OFFICE, Subject, counted, middle, of_scale, shared
from cqo_portal.statistics.world import World
from registry.clock import clock, days_late
from registry.deadlines import day_of
from registry.models import Filing, Submission

S = Filing.State
STATES = {
    S.FILED: "已备案",
    S.AT_COUNTY: "在县级",
    S.AT_CITY: "在市级",
    S.RETURNED: "退回补正中",
    S.DRAFT: "已撤回",
    S.DISCARDED: "已作废",
}


def records(world: World) -> Iterator[Record]:
    """Every filing first handed in this year, as it stood."""
    first = Submission.objects.filter(
        round=1,
        filing__organisation__in=world.candidates.values("pk"),
        filing__submitted_on__range=(world.at.begins, world.at.on),
        at__lt=world.at.done_before,
    )
    rows = first.order_by("filing").values_list(
        "filing", "filing__organisation", "filing__kind", "filing__notice", "filing__rule_edition",
        "filing__submitted_on",
    )  # fmt: skip
    here = [(row, county) for row in rows if (county := world.county_of(row[1]))]
    steps = steps_of(Filing, [row[0] for row, _ in here], before=world.at.done_before)
    days = _days_of_changes(world, [row for row, _ in here])
    calendar = working_calendar()
    for (pk, _, kind, notice, edition, submitted_on), county in here:
        moves = steps[pk]
        state = moves[-1].after if moves else S.AT_COUNTY
        filed = next((step.on for step in moves if step.after == S.FILED), None)
        due_on = _due_on(edition, days.get(pk), calendar)
        yield Record(
            f"filing:{pk}",
            {
                "county": county,
                "kind": kind,
                "state": state,
                "called": notice is not None,
                "rounds": sum(step.action == "submit" for step in moves) or 1,
                "county_days": days_in(moves, S.AT_COUNTY)
                if any(s.after == S.AT_CITY for s in moves)
                else None,
                "city_days": days_in(moves, S.AT_CITY) if filed else None,
                "days": (filed - submitted_on).days if filed else None,
                "has_deadline": due_on is not None,
                "late": days_late(due_on, reported_on=submitted_on) > 0,
            },
        )


def _days_of_changes(world: World, rows: list) -> dict:
    """By filing of a change the day it took effect, as it was last said."""
    changes = [row[0] for row in rows if row[2] != Filing.Kind.APPOINTMENT]
    said = Submission.objects.filter(filing__in=changes, at__lt=world.at.done_before).order_by("round")
    return {
        one.filing_id: day_of(one.filing.kind, one.content)
        for one in said.select_related("filing").only("filing__kind", "content")
    }


def _due_on(edition: str, day: date | None, calendar: WorkingCalendar) -> date | None:
    """A change has a last day where the text sets one; an appointment has none (及时)."""
    if day is None:
        return None
    try:
        route = pack(edition).route
    except NoSuchRule:
        return None
    return clock(route.change, day, calendar).due_on if route else None


def columns(world: World) -> list[Column]:
    def filed(record: Record) -> bool:
        return record["state"] == S.FILED

    def in_state(state: str):
        return lambda record: record["state"] == state

    return [
        counted("n", "受理", unit="件"),
        counted("called", "集中备案", lambda record: record["called"], group="渠道"),
        counted("voluntary", "主动备案", lambda record: not record["called"], group="渠道"),
        *(
            counted(
                f"kind.{kind.value}",
                kind.label.removeprefix("变更备案").strip("（）") or "变更",
                _of_kind(kind),
                group="事项",
            )
            for kind in Filing.Kind
        ),
        *(
            counted(f"state.{state.value}", label, in_state(state), group="进度")
            for state, label in STATES.items()
        ),
        middle("county_days", "县级", "county_days", group="办理天数（中位）"),
        middle("city_days", "市级", "city_days", group="办理天数（中位）"),
        middle("days", "受理到备案", "days", group="办理天数（中位）"),
        middle("rounds", "中位", "rounds", group="轮次", unit="轮"),
        shared("first", "一次通过", lambda record: record["rounds"] == 1, among=filed, group="轮次"),
        counted("limited", "有期限的变更", lambda record: record["has_deadline"], group="变更报送期限"),
        counted("late", "逾期报送", lambda record: record["late"], group="变更报送期限"),
    ]


def _of_kind(kind: Filing.Kind):
    return lambda record: record["kind"] == kind.value


def balances(world: World) -> tuple[Balance, ...]:
    return (
        Balance("n", ("called", "voluntary")),
        Balance("n", tuple(f"kind.{kind.value}" for kind in Filing.Kind)),
        Balance("n", tuple(f"state.{state.value}" for state in STATES)),
    )


FILINGS = Subject(
    code="filings",
    version=1,
    title="备案办理情况",
    lede="本年受理的备案：渠道、进度、各级办了几天、退了几轮、逾期多少",
    records=records,
    columns=columns,
    balances=balances,
    dimensions=(BY_OFFICE, of_scale("kind", "按事项", "事项", Filing.Kind)),
)
