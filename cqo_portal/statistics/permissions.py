"""Predicates about tables: who reads figures, who locks them, who takes lists of people away."""

from rules import predicate

from cqo_portal.accounts.models import AT_AN_OFFICE, Role


@predicate
def reads_figures(user) -> bool:
    acting = user and user.acting
    return bool(acting) and (acting.role in AT_AN_OFFICE or acting.role == Role.ADMIN)


@predicate
def works_at_an_office(user) -> bool:
    """Names of people and enterprises are the business of offices; an administrator sees figures only."""
    acting = user and user.acting
    return bool(acting) and acting.role in AT_AN_OFFICE


@predicate
def of_the_own_office(user, office) -> bool:
    return user.acting.office_id == office.pk


publishes = works_at_an_office & of_the_own_office


@predicate
def the_system(user) -> bool:
    """Nobody acts: a worker goes on with what a person began."""
    return user is None
