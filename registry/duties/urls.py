from django.urls import path

from registry.duties.views import ledger, reports, short

app_name = "duties"
urlpatterns = [
    path("", ledger.index, name="index"),
    path("people/<uuid:pk>/", ledger.ledger, name="ledger"),
    path("people/<uuid:pk>/statement.pdf", ledger.statement_pdf, name="statement-pdf"),
    path("people/<uuid:pk>/statement.xlsx", ledger.statement_xlsx, name="statement-xlsx"),
    path("short/", short.short, name="short"),
    path("short/export/", short.export, name="short-export"),
    path("reports/", reports.self_reports, name="self-reports"),
    path("reports/new/", reports.new_self_report, name="self-report-new"),
    path("reports/<uuid:pk>/", reports.self_report, name="self-report"),
    path("reports/<uuid:pk>/evidence/", reports.attach_evidence, name="evidence-attach"),
    path("reports/<uuid:pk>/steps/<slug:step>/", reports.self_report_step, name="self-report-step"),
    path("evidence/<uuid:pk>/", reports.evidence, name="evidence"),
    path("evidence/<uuid:pk>/pages/<int:number>.png", reports.evidence_page, name="evidence-page"),
]
