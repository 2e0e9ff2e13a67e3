"""培训机构: who trains under a commission of an office here, and what came of it this year."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef, Q

from cqo_portal.parties.models import Institution
from cqo_portal.statistics.counting import Column, Record, Sort
from cqo_portal.statistics.subject import Subject, counted, of_found
from cqo_portal.statistics.world import World
from training.models import Commission, Completion, Entry, Posting, ProviderReportVersion, Session


def records(world: World) -> Iterator[Record]:
    """Commissions, and what the commissioned posted, certified and reported: of the year, until that day."""
    at = world.at
    commissions = Commission.objects.filter(
        office__in=list(world.offices), first_day__lte=at.on, at__lt=at.recorded_before
    )
    commissions = commissions.filter(Q(last_day=None) | Q(last_day__gte=at.begins))
    commissions = commissions.filter(Q(ended_on=None) | Q(ended_on__gte=at.begins))
    trainers = set()
    for pk, institution in commissions.order_by("pk").values_list("pk", "institution"):
        trainers.add(institution)
        yield Record(f"commission:{pk}", {"institution": str(institution), "is": "commission"})
    yield from _sessions(world, trainers)
    yield from _learned(world, trainers)
    yield from _papers(world, trainers)


def _of_the_year(world: World, day: str) -> dict[str, tuple[date, date]]:
    return {f"{day}__range": (world.at.begins, world.at.on)}


def _sessions(world: World, trainers: set) -> Iterator[Record]:
    posted = Posting.objects.filter(session=OuterRef("pk"), at__lt=world.at.recorded_before)
    held = Session.objects.filter(Exists(posted), institution__in=trainers, **_of_the_year(world, "last_day"))
    for pk, institution in held.order_by("pk").values_list("pk", "institution"):
        yield Record(f"session:{pk}", {"institution": str(institution), "is": "session"})


def _learned(world: World, trainers: set) -> Iterator[Record]:
    end = world.at.recorded_before
    taken_back = Entry.objects.filter(reverses=OuterRef("pk"), at__lt=end)
    lines = Entry.objects.filter(
        ~Exists(taken_back), institution__in=trainers, session__isnull=False, reverses=None
    )
    lines = lines.filter(at__lt=end, **_of_the_year(world, "on"))
    trained = set()
    for pk, institution, person, hours in lines.order_by("pk").values_list(
        "pk", "institution", "person", "hours"
    ):
        yield Record(f"entry:{pk}", {"institution": str(institution), "is": "entry", "hours": hours})
        if (institution, person) not in trained:
            trained.add((institution, person))
            yield Record(
                f"trainee:{institution}:{person}", {"institution": str(institution), "is": "trainee"}
            )


def _papers(world: World, trainers: set) -> Iterator[Record]:
    end = world.at.recorded_before
    issued = Completion.objects.filter(
        institution__in=trainers, at__lt=end, **_of_the_year(world, "issued_on")
    )
    for pk, institution, voided_at in issued.order_by("pk").values_list("pk", "institution", "voiding__at"):
        void = voided_at is not None and voided_at < end
        yield Record(f"completion:{pk}", {"institution": str(institution), "is": "completion", "void": void})
    handed_in = ProviderReportVersion.objects.filter(
        report__institution__in=trainers, report__office__in=list(world.offices), report__year=world.at.year,
        at__lt=end, number=1,
    )  # fmt: skip
    for pk, institution in handed_in.order_by("report").values_list("report", "report__institution"):
        yield Record(f"provider-report:{pk}", {"institution": str(institution), "is": "report"})


def _is(what: str):
    return lambda record: record["is"] == what


def columns(world: World) -> list[Column]:
    return [
        counted("commissions", "委托", _is("commission"), unit="件"),
        counted("sessions", "已入账场次", _is("session"), unit="场"),
        counted("attendances", "学时记录", _is("entry"), unit="笔", group="培训"),
        counted("people", "参训人数", _is("trainee"), unit="人", group="培训"),
        Column(
            code="hours", label="学时合计", group="培训", unit="学时", sort=Sort.SUM,
            counts=_is("entry"), amount=lambda record: record["hours"],
        ),
        counted("completions", "发放", _is("completion"), unit="张", group="培训证书"),
        counted("void", "其中已作废", lambda record: record["is"] == "completion" and record["void"], unit="张", group="培训证书"),
        counted("reports", "已报年度报告", _is("report"), unit="份"),
    ]  # fmt: skip


def _names(keys: set[str]) -> dict[str, str]:
    return {str(pk): name for pk, name in Institution.objects.filter(pk__in=keys).values_list("pk", "name")}


PROVIDERS = Subject(
    code="providers",
    version=1,
    title="培训机构情况",
    lede="受本辖区委托的机构本年办了几场、培训多少人、发了多少证",
    unit="",
    records=records,
    columns=columns,
    dimensions=(of_found("institution", "按机构", "培训机构", _names),),
    rolls_up=False,  # cities and provinces commission providers, so each counts what it commissioned
)
