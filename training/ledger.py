"""The only writer of the ledger: what was learned is credited, and what was credited wrongly is reversed."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef

from cqo_portal.audit.record import record
from cqo_portal.busy import waited_too_long
from cqo_portal.notifications.outbox import queue
from cqo_portal.workflow.engine import Refused
from training.doubts import (
    Foreseen,
    attended,
    doubts_about,
    foreseen,
    outside_its_commission,
    proof_used_before,
    unanswered,
)
from training.models import (
    Commission,
    Entry,
    Flag,
    Posting,
    Presence,
    RosterLine,
    SelfReport,
    Session,
    SessionEvidence,
    Settlement,
    Source,
)
from training.permissions import has_a_part_in_it, takes_back, takes_back_all

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
    _hold_commissions(session)
    one_act_at_a_time(line.person_id for line in lines)
    flagged = foreseen(session, lines)
    posting = Posting.objects.create(
        session=session, lines=len(lines), digest=digest_of(session, lines), by=by
    )
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


def _hold_commissions(session: Session) -> None:
    """Until the transaction ends nobody ends one: either the posting sees the end, or the end sees the posting."""
    with connection.cursor() as cursor:
        held = "SELECT 1 FROM training_commission WHERE institution_id = %s ORDER BY id FOR SHARE"
        cursor.execute(held, [session.institution_id])


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
        if not waited_too_long(error):
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
        for meeting in attended(line, meetings):
            for during in taken[line.person_id]:
                if during.lower < meeting.during.upper and meeting.during.lower < during.upper:
                    found[line.pk] = Clash(line.person_id, during)
    return found


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
            source=line.source,
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
        for meeting in attended(line, meetings)
    ]


def digest_of(session: Session, lines: Iterable[RosterLine]) -> str:
    """SHA-256 of the days, the year and the meetings, then of who, class, hours and meetings in an order of its own."""
    held = [f"{session.first_day}\t{session.last_day}\t{session.year}"]
    held += [f"{meeting.pk}\t{meeting}" for meeting in session.meetings.all()]
    came = sorted(
        f"{line.person_id}\t{line.course_class}\t{line.hours:f}\t{sorted(line.meetings)}" for line in lines
    )
    said = [*held, *came]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _flags(found: Sequence[Foreseen], entry_of: dict[RosterLine, Entry]) -> list[Flag]:
    return [Flag(entry=entry_of[each.line], kind=each.kind, said=each.said) for each in found]


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
        source=Source.REPORT,
        self_report=report,
        by=by,
    )
    for doubt in doubts:
        flag = Flag.objects.create(entry=entry, kind=doubt.kind, said=doubt.said[:300])
        Settlement.objects.create(flag=flag, counts=True, reason=reason.strip()[:300], by=by)
    return entry


# ── questions that come after the posting ─────────────────────────────────────────────────────
def flag_by_its_proof(paper: SessionEvidence) -> None:
    """A paper came later: what rests on a file used before is to be looked at as well, whatever was said of others."""
    said = proof_used_before(paper.session, paper=paper)
    _flag_what_stands(paper.session, Flag.Kind.SAME_PROOF, said)


def flag_after_the_end(commission: Commission) -> None:
    """A commission was ended for a day that is past: what was posted of the days after it is to be looked at."""
    posted = Session.objects.filter(institution=commission.institution_id, state=Session.State.POSTED)
    for session in posted.filter(last_day__gt=commission.ended_on).select_related("institution"):
        _flag_what_stands(session, Flag.Kind.UNQUALIFIED, outside_its_commission(session))


def _flag_what_stands(session: Session, kind: str, said: str) -> None:
    """Once in these words: that another question of its kind was settled answers none."""
    asked = Exists(Flag.objects.filter(entry=OuterRef("pk"), kind=kind, said=said))
    stands = session.entries.standing().exclude(asked) if said else ()
    Flag.objects.bulk_create([Flag(entry=entry, kind=kind, said=said) for entry in stands], BATCH)


# ── reversing: no entry is locked, nobody may change one; of two reversals the unique column takes one ────
@transaction.atomic
def reverse(entry: Entry, *, reason: str, by) -> Entry:
    """Take one entry back by its mirror. Raises `Refused` where there is nothing left to take back."""
    if not takes_back.test(by, entry):
        raise PermissionDenied
    reason = _why(reason)
    if has_a_part_in_it.test(by, entry):
        raise Refused("这是您本人的学时，请同事办理冲正。")
    if entry.reverses_id:
        raise Refused(f"{entry.number} 本身就是冲正，不能再冲正；要恢复学时，请重新登记入账或者重新自报。")
    made = _mirror_of(entry, reason=reason, by=by)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        if "reverses" not in str(error):
            raise
        raise Refused(f"{entry.number} 已经冲正过了，不用再办。") from error
    queue("hours-reversed", made, cause=f"entry:{made.pk}")
    record("reverse", made, by=by, note=reason, data={"reverses": entry.pk, "person": str(entry.person_id)})
    return made


@transaction.atomic
def reverse_all(posting: Posting, *, reason: str, expected: int, by) -> int:
    """Take back whatever still stands of a posting, for one reason; returns how many entries that were.

    `expected`: how many the person was told of. Raises `Refused` where it is another number by now.
    """
    if not takes_back_all.test(by, posting.session):
        raise PermissionDenied
    reason = _why(reason)
    take_your_time()
    Session.objects.select_for_update(no_key=True, of=("self",)).get(pk=posting.session_id)
    standing = list(Entry.objects.standing().filter(posting=posting).order_by("id"))
    _refuse_all_for(standing, expected=expected, by=by)
    mirrors = [_mirror_of(each, reason=reason, by=by) for each in standing]
    try:
        with transaction.atomic():
            Entry.objects.bulk_create(mirrors, BATCH)
    except IntegrityError as error:
        if "reverses" not in str(error):
            raise
        raise Refused("刚刚有人冲正了其中一笔。这一次一笔也没有办，请核对以后再办理。") from error
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
        source=entry.source,
        session_id=entry.session_id,
        self_report_id=entry.self_report_id,
        posting_id=entry.posting_id,
        reverses=entry,
        reason=reason,
        by=by,
    )


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
