from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "certificates"
    verbose_name = "证书"

    def ready(self) -> None:
        # Registers the kinds of message and the state triggers; both must exist before migrations are made.
        from certificates import advice, messages, reminders, renewal, workflow  # noqa: F401
        from certificates.holding import certified_on
        from evaluation import invariants
        from evaluation.applications import above
        from registry import advice as advising
        from training import sources

        # What lies below is told here what it may ask.
        above.add_against(renewal.against)
        above.add_note(renewal.note)
        advising.add(of_size=advice.of_size, of_person=advice.of_person)
        sources.add_certified_on(certified_on)
        invariants.add_checks("certificates.invariants.CHECKS")
