from django.apps import AppConfig


class ExpertsConfig(AppConfig):
    name = "evaluation.experts"
    label = "experts"
    verbose_name = "评价专家"

    def ready(self) -> None:
        from evaluation.experts import messages, workflow  # noqa: F401 -- kinds of message, state triggers
