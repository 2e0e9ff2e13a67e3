from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "registry.incidents"
    label = "incidents"
    verbose_name = "事故与失信事实"

    def ready(self) -> None:
        from registry.incidents import messages  # noqa: F401 -- registers the kind of message
