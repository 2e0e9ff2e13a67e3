"""培训机构: who trains under a commission of an office here, and what came of it this year."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef

from cqo_portal.statistics.counting import Column, Record, Sort
from cqo_portal.statistics.subject import Subject, counted, institutions_named, of_found
from cqo_portal.statistics.world import World
from training.models import Commission, Completion, Entry, Posting, ProviderReportVersion, Session


@dataclass(frozen=True)
class Held:
    """A commission: who trains under it, from which day to which."""

    institution: UUID
    first_day: date
    last_day: date | None

    def covers(self, institution: UUID, day: date) -> bool:
        return (
            institution == self.institution
            and self.first_day <= day
            and (self.last_day is None or day <= self.last_day)
        )


def records(world: World) -> Iterator[Record]:
    """Commissions, and what was trained, certified and reported under them: of the year, until that day."""
    held: dict[UUID, Held] = dict(_commissions(world))
    for pk, each in held.items():
        yield Record(f"commission:{pk}", {"institution": str(each.institution), "is": "commission"})
    under = list(held.values())
    yield from _sessions(world, under)
    yield from _learned(world, under)
    yield from _papers(world, under)


def _commissions(world: World) -> Iterator[tuple[UUID, Held]]:
    """Those of an office here that held on a day of the year so far. An end that was written down later is not known yet."""
    at = world.at
    found = Commission.objects.filter(
        office__in=list(world.offices), first_day__lte=at.on, at__lt=at.recorded_before
    )
    for pk, institution, first, last, ended_on, moved_at in found.order_by("pk").values_list(
        "pk", "institution", "first_day", "last_day", "ended_on", "moved_at"
    ):
        if ended_on is not None and moved_at < at.recorded_before:
            last = min(last or ended_on, ended_on)
        if last is None or last >= at.begins:
            yield pk, Held(institution, first, last)


def _under(held: list[Held], institution: UUID, day: date) -> bool:
    return any(each.covers(institution, day) for each in held)


def _trainers(held: list[Held]) -> set[UUID]:
    return {each.institution for each in held}


def _of_the_year(world: World, day: str) -> dict[str, tuple[date, date]]:
    return {f"{day}__range": (world.at.begins, world.at.on)}


def _sessions(world: World, under: list[Held]) -> Iterator[Record]:
    posted = Posting.objects.filter(session=OuterRef("pk"), at__lt=world.at.recorded_before)
    held = Session.objects.filter(
        Exists(posted), institution__in=_trainers(under), **_of_the_year(world, "last_day")
    )
    for pk, institution, day in held.order_by("pk").values_list("pk", "institution", "last_day"):
        if _under(under, institution, day):
            yield Record(f"session:{pk}", {"institution": str(institution), "is": "session"})


def _learned(world: World, under: list[Held]) -> Iterator[Record]:
    end = world.at.recorded_before
    taken_back = Entry.objects.filter(reverses=OuterRef("pk"), at__lt=end)
    lines = Entry.objects.filter(
        ~Exists(taken_back), institution__in=_trainers(under), session__isnull=False, reverses=None
    )
    lines = lines.filter(at__lt=end, **_of_the_year(world, "on"))
    trained = set()
    for pk, institution, person, hours, day in lines.order_by("pk").values_list(
        "pk", "institution", "person", "hours", "on"
    ):
        if not _under(under, institution, day):
            continue
        house = str(institution)
        yield Record(f"entry:{pk}", {"institution": house, "is": "entry", "hours": hours})
        if (institution, person) not in trained:
            trained.add((institution, person))
            yield Record(f"trainee:{institution}:{person}", {"institution": house, "is": "trainee"})


def _papers(world: World, under: list[Held]) -> Iterator[Record]:
    end = world.at.recorded_before
    issued = Completion.objects.filter(
        institution__in=_trainers(under),
        authority__in=list(world.offices),
        at__lt=end,
        **_of_the_year(world, "issued_on"),
    )
    for pk, institution, voided_at in issued.order_by("pk").values_list("pk", "institution", "voiding__at"):
        void = voided_at is not None and voided_at < end
        yield Record(f"completion:{pk}", {"institution": str(institution), "is": "completion", "void": void})
    handed_in = ProviderReportVersion.objects.filter(
        report__institution__in=_trainers(under), report__office__in=list(world.offices), report__year=world.at.year,
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
            code="hours", label="入账学时", group="培训", unit="学时", sort=Sort.SUM,
            counts=_is("entry"), amount=lambda record: record["hours"],
        ),
        counted("completions", "发放", _is("completion"), unit="张", group="培训证书"),
        counted("void", "其中已作废", lambda record: record["is"] == "completion" and record["void"], unit="张", group="培训证书"),
        counted("reports", "已报年度报告", _is("report"), unit="份"),
    ]  # fmt: skip


PROVIDERS = Subject(
    code="providers",
    version=1,
    title="培训机构情况",
    lede="受本辖区委托的机构本年办了几场、培训多少人、发了多少证",
    records=records,
    columns=columns,
    dimensions=(of_found("institution", "按机构", "培训机构", institutions_named),),
    rolls_up=False,  # cities and provinces commission providers, so each counts what it commissioned
)
