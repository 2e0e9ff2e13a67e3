"""Who may score for a body, and what is known of them that a conflict could rest on."""

import uuid
from datetime import date

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.parties.models import Institution, Person, Searchable
from cqo_portal.reference import expertise
from evaluation.conflicts import Relation
from evaluation.experts.queries import DeclaredQuerySet, ExpertQuerySet
from registry.talent.models import PoolEntry
from training.models import Session


class Expert(Searchable):
    """A person engaged by a body. `name` is the person's. Which panels they sit on, other records say."""

    class State(models.TextChoices):
        ENGAGED = "engaged", "在聘"
        ENDED = "ended", "已解聘"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="engagements")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="experts")
    fields = ArrayField(models.CharField(max_length=20), verbose_name="专长")
    entry = models.ForeignKey(PoolEntry, models.PROTECT, null=True, related_name="engagements")
    reason = models.TextField("不经人才库聘任的理由", blank=True)
    engaged_on = models.DateField("聘任日期")
    ended_on = models.DateField("解聘日期", null=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ENGAGED)
    busy_until = models.DateField("暂不承担，到", null=True)  # as the expert says, of all who engaged them
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(default=timezone.now)

    objects = ExpertQuerySet.as_manager()

    class Meta:
        verbose_name = "评价专家"
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(fields=["institution", "state", "pinyin", "id"], name="expert_of_institution"),
            GinIndex(fields=["fields"], name="expert_fields"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "institution"], condition=Q(state="engaged"), name="expert_engaged_once"
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_on__isnull=False) | Q(state="engaged", ended_on=None),
                name="expert_ended_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("engaged_on")),
                name="expert_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(entry__isnull=False, reason="") | Q(entry=None) & ~Q(reason=""),
                name="expert_out_of_the_pool_or_with_a_reason",
            ),
            models.CheckConstraint(condition=~Q(fields=[]), name="expert_has_a_field"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="engagement_stays_whose_it_is",
                operation=pgtrigger.UpdateOf(
                    "person_id", "institution_id", "entry_id", "reason", "engaged_on"
                ),
            ),
            pgtrigger.Protect(
                name="begins_engaged",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="engaged"),
            ),
            pgtrigger.Protect(name="engagement_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.institution.name}"

    def get_absolute_url(self) -> str:
        return reverse("experts:expert", args=[self.pk])

    @property
    def field_names(self) -> list[str]:
        return expertise.named(self.fields)

    def is_free_on(self, day: date) -> bool:
        return self.busy_until is None or self.busy_until < day


# A later row is about whom the earlier one was, by whoever said that, and follows nothing that was withdrawn.
_FOLLOWS = pgtrigger.Trigger(
    name="follows_its_own_thread",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Q(new__previous__isnull=False),
    func=pgtrigger.Func(
        """
        IF NOT EXISTS (
            SELECT 1 FROM {meta.db_table} earlier
            WHERE earlier.id = NEW.previous_id AND earlier.person_id = NEW.person_id
              AND earlier.institution_id IS NOT DISTINCT FROM NEW.institution_id AND earlier.act <> 'withdrawn'
        ) THEN
            RAISE EXCEPTION 'row % does not follow what it names', NEW.id;
        END IF;
        RETURN NEW;
        """
    ),
)


# ── what conflicts rest on ────────────────────────────────────────────────────────────────────
class Declared(AppendOnlyModel):
    """Something said of an expert, by the expert or by a body that knows it. What was said stays said.

    A later row may end it, or withdraw what was said by mistake: it names the one it follows (`previous`) and repeats
    its words. Of a thread the last row holds, unless it withdraws.
    """

    class Act(models.TextChoices):
        SAID = "said", "申报"
        ENDED = "ended", "写明结束"
        WITHDRAWN = "withdrawn", "撤回"

    act = models.CharField("动作", max_length=10, choices=Act.choices, default=Act.SAID)
    previous = models.OneToOneField("self", models.PROTECT, null=True, related_name="following")
    person = models.ForeignKey(Person, models.PROTECT, related_name="%(class)s_declared")
    institution = models.ForeignKey(  # the body that knows it; null: the expert says so
        Institution, models.PROTECT, null=True, related_name="+"
    )
    note = models.TextField("说明", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = DeclaredQuerySet.as_manager()

    SAME: tuple[str, ...] = ()  # the words a later row repeats

    class Meta(AppendOnlyModel.Meta):
        abstract = True
        triggers = [*AppendOnlyModel.Meta.triggers, _FOLLOWS]
        ordering = ["-id"]
        indexes = [models.Index(fields=["person", "-id"], name="%(class)s_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(act="said", previous=None) | ~Q(act="said") & Q(previous__isnull=False),
                name="%(class)s_follows_what_it_changes",
            ),
            models.CheckConstraint(
                condition=~Q(act="withdrawn") | ~Q(note=""), name="%(class)s_withdrawn_with_a_reason"
            ),
        ]

    def followed_by(self, act: str, *, note: str, by, ends: date | None = None) -> "Declared":
        """The row that ends or withdraws this one, not yet saved."""
        kept = {name: getattr(self, name) for name in ("person", "institution", *self.SAME)}
        if act == self.Act.ENDED:
            kept["ends"] = ends
        return type(self)(act=act, previous=self, note=note, by=by, **kept)


class Employment(Declared):
    """Where an expert works or worked."""

    name = models.CharField("单位", max_length=200)
    code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    begins = models.DateField("起")
    ends = models.DateField("止", null=True)  # null: still

    SAME = ("name", "code", "begins", "ends")

    class Meta(Declared.Meta):
        verbose_name = "任职经历"
        constraints = [
            *Declared.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("begins")), name="employment_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(act="ended") | Q(ends__isnull=False), name="employment_ended_has_its_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}任职"


class Interest(Declared):
    """A tie to a person or an organisation that could bear on a score."""

    KINDS = [(each.value, each.label) for each in Relation]

    kind = models.CharField("关系", max_length=12, choices=KINDS)
    name = models.CharField("姓名", max_length=100, blank=True)  # of the person it is to, if it is to one
    organisation = models.CharField("单位", max_length=200, blank=True)
    code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    begins = models.DateField("起", null=True)  # null: for as long as matters
    ends = models.DateField("止", null=True)

    SAME = ("kind", "name", "organisation", "code", "begins", "ends")

    class Meta(Declared.Meta):
        verbose_name = "利害关系"
        constraints = [
            *Declared.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(name="") | ~Q(organisation="") | ~Q(code=""), name="interest_is_to_somebody"
            ),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(begins=None) | Q(ends__gte=F("begins")),
                name="interest_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(act="ended") | Q(ends__isnull=False), name="interest_ended_has_its_day"
            ),
        ]

    def __str__(self) -> str:
        whom = " · ".join(filter(None, [self.name, self.organisation or self.code]))
        return f"与{whom}有{self.get_kind_display()}"


class Lecture(Declared):
    """A session at which the expert taught."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="lectures")

    SAME = ("session",)

    class Meta(Declared.Meta):
        verbose_name = "授课"
        constraints = [
            *Declared.Meta.constraints,
            models.CheckConstraint(condition=~Q(act="ended"), name="lecture_does_not_end"),
        ]

    def __str__(self) -> str:
        return f"{self.session}授课"


class Confirmation(AppendOnlyModel):
    """以上无遗漏: once a calendar year the expert says that nothing is missing."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="confirmations")
    year = models.PositiveSmallIntegerField("年度")
    said = models.CharField("声明", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "年度确认"
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["person", "year"], name="confirmation_once_a_year")]

    def __str__(self) -> str:
        return f"{self.year} 年度确认"


DECLARED = {"employment": Employment, "interest": Interest, "lecture": Lecture}
