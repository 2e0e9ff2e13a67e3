"""The only writer of the ledger: what was learned is credited, and what was credited wrongly is reversed."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from cqo_portal.audit.record import record
from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import Refused
from training.checks import Learned, days_between, long_days
from training.models import (
    Commission,
    Entry,
    Flag,
    Meeting,
    Posting,
    Presence,
    RosterLine,
    SelfReport,
    Session,
)
from training.permissions import organises, settles_flags

BATCH = 2000
_EXACT = Decimal("0.01")  # what a column holds; finer hours are refused, never rounded


class NotExact(ValueError):
    """Hours finer than the ledger keeps."""


def exact(hours: Decimal) -> Decimal:
    """The hours as they are; raises `NotExact` instead of rounding."""
    if not isinstance(hours, Decimal) or hours != hours.quantize(_EXACT):
        raise NotExact(f"{hours!r} is no exact number of class hours")
    return hours


# ── crediting ─────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def credit_roster(session: Session, *, by) -> Posting:
    """Turn the roster of a session into entries: all its lines, or none. Called by the step that posts it.

    Raises `Refused` where somebody was quicker elsewhere.
    """
    _take_your_time()
    lines = list(session.roster.order_by("id"))
    posting = Posting.objects.create(session=session, lines=len(lines), digest=digest_of(lines), by=by)
    try:
        with transaction.atomic():
            entries = Entry.objects.bulk_create(_entries(session, lines, posting=posting, by=by), BATCH)
            Presence.objects.bulk_create(_presences(session, lines, entries), BATCH)
    except IntegrityError as error:
        raise Refused(_in_words(error)) from error
    Flag.objects.bulk_create(_flags(session, entries), BATCH)
    session.roster.all().delete()
    return posting


def standing_in(session: Session, people: Iterable) -> set[tuple]:
    """(person, class) of what stands in the ledger for this session."""
    stands = Entry.objects.standing().filter(session=session, person__in=list(people))
    return set(stands.values_list("person_id", "course_class"))


@dataclass(frozen=True)
class Clash:
    """Somebody is said to have been elsewhere at that time."""

    person_id: object
    during: object


def clashes(session: Session, lines: Sequence[RosterLine]) -> dict[int, Clash]:
    """By line: another session at the time of this one. Whose it is, is not told."""
    meetings = {meeting.pk: meeting for meeting in session.meetings.all()}
    if not meetings:
        return {}
    begins = min(each.during.lower for each in meetings.values())
    ends = max(each.during.upper for each in meetings.values())
    people = {line.person_id for line in lines}
    elsewhere = Presence.objects.filter(stands=True, person__in=people, during__overlap=(begins, ends))
    taken = defaultdict(list)
    for presence in elsewhere.exclude(session=session):
        taken[presence.person_id].append(presence.during)
    found = {}
    for line in lines:
        for meeting in _attended(line, meetings):
            for during in taken[line.person_id]:
                if during.lower < meeting.during.upper and meeting.during.lower < during.upper:
                    found[line.pk] = Clash(line.person_id, during)
    return found


def _attended(line: RosterLine, meetings: dict[int, Meeting]) -> list[Meeting]:
    return [each for key, each in meetings.items() if not line.meetings or key in line.meetings]


def _entries(session: Session, lines: Sequence[RosterLine], *, posting: Posting, by) -> list[Entry]:
    return [
        Entry(
            institution_id=session.institution_id,
            office_id=session.office_id,
            person_id=line.person_id,
            course_class=line.course_class,
            hours=exact(line.hours),
            on=session.last_day,
            year=session.year,
            session=session,
            posting=posting,
            by=by,
        )
        for line in lines
    ]


def _presences(session: Session, lines: Sequence[RosterLine], entries: Sequence[Entry]) -> list[Presence]:
    meetings = {meeting.pk: meeting for meeting in session.meetings.all()}
    return [
        Presence(entry=entry, person_id=entry.person_id, session=session, during=meeting.during)
        for line, entry in zip(lines, entries, strict=True)
        for meeting in _attended(line, meetings)
    ]


def digest_of(lines: Sequence[RosterLine]) -> str:
    """SHA-256 of who, class and hours, in an order of its own."""
    said = sorted(f"{line.person_id}\t{line.course_class}\t{line.hours:f}" for line in lines)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


@transaction.atomic
def credit(report: SelfReport, *, by) -> Entry:
    """A confirmed self-report enters the ledger. Called by the step that confirms it."""
    return Entry.objects.create(
        institution_id=report.institution_id,
        office_id=report.office_id,
        person_id=report.person_id,
        course_class=report.course_class,
        hours=exact(report.hours),
        on=report.last_day,
        year=report.year,
        activity=report.activity,
        self_report=report,
        by=by,
    )


# ── reversing ─────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def reverse(entry: Entry, *, reason: str, by) -> Entry:
    """Take one entry back by its mirror. Raises `Refused` where there is nothing left to take back."""
    if not (organises.test(by, entry) or settles_flags.test(by, entry)):
        raise PermissionDenied
    reason = reason.strip()
    if not reason:
        raise Refused("请写明冲正的理由。")
    Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if entry.reverses_id:
        raise Refused(f"{entry.number} 本身就是冲正，不能再冲正；要恢复学时，请重新登记入账。")
    if Entry.objects.filter(reverses=entry).exists():
        raise Refused(f"{entry.number} 已经冲正过了，不用再办。")
    made = Entry.objects.create(
        institution_id=entry.institution_id,
        office_id=entry.office_id,
        person_id=entry.person_id,
        course_class=entry.course_class,
        hours=-entry.hours,
        on=entry.on,
        year=entry.year,
        activity=entry.activity,
        session_id=entry.session_id,
        self_report_id=entry.self_report_id,
        posting_id=entry.posting_id,
        reverses=entry,
        reason=reason[:300],
        by=by,
    )
    record("reverse", made, by=by, note=reason, data={"reverses": entry.pk, "person": str(entry.person_id)})
    return made


# ── flags ─────────────────────────────────────────────────────────────────────────────────────
def _flags(session: Session, entries: Sequence[Entry]) -> list[Flag]:
    return [*_of_unqualified(session, entries), *_of_long_days(session, entries)]


def _of_unqualified(session: Session, entries: Sequence[Entry]) -> list[Flag]:
    if session.institution_id is None:
        return []
    commissions = Commission.objects.filter(institution=session.institution_id)
    if commissions.covering(session.first_day, session.last_day).exists():
        return []
    said = (
        f"{session.institution}在{day_full(session.first_day)}至{day_full(session.last_day)}没有有效的委托。"
    )
    return [Flag(entry=entry, kind=Flag.Kind.UNQUALIFIED, said=said[:300]) for entry in entries]


def _of_long_days(session: Session, entries: Sequence[Entry]) -> list[Flag]:
    """Of each person everything that stands on the days of the session, this one included."""
    learned = _learned({entry.person_id for entry in entries}, since=session.first_day)
    days = set(days_between(session.first_day, session.last_day))
    found = []
    for entry in entries:
        full = [day for day in long_days(learned[entry.person_id]) if day in days]
        if full:
            said = f"{day_full(full[0])}一天的学时合计超过 12 学时，请核对各场次。"
            found.append(Flag(entry=entry, kind=Flag.Kind.LONG_DAY, said=said))
    return found


def _learned(people: Iterable, *, since: date) -> dict[object, list[Learned]]:
    """By person what stands from a day on. In values: a long roster is as many rows as a year of everybody else."""
    near = Entry.objects.standing().of_people(people).filter(on__gte=since)
    met = defaultdict(set)
    for key, begins in Presence.objects.filter(entry__in=near).values_list("entry", "during__startswith"):
        met[key].add(timezone.localdate(begins))
    learned = defaultdict(list)
    for key, person, hours, *span in near.values_list("pk", "person", "hours", *_SPAN):
        learned[person].append(Learned(hours, _days(met[key], *span)))
    return learned


_SPAN = tuple(Coalesce(f"session__{day}", f"self_report__{day}") for day in ("first_day", "last_day"))


def days_of(entry: Entry) -> tuple[date, ...]:
    """The days on which an entry was earned: those of its meetings, or from the first day to the last."""
    held = entry.session or entry.self_report
    met = {timezone.localdate(presence.during.lower) for presence in entry.presences.all()}
    return _days(met, held.first_day, held.last_day)


def _days(met: set[date], first_day: date, last_day: date) -> tuple[date, ...]:
    return tuple(sorted(met)) or days_between(first_day, last_day)


# ── words ─────────────────────────────────────────────────────────────────────────────────────
def _in_words(error: IntegrityError) -> str:
    if "nobody_at_two_sessions_at_once" in str(error):
        return "刚刚有人在同一时间的别的培训里入了账。一笔也没有入账，请再看一遍名单。"
    if "stands in the ledger already" in str(error):
        return "名单里有人刚刚在本场入了账。一笔也没有入账，请再看一遍名单。"
    raise error


def _take_your_time() -> None:
    """A long roster takes longer than a page may."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '60s'")
