from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "cqo_portal.notifications"
    label = "notifications"
    verbose_name = "通知"
