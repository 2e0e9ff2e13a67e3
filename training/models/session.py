"""What is taught and when: courses, their sessions, and who came."""

import uuid
from datetime import date, datetime
from functools import reduce
from operator import or_

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from cqo_portal.jurisdictions.vocabulary import DutyKind
from cqo_portal.papers.models import Paper
from cqo_portal.parties.models import Person, Searchable
from training.hours import CLASSES
from training.models.organiser import Organised
from training.queries import CourseQuerySet, RosterQuerySet, SessionEvidenceQuerySet, SessionQuerySet

_KINDS = [(kind.value, kind.label) for kind in DutyKind]

# To a database "not a number" is more than any number.
SOME_HOURS = Q(hours__gt=0, hours__lt=1000)

# What a session gives, and when it is held, stands once it was posted: the entries rest on it.
_STANDS_ONCE_POSTED = """
    IF EXISTS (
        SELECT 1 FROM training_session
        WHERE id IN (NEW.session_id, OLD.session_id) AND state = 'posted'
    ) THEN
        RAISE EXCEPTION '% of a posted session stay as they are', TG_TABLE_NAME;
    END IF;
    RETURN COALESCE(NEW, OLD);
"""
_STANDS = [
    pgtrigger.Trigger(
        name="stand_once_posted",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=_STANDS_ONCE_POSTED,
    )
]


# What somebody took in by mistake goes before the posting only; its row stays, and so does every other word.
_EVIDENCE_STAYS = """
    IF to_jsonb(NEW) - 'removed_at' IS DISTINCT FROM to_jsonb(OLD) - 'removed_at'
       OR OLD.removed_at IS NOT NULL
       OR EXISTS (SELECT 1 FROM training_session WHERE id = OLD.session_id AND state = 'posted') THEN
        RAISE EXCEPTION 'evidence % stays as it is', OLD.id;
    END IF;
    RETURN NEW;
"""


def class_label(course_class: int | None) -> str:
    return CLASSES[course_class]


class Source(models.TextChoices):
    """How it became known that somebody was there."""

    NUMBER = "number", "按证件号码登记"
    UPLOAD = "upload", "名单导入"
    SIGNED = "signed", "扫码签到"
    REPORT = "report", "本人自报"


class Course(Organised, Searchable):
    """What can be learned. `name` is its title; it may be held many times."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("类别", max_length=12, choices=_KINDS)
    about = models.TextField("内容", blank=True)
    fields = ArrayField(models.CharField(max_length=20), verbose_name="专长", default=list)
    active = models.BooleanField("开设", default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = CourseQuerySet.as_manager()

    class Meta(Searchable.Meta):
        verbose_name = "课程"
        constraints = [
            *Organised.Meta.constraints,
            models.UniqueConstraint(
                fields=["institution", "office", "name"], nulls_distinct=False, name="course_title_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


POSTED_STAYS = ("number", "institution", "office", "course", "held", "first_day", "last_day", "year")


def _any_differs(*columns: str) -> pgtrigger.Q:
    return reduce(or_, (pgtrigger.Q(**{f"old__{each}__df": pgtrigger.F(f"new__{each}")}) for each in columns))


class Session(Organised, Searchable):
    """场次: a course held once. `name` is the course's title, kept as it was."""

    class State(models.TextChoices):
        PLANNED = "planned", "筹备"
        POSTED = "posted", "已入账"
        CANCELLED = "cancelled", "已取消"

    class Place(models.TextChoices):
        ON_SITE = "on_site", "线下"
        ONLINE = "online", "线上（按时上课）"
        OWN_PACE = "own_pace", "线上（自行安排时间）"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField("场次编号", max_length=40, unique=True)
    course = models.ForeignKey(Course, models.PROTECT, related_name="sessions")
    held = models.CharField("方式", max_length=10, choices=Place.choices)
    place = models.CharField("地点或网址", max_length=200)
    trainer = models.CharField("授课人", max_length=200)
    first_day = models.DateField("起")
    last_day = models.DateField("止")
    year = models.PositiveSmallIntegerField("计入年度")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PLANNED)
    moved_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = SessionQuerySet.as_manager()

    class Meta(Searchable.Meta):
        verbose_name = "场次"
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(fields=["institution", "-last_day", "-id"], name="session_of_institution"),
            models.Index(fields=["office", "-last_day", "-id"], name="session_of_office"),
        ]
        constraints = [
            *Organised.Meta.constraints,
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="session_days_in_order"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="posted_days_stay",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="posted") & _any_differs(*POSTED_STAYS),
            ),
            pgtrigger.Protect(
                name="begins_planned",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="planned"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.number}）"

    def get_absolute_url(self) -> str:
        return reverse("training:session", args=[self.pk])

    def search_codes(self) -> tuple[str, ...]:
        return (self.number,)

    @property
    def kind(self) -> DutyKind:
        return DutyKind(self.course.kind)

    def is_over(self, today: date) -> bool:
        return self.last_day <= today

    def still_runs(self, now: datetime) -> datetime | None:
        """The end of the last meeting as long as it is to come; of one without meetings there is none."""
        ends = max((each.during.upper for each in self.meetings.all()), default=None)
        return ends if ends and ends > now else None


