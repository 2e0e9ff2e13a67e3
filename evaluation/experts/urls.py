from django.urls import path

from cqo_portal.workflow.views import step_view
from evaluation.experts.models import Expert
from evaluation.experts.views import declaring, engaging
from evaluation.experts.workflow import ENGAGEMENT

app_name = "experts"
urlpatterns = [
    path("", engaging.index, name="index"),
    path("pool/", engaging.pool, name="pool"),
    path("pool/<uuid:pk>/", engaging.engage, name="engage"),
    path("find/", engaging.find, name="find"),
    path("find/engage/", engaging.engage_directly, name="engage-directly"),
    path("mine/", declaring.mine, name="mine"),
    path("mine/wishes/", declaring.wishes, name="wishes"),
    path("mine/confirm/", declaring.confirm, name="confirm"),
    path("mine/<slug:kind>/new/", declaring.declare, name="declare"),
    path("said/<slug:kind>/<int:pk>/end/", declaring.end, name="declared-end"),
    path("said/<slug:kind>/<int:pk>/withdraw/", declaring.withdraw, name="declared-withdraw"),
    path("<uuid:pk>/", engaging.expert, name="expert"),
    path("<uuid:pk>/add/<slug:kind>/", declaring.add, name="add"),
    path("<uuid:pk>/steps/<slug:step>/", step_view(Expert, ENGAGEMENT), name="expert-step"),
]
