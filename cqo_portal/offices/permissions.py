"""Predicates about accounts, registrations and moves."""

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
def within_one_city(user, move) -> bool:
    return move.within_one_city


@predicate
def stands_on_the_other_side(user, move) -> bool:
    """The county that has to say yes: the receiving one, or, when that one proposed, the one that lets go."""
    ours = user.acting.office_id
    return ours in (move.from_office_id, move.to_office_id) and ours != move.proposed_at_office_id


@predicate
def receives_it(user, move) -> bool:
    return user.acting.office_id == move.to_office_id


@predicate
def was_proposed_from_above(user, move) -> bool:
    return move.proposed_at_office_id not in (move.from_office_id, move.to_office_id)


@predicate
def is_the_city_of_both(user, move) -> bool:
    return user.acting.office_id == move.from_office.parent_id


@predicate
def is_the_province_of_both(user, move) -> bool:
    ours = user.acting.office_id
    return ours == move.from_office.parent.parent_id == move.to_office.parent.parent_id


@predicate
def proposed_it(user, move) -> bool:
    """The office did, so any colleague of it may take it back."""
    return user.acting is not None and user.acting.office_id == move.proposed_at_office_id


the_county_accepts = is_county & (
    (was_proposed_from_above & receives_it) | (~was_proposed_from_above & stands_on_the_other_side)
)
accepts = (within_one_city & (the_county_accepts | (is_city & is_the_city_of_both))) | (
    ~within_one_city & is_province & is_the_province_of_both
)
