"""评价主体 on record: who may evaluate, by whose supervision, from when until when; and the clocks it works by."""

import uuid
from datetime import date, timedelta

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Least
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.jurisdictions.calendar import Moved, WorkingCalendar
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.jurisdictions.vocabulary import Aggregation
from cqo_portal.papers.models import Paper
from cqo_portal.parties.models import Institution, Office
from evaluation.bodies import texts, usual
from evaluation.bodies.queries import BodyPaperQuerySet, BodyRecordQuerySet, ClocksQuerySet

# What the body says of itself; it stays as submitted.
SAID = (
    "office_id",
    "jurisdiction",
    "credit_code",
    "rules_title",
    "resources",
    "authority",
    "authority_contact",
)
FILED = ("document", "first_day", "last_day")  # what the office says of it, once
_DAYS_HELD = Func(
    F("first_day"),
    Least(
        Func(F("last_day"), template="(%(expressions)s + 1)", output_field=models.DateField()), F("ended_on")
    ),
    Value("[)"),
    function="daterange",
    output_field=DateRangeField(),
)


class BodyRecord(models.Model):
    """登记: one institution, its four conditions of chapter 6, and the office that took it on record."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "等待登记"
        RETURNED = "returned", "已退回"
        IN_FORCE = "in_force", "在案"
        SUSPENDED = "suspended", "已暂停"
        ENDED = "ended", "已终止"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="body_records")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="登记机关")
    jurisdiction = models.CharField("评价所依据的规则", max_length=20)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)

    credit_code = models.CharField("统一社会信用代码", max_length=18)
    rules_title = models.CharField("评价管理制度", max_length=200)
    resources = models.TextField("场所、设备和资源")
    authority = models.CharField("主管部门", max_length=200)
    authority_contact = models.CharField("主管部门的联系方式", max_length=200)

    document = models.CharField("登记文号", max_length=100, blank=True)
    first_day = models.DateField("起始日期", null=True)
    last_day = models.DateField("截止日期", null=True)  # none: until it is ended
    ended_on = models.DateField("终止日期", null=True)  # from this day on it holds no more
    moved_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BodyRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "评价机构登记"
        ordering = ["-moved_at", "-id"]
        indexes = [
            models.Index(fields=["office", "state", "-moved_at"], name="bodyrecord_of_office"),
            models.Index(fields=["-moved_at", "-id"], name="bodyrecord_moved"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["institution"],
                condition=Q(state__in=["draft", "submitted", "returned"]),
                name="bodyrecord_one_asked_for",
            ),
            ExclusionConstraint(
                name="bodyrecord_one_on_a_day",
                expressions=[(F("institution"), RangeOperators.EQUAL), (_DAYS_HELD, RangeOperators.OVERLAPS)],
                condition=Q(first_day__isnull=False) & (Q(ended_on=None) | Q(ended_on__gte=F("first_day"))),
            ),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")), name="bodyrecord_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["draft", "submitted", "returned"], document="", first_day=None, last_day=None
                )
                | Q(state__in=["in_force", "suspended", "ended"], first_day__isnull=False) & ~Q(document=""),
                name="bodyrecord_filed_has_its_document",
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_on__isnull=False) | ~Q(state="ended") & Q(ended_on=None),
                name="bodyrecord_ended_has_its_day",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="bodyrecord_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(name="whose_it_is_stays", operation=pgtrigger.UpdateOf("institution_id")),
            pgtrigger.Protect(
                name="submitted_stays_said",
                operation=pgtrigger.UpdateOf(*SAID),
                condition=~pgtrigger.Q(old__state__in=["draft", "returned"]),
            ),
            pgtrigger.Protect(
                name="filed_stays_filed",
                operation=pgtrigger.UpdateOf(*FILED),
                condition=~pgtrigger.Q(old__state="submitted"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution}的评价机构登记"

    def get_absolute_url(self) -> str:
        return reverse("bodies:record", args=[self.pk])

    @property
    def pack(self) -> RulePack:
        """The text it evaluates by; an application freezes its own edition."""
        return texts.evaluating()[self.jurisdiction]

    @property
    def holds_until(self) -> date | None:
        """The last day on which it holds, or held; None: until it is ended."""
        ended = self.ended_on and self.ended_on - timedelta(days=1)
        return min((day for day in (self.last_day, ended) if day), default=None)

    def standing_on(self, day: date) -> str:
        """`asked`, `coming`, `holding`, `suspended` or `over`, as the record stands today."""
        if self.first_day is None:
            return "asked"
        if self.state == self.State.ENDED or (self.last_day and day > self.last_day):
            return "over"
        if self.state == self.State.SUSPENDED:
            return "suspended"
        return "coming" if day < self.first_day else "holding"

    def days_left(self, today: date) -> int | None:
        """Today included; None where no end is set."""
        return max(0, (self.holds_until - today).days + 1) if self.holds_until else None


class Submission(AppendOnlyModel):
    """What the body said with one submission, and the digests of the papers beside it."""

    record = models.ForeignKey(BodyRecord, models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField("次")
    said = models.JSONField()  # {name: words} of SAID
    papers = models.JSONField()  # [[kind, name, SHA-256]]
    on = models.DateField("提交日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "登记的提交"
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["record", "number"], name="bodysubmission_once")]

    def __str__(self) -> str:
        return f"{self.record} 第 {self.number} 次"


_ONLY_ITS_END = """
    IF OLD.last_day IS NOT NULL
       OR to_jsonb(NEW) - 'last_day' IS DISTINCT FROM to_jsonb(OLD) - 'last_day' THEN
        RAISE EXCEPTION 'of suspension % only its end is written, once', OLD.id;
    END IF;
    RETURN NEW;
