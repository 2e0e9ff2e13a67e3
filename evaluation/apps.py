from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "evaluation"
    verbose_name = "评价"

    def ready(self) -> None:
        # Registers the kinds of message and the state triggers; both must exist before migrations are made.
        from evaluation import messages, reminders  # noqa: F401
        from evaluation.applications.elsewhere import evaluations_elsewhere
        from evaluation.workflow import appeal, application, evaluation, panellist, sheet  # noqa: F401
        from registry import same_person

        same_person.add_row("评价", evaluations_elsewhere)
