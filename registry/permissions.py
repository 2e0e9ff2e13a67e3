"""Predicates about a filing."""

from rules import predicate

from cqo_portal.accounts.permissions import is_city, is_county, is_enterprise


@predicate
def files_for_the_organisation_of(user, filing) -> bool:
    return user.acting.organisation_id == filing.organisation_id


@predicate
def serves_its_county(user, filing) -> bool:
    return user.acting.office_id == filing.office_id


@predicate
def serves_its_city(user, filing) -> bool:
    return user.acting.office_id == filing.office.parent_id


@predicate
def has_a_part_in_it(user, filing) -> bool:
    """Whoever wrote or submitted it, or works for the enterprise in any role, has a part in it."""
    return (
        filing.created_by_id == user.pk
        or filing.submissions.filter(by=user).exists()
        or user.assignments.filter(organisation=filing.organisation_id).exists()
    )


is_applicant = is_enterprise & files_for_the_organisation_of
pre_reviews = is_county & serves_its_county & ~has_a_part_in_it
files = is_city & serves_its_city & ~has_a_part_in_it
decides = pre_reviews | files


@predicate
def has_no_part_in_the_enterprise(user, entry) -> bool:
    return not user.assignments.filter(organisation=entry.organisation_id).exists()


@predicate
def serves_the_office_of_the_enterprise(user, entry) -> bool:
    office = entry.organisation.office
    return user.acting.office_id in (office.pk, office.parent_id)


@predicate
def is_not_about_the_county(user, entry) -> bool:
    """Which county an enterprise belongs to changes by a move, which carries its open cases along."""
    return entry.post_id is not None or entry.name != "office"


corrects = (
    (is_county | is_city)
    & serves_the_office_of_the_enterprise
    & has_no_part_in_the_enterprise
    & is_not_about_the_county
)
