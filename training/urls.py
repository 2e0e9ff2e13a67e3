"""Trainings: held by providers and offices, posted into the ledger."""

app_name = "training"
urlpatterns: list = []
