from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "cqo_portal.ui"
    verbose_name = "界面"
