"""Predicates about cases, pairings and pool entries."""

from rules import predicate

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.permissions import acts_as, is_city, is_county, is_enterprise, is_province

is_officer = acts_as(Role.OFFICER)


# ── cases ─────────────────────────────────────────────────────────────────────────────────────
@predicate
def is_about_the_own_enterprise(user, case) -> bool:
    return user.acting.organisation_id == case.organisation_id


@predicate
def is_in_the_own_county(user, case) -> bool:
    return user.acting.office_id == case.office_id


@predicate
def is_in_the_own_city(user, case) -> bool:
    return user.acting.office_id == case.office.parent_id


@predicate
def was_written_by_the_county(user, case) -> bool:
    return case.by_county


@predicate
def lies_with_the_county(user, case) -> bool:
    """Sent by the enterprise; or the county's own draft."""
    return case.state == case.State.AT_COUNTY or case.by_county


@predicate
def is_named_in_it(user, case) -> bool:
    return user.acting.person_id is not None and case.officers.filter(person=user.acting.person_id).exists()


@predicate
def works_for_the_enterprise(user, case) -> bool:
    """Whoever works for the enterprise in any role neither hands in nor picks its own case."""
    return user.assignments.filter(organisation=case.organisation_id).exists()


is_author = (is_enterprise & is_about_the_own_enterprise & ~was_written_by_the_county) | (
    is_county & is_in_the_own_county & was_written_by_the_county
)
sends_to_the_county = is_enterprise & is_about_the_own_enterprise & ~was_written_by_the_county
reads_for_the_county = is_county & is_in_the_own_county & ~works_for_the_enterprise
hands_in = reads_for_the_county & lies_with_the_county
selects = is_city & is_in_the_own_city & ~works_for_the_enterprise
revokes = is_officer & is_named_in_it


# ── pairings ──────────────────────────────────────────────────────────────────────────────────
@predicate
def is_the_mentors(user, pairing) -> bool:
    return user.acting.organisation_id == pairing.mentor_id


@predicate
def is_the_learners(user, pairing) -> bool:
    return user.acting.organisation_id == pairing.learner_id


@predicate
def is_of_the_own_city(user, pairing) -> bool:
    return user.acting.office_id == pairing.office_id


for_the_mentor = is_enterprise & is_the_mentors
for_the_learner = is_enterprise & is_the_learners
leads_the_pairing = is_city & is_of_the_own_city
keeps_its_log = for_the_mentor | for_the_learner | leads_the_pairing


# ── the pool ──────────────────────────────────────────────────────────────────────────────────
@predicate
def is_of_the_own_pool(user, entry) -> bool:
    return user.acting.office_id == entry.city_id


@predicate
def is_the_person(user, entry) -> bool:
    return user.acting.person_id == entry.person_id


@predicate
def is_the_person_in_another_role(user, entry) -> bool:
    return user.assignments.filter(person=entry.person_id).exists()


keeps_the_pool = (is_city | is_province) & is_of_the_own_pool & ~is_the_person_in_another_role
says_when_free = keeps_the_pool | (is_officer & is_the_person)
