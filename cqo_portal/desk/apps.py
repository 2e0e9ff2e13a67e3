from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "cqo_portal.desk"
    label = "desk"
    verbose_name = "工作台"
