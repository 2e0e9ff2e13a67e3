"""Writing cases, pairings and the pool: each function one transaction."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cqo_portal.audit.record import record
from cqo_portal.jurisdictions.schema import TalentPool
from cqo_portal.notifications.outbox import queue
from cqo_portal.parties.models import Office, Organisation, Person
from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import Refused, perform
from registry.editions import edition_for
from registry.models import Officer
from registry.talent.models import Case, Consent, Meeting, Pairing, PoolEntry, PoolMove
from registry.talent.permissions import is_author, keeps_its_log, keeps_the_pool, says_when_free
from registry.talent.workflow import closing, leaving


# ── cases ─────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def write_case(case: Case | None, text: dict[str, str], *, organisation: Organisation, by) -> Case:
    """A new draft, or new words for one. Raises `Refused` once it has left the author's hands."""
    if case is None:
        written_by_county = by.acting.office_id is not None
        case = Case(organisation=organisation, office=organisation.office, by_county=written_by_county)
        case.created_by = by
    else:
        case = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
        if not is_author.test(by, case):
            raise PermissionDenied
        if case.state != Case.State.DRAFT:
            raise Refused(f"现在的状态是“{case.get_state_display()}”，文字不能再改；要改请先撤回。")
    is_new = case._state.adding
    for name, value in text.items():
        setattr(case, name, value)
    _saved_once(case)
    record("write" if is_new else "edit", case, by=by)
    return case


def _saved_once(case: Case) -> None:
    try:
        with transaction.atomic():
            case.save()
    except IntegrityError as error:
        if "case_title_once" not in str(error):
            raise
        raise Refused(f"本企业已有一篇《{case.name}》，请打开那一篇修改，或者换一个标题。") from error


@transaction.atomic
def name_officers(case: Case, officers: list[Officer], *, signatures: dict[Officer, str], by) -> None:
    """Who is named in the case, and who of them agreed just now to the words as they stand."""
    case.officers.set(officers)
    standing = case.consents()
    for officer, name in signatures.items():
        if officer.pk in standing and standing[officer.pk].given:
            continue
        _say(case, officer, given=True, name=name, by=by)
        record("consent", case, by=by, note=name, data={"officer": str(officer.pk)})


def _say(case: Case, officer: Officer, *, given: bool, name: str, by) -> Consent:
    return Consent.objects.create(
        case=case, officer=officer, given=given, name=name, text_digest=case.text_digest, by=by
    )


@transaction.atomic
def revoke(step, case: Case, *, note: str, by) -> Case:
    """The officer takes his consent back: the case goes, and so does the word he gave."""
    case = perform(step, case, by=by, note=note)
    for officer in case.officers.filter(person=by.acting.person):
        _say(case, officer, given=False, name=officer.name, by=by)
    return case


# ── pairings ──────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def pair(officer: Officer, said: dict, *, case: Case | None, entry: PoolEntry | None, by) -> Pairing:
    """Propose a pairing to both enterprises. Raises `Refused` where the two are paired already."""
    pairing = Pairing(
        office=by.acting.office, officer=officer, mentor=officer.organisation, case=case, entry=entry, **said
    )
    pairing.created_by = by
    try:
        with transaction.atomic():
            pairing.save()
    except IntegrityError as error:
        if "pairing_once_at_a_time" not in str(error):
            raise
        raise Refused(f"{officer.name}与{said['learner'].name}已经在结对，不用再建。") from error
    event = record("propose", pairing, by=by)
    queue("pairing-proposed", pairing, cause=f"event:{event.pk}")
    return pairing


