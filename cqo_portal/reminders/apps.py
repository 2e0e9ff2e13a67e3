from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "cqo_portal.reminders"
    label = "reminders"
    verbose_name = "期限提醒"
