"""Predicates about an entry of a list: an office keeps the lists of its own area."""

from rules import predicate

from cqo_portal.imports.permissions import works_at_an_office


@predicate
def of_its_area(user, listed) -> bool:
    office, own = listed.organisation.office, user.acting.office_id
    above = [office.pk, office.parent_id, office.parent.parent_id if office.parent_id else None]
    return own in above


@predicate
def works_for_it(user, listed) -> bool:
    """Whoever works for an enterprise in any role neither honours nor strikes it."""
    return user.assignments.filter(organisation=listed.organisation_id).exists()


keeps = works_at_an_office & of_its_area & ~works_for_it
