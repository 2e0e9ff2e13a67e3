from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = "培训与学时"

    def ready(self) -> None:
        # Registers the kinds of message, of import, and the state triggers; these must exist before migrations are made.
        from training import importing, messages, reminders, workflow  # noqa: F401
