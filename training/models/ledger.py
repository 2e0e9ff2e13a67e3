"""学时账: what was learned, line by line. Nothing here is ever changed; a balance is a sum."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.jurisdictions.vocabulary import Activity
from cqo_portal.parties.models import Person
from training.models.organiser import Organised
from training.models.selfreport import SelfReport
from training.models.session import Session, Source, class_label
from training.queries import EntryQuerySet, FlagQuerySet

_ACTIVITIES = [(activity.value, activity.label) for activity in Activity]

# A reversal is the mirror of one line that is no reversal itself; that it comes once, the unique column says.
_MIRRORS = """
    IF NOT EXISTS (
        SELECT 1 FROM training_entry AS e
        WHERE e.id = NEW.reverses_id AND e.reverses_id IS NULL AND e.hours = -NEW.hours
          AND e.person_id = NEW.person_id AND e.year = NEW.year AND e."on" = NEW."on"
          AND e.activity = NEW.activity AND e.source = NEW.source
          AND e.course_class IS NOT DISTINCT FROM NEW.course_class
          AND e.session_id IS NOT DISTINCT FROM NEW.session_id
          AND e.self_report_id IS NOT DISTINCT FROM NEW.self_report_id
    ) THEN
        RAISE EXCEPTION 'entry % cannot be reversed by this line', NEW.reverses_id;
    END IF;
    RETURN NEW;
"""

# The session's row is locked: of two postings at the same moment one waits, and then finds the other's lines.
# Asked once for all lines of a statement, and planned anew each time: a plan kept from when the table was small reads
# all of it for every line (measured: twenty thousand lines in 28 s instead of 0.6 s).
_ONCE_WHILE_IT_STANDS = """
    PERFORM 1 FROM training_session
    WHERE id IN (SELECT session_id FROM entered WHERE reverses_id IS NULL) ORDER BY id FOR NO KEY UPDATE;
    EXECUTE $q$
        SELECT count(*) FROM entered AS n
        JOIN training_entry AS e ON e.session_id = n.session_id AND e.person_id = n.person_id AND e.id <> n.id
         AND e.course_class IS NOT DISTINCT FROM n.course_class
        WHERE n.reverses_id IS NULL AND e.reverses_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM training_entry AS r WHERE r.reverses_id = e.id)
    $q$ INTO doubled;
    IF doubled > 0 THEN
        RAISE EXCEPTION 'this attendance stands in the ledger already' USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NULL;
"""

_LEAVES_THE_TIMES = """
    UPDATE training_presence SET stands = FALSE WHERE entry_id = NEW.reverses_id;
    RETURN NEW;
"""

_ONLY_A_REVERSAL_ENDS_IT = """
    IF NEW.stands OR NOT OLD.stands
       OR (NEW.entry_id, NEW.person_id, NEW.session_id, NEW.during)
          IS DISTINCT FROM (OLD.entry_id, OLD.person_id, OLD.session_id, OLD.during)
       OR NOT EXISTS (SELECT 1 FROM training_entry WHERE reverses_id = OLD.entry_id) THEN
        RAISE EXCEPTION 'presence % ends with the reversal of its entry only', OLD.id;
    END IF;
    RETURN NEW;
"""


class Posting(AppendOnlyModel):
    """入账: the lines of a roster that entered the ledger with one act."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="postings")
    lines = models.PositiveIntegerField("笔数")
    digest = models.CharField(max_length=64)  # of the session and its lines, as they were posted
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "入账"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.session} {self.lines} 笔"


