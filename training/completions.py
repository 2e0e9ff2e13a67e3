"""Certificates of training: who can have one and who cannot, issuing, and voiding. The only writer of them."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from cqo_portal.audit.record import hold_chain, record
from cqo_portal.busy import waited_too_long
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.notifications.outbox import queue
from cqo_portal.parties.editions import edition_or_none
from cqo_portal.parties.models import Office, Person
from cqo_portal.parties.numbers import NotANumber, Numbers
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.series import next_in
from training import imprint
from training.hours import Trained
from training.models import Commission, Completion, Imprint, Session, SessionHours, Voiding
from training.permissions import has_a_part_in_it, organises, voids

NUMBERS = Numbers(prefix="CQPX", noun="培训证书编号", issuer="机构", example="CQPX-CZPX-2026-0001-9")
MOST = 40  # certificates printed while one waits: half a second each on a small machine

Consequence = Callable[
    ..., None
]  # (completion, by=…, today=…): whatever else follows, in the same transaction
_consequences: dict[str, list[Consequence]] = {"issued": [], "void": []}


def add_consequence(callback: Consequence, *, of: str = "issued") -> None:
    """What also happens when a certificate was `issued`, or became `void`. Those above add it; nothing here knows them."""
    _consequences[of].append(callback)


# ── who can have one ──────────────────────────────────────────────────────────────────────────
@dataclass
class Candidate:
    """Somebody of a session: what stands, and a sentence why there is no certificate (yet)."""

    person: Person
    name: str
    hours: dict[int | None, Decimal] = field(default_factory=dict)
    against: str = ""
    holds: Completion | None = None

    @property
    def key(self) -> str:
        return str(self.person.pk)

    @property
    def total(self) -> Decimal:
        return sum(self.hours.values(), Decimal(0))


def candidates(session: Session, *, by) -> list[Candidate]:
    """Everybody with an entry of this session, in pinyin order, reversed ones too: with the reason against each."""
    entries = session.entries.filter(reverses=None).select_related("person", "reversal")
    held = set(session.entries.held().values_list("pk", flat=True))
    given = {each.course_class: each.hours for each in session.hours.all()}
    people, waiting = {}, set()
    for entry in entries.order_by("person__pinyin", "person_id", "course_class", "id"):
        found = people.setdefault(entry.person_id, Candidate(entry.person, entry.person.name))
        if not hasattr(entry, "reversal"):
            found.hours[entry.course_class] = entry.hours
            if entry.pk in held:
                waiting.add(entry.person_id)
    standing = {each.person_id: each for each in session.completions.standing().defer("search", "haystack")}
    part = set(by.assignments.filter(person__in=people).values_list("person_id", flat=True))
    for key, found in people.items():
        found.holds = standing.get(key)
        found.against = _against(found, given=given, waits=key in waiting, own=key in part)
    return list(people.values())


def _against(found: Candidate, *, given: dict, waits: bool, own: bool) -> str:
    if found.holds:
        return f"已经发过证书 {found.holds.number}。"
    if not found.hours:
        return "本场的学时已冲正，没有可以证明的。"
    if own:
        return "这是您本人，请由同事办理。"
    if waits:
        return "学时有核查事项，还没有结论或者不予计入。"
    if any(found.hours.get(each, Decimal(0)) < hours for each, hours in given.items()):
        return "学时少于本场规定的学时，没有学完。"
    if signs := imprint.unprintable(found.name):
        return f"姓名里的“{signs}”在证书字体中没有，暂时印不出来；请联系系统管理员补充字体。"
    return ""


def reasons_against(session: Session) -> list[str]:
    """Why this session as a whole has no certificates now."""
    found = []
    if session.state != Session.State.POSTED:
        found.append("这一场还没有入账，入账以后才能发证。")
    if not code_of(session):
        found.append(f"{session.organiser}还没有机构代号，证书没有编号可用；请委托机关补登代号以后再发。")
    if signs := imprint.unprintable(session.name, session.number, str(session.organiser)):
        found.append(f"课程、场次或机构名称里的“{signs}”在证书字体中没有，印不出来。")
    return found


def code_of(session: Session) -> str:
    """As printed in numbers: an institution's own, of an office its code."""
    return (session.institution.code or "") if session.institution else session.office.code


