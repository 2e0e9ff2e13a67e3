"""说明: what an organiser says about a flag on one of its entries. The office reads it before it settles."""

from django.conf import settings
from django.db import models

from cqo_portal.audit.append_only import AppendOnlyModel
from training.models.ledger import Flag


class Explanation(AppendOnlyModel):
    """One a flag; it stays as it was said."""

    flag = models.OneToOneField(Flag, models.PROTECT, related_name="explanation")
    text = models.CharField("说明", max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "核查说明"

    def __str__(self) -> str:
        return self.text