class Entry(Organised, AppendOnlyModel):
    """One line of somebody's ledger: hours of one class on a day, or the reversal of such a line.

    `hours` are class hours (学时), exact. `on` is the day they were earned (the last day of a session), `year`
    the one they count for. Organiser: whoever held the session; of a self-report whoever confirmed it.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="entries")
    course_class = models.PositiveSmallIntegerField("类", null=True)
    hours = models.DecimalField("学时", max_digits=6, decimal_places=2)
    on = models.DateField("日期")
    year = models.PositiveSmallIntegerField("计入年度")
    activity = models.CharField("方式", max_length=12, choices=_ACTIVITIES, default=Activity.TRAINING.value)
    session = models.ForeignKey(Session, models.PROTECT, null=True, related_name="entries")
    source = models.CharField(
        "来源", max_length=10, choices=Source.choices
    )  # blank: posted before it was kept
    posting = models.ForeignKey(Posting, models.PROTECT, null=True, related_name="entries")
    self_report = models.ForeignKey(SelfReport, models.PROTECT, null=True, related_name="entries")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversal")
    reason = models.CharField("理由", max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = EntryQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "学时记录"
        ordering = ["-on", "-id"]
        indexes = [
            models.Index(
                fields=["person", "year", "course_class"], include=["hours", "on"], name="entry_of_person"
            ),
            models.Index(fields=["session", "person"], name="entry_of_session"),
            models.Index(fields=["institution", "year"], name="entry_of_institution"),
        ]
        constraints = [
            *Organised.Meta.constraints,
            models.CheckConstraint(
                condition=Q(session__isnull=False, self_report=None)
                | Q(session=None, self_report__isnull=False),
                name="entry_has_one_source",
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=False)
                | Q(session=None, source=Source.REPORT)
                | Q(session__isnull=False, source__in=[Source.NUMBER, Source.UPLOAD, Source.SIGNED]),
                name="entry_says_its_source",
            ),
            models.CheckConstraint(
                condition=Q(reverses=None, hours__gte=0, hours__lt=10000)  # "not a number" is more than any
                | Q(reverses__isnull=False, hours__lte=0),
                name="entry_gives_or_takes_back",
            ),
            models.UniqueConstraint(
                fields=["self_report"], condition=Q(reverses=None), name="entry_once_a_self_report"
            ),
            models.CheckConstraint(
                condition=Q(reverses=None) | Q(reason__regex=r"\S"), name="entry_reversal_has_its_reason"
            ),
        ]
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            pgtrigger.Trigger(
                name="mirrors_what_it_reverses",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__reverses__isnull=False),
                func=_MIRRORS,
            ),
            pgtrigger.Trigger(
                name="once_while_it_stands",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="entered"),
                declare=[("doubled", "BIGINT")],
                func=_ONCE_WHILE_IT_STANDS,
            ),
            pgtrigger.Trigger(
                name="reversal_leaves_the_times",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__reverses__isnull=False),
                func=_LEAVES_THE_TIMES,
            ),
        ]

    def get_absolute_url(self) -> str:
        """Its line in the ledger of the person."""
        return f"{reverse('duties:ledger', args=[self.person_id])}?year={self.year}#{self.number}"

    def __str__(self) -> str:
        return f"{self.number} {class_label(self.course_class)} {self.hours}"

    @property
    def number(self) -> str:
        """记录号, as people quote it."""
        return self.number_of(self.pk)

    @staticmethod
    def number_of(pk: int) -> str:
        return f"E-{pk:06d}"

    @property
    def class_label(self) -> str:
        return class_label(self.course_class)

    @property
    def evidence(self) -> models.QuerySet:
        """The papers it rests on: of its session, or of the self-report."""
        return self.session.evidence.current() if self.session else self.self_report.evidence.all()


class Presence(models.Model):
    """When an entry that stands says somebody was where. Nobody is at two sessions at one time: the database says so."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="presences")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    session = models.ForeignKey(Session, models.PROTECT, related_name="+")
    during = DateTimeRangeField(default_bounds="[)")
    stands = models.BooleanField(default=True)

    class Meta:
        verbose_name = "到场时间"
        constraints = [
            ExclusionConstraint(
                name="nobody_at_two_sessions_at_once",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("session", RangeOperators.NOT_EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(stands=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="presence_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="only_a_reversal_ends_it",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_ONLY_A_REVERSAL_ENDS_IT,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.during}"


class Flag(AppendOnlyModel):
    """核查: something about an entry that somebody should look at. Until it is settled, the hours wait."""

    class Kind(models.TextChoices):
        LONG_DAY = "long_day", "一天学时过多"
        SAME_PROOF = "same_proof", "证明材料重复使用"
        UNQUALIFIED = "unqualified", "不在委托有效期内"
        CLOCK = "clock", "学时多于上课时间"

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="flags")
    kind = models.CharField("事项", max_length=12, choices=Kind.choices)
    said = models.CharField("说明", max_length=300)
    at = models.DateTimeField(auto_now_add=True)

    objects = FlagQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "核查事项"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["entry", "kind", "said"], name="flag_once_a_question")]

    def __str__(self) -> str:
        return self.said

    def get_absolute_url(self) -> str:
        return reverse("training:flag", args=[self.pk])


class Settlement(AppendOnlyModel):
    """核查结论: the hours count after all, or they do not. The words stay."""

    flag = models.OneToOneField(Flag, models.PROTECT, related_name="settlement")
    counts = models.BooleanField("计入")
    reason = models.CharField("理由", max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "核查结论"

    def __str__(self) -> str:
        return self.reason

    def get_absolute_url(self) -> str:
        return self.flag.get_absolute_url()
