from django.urls import path

from registry.rehearsal import views

app_name = "rehearsal"
urlpatterns = [
    path("", views.index, name="index"),
    path("<uuid:pk>/", views.rehearsal, name="rehearsal"),
    path("<uuid:pk>/export/", views.export, name="export"),
    path("<uuid:pk>/adopt/", views.adopt, name="adopt"),
]
