from django.urls import path

from cqo_portal.workflow.views import step_view
from evaluation.appraisal import views
from evaluation.appraisal.models import Appraisal
from evaluation.appraisal.workflow import BUTTONS

app_name = "appraisal"
urlpatterns = [
    path("", views.index, name="index"),
    path("begin/", views.begin, name="begin"),
    path("<uuid:pk>/", views.detail, name="appraisal"),
    path("<uuid:pk>/edit/", views.edit, name="edit"),
    path("<uuid:pk>/autosave/", views.autosave, name="autosave"),
    path("<uuid:pk>/check/", views.check, name="check"),
    path("<uuid:pk>/remark/", views.remark, name="remark"),
    path("<uuid:pk>/appraisal.pdf", views.document, name="document"),
    path("<uuid:pk>/steps/<slug:step>/", step_view(Appraisal, BUTTONS), name="step"),
]
