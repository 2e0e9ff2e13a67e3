"""Trainings: held by providers and offices, posted into the ledger."""

from django.urls import path

from cqo_portal.workflow.views import step_view
from training.models import ProviderReport
from training.views import completions, provider_reports, providers
from training.workflow import PROVIDER_REPORT_BUTTONS

app_name = "training"
urlpatterns: list = [
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
