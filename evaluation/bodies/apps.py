from django.apps import AppConfig


class BodiesConfig(AppConfig):
    name = "evaluation.bodies"
    label = "bodies"
    verbose_name = "评价机构"

    def ready(self) -> None:
        from evaluation.bodies import messages, workflow  # noqa: F401 -- kinds of message, state triggers
