"""Writing suggestions, replies, notes: each function one transaction."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from cqo_portal.audit.record import record
from cqo_portal.parties.models import Office
from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import Refused, perform
from registry.editions import edition_for
from registry.incidents.models import Incident
from registry.models import Filing, Officer
from registry.supervision.models import Note, Reply, Suggestion
from registry.supervision.permissions import issues
from registry.supervision.workflow import NO_PROVISION, REPLY, closing, provision_on

S = Suggestion.State


@transaction.atomic
def suggest(officer: Officer, said: dict, *, issuer: Office, by, today: date) -> Suggestion:
    """A draft about this officer. Raises `Refused`."""
    said, incidents = _apart(said)
    provision = provision_on(issuer, today)
    if provision is None:
        raise Refused(NO_PROVISION)
    if officer.ended_on:
        raise Refused(f"{officer.name}已于{day_full(officer.ended_on)}离任，不用再建议更换。")
    suggestion = Suggestion(
        name=officer.name,
        officer=officer,
        organisation=officer.organisation,
        office=officer.office,
        issuer=issuer,
        rule_edition=edition_for(issuer, today).edition,
        provision=provision.key,
        cites=provision.cites,
        created_by=by,
        **said,
    )
    if not issues.test(by, suggestion):
        raise PermissionDenied
    _one_at_a_time(suggestion)
    suggestion.incidents.set(incidents)
    record("write", suggestion, by=by, rule_edition=suggestion.rule_edition)
    return suggestion


def _apart(said: dict) -> tuple[dict, list[Incident]]:
    """The columns, and the facts on record it leans on."""
    return {name: value for name, value in said.items() if name != "incidents"}, list(
        said.get("incidents", ())
    )


def _one_at_a_time(suggestion: Suggestion) -> None:
    try:
        with transaction.atomic():
            suggestion.save()
    except IntegrityError as error:
        if "suggestion_one_open" not in str(error):
            raise
        raise Refused(f"本局对{suggestion.name}已有一份建议书没有办结，请接着办那一份。") from error


@transaction.atomic
def rewrite(suggestion: Suggestion, said: dict, *, by) -> Suggestion:
    """New words for a draft; what was delivered stays."""
    suggestion = Suggestion.objects.select_for_update(no_key=True).get(pk=suggestion.pk)
    if not issues.test(by, suggestion):
        raise PermissionDenied
    if suggestion.state != S.DRAFT:
        raise Refused(f"现在的状态是“{suggestion.get_state_display()}”，送达的内容不能再改。")
    said, incidents = _apart(said)
    for name, value in said.items():
        setattr(suggestion, name, value)
    suggestion.save(update_fields=set(said))
    suggestion.incidents.set(incidents)
    record("edit", suggestion, by=by)
    return suggestion


@transaction.atomic
def open_first(suggestion: Suggestion, *, by) -> bool:
    """The read receipt: written when somebody of the enterprise opens it for the first time."""
    unread = Suggestion.objects.filter(pk=suggestion.pk, opened_at=None).exclude(state=S.DRAFT)
    if not unread.update(opened_at=timezone.now(), opened_by=by):
        return False
    record("open", suggestion, by=by)
    return True


@transaction.atomic
def answer(suggestion: Suggestion, said: dict, *, by, today: date) -> Suggestion:
    """The enterprise's one reply: the step first, so that a second one hears who was first."""
    suggestion = perform(REPLY, suggestion, by=by, today=today)
    Reply.objects.create(suggestion=suggestion, by=by, **said)
    return suggestion


@transaction.atomic
def follow_up(suggestion: Suggestion, text: str, *, by) -> Note:
    suggestion = Suggestion.objects.select_for_update(no_key=True).get(pk=suggestion.pk)
    if not issues.test(by, suggestion):
        raise PermissionDenied
    if suggestion.state not in (S.DELIVERED, S.REPLIED):
        raise Refused(f"现在的状态是“{suggestion.get_state_display()}”，送达以后、办结以前才记跟踪。")
    note = Note.objects.create(suggestion=suggestion, text=text, by=by)
    record("follow-up", suggestion, by=by, data={"note": note.pk})
    return note


def close(
    suggestion: Suggestion, *, outcome: str, change: Filing | None, note: str, by, today: date
) -> Suggestion:
    return perform(closing(outcome, change=change), suggestion, by=by, note=note, today=today)


def changes_of(suggestion: Suggestion):
    """Filings that could be the replacement: changes of this post, or another appointment since the delivery."""
    leaves = Q(post=suggestion.officer_id, kind__in=[Filing.Kind.REPLACEMENT, Filing.Kind.DEPARTURE])
    anew = Q(
        organisation=suggestion.organisation_id,
        kind=Filing.Kind.APPOINTMENT,
        submitted_on__gte=suggestion.delivered_on or date.max,
    )
    found = Filing.objects.filter(leaves | anew, round__gt=0).exclude(state=Filing.State.DISCARDED)
    return found.exclude(officer=suggestion.officer_id)


def facts_against(officer: Officer, *, user):
    """What counts on record against the officer or the enterprise, as far as this person may see it."""
    seen = Incident.objects.visible_to(user).counting()
    index = officer.person.identity_index
    return seen.against(identity_index=index, organisation=officer.organisation).order_by("-found_on", "-id")
