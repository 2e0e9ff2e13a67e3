"""年度报告: which enterprises owe one for the year, and which have handed it in.

Who owes one follows from the day; what became of it counts until the day of knowing: a report that came in January
belongs to the year it tells of, and is late.
"""

from collections.abc import Iterator
from datetime import date

from cqo_portal.jurisdictions.vocabulary import Size
from cqo_portal.statistics.acts import steps_of
from cqo_portal.statistics.counting import Balance, Column, Record
from cqo_portal.statistics.subject import BY_OFFICE, Subject, counted, of_scale, shared
from cqo_portal.statistics.world import World
from registry.reports.models import AnnualReport, Reception, ReportVersion
from registry.reports.schedule import Schedule, schedule_of

STANDINGS = {"received": "按时接收", "late": "逾期报送", "waiting": "报来待接收", "missing": "未报"}
SPRING = 3  # until then last year's reports are at stake


def schedule(world: World) -> Schedule:
    year = world.at.on.year if world.at.on.month > SPRING else world.at.on.year - 1
    return schedule_of(world.pack, year)


def records(world: World) -> Iterator[Record]:
    """Enterprises where somebody served on a day of the year so far, or that reported all the same."""
    asked = schedule(world)
    first, last = date(asked.year, 1, 1), min(date(asked.year, 12, 31), world.at.on)
    owing = {post.organisation for post in world.posts if post.served_between(first, last)}
    received = _received(world, asked)
    handed_in = _handed_in(world, asked)
    lying = _lying_before_the_county(world, handed_in)
    for pk in sorted(owing | (handed_in.keys() & world.enterprises.keys())):
        firm = world.enterprises[pk]
        standing = received.get(pk) or ("waiting" if pk in lying else "missing")
        yield Record(f"enterprise:{pk}", {"county": firm.office, "size": firm.size, "standing": standing})


def _received(world: World, asked: Schedule) -> dict:
    """By enterprise `received`, or `late` where only a version of after the cut-off was received."""
    taken = Reception.objects.filter(
        version__report__year=asked.year,
        version__report__organisation__in=world.candidates.values("pk"),
        at__lt=world.at.recorded_before,
    )
    found: dict = {}
    for organisation, on in taken.values_list("version__report__organisation", "version__on"):
        if on <= asked.cut_off or found.get(organisation) == "received":
            found[organisation] = "received"
        else:
            found[organisation] = "late"
    return found


def _handed_in(world: World, asked: Schedule) -> dict:
    """By enterprise its report, where a version was handed in."""
    first = ReportVersion.objects.filter(
        report__year=asked.year,
        report__organisation__in=world.candidates.values("pk"),
        number=1,
        at__lt=world.at.recorded_before,
    )
    return dict(first.values_list("report__organisation", "report"))


def _lying_before_the_county(world: World, handed_in: dict) -> set:
    here = {pk: report for pk, report in handed_in.items() if pk in world.enterprises}
    steps = steps_of(AnnualReport, list(here.values()), before=world.at.recorded_before)
    return {
        pk for pk, report in here.items()
        if steps[report] and steps[report][-1].after == AnnualReport.State.AT_COUNTY
    }  # fmt: skip


def columns(world: World) -> list[Column]:
    def stands(which: str):
        return lambda record: record["standing"] == which

    return [
        counted("n", "应报企业", unit="家"),
        *(counted(code, label, stands(code)) for code, label in STANDINGS.items()),
        shared("share", "按时接收率", stands("received"), among=lambda record: True),
        shared("taken", "接收率", lambda r: r["standing"] in ("received", "late"), among=lambda record: True),
    ]


def balances(world: World) -> tuple[Balance, ...]:
    return (Balance("n", tuple(STANDINGS)),)


REPORTS = Subject(
    code="reports",
    version=1,
    title="企业年度报告报送情况",
    lede="应报的企业有多少家按时报来、逾期、未报",
    records=records,
    columns=columns,
    balances=balances,
    dimensions=(BY_OFFICE, of_scale("size", "按企业规模", "规模", Size)),
)
