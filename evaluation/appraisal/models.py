"""An officer's appraisal of a year by the enterprise: the draft as typed, what was decided, what the officer remarks."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.parties.models import Organisation
from cqo_portal.sealed import SealedJSONField, SealedTextField
from evaluation.appraisal.queries import AppraisalQuerySet
from registry.models import Officer


class Appraisal(models.Model):
    """One a post and calendar year, by the edition it was begun with."""

    class State(models.TextChoices):
        DRAFT = "draft", "评价中"
        DECIDED = "decided", "已决定"
        REOPENED = "reopened", "更正中"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Officer, models.PROTECT, related_name="appraisals")
    year = models.PositiveSmallIntegerField("年度")
    rule_edition = models.CharField("规则版本", max_length=40)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    round = models.PositiveSmallIntegerField("版次", default=0)  # how often it was decided
    moved_at = models.DateTimeField("到本环节时间", auto_now_add=True)

    draft = SealedJSONField(default=dict)  # {input name: [typed values]}
    draft_version = models.PositiveIntegerField(default=1)
    draft_saved_at = models.DateTimeField("保存时间", auto_now_add=True)
    draft_saved_by = models.CharField(max_length=100, blank=True)

    objects = AppraisalQuerySet.as_manager()

    class Meta:
        verbose_name = "企业自行评价"
        constraints = [
            models.UniqueConstraint(fields=["post", "year"], name="appraisal_once_a_year"),
            models.CheckConstraint(
                condition=Q(state="draft", round=0) | Q(~Q(state="draft"), round__gt=0),
                name="appraisal_decided_said_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.year} 年度评价"

    def get_absolute_url(self) -> str:
        return reverse("appraisal:appraisal", args=[self.pk])

    @property
    def organisation(self) -> Organisation:
        return self.post.organisation

    @property
    def look(self) -> str:
        """Which of the portal's signs stands beside the state."""
        return "filed" if self.state == self.State.DECIDED else "draft"


class Decision(AppendOnlyModel):
    """What the enterprise decided: points, proposals confirmed or overruled, outcome. A correction is another one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    appraisal = models.ForeignKey(Appraisal, models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField("版次")
    rule_edition = models.CharField("规则版本", max_length=40)
    content = SealedJSONField()  # evaluation.appraisal.content.content_of
    digest = models.CharField("SHA-256", max_length=64)
    reason = models.TextField("更正理由", blank=True)
    on = models.DateField("决定日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "评价决定"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["appraisal", "number"], name="appraisal_decision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.appraisal} 第 {self.number} 版"


class Remark(AppendOnlyModel):
    """What the officer in person says to a decision."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="remarks")
    text = SealedTextField("本人意见")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "本人意见"
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.decision} 本人意见"

    def get_absolute_url(self) -> str:
        return self.decision.appraisal.get_absolute_url()
