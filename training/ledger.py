"""The only writer of the ledger: what was learned is credited, and what was credited wrongly is reversed."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from cqo_portal.audit.record import record
from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import Refused
from training.checks import LONGEST_DAY, Learned, days_between, days_outside, long_days
from training.models import (
    Commission,
    Entry,
    Evidence,
    Flag,
    Meeting,
    Posting,
    Presence,
    RosterLine,
    SelfReport,
    Session,
    Settlement,
)
from training.permissions import has_a_part_in_it, organises, oversees, settles_flags

BATCH = 2000
CREDITING, SHARES = 4_570_2026, 1024  # advisory locks of two keys; always taken in the order of the second
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

    Raises `Refused` where somebody was quicker elsewhere, or is at it for too long.
    """
    take_your_time()
    lines = list(session.roster.order_by("id"))
    one_act_at_a_time(line.person_id for line in lines)
    flagged = foreseen(session, lines)
    posting = Posting.objects.create(session=session, lines=len(lines), digest=digest_of(lines), by=by)
    try:
        with transaction.atomic():
            entries = Entry.objects.bulk_create(_entries(session, lines, posting=posting, by=by), BATCH)
            Presence.objects.bulk_create(_presences(session, lines, entries), BATCH)
    except IntegrityError as error:
        raise Refused(_in_words(error)) from error
    entry_of = dict(zip(lines, entries, strict=True))
    Flag.objects.bulk_create(_flags(flagged, entry_of), BATCH)
    session.roster.all().delete()
    return posting


