"""合议: what the panel agrees on once its sheets are open, the interview, and the result that follows."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.audit.attested import on_record
from evaluation.models.panel import Evaluation, Panellist
from evaluation.queries import OutcomeQuerySet

_ONLY_IN_CONSENSUS = """
    PERFORM 1 FROM evaluation_evaluation
    WHERE id = COALESCE(NEW.evaluation_id, OLD.evaluation_id) AND state = 'consensus' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the panel does not deliberate now: % stay as they are', TG_TABLE_NAME;
    END IF;
    RETURN COALESCE(NEW, OLD);
"""


def _only_in_consensus() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="only_in_consensus",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=_ONLY_IN_CONSENSUS,
    )


class Agreed(models.Model):
    """What the leader writes for the panel about one indicator: the coefficient agreed on, the reason, the comment.

    `coefficient` is None until it is fixed, and for good where the mean decides. `proposed` is the proposal that stood
    beside it when it was fixed: where the sheets now make another one, the panel is asked again.
    """

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="agreed")
    indicator = models.CharField("指标", max_length=12)
    coefficient = models.DecimalField("合议系数", max_digits=3, decimal_places=2, null=True)
    proposed = models.DecimalField("当时的建议值", max_digits=3, decimal_places=2, null=True)
    reason = models.TextField("理由", blank=True)
    comment = models.TextField("合议评语", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField("保存时间", auto_now=True)

    class Meta:
        verbose_name = "合议系数"
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "indicator"], name="agreed_once_an_indicator"),
            models.CheckConstraint(
                condition=Q(coefficient=None) | Q(coefficient__gte=0, coefficient__lte=1),
                name="agreed_between_nought_and_one",
            ),
        ]
        triggers = [_only_in_consensus()]

    def __str__(self) -> str:
        return f"{self.indicator} {'–' if self.coefficient is None else self.coefficient}"


class Deliberation(models.Model):
    """What belongs to the meeting as a whole: the finding on integrity, the sentence on a fragile grade, the cursor."""

    evaluation = models.OneToOneField(Evaluation, models.PROTECT, related_name="deliberation")
    integrity_met = models.BooleanField("诚信认定", null=True)
    integrity_evidence = models.TextField("认定的依据", blank=True)
    integrity_pins = models.JSONField(default=list)  # [{"proof": id, "page": n}]
    integrity_reason = models.TextField("与成员评分不同的理由", blank=True)
    fragile_sentence = models.TextField("等级不稳的说明", blank=True)
    explained = models.CharField(max_length=64, blank=True)  # digest of what the sentence was written about
    cursor = models.CharField("正在议", max_length=12, blank=True)  # where the leader is; all follow
    led_by = models.ForeignKey(
        Panellist, models.PROTECT, null=True, related_name="+"
    )  # whose words these are
    version = models.PositiveIntegerField(default=1)  # of everything the leader writes, the agreed rows too
    saved_at = models.DateTimeField("保存时间", auto_now_add=True)  # not by a step of the cursor

    class Meta:
        verbose_name = "合议"
        triggers = [_only_in_consensus()]

    def __str__(self) -> str:
        return f"{self.evaluation} 合议"


class Interview(models.Model):
    """面试答辩, or an on-site check where the panel wants one: planned by the leader, held and written down."""

    class Kind(models.TextChoices):
        INTERVIEW = "interview", "面试答辩"
        ON_SITE = "on_site", "现场验证"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="interviews")
    kind = models.CharField("方式", max_length=10, choices=Kind.choices)
    planned_at = models.DateTimeField("时间")
    place = models.CharField("地点或网址", max_length=200)
    because = models.TextField("为什么需要", blank=True)  # an on-site check has its reason
    plan = models.TextField("提纲", blank=True)
    cancelled_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "面试与现场验证"
        ordering = ["planned_at", "made_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="on_site") | Q(because__regex=r"\S"),
                name="interview_on_site_has_its_reason",
            ),
        ]
        triggers = [pgtrigger.Protect(name="interview_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.evaluation.number} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:interviews", args=[self.evaluation_id])


class InterviewRecord(AppendOnlyModel):
    """What was asked and said. A correction is a further record."""

    interview = models.ForeignKey(Interview, models.PROTECT, related_name="records")
    held_on = models.DateField("日期")
    present = models.TextField("到场")
    notes = models.TextField("记录")
    by_indicator = models.JSONField(default=dict)  # {indicator: what was said about it}
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "面试记录"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.interview} {self.held_on:%Y-%m-%d}"


class Outcome(AppendOnlyModel):
    """The result: a pure function of frozen coefficients. `manage.py check_invariants` computes it again.

    A later one of the same evaluation takes its place: somebody was found to be partial, and the panel deliberated anew.
    """

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="outcomes")
    number = models.PositiveSmallIntegerField("版次", default=1)
    rule_edition = models.CharField("规则版本", max_length=40)
    frozen = models.JSONField()  # consensus.outcome.frozen_of: everything the result follows from
    result = models.JSONField()  # evaluation.frozen.result_of(frozen)
    grade = models.CharField("等级", max_length=10)
    total = models.DecimalField("总分", max_digits=28, decimal_places=24)
    digest = models.CharField("SHA-256", max_length=64)  # of {"edition", "frozen", "result"}
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = OutcomeQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "评价结果"
        ordering = ["evaluation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "number"], name="outcome_version_once"),
        ]
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            on_record("evaluation.evaluation", column="evaluation_id"),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation.number} {self.grade}"
