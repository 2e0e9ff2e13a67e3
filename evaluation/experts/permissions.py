"""Predicates about experts: the body engages, the expert speaks for himself, nobody acts in his own cause."""

from rules import predicate

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.permissions import acts_as, has_a_part, is_body


@predicate
def is_of_the_own_body(user, expert) -> bool:
    return user.acting.institution_id == expert.institution_id


@predicate
def is_the_person_in_another_role(user, thing) -> bool:
    return has_a_part(user, person=thing.person_id)


@predicate
def acts_for_a_person(user) -> bool:
    return user.acting.person_id is not None


@predicate
def said_it(user, declared) -> bool:
    """Rows of the expert are followed by the expert, rows of a body by that body."""
    if declared.institution_id is None:
        return user.acting.person_id == declared.person_id
    return user.acting.institution_id == declared.institution_id


engages = is_body & is_of_the_own_body & ~is_the_person_in_another_role
speaks_for_himself = acts_as(Role.EXPERT) & acts_for_a_person
goes_on_with = (speaks_for_himself & said_it) | (is_body & said_it & ~is_the_person_in_another_role)
