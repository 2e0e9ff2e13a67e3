from django.urls import path

from cqo_portal.desk import calendar_views, register_views, views

app_name = "desk"
urlpatterns = [
    path("register/", views.register, name="register"),
    path("register/print/", register_views.print_register, name="register-print"),
    path("register/export/", register_views.export, name="register-export"),
    path("enterprises/<uuid:pk>/", register_views.enterprise, name="enterprise"),
    path("entries/<int:pk>/correct/", register_views.correct, name="entry-correct"),
    path("officers/<uuid:pk>/", views.dossier, name="dossier"),
    path("officers/<uuid:pk>/reveal/", views.reveal_identity, name="reveal-identity"),
    path("queues/", register_views.queues, name="queues"),
    path("queues/save/", register_views.save_queue, name="queue-save"),
    path("queues/<int:pk>/rename/", register_views.rename_queue, name="queue-rename"),
    path("queues/<int:pk>/delete/", register_views.delete_queue, name="queue-delete"),
    path("queues/<int:pk>/pin/", register_views.pin_queue, name="queue-pin"),
    path("calendar/", calendar_views.years, name="calendar"),
    path("calendar/enter/", calendar_views.enter, name="calendar-enter"),
    path("public/", register_views.public_register, name="public-register"),
]
