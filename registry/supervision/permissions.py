"""Predicates about a suggestion."""

from rules import predicate

from cqo_portal.accounts.permissions import is_city, is_county, is_enterprise


@predicate
def is_of_the_own_office(user, suggestion) -> bool:
    return user.acting.office_id == suggestion.issuer_id


@predicate
def is_to_the_own_enterprise(user, suggestion) -> bool:
    return user.acting.organisation_id == suggestion.organisation_id


@predicate
def has_a_part_in_it(user, suggestion) -> bool:
    """Whoever works for the enterprise in any role, or is the officer, decides nothing here."""
    mine = user.assignments.filter(organisation=suggestion.organisation_id)
    return mine.exists() or user.assignments.filter(person=suggestion.officer.person_id).exists()


issues = (is_county | is_city) & is_of_the_own_office & ~has_a_part_in_it
replies = is_enterprise & is_to_the_own_enterprise
