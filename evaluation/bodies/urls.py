from django.urls import path

from cqo_portal.workflow.views import step_view
from evaluation.bodies.models import BodyRecord
from evaluation.bodies.views import clocks, papers, public, records
from evaluation.bodies.workflow import BUTTONS

app_name = "bodies"
urlpatterns = [
    path("", records.index, name="index"),
    path("public/", public.bodies, name="public"),
    path("clocks/", clocks.clocks, name="clocks"),
    path("new/", records.new, name="new"),
    path("<uuid:pk>/", records.record, name="record"),
    path("<uuid:pk>/edit/", records.edit, name="edit"),
    path("<uuid:pk>/file/", records.file_it, name="file"),
    path("<uuid:pk>/steps/<slug:step>/", step_view(BodyRecord, BUTTONS), name="step"),
    path("<uuid:pk>/papers/", papers.papers, name="papers"),
    path("papers/<uuid:pk>/", papers.paper_file, name="paper-file"),
    path("papers/<uuid:pk>/remove/", papers.remove, name="paper-remove"),
    path("papers/<uuid:pk>/pages/<int:number>.png", papers.paper_page, name="paper-page"),
]
