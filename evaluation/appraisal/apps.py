from django.apps import AppConfig


class AppraisalConfig(AppConfig):
    name = "evaluation.appraisal"
    label = "appraisal"
    verbose_name = "企业自行评价"

    def ready(self) -> None:
        # Registers the kinds of message and the state triggers, and tells the yearly report, below, what was decided.
        from evaluation.appraisal import hooks, messages, workflow  # noqa: F401
        from registry.reports import proposals

        proposals.add_appraisals(hooks.decided_of)
