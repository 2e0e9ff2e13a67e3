"""Public addresses. The short one is printed into every certificate: it must stay for ever."""

from django.urls import path, register_converter

from certificates.verification import published, saving, views

register_converter(published.DayConverter, "day")

app_name = "verify"
urlpatterns = [
    path("verify/", views.ask, name="ask"),
    path("verify/answer.json", views.ask_json, name="ask-json"),
    path("verify/file/", views.file, name="file"),
    path("verify/file/answer.json", views.file_json, name="file-json"),
    path("verify/status/", published.index, name="status"),
    path("verify/status/latest.json", published.latest, name="status-latest"),
    path("verify/status/<day:day>.json", published.manifest, name="status-manifest"),
    path("verify/status/<day:day>.jsonl.gz", published.file, name="status-file"),
    path("verify/offline/", saving.offline, name="offline"),
    path("verify/offline/checker.html", saving.checker, name="checker"),
    path("c/<str:number>/<str:code>", views.scanned, name="scanned"),
    path("c/<str:number>/<str:code>/answer.json", views.scanned_json, name="scanned-json"),
]
