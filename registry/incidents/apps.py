from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "registry.incidents"
    label = "incidents"
    verbose_name = "事故与失信事实"
