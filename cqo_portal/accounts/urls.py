from django.urls import path

from cqo_portal.accounts import views

app_name = "accounts"
urlpatterns = [path("act/<int:pk>/", views.act, name="act")]
