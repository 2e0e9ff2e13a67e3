from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "cqo_portal.parties"
    label = "parties"
    verbose_name = "当事人"
