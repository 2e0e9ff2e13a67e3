from django.apps import AppConfig


class RehearsalConfig(AppConfig):
    name = "registry.rehearsal"
    label = "rehearsal"
    verbose_name = "规则预演"
