"""Its addresses; `evaluation.urls` collects them."""

from django.urls import path

from cqo_portal.workflow.views import step_view
from evaluation.applications import (
    figures,  # noqa: F401 -- what an office reads of a body
    review,
    views,
)
from evaluation.applications.steps import BUTTONS
from evaluation.models import Application

urlpatterns = [
    path("applications/", views.index, name="applications"),
    path("applications/new/", views.new, name="application-new"),
    path("applications/<uuid:pk>/", views.detail, name="application"),
    path("applications/<uuid:pk>/edit/", views.edit, name="application-edit"),
    path("applications/<uuid:pk>/autosave/", views.autosave, name="application-autosave"),
    path("applications/<uuid:pk>/check/", views.check, name="application-check"),
    path("applications/<uuid:pk>/papers/", views.attach, name="application-attach"),
    path(
        "applications/<uuid:pk>/steps/<slug:step>/", step_view(Application, BUTTONS), name="application-step"
    ),
    path("applications/<uuid:pk>/pins/", review.pin, name="application-pin"),
    path("applications/<uuid:pk>/pins/<int:item>/remove/", review.unpin, name="application-unpin"),
    path("applications/<uuid:pk>/determine/", review.determine, name="application-determine"),
    path("applications/<uuid:pk>/refuse/", review.refuse, name="application-refuse"),
    path("proofs/<uuid:pk>/", views.proof, name="proof"),
    path("proofs/<uuid:pk>/supports/", views.reassign, name="proof-supports"),
    path("proofs/<uuid:pk>/remove/", views.remove, name="proof-remove"),
    path("proofs/<uuid:pk>/pages/<int:number>.png", views.proof_page, name="proof-page"),
]
