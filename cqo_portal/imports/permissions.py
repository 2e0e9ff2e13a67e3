"""Predicates about an import: an office imports for its own area, and sees its own imports."""

from rules import predicate

from cqo_portal.accounts.models import AT_AN_OFFICE


@predicate
def works_at_an_office(user) -> bool:
    return user is not None and user.acting is not None and user.acting.role in AT_AN_OFFICE


@predicate
def of_the_same_office(user, run) -> bool:
    return user is not None and user.acting is not None and user.acting.office_id == run.office_id


@predicate
def the_system(user) -> bool:
    """Nobody acts: a worker goes on with what a person began."""
    return user is None


decides = works_at_an_office & of_the_same_office
