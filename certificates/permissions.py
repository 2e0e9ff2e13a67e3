"""Predicates about certificates: who issues them, and who acts on them later."""

from rules import predicate

from cqo_portal.accounts.permissions import has_a_part, is_body
from evaluation.permissions import is_of_the_own_body, sits_on_the_panel_too


@predicate
def has_a_part_in_it(user, certificate) -> bool:
    """Whoever is the holder, or works for the enterprise, in whatever role decides nothing about it."""
    return has_a_part(user, person=certificate.person_id, organisation=certificate.organisation_id)


@predicate
def sat_on_its_panel(user, certificate) -> bool:
    """Whoever judged does not decide for the body, later either."""
    return sits_on_the_panel_too.test(user, certificate.decision.evaluation)


certifies = is_body & is_of_the_own_body & ~has_a_part_in_it & ~sat_on_its_panel
