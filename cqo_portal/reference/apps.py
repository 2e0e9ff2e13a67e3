from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "cqo_portal.reference"
    label = "reference"
    verbose_name = "基础数据"
