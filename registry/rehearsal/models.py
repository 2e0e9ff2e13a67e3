"""A rehearsal: the live register judged by another edition, officer by officer, before that edition is applied."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.jurisdictions import pack
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.parties.models import Office
from cqo_portal.wording import day_full
from registry.findings import Verdict
from registry.models import Officer
from registry.rehearsal.queries import OutcomeQuerySet, RehearsalQuerySet


class Rehearsal(models.Model):
    """One run. It is done when `done_at` is set; until then a worker goes on after `cursor`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="rehearsals")
    against = models.CharField("现行版本", max_length=40)
    edition = models.CharField("预演版本", max_length=40)
    on = models.DateField("按哪一天判断")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("发起时间", auto_now_add=True)
    expected = models.PositiveIntegerField("在任人数")
    cursor = models.UUIDField(null=True)  # the last officer judged
    judged = models.PositiveIntegerField("已判", default=0)
    decided_by = models.JSONField("决定差别的条款", default=dict)  # {key: {label, cites, count}}
    done_at = models.DateTimeField("完成时间", null=True)
    opened_at = models.DateTimeField("首次打开时间", null=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = RehearsalQuerySet.as_manager()

    class Meta:
        verbose_name = "规则预演"
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "edition", "on"],
                condition=models.Q(done_at=None),
                name="rehearsal_one_running",
                violation_error_message="这个版本的预演正在进行。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office.area}：{self.from_pack.title} → {self.to_pack.title}，按{day_full(self.on)}判断"

    def get_absolute_url(self) -> str:
        return reverse("rehearsal:rehearsal", args=[self.pk])

    @property
    def from_pack(self) -> RulePack:
        return pack(self.against)

    @property
    def to_pack(self) -> RulePack:
        return pack(self.edition)


class Outcome(AppendOnlyModel):
    """One officer under both editions. `clauses` are those of the new edition that decide the difference."""

    rehearsal = models.ForeignKey(Rehearsal, models.PROTECT, related_name="outcomes")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    before = models.CharField("现行", max_length=10)
    after = models.CharField("预演", max_length=10)
    clauses = models.JSONField("条款", default=list)  # [{key, cites, label, verdict, why}]

    objects = OutcomeQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "预演结果"
        constraints = [
            models.UniqueConstraint(fields=["rehearsal", "officer"], name="outcome_once_an_officer"),
        ]
        indexes = [
            models.Index(fields=["rehearsal", "before", "after", "id"], name="outcome_change"),
            models.Index(fields=["rehearsal", "id"], name="outcome_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.officer}：{self.said_before} → {self.said_after}"

    @property
    def said_before(self) -> str:
        return Verdict(self.before).label

    @property
    def said_after(self) -> str:
        return Verdict(self.after).label