def one_act_at_a_time(people: Iterable[UUID]) -> None:
    """Until the transaction ends nobody else credits hours to these people: of two acts the second sees the first.

    Else neither knew of a day that only both together make too full. Not their rows: who corrects a name holds the
    chain of events before them, we take it after. A lock of its own stands for a thousandth of all people, so that
    twenty thousand lines fit the table of locks. Raises `Refused` where they are not to be had in time.
    """
    shares = sorted({person.int % SHARES for person in people})
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, share) FROM unnest(%s) AS share", [CREDITING, shares]
            )
    except OperationalError as error:
        if "lock timeout" not in str(error):
            raise
        raise Refused("正有一份很长的名单在入账；请过一会儿再办理。") from error


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
def credit(report: SelfReport, *, by, reason: str = "") -> Entry:
    """A confirmed self-report enters the ledger. Called by the step that confirms it.

    What was doubtful stays on record, settled by the reason for which it was confirmed all the same. Raises `Refused`
    where that is missing: something may have become doubtful since it was asked.
    """
    one_act_at_a_time([report.person_id])
    doubts = doubts_about(report)
    if said := unanswered(doubts, reason):
        raise Refused(said)
    entry = Entry.objects.create(
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
    for doubt in doubts:
        flag = Flag.objects.create(entry=entry, kind=doubt.kind, said=doubt.said[:300])
        Settlement.objects.create(flag=flag, counts=True, reason=reason.strip()[:300], by=by)
    return entry


# ── reversing ─────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def reverse(entry: Entry, *, reason: str, by) -> Entry:
    """Take one entry back by its mirror. Raises `Refused` where there is nothing left to take back."""
    if not (organises.test(by, entry) or settles_flags.test(by, entry)):
        raise PermissionDenied
    reason = _why(reason)
    if has_a_part_in_it.test(by, entry):
        raise Refused("这是您本人的学时，请同事办理冲正。")
    if entry.reverses_id:
        raise Refused(f"{entry.number} 本身就是冲正，不能再冲正；要恢复学时，请重新登记入账。")
    made = _mirror_of(entry, reason=reason, by=by)
    try:
        with (
            transaction.atomic()
        ):  # no line is locked, nobody may change one: of two reversals the column takes one
            made.save()
    except IntegrityError as error:
        if "reverses" not in str(error):
            raise
        raise Refused(f"{entry.number} 已经冲正过了，不用再办。") from error
    record("reverse", made, by=by, note=reason, data={"reverses": entry.pk, "person": str(entry.person_id)})
    return made


@transaction.atomic
def reverse_all(posting: Posting, *, reason: str, expected: int, by) -> int:
    """Take back whatever still stands of a posting, for one reason; returns how many entries that were.

    `expected`: how many the person was told of. Raises `Refused` where it is another number by now.
    """
    if not (organises.test(by, posting.session) or oversees.test(by, posting.session)):
        raise PermissionDenied
    reason = _why(reason)
    take_your_time()
    Session.objects.select_for_update(of=("self",)).get(pk=posting.session_id)
    standing = list(Entry.objects.standing().filter(posting=posting).order_by("id"))
    _refuse_all_for(standing, expected=expected, by=by)
    Entry.objects.bulk_create([_mirror_of(each, reason=reason, by=by) for each in standing], BATCH)
    record("reverse-posting", posting, by=by, note=reason, data={"entries": [each.pk for each in standing]})
    return len(standing)


def _refuse_all_for(standing: Sequence[Entry], *, expected: int, by) -> None:
    if not standing:
        raise Refused("这一次入账的记录已经全部冲正，不用再办。")
    if len(standing) != expected:
        raise Refused(f"您核对时有 {expected} 笔，现在有 {len(standing)} 笔没有冲正；请核对以后再办理。")
    own = set(by.assignments.exclude(person=None).values_list("person", flat=True))
    if own & {each.person_id for each in standing}:
        raise Refused("其中有您本人的学时，请同事办理冲正。")


def _why(reason: str) -> str:
    if not reason.strip():
        raise Refused("请写明冲正的理由。")
    return reason.strip()[:300]


def _mirror_of(entry: Entry, *, reason: str, by) -> Entry:
    return Entry(
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
        reason=reason,
        by=by,
    )


# ── flags ─────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Foreseen:
    """What posting a line would leave for an office to look at."""

    line: RosterLine
    kind: str
    said: str


def foreseen(session: Session, lines: Sequence[RosterLine]) -> list[Foreseen]:
    """The flags these lines would get if they were posted now; asked before, and by the posting itself."""
    return [*_outside_its_commission(session, lines), *_on_long_days(session, lines)]


def _flags(found: Sequence[Foreseen], entry_of: dict[RosterLine, Entry]) -> list[Flag]:
    return [Flag(entry=entry_of[each.line], kind=each.kind, said=each.said) for each in found]


def _outside_its_commission(session: Session, lines: Sequence[RosterLine]) -> list[Foreseen]:
    outside = uncommissioned(session)
    if not outside:
        return []
    said = f"{session.institution}{_when(session, outside)}没有有效的委托。"
    return [Foreseen(line, Flag.Kind.UNQUALIFIED, said[:300]) for line in lines]


def uncommissioned(session: Session) -> list[date]:
    """The days of a session on which nobody had commissioned its provider; an office needs nobody."""
    if session.institution_id is None:
        return []
    held = Commission.objects.filter(institution=session.institution_id)
    return days_outside(session.first_day, session.last_day, spans=[each.held for each in held])


def _when(session: Session, outside: Sequence[date]) -> str:
    whole = days_between(session.first_day, session.last_day)
    if len(outside) == len(whole):
        return f"在{day_full(session.first_day)}至{day_full(session.last_day)}"
    return f"在{day_full(outside[0])}（本场 {len(whole)} 天中的 {len(outside)} 天）"


def _on_long_days(session: Session, lines: Sequence[RosterLine]) -> list[Foreseen]:
    """Of each person everything that stands on the days of the session, and these lines."""
    learned = _learned({line.person_id for line in lines}, since=session.first_day)
    meetings = {meeting.pk: meeting for meeting in session.meetings.all()}
    for line in lines:
        learned[line.person_id].append(Learned(line.hours, _days_of_line(session, line, meetings)))
    days = set(days_between(session.first_day, session.last_day))
    found = []
    for line in lines:
        full = [day for day in long_days(learned[line.person_id]) if day in days]
        if full:
            found.append(Foreseen(line, Flag.Kind.LONG_DAY, _said_of_a_long_day(full[0])))
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


def _days_of_line(session: Session, line: RosterLine, meetings: dict[int, Meeting]) -> tuple[date, ...]:
    met = {timezone.localdate(each.during.lower) for each in _attended(line, meetings)}
    return _days(met, session.first_day, session.last_day)


# ── what speaks against a self-report ─────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Doubt:
    """Something that whoever confirms must answer with a reason."""

    kind: str
    said: str


def doubts_about(report: SelfReport) -> list[Doubt]:
    used = [Doubt(Flag.Kind.SAME_PROOF, said) for said in _proofs_used_before(report)]
    return [*used[:1], *_too_full_a_day(report)]


def unanswered(doubts: Sequence[Doubt], reason: str) -> str | None:
    if not doubts or reason.strip():
        return None
    return f"{''.join(doubt.said for doubt in doubts)}仍要确认的，请写明理由。"


def _proofs_used_before(report: SelfReport) -> list[str]:
    """Of other reports with the very same file those handed in before, or confirmed meanwhile. No names.

    What somebody withdrew himself to send it anew does not speak against him.
    """
    mine = {paper.digest: paper.uploaded_at for paper in report.evidence.all()}
    others = Evidence.objects.filter(digest__in=mine).exclude(report=report)
    others = others.exclude(report__person=report.person_id, report__state=SelfReport.State.WITHDRAWN)
    found = []
    for paper in others.select_related("report").order_by("uploaded_at", "id"):
        entry = Entry.objects.filter(self_report=paper.report_id, reverses=None).first()
        if entry or paper.uploaded_at < mine[paper.digest]:
            number = entry.number if entry else paper.report.get_state_display()
            found.append(
                f"同一文件已用于另一份自报（{number}，{timezone.localdate(paper.uploaded_at).isoformat()}）。"
            )
    return found


def _too_full_a_day(report: SelfReport) -> list[Doubt]:
    days = days_between(report.first_day, report.last_day)
    near = _learned([report.person_id], since=report.first_day)[report.person_id]
    learned = [Learned(report.hours, days), *near]
    full = [day for day in long_days(learned) if day in days]
    return [Doubt(Flag.Kind.LONG_DAY, _said_of_a_long_day(full[0]))] if full else []


def _said_of_a_long_day(day: date) -> str:
    return f"{day_full(day)}一天的学时合计超过 {LONGEST_DAY} 学时，请核对各场次。"


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


def take_your_time() -> None:
    """A long roster takes longer than a page may."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '60s'")
