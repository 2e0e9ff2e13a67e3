from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = "备案与名录"

    def ready(self) -> None:
        # Registers the kinds of message and the state triggers; both must exist before migrations are made.
        from registry import importing, messages, reminders, trained, workflow  # noqa: F401

        trained.answer_from_the_register()
