"""What was said stays said: rows that can be added and never changed.

Three bolts. The queryset refuses with a sentence that names the way out, the model refuses, and a
trigger refuses whatever comes past Python. The web role has no right to TRUNCATE (`grant_web_role`).
"""

import pgtrigger
from django.db import models


class Unsayable(TypeError):
    """Somebody tried to change what has been said."""

    def __init__(self, model: type) -> None:
        super().__init__(f"{model.__name__} is append-only: append a correction instead")


class AppendOnlyQuerySet(models.QuerySet):
    def _refuse(self, *args, **kwargs):
        raise Unsayable(self.model)

    update = delete = bulk_update = update_or_create = _refuse
    update.alters_data = delete.alters_data = True


class AppendOnlyModel(models.Model):
    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def save(self, **kwargs) -> None:
        if not self._state.adding:
            raise Unsayable(type(self))
        super().save(**kwargs)

    def delete(self, **kwargs):
        raise Unsayable(type(self))
