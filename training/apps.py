from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = "培训与学时"

    def ready(self) -> None:
        # Registers the kinds of message and the state triggers; both must exist before migrations are made.
        from training import certified, completions, messages, workflow  # noqa: F401

        certified.add_trained_on(completions.trained_on)
