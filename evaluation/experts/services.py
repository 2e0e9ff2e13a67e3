"""Engaging experts, and what is said of them: each act in one transaction, with its record."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cqo_portal.accounts.permissions import has_a_part
from cqo_portal.audit.record import record
from cqo_portal.notifications.outbox import queue
from cqo_portal.parties.models import Person
from cqo_portal.parties.names import masked_name
from cqo_portal.parties.people import known, met
from cqo_portal.ui import identity
from cqo_portal.workflow.engine import Refused
from evaluation.experts.models import Confirmation, Declared, Expert
from evaluation.experts.permissions import engages, goes_on_with, is_body, speaks_for_himself
from evaluation.experts.queries import may_be_engaged
from registry.talent.models import PoolEntry

OWN_CAUSE = "不能聘任您本人，也不能为您本人登记，请同事办理。"
NOTHING_MISSING = "以上任职经历、利害关系和授课情况无遗漏；有变化时我会及时补充。"
GOES_ON = "这一条已经改过了，请看最新的一条。"


# ── engaging ──────────────────────────────────────────────────────────────────────────────────
def look_up(kind: str, number: str, *, by) -> Person | None:
    """Whoever has that number, or None; the look is noted."""
    if not is_body.test(by):
        raise PermissionDenied
    return identity.look_up(kind, number, by=by, why="核对拟聘的评价专家")


@transaction.atomic
def engage_from_pool(entry: PoolEntry, *, fields: list[str], by, today: date) -> Expert:
    """Whoever can be asked today. Raises `Refused`."""
    there = may_be_engaged(day=today).select_related("person").select_for_update(no_key=True, of=("self",))
    found = there.filter(pk=entry.pk).first()
    if found is None:
        raise Refused(f"{entry.name}现在不在人才库里，或者暂不承担任务，请另选一位。")
    return _engage(found.person, fields=fields, by=by, today=today, entry=found)


@transaction.atomic
def engage_directly(said: Mapping, *, by, today: date) -> Expert:
    """Somebody by the number of a document. `said`: identity_kind, identity_number, name, fields_of, reason.

    An empty name means: whoever is known under that number. Raises `Refused`.
    """
    kind, number = said["identity_kind"], said["identity_number"]
    person = known(kind, number)
    if person is None and not said["name"]:
        raise Refused("平台还没有这个证件号码，请填写全名。")
    person = person or met(kind, number, name=said["name"])
    if said["name"] and said["name"] != person.name:
        raise Refused("这个证件号码在平台登记的不是这个姓名，请对照证件逐字核对号码和姓名。")
    return _engage(person, fields=said["fields_of"], by=by, today=today, reason=said["reason"])


def _engage(person: Person, *, fields: list[str], by, today: date, **how) -> Expert:
    if not is_body.test(by):
        raise PermissionDenied
    expert = Expert(
        name=person.name,
        person=person,
        institution=by.acting.institution,
        fields=fields,
        engaged_on=today,
        created_by=by,
        **how,
    )
    if not engages.test(by, expert):
        raise Refused(OWN_CAUSE)
    try:
        with transaction.atomic():
            expert.save()
    except IntegrityError as error:
        if "expert_engaged_once" not in str(error):
            raise
        raise Refused(f"{masked_name(person.name)}已经在聘，不用再聘。") from error
    event = record("engage", expert, by=by, note=expert.reason, data={"fields": fields})
    queue("expert-engaged", expert, cause=f"event:{event.pk}")
    return expert


# ── the expert's own words ────────────────────────────────────────────────────────────────────
@transaction.atomic
def say_what_one_can(fields: list[str], busy_until: date | None, *, by) -> int:
    """Fields and availability, for all who engaged the person; returns how many engagements changed."""
    if not speaks_for_himself.test(by):
        raise PermissionDenied
    held = Expert.objects.filter(person=by.acting.person_id).engaged().select_for_update(no_key=True)
    now, changed = {"fields": fields, "busy_until": busy_until}, 0
    for expert in held.order_by("pk"):
        before = {name: getattr(expert, name) for name in now}
        if before == now:
            continue
        expert.fields, expert.busy_until = fields, busy_until
        expert.save(update_fields={"fields", "busy_until"})
        record("availability", expert, by=by, data={"before": _plain(before), "after": _plain(now)})
        changed += 1
    return changed


def _plain(said: dict) -> dict:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}


@transaction.atomic
def confirm(*, by, today: date) -> Confirmation:
    """Nothing is missing, for this calendar year. Raises `Refused` where that was said already."""
    if not speaks_for_himself.test(by):
        raise PermissionDenied
    made = Confirmation(person=by.acting.person, year=today.year, said=NOTHING_MISSING, by=by)
    _once(made, "confirmation_once_a_year", otherwise=f"{today.year} 年度已经确认过，不用再确认。")
    record("confirm", made, by=by)
    return made


# ── what is said of an expert ─────────────────────────────────────────────────────────────────
@transaction.atomic
def declare(row: Declared, *, by) -> Declared:
    """A new row: of himself by the expert, or by the body of an expert engaged there. `row` names neither by nor body."""
    row.by = by
    if is_body.test(by):
        row.institution = by.acting.institution
        if not Expert.objects.visible_to(by).engaged().filter(person=row.person_id).exists():
            raise PermissionDenied
        if has_a_part(by, person=row.person_id):
            raise Refused(OWN_CAUSE)
    elif not speaks_for_himself.test(by) or row.person_id != by.acting.person_id:
        raise PermissionDenied
    row.save()
    record("declare", row, by=by, data={"person": str(row.person_id)})
    return row


@transaction.atomic
def go_on(row: Declared, act: str, *, note: str = "", ends: date | None = None, by) -> Declared:
    """End a row, or withdraw what was said by mistake: by whoever said it. Raises `Refused`."""
    if not goes_on_with.test(by, row):
        raise PermissionDenied
    made = row.followed_by(act, note=note, ends=ends, by=by)
    if type(row).objects.filter(previous=row).exists():
        raise Refused(GOES_ON)
    _once(made, "previous_id", otherwise=GOES_ON)
    record(f"declare-{act}", made, by=by, note=note, data={"person": str(row.person_id)})
    return made


def _once(row, constraint: str, *, otherwise: str) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if constraint not in str(error):
            raise
        raise Refused(otherwise) from error
