from django.urls import path

app_name = "duties"
urlpatterns: list = [path("reports/<uuid:pk>/", lambda request, pk: None, name="self-report")]
