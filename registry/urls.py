from django.urls import path

from cqo_portal.workflow.views import step_view
from registry import review, views
from registry.models import Filing
from registry.workflow import FILING

app_name = "registry"
urlpatterns = [
    path("", views.filing_list, name="filing-list"),
    path("new/", views.create, name="filing-create"),
    path("changes/new/", views.create_change, name="change-create"),
    path("phrases/", review.phrase_list, name="phrases"),
    path("phrases/<int:pk>/retire/", review.phrase_retire, name="phrase-retire"),
    path("<uuid:pk>/", views.detail, name="filing"),
    path("<uuid:pk>/edit/", views.edit, name="filing-edit"),
    path("<uuid:pk>/autosave/", views.autosave, name="filing-autosave"),
    path("<uuid:pk>/check/", views.check, name="filing-check"),
    path("<uuid:pk>/proofs/", views.attach, name="proof-attach"),
    path("<uuid:pk>/pins/", review.pin, name="pin"),
    path("<uuid:pk>/pins/<int:item>/remove/", review.unpin, name="unpin"),
    path("<uuid:pk>/determinations/", review.determine, name="determine"),
    path("<uuid:pk>/answers/<int:item>/", review.check, name="check-item"),
    path("<uuid:pk>/same-person/", review.decide_person, name="same-person"),
    path("<uuid:pk>/reveal/<str:key>/", views.reveal, name="reveal"),
    path("proofs/<uuid:pk>/", views.proof, name="proof"),
    path("proofs/<uuid:pk>/pages/<int:number>.png", views.proof_page, name="proof-page"),
    path("proofs/<uuid:pk>/remove/", views.remove_proof, name="proof-remove"),
    path("<uuid:pk>/steps/<slug:step>/", step_view(Filing, FILING), name="step"),
]
