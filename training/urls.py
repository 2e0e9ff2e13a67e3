"""Trainings: held by providers and offices, posted into the ledger."""

from django.urls import path

from training.views import pasting

app_name = "training"
urlpatterns = [
    path("sessions/<uuid:pk>/roster/paste/", pasting.roster_paste, name="roster-paste"),
    path("sessions/<uuid:pk>/roster/upload/", pasting.roster_upload, name="roster-upload"),
    path("sessions/<uuid:pk>/roster/template.xlsx", pasting.roster_template, name="roster-template"),
]
