from django.apps import AppConfig


class OfficesConfig(AppConfig):
    name = "cqo_portal.offices"
    label = "offices"
    verbose_name = "机构与账号"

    def ready(self) -> None:
        # Registers the kinds of message and the state triggers, which must exist before migrations are made,
        # and what the parts of the product take along.
        from cqo_portal.offices import messages, parts, workflow  # noqa: F401