class SessionHours(models.Model):
    """How many class hours a session gives, class by class; None where the texts there know no classes."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="hours")
    course_class = models.PositiveSmallIntegerField("类", null=True)
    hours = models.DecimalField("学时", max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = "场次学时"
        ordering = ["course_class"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "course_class"], nulls_distinct=False, name="session_hours_once_a_class"
            ),
            models.CheckConstraint(condition=SOME_HOURS, name="session_hours_are_some"),
        ]
        triggers = _STANDS

    def __str__(self) -> str:
        return f"{self.label} {self.hours}"

    @property
    def label(self) -> str:
        return class_label(self.course_class)


class Meeting(models.Model):
    """A time at which everybody of a session comes together."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="meetings")
    during = DateTimeRangeField("时间", default_bounds="[)")

    class Meta:
        verbose_name = "上课时间"
        ordering = ["during"]
        constraints = [
            ExclusionConstraint(
                name="meetings_of_a_session_apart",
                expressions=[("session", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__lower_inf=False, during__upper_inf=False),
                name="meeting_begins_and_ends",
            ),
        ]
        triggers = _STANDS

    def __str__(self) -> str:
        begins, ends = (timezone.localtime(each) for each in (self.during.lower, self.during.upper))
        return f"{begins:%Y-%m-%d %H:%M}–{ends:%H:%M}"


class RosterLine(models.Model):
    """Somebody came, not yet posted. Posting turns a line into an entry of the ledger and takes it away."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="roster")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    name = models.CharField("姓名（名单所写）", max_length=100)
    course_class = models.PositiveSmallIntegerField("类", null=True)
    hours = models.DecimalField("学时", max_digits=5, decimal_places=2)
    meetings = ArrayField(models.BigIntegerField(), default=list)  # keys of those attended; empty: all
    source = models.CharField("来源", max_length=10, choices=Source.choices)
    in_doubt = models.BooleanField("姓名待核对", default=False)  # signed under another name than on record
    corrected = models.BooleanField("已改正", default=False)  # by the organiser: signing adds nothing to it
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = RosterQuerySet.as_manager()

    class Meta:
        verbose_name = "名单"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person", "course_class"], nulls_distinct=False, name="roster_once_a_class"
            ),
            models.CheckConstraint(condition=SOME_HOURS, name="roster_hours_are_some"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.hours}"

    @property
    def class_label(self) -> str:
        return class_label(self.course_class)


class SessionEvidence(Paper):
    """到场证明: the scan of a sign-in sheet, the log of an online course. It bears every entry of its session."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="evidence")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    objects = SessionEvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = "到场证明"
        ordering = ["uploaded_at", "id"]
        indexes = [models.Index(fields=["digest"], name="sessionevidence_digest")]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "digest"],
                condition=Q(removed_at=None),
                name="sessionevidence_once_a_session",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="evidence_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="evidence_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_EVIDENCE_STAYS,
            ),
        ]
