from django.urls import path

from cqo_portal.desk import views

app_name = "desk"
urlpatterns = [
    path("register/", views.register, name="register"),
    path("officers/<uuid:pk>/", views.dossier, name="dossier"),
    path("officers/<uuid:pk>/reveal/", views.reveal_identity, name="reveal-identity"),
]
