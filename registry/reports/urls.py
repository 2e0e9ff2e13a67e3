from django.urls import path

from cqo_portal.workflow.views import step_view
from registry.reports import views
from registry.reports.models import AnnualReport
from registry.reports.workflow import REPORT

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("start/", views.start, name="start"),
    path("receive/", views.receive, name="receive"),
    path("<uuid:pk>/", views.detail, name="report"),
    path("<uuid:pk>/edit/", views.edit, name="edit"),
    path("<uuid:pk>/autosave/", views.autosave, name="autosave"),
    path("<uuid:pk>/check/", views.check, name="check"),
    path("<uuid:pk>/pins/", views.pin, name="pin"),
    path("<uuid:pk>/pins/<int:item>/remove/", views.unpin, name="unpin"),
    path("<uuid:pk>/steps/<slug:step>/", step_view(AnnualReport, REPORT), name="step"),
    path("<int:year>/<slug:code>/", views.office, name="office"),
    path("<int:year>/<slug:code>/open/", views.open_year, name="open"),
    path("<int:year>/<slug:code>/remind/", views.remind, name="remind"),
    path("<int:year>/<slug:code>/sign/", views.sign, name="sign"),
    path("<int:year>/<slug:code>/signed/", views.locked, name="locked"),
]
