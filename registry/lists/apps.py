from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "registry.lists"
    label = "lists"
    verbose_name = "获奖与规上名单"

    def ready(self) -> None:
        from registry.lists import importing  # noqa: F401 -- registers the kinds of import
