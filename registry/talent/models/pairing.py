"""结对: an officer whose work is a benchmark helps a smaller enterprise for a time."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.parties.models import Office, Organisation
from registry.models import Officer
from registry.talent.models.case import Case
from registry.talent.models.pool import PoolEntry
from registry.talent.queries import PairingQuerySet

LIVE = ("proposed", "mentor_agreed", "learner_agreed", "under_way")


class Pairing(models.Model):
    """`officer` helps `learner`. Why this officer: a published `case`, or a pool `entry`."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待双方同意"
        MENTOR_AGREED = "mentor_agreed", "待受助企业同意"
        LEARNER_AGREED = "learner_agreed", "待标杆企业同意"
        UNDER_WAY = "under_way", "结对中"
        DECLINED = "declined", "未同意"
        CANCELLED = "cancelled", "已取消"
        CLOSED = "closed", "已结束"

    class Outcome(models.TextChoices):
        REACHED = "reached", "达到目标"
        PARTLY = "partly", "部分达到"
        NOT_REACHED = "not_reached", "未达到"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="pairings")  # the city's
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="pairings")
    mentor = models.ForeignKey(Organisation, models.PROTECT, related_name="pairings_given")
    learner = models.ForeignKey(Organisation, models.PROTECT, related_name="pairings_taken")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="pairings")
    entry = models.ForeignKey(PoolEntry, models.PROTECT, null=True, related_name="pairings")
    size_reason = models.TextField("不是更小企业时的理由", blank=True)
    goal = models.TextField("目标")
    begins_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    state = models.CharField("状态", max_length=16, choices=State.choices, default=State.PROPOSED)
    outcome = models.CharField("结果", max_length=12, choices=Outcome.choices, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField("到本环节时间", auto_now_add=True)

    objects = PairingQuerySet.as_manager()

    class Meta:
        verbose_name = "结对"
        indexes = [
            models.Index(fields=["office", "-moved_at", "-id"], name="pairing_of_city"),
            models.Index(fields=["mentor"], name="pairing_mentor"),
            models.Index(fields=["learner"], name="pairing_learner"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "learner"], condition=Q(state__in=LIVE), name="pairing_once_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(mentor=F("learner")), name="pairing_of_two"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("begins_on")), name="pairing_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(state="closed") & ~Q(outcome="") | ~Q(state="closed") & Q(outcome=""),
                name="pairing_closed_has_its_outcome",
            ),
            models.CheckConstraint(
                condition=Q(case__isnull=False) | Q(entry__isnull=False), name="pairing_has_its_ground"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer.name}（{self.mentor.name}）与{self.learner.name}结对"

    def get_absolute_url(self) -> str:
        return reverse("talent:pairing", args=[self.pk])


class Meeting(AppendOnlyModel):
    """A meeting of the two, or a result: written down once."""

    pairing = models.ForeignKey(Pairing, models.PROTECT, related_name="meetings")
    held_on = models.DateField("日期")
    what = models.TextField("内容")
    result = models.TextField("结果", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_side = models.CharField("记录方", max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "结对记录"
        ordering = ["held_on", "id"]

    def __str__(self) -> str:
        return f"{self.held_on:%Y-%m-%d} {self.what[:40]}"
