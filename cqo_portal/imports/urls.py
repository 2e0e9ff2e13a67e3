from django.urls import path

from cqo_portal.imports import views
from cqo_portal.imports.models import ImportRun
from cqo_portal.imports.workflow import OF_PEOPLE
from cqo_portal.workflow.views import step_view

app_name = "imports"
urlpatterns = [
    path("", views.index, name="index"),
    path("templates/<slug:kind>.xlsx", views.template, name="template"),
    path("<uuid:pk>/", views.run, name="run"),
    path("<uuid:pk>/progress/", views.progress, name="progress"),
    path("<uuid:pk>/rows/<int:number>/", views.fix, name="fix"),
    path("<uuid:pk>/refused.xlsx", views.refused, name="refused"),
    path("<uuid:pk>/steps/<slug:step>/", step_view(ImportRun, OF_PEOPLE), name="step"),
]
