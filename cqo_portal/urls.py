"""The roof: the only place where all apps meet."""

from django.urls import include, path

from cqo_portal.desk import views as desk
from cqo_portal.ui import pages

handler400 = "cqo_portal.ui.pages.bad_request"
handler403 = "cqo_portal.ui.pages.forbidden"
handler404 = "cqo_portal.ui.pages.not_found"
handler500 = "cqo_portal.ui.pages.server_error"

urlpatterns = [
    path("", desk.home, name="home"),
    path("training/", include("training.urls")),
    path("filings/", include("registry.urls")),
    path("notices/", include("registry.notices.urls")),
    path("batches/", include("registry.batches.urls")),
    path("incidents/", include("registry.incidents.urls")),
    path("lists/", include("registry.lists.urls")),
    path("reports/", include("registry.reports.urls")),
    path("talent/", include("registry.talent.urls")),
    path("supervision/", include("registry.supervision.urls")),
    path("rehearsals/", include("registry.rehearsal.urls")),
    path("hours/", include("registry.duties.urls")),
    path("evaluations/", include("evaluation.urls")),
    path("bodies/", include("evaluation.bodies.urls")),
    path("appraisals/", include("evaluation.appraisal.urls")),
    path("experts/", include("evaluation.experts.urls")),
    path("certificates/", include("certificates.urls")),
    path("", include("certificates.verification.urls")),
    path("imports/", include("cqo_portal.imports.urls")),
    path("offices/", include("cqo_portal.offices.urls")),
    path("desk/", include("cqo_portal.desk.urls")),
    path("statistics/", include("cqo_portal.statistics.urls")),
    path("reminders/", include("cqo_portal.reminders.urls")),
    path("inbox/", include("cqo_portal.notifications.urls")),
    path("roles/", include("cqo_portal.accounts.urls")),
    path("rules/", desk.rules_index, name="rules-index"),
    path("rules/<slug:jurisdiction>/", desk.rules_pack, name="rules"),
    path("style/", pages.style, name="style"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("doctor/", desk.doctor, name="doctor"),
    path("healthz", desk.healthz, name="healthz"),
    path("readyz", desk.readyz, name="readyz"),
]
