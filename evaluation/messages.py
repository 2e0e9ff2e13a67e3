"""The kinds of message an evaluation causes, and who gets them. None says a mark, or who sits on a panel; that all have
signed is told to the leader alone, who reads the count anyway."""

from cqo_portal.accounts.holders import holders
from cqo_portal.accounts.models import Role, User
from cqo_portal.notifications.catalogue import Kind, add


def the_applicants(application):
    """The officer in person and whoever acts for the enterprise."""
    return _the_officer(application) | holders(role=Role.ENTERPRISE, organisation=application.organisation_id)


def _the_officer(application):
    return holders(role=Role.OFFICER, person=application.person_id)


def the_body(application):
    return holders(role=Role.BODY, institution=application.body_id)


def its_body(evaluation):
    return holders(role=Role.BODY, institution=evaluation.body_id)


def its_applicants(evaluation):
    return the_applicants(evaluation.application)


def the_panel(evaluation):
    people = evaluation.panellists.serving().values("person")
    return holders(role=Role.EXPERT, person__in=people)


def the_leader(evaluation):
    people = evaluation.panellists.serving().filter(is_leader=True).values("person")
    return holders(role=Role.EXPERT, person__in=people)


def the_expert(panellist):
    """Who was asked, or serves. A name the body only thought of is told nothing."""
    if panellist.answer_by is None:
        return User.objects.none()
    return holders(role=Role.EXPERT, person=panellist.person_id)


def the_body_of_the_panel(panellist):
    return its_body(panellist.evaluation)


def whom_a_recusal_concerns(panellist):
    """The body, the leader who goes on with fewer, and whoever was recused, or left."""
    evaluation = panellist.evaluation
    groups = (its_body(evaluation), the_leader(evaluation), the_expert(panellist))
    return User.objects.filter(pk__in=[key for group in groups for key in _keys(group)])


def the_asked_and_applicants(evaluation):
    """Members, whoever still has an invitation to answer, and the applicants."""
    asked = evaluation.panellists.filter(state__in=["invited", "serving"]).values("person")
    experts = holders(role=Role.EXPERT, person__in=asked)
    return User.objects.filter(pk__in=[*_keys(experts), *_keys(its_applicants(evaluation))])


def who_meets(interview):
    """The panel and the applicants: whoever was only asked does not."""
    evaluation = interview.evaluation
    return User.objects.filter(pk__in=[*_keys(the_panel(evaluation)), *_keys(its_applicants(evaluation))])


def _keys(people):
    return people.values_list("pk", flat=True)


def whoever_appealed(appeal):
    return its_applicants(appeal.evaluation)


def the_body_appealed_to(appeal):
    return its_body(appeal.evaluation)


add(
    Kind("application-submitted", recipients=the_body),
    Kind("application-returned", recipients=the_applicants),
    Kind("application-accepted", recipients=the_applicants),
    Kind("application-refused", recipients=the_applicants),
    Kind("application-withdrawn", recipients=the_body),
    Kind("panel-invitation", recipients=the_expert),
    Kind("panel-accepted", recipients=the_body_of_the_panel),
    Kind("panel-declined", recipients=the_body_of_the_panel),
    Kind("panel-released", recipients=the_expert),
    Kind("panel-recused", recipients=whom_a_recusal_concerns),
    Kind("panel-left", recipients=whom_a_recusal_concerns),
    Kind("scoring-begun", recipients=the_panel),
    Kind("sheets-signed", recipients=the_leader),
    Kind("sheets-opened", recipients=the_panel),
    Kind("interview-planned", recipients=who_meets),
    Kind("interview-changed", recipients=who_meets),
    Kind("interview-cancelled", recipients=who_meets),
    Kind("report-to-sign", recipients=the_panel),
    Kind("report-handed-in", recipients=its_body),
    Kind("report-sent-back", recipients=the_panel),
    Kind("evaluation-closed", recipients=the_asked_and_applicants),
    Kind("grade-published", recipients=its_applicants),
    Kind("appeal-lodged", recipients=the_body_appealed_to),
    Kind("appeal-dismissed", recipients=whoever_appealed),
    Kind("appeal-granted", recipients=whoever_appealed),
    Kind("appeal-taken-back", recipients=the_body_appealed_to),
)
