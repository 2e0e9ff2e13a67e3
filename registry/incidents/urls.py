from django.urls import path

from registry.incidents import views

app_name = "incidents"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("<uuid:pk>/", views.incident, name="incident"),
    path("<uuid:pk>/correct/", views.correct, name="correct"),
    path("<uuid:pk>/withdraw/", views.withdraw, name="withdraw"),
]
