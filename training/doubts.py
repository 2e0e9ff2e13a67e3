"""What should be looked at before hours count: outside a commission, too much for a day or for the clock, by a file
used before.

Asked before the act (the preview of a posting, the page of a self-report), and by the act itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from cqo_portal.wording import day_full, grouped, plain_decimal
from training.checks import (
    LONGEST_DAY,
    Learned,
    days_between,
    days_outside,
    long_days,
    minutes_taught,
    too_many_hours,
)
from training.models import (
    Commission,
    Entry,
    Evidence,
    Flag,
    Meeting,
    Presence,
    RosterLine,
    SelfReport,
    Session,
    SessionEvidence,
)
from training.packs import class_hour_of, packs_of


# ── a roster ──────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Foreseen:
    """What posting a line would leave for an office to look at."""

    line: RosterLine
    kind: str
    said: str


def foreseen(session: Session, lines: Sequence[RosterLine]) -> list[Foreseen]:
    """The flags these lines would get if they were posted now; asked before, and by the posting itself."""
    return [
        *_outside_its_commission(session, lines),
        *_on_long_days(session, lines),
        *_more_than_its_clock_holds(session, lines),
        *_by_a_proof_used_before(session, lines),
    ]


def _by_a_proof_used_before(session: Session, lines: Sequence[RosterLine]) -> list[Foreseen]:
    said = proof_used_before(session)
    return [Foreseen(line, Flag.Kind.SAME_PROOF, said) for line in lines] if said else []


def _outside_its_commission(session: Session, lines: Sequence[RosterLine]) -> list[Foreseen]:
    said = outside_its_commission(session)
    return [Foreseen(line, Flag.Kind.UNQUALIFIED, said) for line in lines] if said else []


def _more_than_its_clock_holds(session: Session, lines: Sequence[RosterLine]) -> list[Foreseen]:
    said = more_than_its_clock_holds(session)
    return [Foreseen(line, Flag.Kind.CLOCK, said) for line in lines] if said else []


def more_than_its_clock_holds(session: Session) -> str:
    """The sentence that the hours of a session do not fit into its meetings, or ""; without a clock nothing is known."""
    minutes = minutes_taught((each.during.lower, each.during.upper) for each in session.meetings.all())
    lasts = class_hour_of(packs_of(session.organiser, session.last_day)) if session.meetings.all() else None
    hours = sum(each.hours for each in session.hours.all())
    if lasts is None or not too_many_hours(hours, minutes=minutes, class_hour=lasts):
        return ""
    return f"上课时间合计 {grouped(minutes)} 分钟，一学时按 {lasts} 分钟，容不下 {plain_decimal(hours)} 学时；请核对学时或者上课时间。"


def outside_its_commission(session: Session) -> str:
    """The sentence that says so, or ""."""
    outside = uncommissioned(session)
    return f"{session.institution}{_when(session, outside)}没有有效的委托。"[:300] if outside else ""


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
    minutes_at = cache(lambda attended: _minutes_of(session, attended, meetings))
    for line in lines:
        learned[line.person_id].append(Learned(line.hours, minutes_at(tuple(line.meetings))))
    days = set(days_between(session.first_day, session.last_day))
    full = {who: [day for day in long_days(told) if day in days] for who, told in learned.items()}
    return [
        Foreseen(line, Flag.Kind.LONG_DAY, _said_of_a_long_day(full[line.person_id][0]))
        for line in lines
        if full[line.person_id]
    ]


def _learned(people: Iterable, *, since: date) -> dict[object, list[Learned]]:
    """By person what stands from a day on. In values: a long roster is as many rows as a year of everybody else."""
    near = Entry.objects.standing().of_people(people).filter(on__gte=since)
    met = defaultdict(list)
    for key, during in Presence.objects.filter(entry__in=near).values_list("entry", "during"):
        met[key].append(during)
    learned = defaultdict(list)
    for key, person, hours, *span in near.values_list("pk", "person", "hours", *_SPAN):
        learned[person].append(Learned(hours, _minutes(met[key], *span)))
    return learned


_SPAN = tuple(Coalesce(f"session__{day}", f"self_report__{day}") for day in ("first_day", "last_day"))


def _minutes_of(session: Session, keys: Iterable[int], meetings: dict[int, Meeting]) -> dict[date, int]:
    """By day the minutes of these meetings, of all where none is named."""
    met = [each.during for key, each in meetings.items() if not keys or key in keys]
    return _minutes(met, session.first_day, session.last_day)


# ── the same file twice ───────────────────────────────────────────────────────────────────────
def proof_used_before(held: Session | SelfReport, *, paper: SessionEvidence | None = None) -> str:
    """Where a file of these papers (or of one of them) was handed in before and is still of use, or has entered the
    ledger meanwhile.

    "" for nowhere; no names are told. What was cancelled, refused, withdrawn or reversed is no use of a file: whoever
    reversed a wrong posting enters it anew with the same sheet.
    """
    mine = {each.digest: each.uploaded_at for each in ([paper] if paper else _papers_of(held))}
    uses = [*_in_sessions(held, mine), *_in_reports(held, mine)] if mine else []
    for used, place, stands in sorted(uses, key=lambda use: use[0].uploaded_at):
        if stands or used.uploaded_at < mine[used.digest]:
            return f"同一文件已用于{place}，{timezone.localdate(used.uploaded_at).isoformat()}）。"
    return ""


def _papers_of(held: Session | SelfReport) -> QuerySet:
    return held.evidence.current() if isinstance(held, Session) else held.evidence.all()


def _in_sessions(held: Session | SelfReport, mine: Iterable[str]) -> Iterator[tuple]:
    """(paper, where, whether it stands in the ledger): of sessions still to be posted, or with lines that stand."""
    stands = Exists(Entry.objects.standing().filter(session=OuterRef("session")))
    others = SessionEvidence.objects.current().filter(digest__in=mine).annotate(stands=stands)
    others = others.filter(Q(stands=True) | Q(session__state=Session.State.PLANNED))
    for paper in others.exclude(session=_key(held, Session)).select_related("session"):
        yield paper, f"另一场培训（{paper.session.number}", paper.stands


def _in_reports(held: Session | SelfReport, mine: Iterable[str]) -> Iterator[tuple]:
    """The same of reports that wait, or whose hours stand."""
    entries = Entry.objects.standing().filter(self_report=OuterRef("report"))
    others = Evidence.objects.filter(digest__in=mine).annotate(entry=Subquery(entries.values("pk")[:1]))
    others = others.filter(Q(entry__isnull=False) | Q(report__state=SelfReport.State.WAITING))
    for paper in others.exclude(report=_key(held, SelfReport)).select_related("report"):
        word = Entry.number_of(paper.entry) if paper.entry else paper.report.get_state_display()
        yield (
            paper,
            f"{'另' if isinstance(held, SelfReport) else ''}一份自报（{word}",
            paper.entry is not None,
        )


def _key(held: Session | SelfReport, model: type):
    return held.pk if isinstance(held, model) else None


# ── a self-report ─────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Doubt:
    """Something that whoever confirms must answer with a reason."""

    kind: str
    said: str


def doubts_about(report: SelfReport) -> list[Doubt]:
    said = proof_used_before(report)
    return [*([Doubt(Flag.Kind.SAME_PROOF, said)] if said else []), *_too_full_a_day(report)]


def unanswered(doubts: Sequence[Doubt], reason: str) -> str | None:
    if not doubts or reason.strip():
        return None
    return f"{''.join(doubt.said for doubt in doubts)}仍要确认的，请写明理由。"


def _too_full_a_day(report: SelfReport) -> list[Doubt]:
    days = _minutes((), report.first_day, report.last_day)
    near = _learned([report.person_id], since=report.first_day)[report.person_id]
    learned = [Learned(report.hours, days), *near]
    full = [day for day in long_days(learned) if day in days]
    return [Doubt(Flag.Kind.LONG_DAY, _said_of_a_long_day(full[0]))] if full else []


def _said_of_a_long_day(day: date) -> str:
    return f"{day_full(day)}一天的学时合计超过 {LONGEST_DAY} 学时，请核对各场次。"


# ── days ──────────────────────────────────────────────────────────────────────────────────────
def attended(line: RosterLine, meetings: dict[int, Meeting]) -> list[Meeting]:
    return [each for key, each in meetings.items() if not line.meetings or key in line.meetings]


def days_of(entry: Entry) -> tuple[date, ...]:
    """The days on which an entry was earned: those of its meetings, or from the first day to the last."""
    held = entry.session or entry.self_report
    met = [presence.during for presence in entry.presences.all()]
    return tuple(_minutes(met, held.first_day, held.last_day))


def _minutes(met: Iterable, first_day: date, last_day: date) -> dict[date, int]:
    """By day the minutes of these times; without any, every day from the first to the last weighs alike."""
    found: dict[date, int] = defaultdict(int)
    for during in sorted(met, key=lambda each: each.lower):
        found[timezone.localdate(during.lower)] += minutes_taught([(during.lower, during.upper)])
    return dict(found) or dict.fromkeys(days_between(first_day, last_day), 1)
