"""The record of acts: who, when, in which role, what, on what, under which edition, and why."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Cast

from cqo_portal.audit.append_only import AppendOnlyModel, AppendOnlyQuerySet


class EventQuerySet(AppendOnlyQuerySet):
    def about(self, obj: models.Model) -> "EventQuerySet":
        return self.filter(subject_type=obj._meta.label_lower, subject_id=str(obj.pk))

    def looks(self) -> "EventQuerySet":
        """Personal data shown in clear, each time for a reason."""
        return self.filter(action=Event.LOOK)


class Event(AppendOnlyModel):
    """One act, chained to the act before it by `previous` and `digest` (see `chain.py`)."""

    LOOK = "look"
    PAPER = "open-paper"
    EXPORT = "export"

    at = models.DateTimeField("时间")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="events")
    actor_name = models.CharField("操作人", max_length=100)
    acting_as = models.CharField("岗位", max_length=300, blank=True)
    action = models.CharField("动作", max_length=40)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    subject = models.CharField("对象", max_length=300)
    before = models.CharField("原状态", max_length=20, blank=True)
    after = models.CharField("新状态", max_length=20, blank=True)
    rule_edition = models.CharField("规则版本", max_length=40, blank=True)
    note = models.TextField("理由", blank=True)
    data = models.JSONField("内容", default=dict)
    # The database transaction that wrote the row: the state trigger asks for an event of its own.
    transaction = models.BigIntegerField(
        db_default=Cast(
            Cast(Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()
        ),
        editable=False,
    )
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    objects = EventQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["previous"], name="event_chain_never_forks"),
            models.CheckConstraint(condition=~Q(action=""), name="event_has_an_action"),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_subject"),
            models.Index(fields=["actor", "id"], name="event_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action} {self.subject}"


class Exported(AppendOnlyModel):
    """Whose rows left with an export: what finds, for one person among a million, the exports they were in.

    An export has many of these, each with a few keys: a long array would lie outside the table, where the planner
    does not see its size.
    """

    KEYS_A_ROW = 100

    event = models.ForeignKey(Event, models.PROTECT, related_name="exported")
    keys = ArrayField(models.UUIDField())

    class Meta(AppendOnlyModel.Meta):
        # No pending list: exports are rare, and whoever reads a dossier does not search what was not yet sorted in.
        indexes = [GinIndex(fields=["keys"], fastupdate=False, name="exported_keys")]

    def __str__(self) -> str:
        return f"{self.event} ({len(self.keys)})"
