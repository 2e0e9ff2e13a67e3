from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "registry.supervision"
    label = "supervision"
    verbose_name = "监督"
