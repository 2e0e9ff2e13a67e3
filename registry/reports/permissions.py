"""Predicates about an annual report and about a roll-up."""

from rules import predicate

from cqo_portal.accounts.models import AT_AN_OFFICE
from cqo_portal.accounts.permissions import is_county, is_enterprise


@predicate
def reports_for_the_organisation_of(user, report) -> bool:
    return user.acting.organisation_id == report.organisation_id


@predicate
def serves_its_county(user, report) -> bool:
    return user.acting.office_id == report.office_id


@predicate
def has_a_part_in_it(user, report) -> bool:
    """Whoever wrote it, or works for the enterprise in any role, does not decide about it."""
    return (
        report.created_by_id == user.pk
        or report.versions.filter(by=user).exists()
        or user.assignments.filter(organisation=report.organisation_id).exists()
    )


@predicate
def acts_for_the_office(user, roll_up) -> bool:
    acting = user.acting
    return acting is not None and acting.role in AT_AN_OFFICE and acting.office_id == roll_up.office_id


is_reporter = is_enterprise & reports_for_the_organisation_of
receives = is_county & serves_its_county & ~has_a_part_in_it
signs = acts_for_the_office
