"""Predicates about an import: whoever may import its kind, in the house that sent it."""

from rules import predicate

from cqo_portal.accounts.models import AT_AN_OFFICE
from cqo_portal.imports.catalogue import kind


@predicate
def works_at_an_office(user) -> bool:
    return user is not None and user.acting is not None and user.acting.role in AT_AN_OFFICE


@predicate
def of_the_same_house(user, run) -> bool:
    """The office or the institution that holds the run is the one they act for."""
    acting = user and user.acting
    return bool(acting) and (acting.office_id, acting.institution_id) == (run.office_id, run.institution_id)


@predicate
def may_import_its_kind(user, run) -> bool:
    return kind(run.kind).allowed.test(user)


@predicate
def the_system(user) -> bool:
    """Nobody acts: a worker goes on with what a person began."""
    return user is None


decides = of_the_same_house & may_import_its_kind
