"""Its addresses; `evaluation.urls` collects them."""

from django.urls import path

from evaluation.calibration import views

urlpatterns = [
    path("calibration/", views.calibration, name="calibration"),
    path("calibration/<uuid:pk>/", views.comparison, name="calibration-comparison"),
    path("calibration/<uuid:pk>/start/", views.start, name="calibration-start"),
]
