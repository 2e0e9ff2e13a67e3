"""Predicates about accounts, registrations and moves."""

from django.db.models import Q
from rules import predicate

from cqo_portal.accounts.models import AT_AN_OFFICE, Role
from cqo_portal.accounts.permissions import acts_as, is_city, is_county

is_keeper = acts_as(Role.ADMIN)  # keeps accounts and offices; decides no case
is_province = acts_as(Role.PROVINCE)


@predicate
def acts_for_an_office(user) -> bool:
    return user.acting is not None and user.acting.role in AT_AN_OFFICE


# ── a registration ────────────────────────────────────────────────────────────────────────────
@predicate
def is_the_applicant(user, registration) -> bool:
    return registration.applicant_id == user.pk


@predicate
def serves_the_office_of_it(user, registration) -> bool:
    return user.acting.office_id == registration.office_id


admits = is_county & serves_the_office_of_it & ~is_the_applicant


# ── a move ────────────────────────────────────────────────────────────────────────────────────
@predicate
def is_the_system(user, move) -> bool:
    """A day that has come needs nobody's hand: the worker carries out what was accepted."""
    return user is None


@predicate
def serves_who_answers(user, move) -> bool:
    return user.acting.office_id in {office.pk for office in move.answered_by}


@predicate
def served_either_side(user, move) -> bool:
    """Who let the enterprise go or took it in, or stands above; the enterprise itself. For what went along, as it was said."""
    if user.acting.organisation_id:
        return user.acting.organisation_id == move.organisation_id
    return any(
        user.acting.office_id in (side.pk, side.parent_id, side.parent.parent_id)
        for side in (move.from_office, move.to_office)
    )


@predicate
def proposed_it(user, move) -> bool:
    """The office did, so any colleague of it may take it back."""
    return user.acting is not None and user.acting.office_id == move.proposed_at_office_id


@predicate
def has_a_part_in_it(user, move) -> bool:
    """Whoever proposed it, serves the proposing office in any role, or works for the enterprise."""
    return (
        move.proposed_by_id == user.pk
        or user.assignments.filter(
            Q(office=move.proposed_at_office_id) | Q(organisation=move.organisation_id), active=True
        ).exists()
    )


# Four eyes: an office never answers itself, and nobody answers in one role what they proposed in another.
accepts = (is_county | is_city | is_province) & serves_who_answers & ~has_a_part_in_it
