"""年度报告: which enterprises owe one for the year, and which have handed it in.

One is owed where the text asks for it, or an office called for that year's; elsewhere only who reports all the same counts.

Who owes one follows from the day; what became of it counts until the day of knowing: a report that came in January
belongs to the year it tells of, and is late.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from cqo_portal.jurisdictions.vocabulary import Size
from cqo_portal.parties.editions import editions_across
from cqo_portal.statistics.acts import steps_of
from cqo_portal.statistics.counting import Balance, Column, Record
from cqo_portal.statistics.subject import BY_OFFICE, Subject, counted, of_scale, shared
from cqo_portal.statistics.world import World
from registry.reports.models import AnnualReport, Reception, ReportVersion, RollUp
from registry.reports.schedule import Schedule, schedule_of

STANDINGS = {"received": "按时接收", "late": "逾期报送", "waiting": "报来待接收", "missing": "未报"}
SPRING = 3  # until then last year's reports are at stake


def year_of(world: World) -> int:
    return world.at.on.year if world.at.on.month > SPRING else world.at.on.year - 1


def schedules(world: World) -> dict[str, Schedule]:
    """By office what the edition says that was in force at the end of the year, or today while it runs."""
    year = year_of(world)
    judged = min(date(year, 12, 31), world.at.on)
    packs = editions_across(world.offices.values(), judged, known=world.at.recorded_before)
    return {code: schedule_of(pack, year) for code, pack in packs.items()}


def records(world: World) -> Iterator[Record]:
    """Enterprises that are asked, where somebody served on a day of the year so far, or that reported all the same."""
    known = schedules(world)
    asked = known[world.area.pk]
    asking = _asking(world, known)
    first, last = date(asked.year, 1, 1), min(date(asked.year, 12, 31), world.at.on)
    served = {post.organisation for post in world.posts if post.served_between(first, last)}
    owing = {pk for pk in served if world.county_of(pk) in asking}
    received = _received(world, asked)
    handed_in = _handed_in(world, asked)
    lying = _lying_before_the_county(world, handed_in)
    for pk in sorted(owing | (handed_in.keys() & world.enterprises.keys())):
        firm = world.enterprises[pk]
        standing = received.get(pk) or ("waiting" if pk in lying else "missing")
        yield Record(f"enterprise:{pk}", {"county": firm.office, "size": firm.size, "standing": standing})


def _asking(world: World, known: Mapping[str, Schedule]) -> set[str]:
    """Counties where the text asks for reports of enterprises, or that had been called to collect them by then."""
    by_text = {code for code in world.counties if not known[code].voluntary}
    called = RollUp.objects.filter(
        office__in=list(world.counties), year=year_of(world), opened_at__lt=world.at.recorded_before
    )
    return by_text | set(called.values_list("office", flat=True))


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
    group = f"{year_of(world)} 年度报告"

    def stands(which: str):
        return lambda record: record["standing"] == which

    return [
        counted("n", "应报和已报", group=group, unit="家"),
        *(counted(code, label, stands(code), group=group) for code, label in STANDINGS.items()),
        shared("share", "按时接收率", stands("received"), among=lambda record: True, group=group),
        shared(
            "taken",
            "接收率",
            lambda record: record["standing"] in ("received", "late"),
            among=lambda record: True,
            group=group,
        ),
    ]


def balances(world: World) -> tuple[Balance, ...]:
    return (Balance("n", tuple(STANDINGS)),)


REPORTS = Subject(
    code="reports",
    version=1,
    title="企业年度报告报送情况",
    lede="规定或者通知要求报的企业，有多少家按时报来、逾期、未报；没有要求的只计自愿报的",
    records=records,
    columns=columns,
    balances=balances,
    dimensions=(BY_OFFICE, of_scale("size", "按企业规模", "规模", Size)),
)
