"""抽查: a population is written down, then a seed nobody could know decides which records are looked at.

The order of acts is the proof, so the database holds it: the population comes first and its draw last, and once the
draw stands nothing is added; the seed comes on a later day, once; a sample is what seed and population give; outcomes
come between seed and closing.
"""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.parties.models import Office
from training.models.ledger import Entry
from training.models.organiser import Organised
from training.queries import DrawnQuerySet, DrawQuerySet

# A draw is the last row of its freezing: what it says of its population is what lies there already.
_BEGINS_FROZEN = """
    IF NEW.state <> 'frozen' OR NEW.seed <> '' OR NEW.seeded_on IS NOT NULL THEN
        RAISE EXCEPTION 'a draw begins frozen and without a seed';
    END IF;
    IF NEW.size IS DISTINCT FROM (SELECT sum(size) FROM training_stratum WHERE draw_id = NEW.id)
       OR NEW.size IS DISTINCT FROM (
           SELECT count(*) FROM training_sealed AS r JOIN training_stratum AS s ON s.id = r.stratum_id
           WHERE s.draw_id = NEW.id
       ) THEN
        RAISE EXCEPTION 'a draw counts another population than it has';
    END IF;
    RETURN NEW;
"""

_WHAT_WAS_FROZEN_STAYS = """
    IF OLD.state IN ('closed', 'cancelled') THEN
        RAISE EXCEPTION 'draw % is over', OLD.number;
    END IF;
    IF (NEW.number, NEW.office_id, NEW.first_day, NEW.last_day, NEW.wanted, NEW.size, NEW.digest, NEW.announced,
        NEW.frozen_on, NEW.frozen_at, NEW.by_id)
       IS DISTINCT FROM
       (OLD.number, OLD.office_id, OLD.first_day, OLD.last_day, OLD.wanted, OLD.size, OLD.digest, OLD.announced,
        OLD.frozen_on, OLD.frozen_at, OLD.by_id) THEN
        RAISE EXCEPTION 'the population of draw % was frozen and stays', OLD.number;
    END IF;
    IF OLD.seed <> '' AND (NEW.seed, NEW.seed_source, NEW.seed_where, NEW.seed_day, NEW.seeded_on)
       IS DISTINCT FROM (OLD.seed, OLD.seed_source, OLD.seed_where, OLD.seed_day, OLD.seeded_on) THEN
        RAISE EXCEPTION 'the seed of draw % stays', OLD.number;
    END IF;
    RETURN NEW;
"""

_NOTHING_IS_ADDED = """
    IF EXISTS ({rows}) THEN
        RAISE EXCEPTION 'a frozen population takes nothing more';
    END IF;
    RETURN NULL;
"""

# The name of a record is its entry's number, as `Entry.number` writes it.
_FOLLOWS_FROM_THE_SEED = r"""
    IF NOT EXISTS (
        SELECT 1 FROM training_sealed AS r
        JOIN training_stratum AS s ON s.id = r.stratum_id
        JOIN training_draw AS d ON d.id = s.draw_id
        WHERE r.id = NEW.record_id AND s.id = NEW.stratum_id AND d.state = 'seeded'
          AND NEW.rank BETWEEN 1 AND s.share
          AND NEW.place = encode(sha256(convert_to(
              d.seed || E'\n' || 'E-' || lpad(r.entry_id::text, greatest(6, length(r.entry_id::text)), '0'),
              'UTF8')), 'hex')
    ) THEN
        RAISE EXCEPTION 'record % was not drawn by the seed', NEW.record_id;
    END IF;
    RETURN NEW;
"""

# The draw's row is held: an outcome and the closing of its draw come one after the other.
_WHILE_IT_IS_OPEN = """
    PERFORM 1 FROM training_drawn AS n
    JOIN training_stratum AS s ON s.id = n.stratum_id
    JOIN training_draw AS d ON d.id = s.draw_id
    WHERE n.id = NEW.drawn_id AND d.state = 'seeded' FOR SHARE OF d;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an outcome belongs between the seed and the closing of its draw';
    END IF;
    RETURN NEW;
"""


