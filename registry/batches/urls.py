from django.urls import path

from registry.batches import views

app_name = "batches"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.choose, name="choose"),
    path("preview/", views.preview, name="preview"),
    path("send/", views.send, name="send"),
    path("<uuid:pk>/", views.batch, name="batch"),
    path("<uuid:pk>/recall/", views.recall, name="recall"),
    path("notices/<uuid:pk>/", views.progress, name="progress"),
    path("notices/<uuid:pk>/enterprises/", views.enterprises, name="enterprises"),
    path("notices/<uuid:pk>/remind/", views.remind, name="remind"),
]
