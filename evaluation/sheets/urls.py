"""Its addresses; `evaluation.urls` collects them."""

from django.urls import path

from evaluation.sheets import (
    case,  # noqa: F401 -- the action on the page of a case
    views,
)

urlpatterns = [
    path("sheets/", views.sheets, name="sheets"),
    path("sheets/<uuid:pk>/", views.sheet, name="sheet"),
    path("sheets/<uuid:pk>/rows/<str:row>/", views.save, name="sheet-save"),
    path("sheets/<uuid:pk>/sign/", views.sign, name="sheet-sign"),
    path("sheets/<uuid:pk>/proofs/<uuid:proof>/", views.proof_file, name="sheet-proof"),
    path("sheets/<uuid:pk>/proofs/<uuid:proof>/<int:number>.png", views.proof_page, name="sheet-proof-page"),
]
