from django.urls import path

from cqo_portal.workflow.views import step_view
from registry.talent.models import Case, Pairing
from registry.talent.views import cases, pairings, pool
from registry.talent.workflow import CASE, PAIRING_BUTTONS, REVOKE

CASE_BUTTONS = {name: step for name, step in CASE.items() if step is not REVOKE}  # it has a view of its own

app_name = "talent"
urlpatterns = [
    path("", cases.index, name="index"),
    path("public/", cases.public, name="public"),
    path("public/<uuid:pk>/", cases.public_case, name="public-case"),
    path("cases/new/", cases.new, name="case-new"),
    path("cases/new/<uuid:organisation>/", cases.write, name="case-write"),
    path("cases/<uuid:pk>/", cases.case, name="case"),
    path("cases/<uuid:pk>/edit/", cases.edit, name="case-edit"),
    path("cases/<uuid:pk>/revoke/", cases.revoke, name="case-revoke"),
    path("cases/<uuid:pk>/steps/<slug:step>/", step_view(Case, CASE_BUTTONS), name="case-step"),
    path("pairings/", pairings.pairings, name="pairings"),
    path("pairings/new/<uuid:officer>/", pairings.new, name="pairing-new"),
    path("pairings/<uuid:pk>/", pairings.pairing, name="pairing"),
    path("pairings/<uuid:pk>/meetings/", pairings.meeting, name="meeting"),
    path("pairings/<uuid:pk>/close/", pairings.close, name="pairing-close"),
    path("pairings/<uuid:pk>/steps/<slug:step>/", step_view(Pairing, PAIRING_BUTTONS), name="pairing-step"),
    path("pool/", pool.pool, name="pool"),
    path("pool/add/", pool.choose, name="pool-choose"),
    path("pool/add/<uuid:officer>/", pool.admit, name="pool-admit"),
    path("pool/<uuid:pk>/", pool.entry, name="entry"),
    path("pool/<uuid:pk>/availability/", pool.availability, name="availability"),
    path("pool/<uuid:pk>/leave/", pool.leave, name="pool-leave"),
]
