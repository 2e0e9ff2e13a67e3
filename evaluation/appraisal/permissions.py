"""Predicates about an appraisal."""

from rules import predicate

from cqo_portal.accounts.permissions import is_enterprise, is_officer


@predicate
def is_of_the_own_enterprise(user, appraisal) -> bool:
    return user.acting.organisation_id == appraisal.post.organisation_id


@predicate
def is_the_person(user, appraisal) -> bool:
    """In any of their roles: nobody appraises himself."""
    return user.assignments.filter(person=appraisal.post.person_id).exists()


@predicate
def acts_as_the_person(user, appraisal) -> bool:
    return user.acting.person_id == appraisal.post.person_id


appraises = is_enterprise & is_of_the_own_enterprise & ~is_the_person
remarks = is_officer & acts_as_the_person