@transaction.atomic
def log_meeting(pairing: Pairing, said: dict, *, by) -> Meeting:
    """Only while it runs, and by those who are in it."""
    pairing = Pairing.objects.select_for_update(no_key=True).get(pk=pairing.pk)
    if not keeps_its_log.test(by, pairing):
        raise PermissionDenied
    if pairing.state != Pairing.State.UNDER_WAY:
        raise Refused(f"现在的状态是“{pairing.get_state_display()}”，结对期间才能记录。")
    meeting = Meeting.objects.create(pairing=pairing, by=by, by_side=by.acting.place[:200], **said)
    record("log", pairing, by=by, data={"meeting": meeting.pk})
    return meeting


def close_pairing(pairing: Pairing, *, outcome: str, note: str, by, today: date) -> Pairing:
    return perform(closing(outcome), pairing, by=by, note=note, today=today)


# ── the pool ──────────────────────────────────────────────────────────────────────────────────
def pool_of(office: Office, day: date) -> TalentPool | None:
    """What the edition in force there says of a pool, or None. Raises `NoSuchRule`."""
    return edition_for(office, day).pool


@transaction.atomic
def admit(
    person: Person,
    *,
    officer: Officer | None,
    city: Office,
    fields: list[str],
    entered_on: date,
    reason: str,
    consent_name: str,
    by,
    today: date,
) -> PoolEntry:
    """Into the pool of `city`, on the basis its edition knows. Raises `Refused`."""
    pack = edition_for(city, today)
    if pack.pool is None:
        raise Refused(f"{pack.title}没有设人才库。")
    entry = PoolEntry(
        name=officer.name if officer else person.name,
        person=person,
        officer=officer,
        city=city,
        office=officer.office if officer else None,
        basis=pack.pool.basis.value,
        rule_edition=pack.edition,
        clause=pack.pool.key,
        cites=pack.pool.cites,
        fields=fields,
        entered_on=entered_on,
        consent_name=consent_name,
    )
    if not keeps_the_pool.test(by, entry):
        raise Refused("本人不能为自己办理入库，请由同事办理。")
    return enter(entry, reason=reason, by=by)


def enter(entry: PoolEntry, *, reason: str, by) -> PoolEntry:
    """Raises `Refused` where the person is in already on that basis."""
    _entered_once(entry)
    PoolMove.objects.create(
        entry=entry, kind=PoolMove.Kind.ENTERED, on=entry.entered_on, reason=reason, by=by
    )
    event = record("admit", entry, by=by, note=reason, rule_edition=entry.rule_edition)
    queue("talent-pool-entered", entry, cause=f"event:{event.pk}", context={"note": reason})
    return entry


def _entered_once(entry: PoolEntry) -> None:
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError as error:
        if "poolentry_once_a_basis" not in str(error):
            raise
        raise Refused(f"{entry.name}已按“{entry.get_basis_display()}”在库，不用再入。") from error


@transaction.atomic
def leave(entry: PoolEntry, *, on: date, reason: str, by) -> PoolEntry:
    entry = perform(leaving(on), entry, by=by, note=reason)
    PoolMove.objects.create(entry=entry, kind=PoolMove.Kind.LEFT, on=on, reason=reason, by=by)
    return entry


@transaction.atomic
def set_availability(
    entry: PoolEntry, *, availability: str, busy_until: date | None, reason: str, by, today: date
) -> PoolEntry:
    entry = PoolEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    if not says_when_free.test(by, entry):
        raise PermissionDenied
    if entry.state != PoolEntry.State.IN_POOL:
        raise Refused(f"{entry.name}已于{day_full(entry.left_on)}出库，不用再改。")
    if (entry.availability, entry.busy_until) == (availability, busy_until):
        return entry
    entry.availability, entry.busy_until = availability, busy_until
    entry.save(update_fields={"availability", "busy_until"})
    until = f"，到 {busy_until:%Y-%m-%d}" if busy_until else ""
    said = f"{entry.get_availability_display()}{until}"
    kind = PoolMove.Kind.AVAILABILITY
    PoolMove.objects.create(entry=entry, kind=kind, on=today, said=said, reason=reason, by=by)
    record("availability", entry, by=by, note=reason, data={"said": said})
    return entry
