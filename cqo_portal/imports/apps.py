from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "cqo_portal.imports"
    label = "imports"
    verbose_name = "导入"

    def ready(self) -> None:
        from cqo_portal.imports import workflow  # noqa: F401 -- registers the state triggers
