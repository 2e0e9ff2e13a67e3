from django.apps import AppConfig


class BatchesConfig(AppConfig):
    name = "registry.batches"
    label = "batches"
    verbose_name = "县级批次"

    def ready(self) -> None:
        # Registers the kinds of message, and tells the notices below that a filing is an answer.
        from registry.batches import messages  # noqa: F401
        from registry.batches.answers import BY_FILING
        from registry.notices import answering

        answering.add(BY_FILING)
