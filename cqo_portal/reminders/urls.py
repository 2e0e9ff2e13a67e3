from django.urls import path

from cqo_portal.reminders import views

app_name = "reminders"
urlpatterns = [
    path("", views.coming, name="forecast"),
    path("hold/", views.hold, name="hold-all"),
    path("hold/<slug:kind>/", views.hold, name="hold"),
    path("holds/<int:pk>/release/", views.release, name="release"),
    path("undelivered/", views.dead, name="undelivered"),
    path("undelivered/<int:pk>/again/", views.send_again, name="send-again"),
    path("undelivered/<int:pk>/aside/", views.put_aside, name="put-aside"),
    path("settings/", views.settings, name="settings"),
    path("settings/calendar/", views.make_feed, name="feed-make"),
    path("settings/calendar/end/", views.end_feed, name="feed-end"),
    path("calendar/<slug:secret>.ics", views.feed, name="feed"),
    path("told/<str:label>/<str:pk>/", views.said_of, name="told"),
    path("<slug:kind>/<str:offset>/<str:due_on>/", views.stage, name="stage"),
]
