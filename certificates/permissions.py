"""Predicates about certificates: who issues them, and who acts on them later."""

from rules import predicate

from cqo_portal.accounts.permissions import has_a_part, is_body
from evaluation.permissions import is_of_the_own_body


@predicate
def has_a_part_in_it(user, certificate) -> bool:
    """Whoever is the holder, or works for the enterprise, in whatever role decides nothing about it."""
    return has_a_part(user, person=certificate.person_id, organisation=certificate.organisation_id)


certifies = is_body & is_of_the_own_body & ~has_a_part_in_it
