"""自报学时: what somebody learned elsewhere, or taught, or published; it counts once it is confirmed."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.jurisdictions.vocabulary import Activity
from cqo_portal.papers.models import Paper
from cqo_portal.parties.models import Person
from training.models.organiser import Organised
from training.queries import EvidenceQuerySet, SelfReportQuerySet

_ACTIVITIES = [(activity.value, activity.label) for activity in Activity]


class SelfReport(Organised):
    """Sent to whoever confirms it: the county of a post (`office`), or an evaluation body (`institution`)."""

    class State(models.TextChoices):
        WAITING = "waiting", "待确认"
        CONFIRMED = "confirmed", "已确认"
        REFUSED = "refused", "未予确认"
        WITHDRAWN = "withdrawn", "已撤回"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="self_reports")
    activity = models.CharField("方式", max_length=12, choices=_ACTIVITIES)
    title = models.CharField("内容", max_length=200)
    held_by = models.CharField("主办单位或刊物", max_length=200)
    course_class = models.PositiveSmallIntegerField("类", null=True)
    hours = models.DecimalField("学时", max_digits=5, decimal_places=2, default=0)
    first_day = models.DateField("起")
    last_day = models.DateField("止")
    year = models.PositiveSmallIntegerField("计入年度")
    note = models.TextField("说明", blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    moved_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = SelfReportQuerySet.as_manager()

    class Meta:
        verbose_name = "自报学时"
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["office", "state", "at"], name="selfreport_of_office"),
            models.Index(fields=["institution", "state", "at"], name="selfreport_of_body"),
            models.Index(fields=["person", "year"], name="selfreport_of_person"),
        ]
        constraints = [
            *Organised.Meta.constraints,
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="selfreport_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(hours__gt=0, hours__lt=1000) | Q(hours=0) & ~Q(activity="training"),
                name="selfreport_training_has_hours",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("duties:self-report", args=[self.pk])


class Evidence(Paper, AppendOnlyModel):
    """证明材料 of a self-report. Papers are added while it waits; none is taken away."""

    report = models.ForeignKey(SelfReport, models.PROTECT, related_name="evidence")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = EvidenceQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "自报学时的证明材料"
        ordering = ["uploaded_at", "id"]
        indexes = [models.Index(fields=["digest"], name="evidence_digest")]
        constraints = [
            models.UniqueConstraint(fields=["report", "digest"], name="evidence_once_a_report"),
        ]
