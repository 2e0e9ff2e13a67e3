from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "registry.duties"
    label = "duties"
    verbose_name = "学时"

    def ready(self) -> None:
        # Tells the yearly report and the comparison of one identity, both below, what the ledger knows.
        from registry import same_person
        from registry.duties import hooks, reminders  # noqa: F401
        from registry.reports import proposals

        proposals.add_hours(hooks.hours_on_record)
        same_person.add_row("学时", hooks.hours_elsewhere)
