from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "cqo_portal.audit"
    label = "audit"
    verbose_name = "审计"
