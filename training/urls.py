"""Trainings: held by providers and offices, posted into the ledger."""

from django.urls import path

from cqo_portal.workflow.views import step_view
from training.models import ProviderReport, Session
from training.views import (
    completions,
    courses,
    postings,
    provider_reports,
    providers,
    rosters,
    sessions,
    signing,
)
from training.workflow import CANCEL, PROVIDER_REPORT_BUTTONS

app_name = "training"
urlpatterns: list = [
    path("", sessions.sessions, name="sessions"),
    path("courses/", courses.courses, name="courses"),
    path("courses/new/", courses.new, name="course-new"),
    path("courses/<uuid:pk>/edit/", courses.edit, name="course-edit"),
    path("sessions/new/", sessions.new, name="session-new"),
    path("sessions/<uuid:pk>/", sessions.session, name="session"),
    path("sessions/<uuid:pk>/edit/", sessions.edit, name="session-edit"),
    path(
        "sessions/<uuid:pk>/steps/<slug:step>/",
        step_view(Session, {CANCEL.name: CANCEL}),  # posting has a page of its own
        name="session-step",
    ),
    path("sessions/<uuid:pk>/roster/check/", rosters.check, name="roster-check"),
    path("sessions/<uuid:pk>/roster/add/", rosters.add, name="roster-add"),
    path("sessions/<uuid:pk>/roster/<int:line>/", rosters.correct, name="roster-correct"),
    path("sessions/<uuid:pk>/roster/<int:line>/drop/", rosters.drop, name="roster-drop"),
    path("sessions/<uuid:pk>/roster/<int:line>/settle/", rosters.settle, name="roster-settle"),
    path("sessions/<uuid:pk>/post/", postings.post, name="session-post"),
    path("sessions/<uuid:pk>/entries/", postings.entries, name="session-entries"),
    path("sessions/<uuid:pk>/signing/", signing.projector, name="signing"),
    path("entries/<int:pk>/reverse/", postings.reverse_entry, name="entry-reverse"),
    path("postings/<int:pk>/reverse/", postings.reverse_posting, name="posting-reverse"),
    path("sign/<str:code>/", signing.sign, name="sign"),
    path("providers/", providers.providers, name="providers"),
    path("providers/new/", providers.new, name="provider-new"),
    path("providers/<uuid:pk>/", providers.provider, name="provider"),
    path("providers/<uuid:pk>/edit/", providers.edit, name="provider-edit"),
    path("providers/<uuid:pk>/commissions/new/", providers.commission, name="commission-new"),
    path("commissions/<uuid:pk>/end/", providers.end, name="commission-end"),
    path("completions/", completions.completions, name="completions"),
    path("completions/<uuid:pk>/", completions.completion, name="completion"),
    path("completions/<uuid:pk>/pdf/", completions.pdf, name="completion-pdf"),
    path("completions/<uuid:pk>/void/", completions.void, name="completion-void"),
    path("sessions/<uuid:pk>/completions/", completions.issue, name="session-completions"),
    path("provider-reports/", provider_reports.reports, name="provider-reports"),
    path("provider-reports/start/", provider_reports.start, name="provider-report-start"),
    path("provider-reports/<uuid:pk>/", provider_reports.report, name="provider-report"),
    path("provider-reports/<uuid:pk>/hand-in/", provider_reports.hand_in, name="provider-report-hand-in"),
    path("provider-reports/<uuid:pk>/pdf/<int:number>/", provider_reports.pdf, name="provider-report-pdf"),
    path(
        "provider-reports/<uuid:pk>/steps/<slug:step>/",
        step_view(ProviderReport, PROVIDER_REPORT_BUTTONS),
        name="provider-report-step",
    ),
]
