from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "registry.supervision"
    label = "supervision"
    verbose_name = "监督"

    def ready(self) -> None:
        from registry.supervision import messages, reminders, workflow  # noqa: F401 -- kinds of message, state triggers
