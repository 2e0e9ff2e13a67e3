from django.apps import AppConfig


class OfficesConfig(AppConfig):
    name = "cqo_portal.offices"
    label = "offices"
    verbose_name = "机构与账号"
