from django.apps import AppConfig


class TalentConfig(AppConfig):
    name = "registry.talent"
    label = "talent"
    verbose_name = "经验与人才"