def authority_of(session: Session) -> Office | None:
    """Who stands behind the training: the office that held it, or that commissioned the provider for those days."""
    if session.office:
        return session.office
    commissions = Commission.objects.filter(institution=session.institution).select_related("office")
    on_all_days = commissions.covering(session.first_day, session.last_day)
    at_the_end = commissions.covering(session.last_day, session.last_day)  # where one followed upon another
    known = on_all_days.first() or at_the_end.first() or commissions.first()
    return known.office if known else None


# ── issuing ───────────────────────────────────────────────────────────────────────────────────
def issue(session: Session, people: Iterable[UUID], *, by, today: date) -> list[Completion]:
    """Certificates for these people of a session: all of them, or none. Raises `Refused`."""
    try:
        with transaction.atomic():
            return _issue(session, set(people), by=by, today=today)
    except OperationalError as error:  # the lock of the session, or of the numbers, was not to be had in time
        if not waited_too_long(error):
            raise
        raise Refused("同事正在发证，编号要等他办完才能给。一张也没有发，请过一分钟再试。") from error


def _issue(session: Session, wanted: set[UUID], *, by, today: date) -> list[Completion]:
    session = Session.objects.select_for_update(no_key=True, of=("self",)).get(pk=session.pk)
    if not organises.test(by, session):
        raise PermissionDenied
    if reasons := reasons_against(session):
        raise Refused(*reasons)
    chosen = [each for each in candidates(session, by=by) if each.person.pk in wanted]
    _refuse_who_cannot(chosen, wanted)
    authority = authority_of(session)
    pack = edition_or_none(authority, today) if authority else None
    # All are printed before the first is recorded: a record holds everybody else's until the transaction ends.
    sheets = [_printed(session, one, pack=pack, today=today) for one in chosen]
    hold_chain()  # whoever reverses or settles waits now; what he did while we printed is seen
    _refuse_who_cannot([each for each in candidates(session, by=by) if each.person.pk in wanted], wanted)
    try:
        with transaction.atomic():
            return [
                _issued(session, sheet, authority=authority, pack=pack, by=by, today=today)
                for sheet in sheets
            ]
    except IntegrityError as error:
        if "holds a certificate of this session" not in str(error):
            raise
        raise Refused("刚刚有人为其中的人发了证书。一张也没有发，请再看一遍名单。") from error


def _refuse_who_cannot(chosen: Sequence[Candidate], wanted: set) -> None:
    if not wanted:
        raise Refused("请至少选一个人。")
    if len(chosen) != len(wanted):
        raise Refused("所选的人里有人在本场没有入账的学时，请再看一遍名单。")
    if against := [f"{each.name}：{each.against}" for each in chosen if each.against]:
        raise Refused(*against)
    if len(chosen) > MOST:
        raise Refused(f"一次最多发 {MOST} 张，请分几次办理；已选 {len(chosen)} 人。")


@dataclass(frozen=True)
class Sheet:
    """One certificate, printed and not yet on record."""

    one: Candidate
    number: str
    words: dict
    content: bytes


def _printed(session: Session, one: Candidate, *, pack: RulePack | None, today: date) -> Sheet:
    number = _next_number(code_of(session), year=today.year)
    words = imprint.words_of(
        session, name=one.name, number=number, hours=one.hours, issued_on=today, pack=pack
    )
    return Sheet(one, number, words, imprint.printed(words, made_at=timezone.now()))


