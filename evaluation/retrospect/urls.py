"""Its addresses; `evaluation.urls` collects them."""

from django.urls import path

from evaluation.retrospect import agreed, views  # noqa: F401 -- what it puts on the page of a case

urlpatterns = [
    path("deviation/", views.own, name="deviation"),
    path("experts/", views.experts, name="deviations"),
    path("experts/<uuid:pk>/", views.expert, name="deviation-of"),
]
