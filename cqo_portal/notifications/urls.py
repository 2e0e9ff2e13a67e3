from django.urls import path

from cqo_portal.notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("unread/", views.unread, name="unread"),
    path("<int:pk>/", views.read, name="read"),
    path("read/", views.read_all, name="read-all"),
]
