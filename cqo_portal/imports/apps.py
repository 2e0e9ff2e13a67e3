from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "cqo_portal.imports"
    label = "imports"
    verbose_name = "导入"