class Draw(models.Model):
    """One draw of one office, over the entries posted in a period by the organisers it oversees."""

    class State(models.TextChoices):
        FROZEN = "frozen", "已封存，待种子"
        SEEDED = "seeded", "已抽出，核查中"
        CLOSED = "closed", "已办结"
        CANCELLED = "cancelled", "已取消"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField("抽查编号", max_length=40, unique=True)
    office = models.ForeignKey(Office, models.PROTECT, related_name="draws", verbose_name="抽查机关")
    first_day = models.DateField("入账日期起")
    last_day = models.DateField("入账日期止")
    wanted = models.PositiveIntegerField("抽取笔数")
    size = models.PositiveIntegerField("总体笔数")
    digest = models.CharField("总体摘要", max_length=64)  # SHA-256 of the population list as it is downloaded
    announced = models.CharField(
        "种子取自", max_length=200
    )  # said before it exists, so that nobody picks one
    frozen_on = models.DateField("封存日期")
    frozen_at = models.DateTimeField(default=timezone.now)
    seed = models.CharField("种子", max_length=200, default="")
    seed_source = models.CharField("种子出处", max_length=200, default="")
    seed_where = models.CharField("查询处", max_length=300, default="")
    seed_day = models.DateField("种子公布日期", null=True)
    seeded_on = models.DateField("录入日期", null=True)
    conclusion = models.TextField("结论", default="")  # of a cancelled one the reason
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.FROZEN)
    moved_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = DrawQuerySet.as_manager()

    class Meta:
        verbose_name = "抽查"
        ordering = ["-frozen_at", "-id"]
        indexes = [models.Index(fields=["office", "-frozen_at", "-id"], name="draw_of_office")]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="draw_days_in_order"),
            models.CheckConstraint(condition=Q(size__gt=0, wanted__gt=0), name="draw_is_of_something"),
            models.CheckConstraint(
                condition=Q(state__in=["frozen", "cancelled"], seed="", seed_day=None, seeded_on=None)
                | Q(
                    ~Q(seed=""),
                    ~Q(seed_source=""),
                    ~Q(seed_where=""),
                    state__in=["seeded", "closed"],
                    seed_day__gt=F("frozen_on"),
                    seeded_on__gte=F("seed_day"),
                ),
                name="draw_seed_comes_on_a_later_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["frozen", "seeded"], conclusion="")
                | Q(~Q(conclusion=""), state__in=["closed", "cancelled"]),
                name="draw_ends_with_words",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="draw_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="begins_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_BEGINS_FROZEN,
            ),
            pgtrigger.Trigger(
                name="what_was_frozen_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_WHAT_WAS_FROZEN_STAYS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("training:draw", args=[self.pk])


class Stratum(Organised, AppendOnlyModel):
    """层: the records of one organiser. `name` as the list of the population prints it."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="strata")
    name = models.CharField("培训组织者", max_length=240)
    size = models.PositiveIntegerField("总体笔数")
    share = models.PositiveIntegerField("应抽笔数")
    digest = models.CharField("本层摘要", max_length=64)  # of its part of the list, for its organiser

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "抽查层"
        ordering = ["name"]
        constraints = [
            *Organised.Meta.constraints,
            models.UniqueConstraint(fields=["draw", "name"], name="stratum_name_once"),
            models.UniqueConstraint(
                fields=["draw", "institution", "office"], nulls_distinct=False, name="stratum_organiser_once"
            ),
            models.CheckConstraint(
                condition=Q(size__gt=0, share__lte=F("size")), name="stratum_gives_what_it_has"
            ),
        ]
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            pgtrigger.Trigger(
                name="no_stratum_is_added",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                func=_NOTHING_IS_ADDED.format(
                    rows="SELECT 1 FROM added AS a JOIN training_draw AS d ON d.id = a.draw_id"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Sealed(AppendOnlyModel):
    """One record of a frozen population; its name is the number of its entry, never a person."""

    stratum = models.ForeignKey(Stratum, models.PROTECT, related_name="records")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "封存记录"
        constraints = [models.UniqueConstraint(fields=["stratum", "entry"], name="sealed_once")]
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            pgtrigger.Trigger(
                name="no_record_is_added",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                func=_NOTHING_IS_ADDED.format(
                    rows="SELECT 1 FROM added AS a JOIN training_stratum AS s ON s.id = a.stratum_id "
                    "JOIN training_draw AS d ON d.id = s.draw_id"
                ),
            ),
        ]

    def __str__(self) -> str:
        return Entry.number_of(self.entry_id)


class Drawn(AppendOnlyModel):
    """A record the seed chose: its rank within the stratum, and the 64 digits that put it there."""

    stratum = models.ForeignKey(Stratum, models.PROTECT, related_name="drawn")
    record = models.OneToOneField(Sealed, models.PROTECT, related_name="drawn")
    rank = models.PositiveIntegerField("序")
    place = models.CharField("排序值", max_length=64)

    objects = DrawnQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "抽中记录"
        ordering = ["stratum__name", "rank"]
        constraints = [models.UniqueConstraint(fields=["stratum", "rank"], name="drawn_rank_once")]
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            pgtrigger.Trigger(
                name="follows_from_the_seed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_FOLLOWS_FROM_THE_SEED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record} 第 {self.rank} 位"

    def get_absolute_url(self) -> str:
        return reverse("training:drawn", args=[self.pk])

    @property
    def entry(self) -> Entry:
        return self.record.entry


class Outcome(AppendOnlyModel):
    """核查结果 of one drawn record. A correction is a further row; the last one holds."""

    class Verdict(models.TextChoices):
        TRUE = "true", "属实"
        FALSE = "false", "不实"
        UNCLEAR = "unclear", "无法核实"

    drawn = models.ForeignKey(Drawn, models.PROTECT, related_name="outcomes")
    verdict = models.CharField("结果", max_length=10, choices=Verdict.choices)
    looked_at = models.CharField("看了什么", max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "核查结果"
        ordering = ["-id"]
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            pgtrigger.Trigger(
                name="while_the_draw_is_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_WHILE_IT_IS_OPEN,
            ),
        ]

    def __str__(self) -> str:
        return self.get_verdict_display()