def _issued(
    session: Session, sheet: Sheet, *, authority, pack: RulePack | None, by, today: date
) -> Completion:
    duty = imprint.duty_behind(session.kind, pack)
    made = Completion(
        number=sheet.number,
        person=sheet.one.person,
        name=sheet.one.name,
        session=session,
        institution=session.institution,
        office=session.office,
        authority=authority,
        kind=session.kind.value,
        hours=sheet.words["hours"],
        total=sheet.one.total,
        issued_on=today,
        rule_edition=pack.edition if pack else "",
        clause=duty.key if duty else "",
        cites=duty.cites if duty else "",
        by=by,
    )
    made.save()
    digest = hashlib.sha256(sheet.content).hexdigest()
    Imprint.objects.create(completion=made, words=sheet.words, content=sheet.content, digest=digest)
    _on_record(
        "issue-completion", made, by=by, today=today, kind="completion-issued", data={"digest": digest}
    )
    return made


def _next_number(code: str, *, year: int) -> str:
    serial = next_in(f"completion:{code}:{year}")
    try:
        return str(NUMBERS.numbered(body=code, year=year, serial=serial))
    except NotANumber as wrong:
        raise Refused(str(wrong)) from wrong


def _on_record(
    action: str, made: Completion, *, by, today: date, kind: str, data: dict, note: str = ""
) -> None:
    said = data | {"person": str(made.person_id)}
    event = record(action, made, by=by, note=note, data=said, rule_edition=made.rule_edition)
    queue(kind, made, cause=f"event:{event.pk}", context={"note": note})
    for callback in _consequences["issued" if kind == "completion-issued" else "void"]:
        callback(made, by=by, today=today)


# ── voiding ───────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def void(completion: Completion, *, reason: str, by, today: date) -> Voiding:
    """The number stays, and counts no more. Raises `Refused`."""
    if not voids.test(by, completion) or has_a_part_in_it.test(by, completion):
        raise PermissionDenied
    reason = reason.strip()
    if not reason:
        raise Refused("请写明作废的理由。")
    try:
        with transaction.atomic():
            made = Voiding.objects.create(completion=completion, reason=reason[:300], on=today, by=by)
    except IntegrityError as error:
        raise Refused(f"{completion.number} 已经作废，不用再办。") from error
    _on_record(
        "void-completion", completion, by=by, today=today, kind="completion-void", data={}, note=reason
    )
    return made


# ── who is trained ────────────────────────────────────────────────────────────────────────────
def standing_of(people: Iterable[UUID]):
    """Their standing certificates of an appointment training."""
    found = Completion.objects.standing().of_the_appointment_training().filter(person__in=people)
    return found.select_related("institution", "office")


def trained(people: Iterable) -> dict[UUID, list[Trained]]:
    """Of each person the standing certificates of an appointment training. Two questions, however many people.

    A certificate is given for all the hours of its session, so these are its hours.
    """
    found = list(standing_of(people).select_related(None).order_by("issued_on", "id"))
    hours: dict[UUID, dict] = defaultdict(dict)
    for each in SessionHours.objects.filter(session__in={one.session_id for one in found}):
        hours[each.session_id][each.course_class] = each.hours
    known: dict[UUID, list[Trained]] = defaultdict(list)
    for one in found:
        known[one.person_id].append(Trained(on=one.issued_on, hours=hours[one.session_id]))
    return known


def proving(number: str, *, identity_index: str, at=None) -> Completion | None:
    """The certificate of this number, if it is this very person's, of an appointment training and standing (`at` a moment).

    Whoever types a number and an identity that do not belong together learns nothing of either.
    """
    try:
        typed = str(NUMBERS.parsed(number))
    except NotANumber:
        return None
    known = Completion.objects.as_known(at) if at else Completion.objects.standing()
    seen = known.of_the_appointment_training().filter(number=typed, person__identity_index=identity_index)
    return seen.select_related("institution", "office").first()


def on_record(identity_index: str) -> list[Completion]:
    """Every certificate of a person, void ones too: for the offices that decide on a filing."""
    if not identity_index:
        return []
    return list(
        Completion.objects.filter(person__identity_index=identity_index)
        .for_list()
        .order_by("-issued_on", "-id")
    )
