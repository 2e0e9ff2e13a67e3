"""Recording a fact, correcting it, withdrawing it: each a new row, a record, and a message to those concerned."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from cqo_portal.audit.record import record
from cqo_portal.notifications.outbox import queue
from cqo_portal.parties.models import Office
from cqo_portal.wording import moment_long
from registry.incidents.models import Incident
from registry.incidents.permissions import changes_facts, records_facts

SAID = (
    "name identity_kind identity_number organisation fault accident_level responsible "
    "occurred_on document_number issued_by found_on said"
).split()

NOT_ABOUT_THEM = "登记的对象有误，予以撤销。"


class OnRecord(Exception):
    """The same finding stands on record against the same person or enterprise. The message is a sentence."""


class Superseded(Exception):
    """Somebody else said something about this fact after the page was opened. The message says who and when."""


def enter(values: Mapping, *, by) -> Incident:
    """Put a fact on record. `values` as in `SAID`; raises PermissionDenied for whoever serves no office, `OnRecord`."""
    if not records_facts.test(by):
        raise PermissionDenied
    with transaction.atomic():
        incident = _begin(values, office=by.acting.office, by=by)
        _insist_that_it_is_new(incident)
    return incident


def _begin(values: Mapping, *, office: Office, by, note: str = "") -> Incident:
    incident = Incident(**values, office=office, by=by)
    incident.save()
    _tell(incident, action="record-fact", by=by, note=note)
    return incident


def _insist_that_it_is_new(incident: Incident) -> None:
    """Asked after the record: the chain lets one act in at a time, so nobody else's is still on its way.

    Not a unique index: what was withdrawn may be found, and recorded, again.
    """
    same = ("identity_index", "organisation", "fault", "document_number", "issued_by")
    before = Incident.objects.exclude(pk=incident.pk).counting()
    if before.filter(**{name: getattr(incident, name) for name in same}).exists():
        raise OnRecord("这份文书认定的这一情形已经登记过了，没有重复登记；内容有误的，请打开原来的登记更正。")


def correct(incident: Incident, values: Mapping, *, reason: str, by) -> Incident:
    """Say it anew: `values` take the place of what stood there.

    About somebody else it is another fact: the one is withdrawn and the other begins. Neither of the two reads what
    was said about the other, nor the reason, which may name both: it is kept in the record of the act.
    """
    if Incident(**values).whom != incident.whom:
        with transaction.atomic():
            withdraw(incident, reason=NOT_ABOUT_THEM, by=by)
            return _begin(values, office=incident.office, by=by, note=reason)
    return _follow(incident, dict(values), act=Incident.Act.CORRECTED, reason=reason, by=by)


def withdraw(incident: Incident, *, reason: str, by) -> Incident:
    """It no longer counts; what was said stays readable."""
    same = {name: getattr(incident, name) for name in SAID}
    return _follow(incident, same, act=Incident.Act.WITHDRAWN, reason=reason, by=by)


def _follow(incident: Incident, values: dict, *, act: str, reason: str, by) -> Incident:
    """One row follows another: of two officers at once the unique `previous` lets one through."""
    if not changes_facts.test(by, incident):
        raise PermissionDenied
    _insist_that_it_is_the_last_word(incident)
    after = Incident(**values, act=act, previous=incident, office=incident.office, reason=reason, by=by)
    try:
        with transaction.atomic():
            after.save()
            _tell(after, action=f"{act}-fact", by=by)
    except IntegrityError:
        _insist_that_it_is_the_last_word(incident)
        raise
    return after


def _insist_that_it_is_the_last_word(incident: Incident) -> None:
    last = Incident.objects.filter(thread=incident.thread).latest_words().select_related("by").get()
    if last.pk != incident.pk or not last.in_force:
        when = timezone.localtime(last.at)
        raise Superseded(
            f"已由 {last.by} 于 {moment_long(when)} {last.get_act_display()}，请看新的内容再办理。"
        )


def _tell(incident: Incident, *, action: str, by, note: str = "") -> None:
    said = {"thread": str(incident.thread), "fault": incident.fault, "document": incident.document_number}
    event = record(action, incident, by=by, note=note or incident.reason, data=said)
    queue("fact-recorded", incident, cause=f"event:{event.pk}", context={"by": by})
