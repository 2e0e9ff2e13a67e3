"""Predicates about applications, evaluations, panels and sheets."""

from rules import predicate

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.permissions import acts_as, has_a_part, is_body, is_enterprise, is_officer

is_expert = acts_as(Role.EXPERT)


@predicate
def is_of_the_own_body(user, thing) -> bool:
    """Of an application: it lies there; of an evaluation: it is run there."""
    return user.acting.institution_id is not None and user.acting.institution_id == thing.body_id


@predicate
def is_the_own_person(user, thing) -> bool:
    """The seat on a panel, or the sheet, of whoever acts."""
    return user.acting.person_id is not None and user.acting.person_id == thing.person_id


# ── applications ──────────────────────────────────────────────────────────────────────────────
@predicate
def is_of_the_own_enterprise(user, application) -> bool:
    return user.acting.organisation_id == application.organisation_id


@predicate
def is_the_officer(user, application) -> bool:
    return user.acting.person_id == application.person_id


@predicate
def has_a_part_in_it(user, application) -> bool:
    """Whoever is the officer, or works for the enterprise, in whatever role decides nothing about it."""
    return has_a_part(user, person=application.person_id, organisation=application.organisation_id)


applies = (is_enterprise & is_of_the_own_enterprise) | (is_officer & is_the_officer)
reviews_applications = is_body & is_of_the_own_body & ~has_a_part_in_it


# ── evaluations: about the application behind them ────────────────────────────────────────────
@predicate
def has_a_part_in_the_case(user, evaluation) -> bool:
    return has_a_part_in_it.test(user, evaluation.application)


@predicate
def sits_on_the_panel_too(user, evaluation) -> bool:
    """In another role, as an expert: whoever judges does not decide for the body."""
    people = user.assignments.exclude(person=None).values("person")
    return evaluation.panellists.on_the_panel().filter(person__in=people).exists()


@predicate
def serves_on_the_panel(user, evaluation) -> bool:
    return (
        user.acting.person_id is not None
        and evaluation.panellists.serving().filter(person=user.acting.person_id).exists()
    )


@predicate
def is_its_leader(user, evaluation) -> bool:
    me = user.acting.person_id
    return me is not None and evaluation.panellists.serving().filter(person=me, is_leader=True).exists()


runs_it = is_body & is_of_the_own_body & ~has_a_part_in_the_case & ~sits_on_the_panel_too
serves = is_expert & serves_on_the_panel & ~has_a_part_in_the_case
leads = is_expert & is_its_leader & ~has_a_part_in_the_case


# ── panellists ────────────────────────────────────────────────────────────────────────────────
@predicate
def runs_its_evaluation(user, panellist) -> bool:
    return runs_it.test(user, panellist.evaluation)


answers = is_expert & is_the_own_person


# ── sheets ────────────────────────────────────────────────────────────────────────────────────
@predicate
def counts(user, sheet) -> bool:
    """Of the calibration case, or of a panellist who serves."""
    return sheet.calibration_id is not None or sheet.panellist.state == "serving"


@predicate
def may_set_it_aside(user, sheet) -> bool:
    return sheet.panellist_id is not None and (
        answers.test(user, sheet.panellist) or runs_its_evaluation.test(user, sheet.panellist)
    )


scores = is_expert & is_the_own_person & counts


# ── appeals ───────────────────────────────────────────────────────────────────────────────────
@predicate
def is_about_the_own_case(user, appeal) -> bool:
    return applies.test(user, appeal.evaluation.application)


@predicate
def is_before_the_own_body(user, appeal) -> bool:
    return runs_it.test(user, appeal.evaluation)
