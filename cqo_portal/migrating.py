"""What a first migration needs besides Django's own operations."""

from django.db.migrations.operations.base import Operation
from pgtrigger.migrations import AddTrigger


class InstallTriggers(Operation):
    """All triggers of the models created before it, as their options have them; later ones come by `AddTrigger`.

    That one draws the whole state anew for each of two hundred triggers, which takes half a minute.
    """

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state) -> None:
        """Nothing: the triggers came with the models."""

    def database_forwards(self, app_label: str, schema_editor, from_state, to_state) -> None:
        for operation in self._each(app_label, to_state):
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor, from_state, to_state) -> None:
        for operation in self._each(app_label, from_state):
            operation.database_backwards(app_label, schema_editor, to_state, from_state)

    def describe(self) -> str:
        return "Install the triggers of these models"

    @staticmethod
    def _each(app_label: str, state) -> list[AddTrigger]:
        return [
            AddTrigger(model_name=model.name, trigger=trigger)
            for (label, _), model in state.models.items()
            if label == app_label
            for trigger in model.options.get("triggers", [])
        ]
