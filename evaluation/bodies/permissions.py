"""Predicates about bodies: who keeps a record, who decides about it."""

from rules import predicate

from cqo_portal.accounts.permissions import has_a_part, is_body, is_city, is_province

supervises_bodies = is_city | is_province


@predicate
def is_of_the_own_institution(user, thing) -> bool:
    return user.acting.institution_id == thing.institution_id


@predicate
def is_of_the_own_office(user, record) -> bool:
    return user.acting.office_id == record.office_id


@predicate
def works_for_it_too(user, record) -> bool:
    """Whoever works for the institution in any role decides nothing about it."""
    return has_a_part(user, institution=record.institution_id)


keeps_the_record = is_body & is_of_the_own_institution
decides_about_it = supervises_bodies & is_of_the_own_office & ~works_for_it_too
