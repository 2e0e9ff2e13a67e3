from django.apps import AppConfig


class TalentConfig(AppConfig):
    name = "registry.talent"
    label = "talent"
    verbose_name = "经验与人才"

    def ready(self) -> None:
        from registry.talent import by_training, messages, workflow  # noqa: F401 -- kinds of message, state triggers

        by_training.follow_certificates()