"""


class Suspension(models.Model):
    """The days on which a record did not hold: the day it was suspended counts, the day it was resumed does not."""

    record = models.ForeignKey(BodyRecord, models.PROTECT, related_name="suspensions")
    first_day = models.DateField("暂停日期")
    last_day = models.DateField("暂停的最后一天", null=True)

    class Meta:
        verbose_name = "暂停"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=Q(last_day=None), name="suspension_one_open"
            ),
            models.CheckConstraint(
                # Suspended and resumed on one day: no day was lost.
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day") - timedelta(days=1)),
                name="suspension_days_in_order",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="suspension_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="only_its_end_is_written",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_ONLY_ITS_END,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.first_day} 起暂停"


_PAPERS_STAY = """
    IF to_jsonb(NEW) - 'removed_at' IS DISTINCT FROM to_jsonb(OLD) - 'removed_at'
       OR OLD.removed_at IS NOT NULL
       OR NOT EXISTS (SELECT 1 FROM bodies_bodyrecord WHERE id = OLD.record_id AND state IN ('draft', 'returned')) THEN
        RAISE EXCEPTION 'paper % of a body stays as it is', OLD.id;
    END IF;
    RETURN NEW;
"""


class BodyPaper(Paper):
    """A paper that bears one of the four conditions."""

    class Kind(models.TextChoices):
        LEGAL = "legal", "登记证书"
        RULES = "rules", "评价管理制度"
        RESOURCES = "resources", "场所、设备和资源"
        SUPERVISION = "supervision", "主管部门的文件"

    record = models.ForeignKey(BodyRecord, models.PROTECT, related_name="papers")
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    objects = BodyPaperQuerySet.as_manager()

    class Meta:
        verbose_name = "评价机构的材料"
        ordering = ["uploaded_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "digest"], condition=Q(removed_at=None), name="bodypaper_once_a_record"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="bodypaper_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="bodypaper_stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=_PAPERS_STAY
            ),
        ]


def _days(step: str) -> models.PositiveSmallIntegerField:
    label, days = usual.DAYS[step]
    return models.PositiveSmallIntegerField(label, default=days)  # working days


class Clocks(AppendOnlyModel):
    """How a body works: its working days for each step, and what it chooses where the text leaves a choice.

    The newest row counts, for whatever begins from then on: every step reckons its last day as it begins, and keeps it.
    """

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="clocks")
    formal_review = _days("formal_review")
    completion = _days("completion")
    convening = _days("convening")
    scoring = _days("scoring")
    report = _days("report")
    decision = _days("decision")
    appeal_lodging = _days("appeal_lodging")
    appeal_answer = _days("appeal_answer")
    aggregation = models.CharField(
        "合成办法",
        max_length=12,
        choices=[(each.value, each.label) for each in Aggregation],
        default=Aggregation.CONSENSUS.value,
    )
    panel_size = models.PositiveSmallIntegerField("评价组人数", default=3)  # with the leader
    activities = models.PositiveSmallIntegerField("每个证书年的继续教育活动（次）", default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = ClocksQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "评价机构的时限"
        ordering = ["-id"]
        indexes = [models.Index(fields=["institution", "-id"], name="clocks_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{step}__range": (1, usual.LONGEST) for step in usual.DAYS}),
                name="clocks_take_a_day_at_least",
            ),
            models.CheckConstraint(
                condition=Q(panel_size__gte=1, activities__gte=1), name="clocks_ask_for_some"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution}的时限"

    def get_absolute_url(self) -> str:
        return reverse("bodies:clocks")

    @property
    def days(self) -> dict[str, tuple[str, int]]:
        """{step: (what it is called, working days)}, in the order of the work."""
        return {step: (label, getattr(self, step)) for step, (label, _) in usual.DAYS.items()}

    def due(self, step: str, begun_on: date, calendar: WorkingCalendar) -> Moved:
        """By when a step is to be done that began on that day; `provisional` where a year is not announced yet."""
        return calendar.after_working_days(begun_on, self.days[step][1])
