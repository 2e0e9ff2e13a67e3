from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "cqo_portal.statistics"
    label = "statistics"
    verbose_name = "统计"

    def ready(self) -> None:
        # Registers the kinds of message and the state triggers; both must exist before migrations are made.
        from cqo_portal.statistics import messages, workflow  # noqa: F401
