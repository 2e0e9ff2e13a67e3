"""Its addresses; `evaluation.urls` collects them."""

from django.urls import path

from cqo_portal.workflow.views import step_view
from evaluation.models import Evaluation
from evaluation.panels import case, queries  # noqa: F401 -- the blocks of the page, the figures of a body
from evaluation.panels.views import building, cases, invitations
from evaluation.panels.workflow import BUTTONS

urlpatterns = [
    path("", cases.evaluations, name="evaluations"),
    path("<uuid:pk>/", cases.evaluation, name="evaluation"),
    path("<uuid:pk>/steps/<slug:step>/", step_view(Evaluation, BUTTONS), name="evaluation-step"),
    path("<uuid:pk>/panel/", building.panel, name="panel"),
    path("<uuid:pk>/panel/propose/", building.propose, name="propose"),
    path("<uuid:pk>/panel/propose-as-advised/", building.propose_as_advised, name="propose-as-advised"),
    path("<uuid:pk>/panel/aggregation/", building.aggregation, name="aggregation"),
    path("<uuid:pk>/panel/others/<uuid:person>/<slug:fingerprint>/", building.rule_out, name="rule-out"),
    path("<uuid:pk>/panel/invite/", building.invite, name="invite"),
    path("panellists/<uuid:pk>/lead/", building.lead, name="panellist-lead"),
    path("panellists/<uuid:pk>/release/", building.release, name="panellist-release"),
    path("panellists/<uuid:pk>/leave/", building.leave, name="panellist-leave"),
    path("panellists/<uuid:pk>/recuse/", building.recuse, name="panellist-recuse"),
    path("invitations/<uuid:pk>/", invitations.invitation_page, name="invitation"),
    path("invitations/<uuid:pk>/code/", invitations.send_code, name="invitation-code"),
    path("invitations/<uuid:pk>/accept/", invitations.accept, name="invitation-accept"),
    path("invitations/<uuid:pk>/conflict/", invitations.declare_conflict, name="invitation-conflict"),
    path("invitations/<uuid:pk>/decline/", invitations.decline, name="invitation-decline"),
]
