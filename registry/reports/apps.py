from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "registry.reports"
    label = "reports"
    verbose_name = "年度报告"

    def ready(self) -> None:
        # Registers the kinds of message and the state triggers; both must exist before migrations are made.
        from registry.reports import messages, reminders, workflow  # noqa: F401
