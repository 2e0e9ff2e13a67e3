from django.urls import path

from cqo_portal.workflow.views import step_view
from registry.notices import views
from registry.notices.models import Notice
from registry.notices.workflow import BY_BUTTON

app_name = "notices"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.create, name="create"),
    path("<uuid:pk>/", views.notice, name="notice"),
    path("<uuid:pk>/edit/", views.edit, name="edit"),
    path("<uuid:pk>/publish/", views.publish, name="publish"),
    path("<uuid:pk>/amend/", views.amend, name="amend"),
    path("<uuid:pk>/unchanged/", views.unchanged, name="unchanged"),
    path("<uuid:pk>/steps/<slug:step>/", step_view(Notice, BY_BUTTON), name="step"),
]
