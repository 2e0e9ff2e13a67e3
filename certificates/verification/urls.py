"""Public addresses. The short one is printed into every certificate: it must stay for ever."""

from django.urls import path

from certificates.verification import views

app_name = "verify"
urlpatterns = [
    path("verify/", views.ask, name="ask"),
    path("verify/answer.json", views.ask_json, name="ask-json"),
    path("verify/file/", views.file, name="file"),
    path("c/<str:number>/<str:code>", views.scanned, name="scanned"),
    path("c/<str:number>/<str:code>/answer.json", views.scanned_json, name="scanned-json"),
]
