from django.urls import path

from cqo_portal.workflow.views import step_view
from registry.supervision import views
from registry.supervision.models import Suggestion
from registry.supervision.workflow import BUTTONS

app_name = "supervision"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.choose, name="choose"),
    path("new/<uuid:officer>/", views.new, name="new"),
    path("<uuid:pk>/", views.suggestion, name="suggestion"),
    path("<uuid:pk>/edit/", views.edit, name="edit"),
    path("<uuid:pk>/letter/", views.letter, name="letter"),
    path("<uuid:pk>/reply/", views.reply, name="reply"),
    path("<uuid:pk>/notes/", views.note, name="note"),
    path("<uuid:pk>/close/", views.close, name="close"),
    path("<uuid:pk>/steps/<slug:step>/", step_view(Suggestion, BUTTONS), name="step"),
]
