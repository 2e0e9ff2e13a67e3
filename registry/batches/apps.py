from django.apps import AppConfig


class BatchesConfig(AppConfig):
    name = "registry.batches"
    label = "batches"
    verbose_name = "县级批次"
