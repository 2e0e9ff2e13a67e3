from django.urls import path

from registry.lists import views

app_name = "lists"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:which>/<int:year>/", views.listing, name="listing"),
    path("<slug:which>/<int:year>/add/", views.add, name="add"),
    path("<slug:which>/<uuid:pk>/remove/", views.remove, name="remove"),
]
