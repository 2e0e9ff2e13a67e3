"""Proposing and carrying out moves of enterprises between counties."""

from datetime import date

from django.db import IntegrityError, transaction

from cqo_portal.accounts.models import Role
from cqo_portal.audit.record import record
from cqo_portal.notifications.outbox import queue
from cqo_portal.offices import carrying
from cqo_portal.offices.models import Move
from cqo_portal.offices.workflow import ACCEPT, CARRY_OUT
from cqo_portal.parties.identifiers import tidied
from cqo_portal.parties.models import Office, Organisation
from cqo_portal.workflow.engine import Refused, perform
from registry.queries import organisations_visible_to

FOUND_AT_MOST = 20


def found(user, text: str) -> list[Organisation]:
    """Enterprises of one's own area by name; one of another area only by its whole credit code."""
    if not text.strip():
        return []
    own = organisations_visible_to(user).matching(text).select_related("office")
    rows = list(own.order_by("pinyin", "pk")[:FOUND_AT_MOST])
    known = {row.pk for row in rows}
    code = tidied(text)
    others = Organisation.objects.select_related("office").filter(credit_code=code).exclude(pk__in=known)
    return rows + (list(others) if len(code) == 18 and "\0" not in code else [])


def destinations(user, organisation: Organisation):
    """Where it may go: a county fetches to itself or sends away; the offices above choose within the province."""
    home, ours = organisation.office, user.acting.office
    counties = Office.objects.filing().filter(parent__parent=home.parent.parent_id).exclude(pk=home.pk)
    match user.acting.role:
        case Role.COUNTY:
            return counties if ours.pk == home.pk else counties.filter(pk=ours.pk)
        case Role.CITY:
            return counties if ours.pk == home.parent_id else counties.filter(parent=ours)
        case Role.PROVINCE:
            return counties if ours.pk == home.parent.parent_id else counties.none()
    return counties.none()


def propose(
    organisation: Organisation, *, to: Office, effective_on: date, document: str, reason: str, by
) -> Move:
    """Raises `Refused` where a move of this enterprise is under way already."""
    try:
        with transaction.atomic():
            move = Move.objects.create(
                organisation=organisation,
                from_office=organisation.office,
                to_office=to,
                effective_on=effective_on,
                document=document,
                reason=reason,
                proposed_by=by,
                proposed_at_office=by.acting.office,
            )
            data = {"from": organisation.office_id, "to": to.pk, "effective_on": effective_on.isoformat()}
            record("propose", move, by=by, after=move.state, note=reason, data=data)
            queue("move-proposed", move, cause=f"propose:{move.pk}")
    except IntegrityError as twice:
        raise Refused("这家企业已有一次迁移正在办理，请先办完。") from twice
    return move


def accept(move: Move, *, by, today: date) -> Move:
    """Say yes; where the day has come already, the enterprise moves with the same act.

    All rows are locked before the first event is chained: a decision on a filing holds its row while it waits there.
    """
    with transaction.atomic():
        carrying.lock(Move.objects.select_for_update(no_key=True, of=("self",)).get(pk=move.pk).organisation)
        move = perform(ACCEPT, move, by=by, today=today)
        return perform(CARRY_OUT, move, by=by, today=today) if move.effective_on <= today else move


def carry_out_due(*, today: date) -> tuple[int, int]:
    """Every accepted move whose day has come, each by itself. How many were done, and how many must wait."""
    done = waiting = 0
    for move in Move.objects.filter(state=Move.State.ACCEPTED, effective_on__lte=today).order_by("pk"):
        try:
            perform(CARRY_OUT, move, by=None, today=today)
            done += 1
        except Refused:  # the page of the move says why
            waiting += 1
    return done, waiting
