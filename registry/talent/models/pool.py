"""人才库: who may be asked for what, and when. A stay in the pool is a row; what happened to it is appended."""

import uuid
from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.jurisdictions.vocabulary import PoolBasis
from cqo_portal.parties.models import Office, Person, Searchable
from cqo_portal.reference import expertise as fields
from registry.models import Officer
from registry.talent.queries import PoolEntryQuerySet


class PoolEntry(Searchable):
    """One stay of a person in a city's pool, on one basis. `name` is the person's.

    Who enters by the text itself, with a certificate of training, was not asked and need not have a field.
    """

    class State(models.TextChoices):
        IN_POOL = "in_pool", "在库"
        LEFT = "left", "已出库"

    class Availability(models.TextChoices):
        FREE = "free", "可以承担"
        BUSY = "busy", "暂时没空"
        AWAY = "away", "不承担任务"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="pool_entries")
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="pool_entries")
    city = models.ForeignKey(Office, models.PROTECT, related_name="+")  # whose pool
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")  # the county of the post
    basis = models.CharField("入库依据", max_length=12, choices=[(b.value, b.label) for b in PoolBasis])
    rule_edition = models.CharField("规则版本", max_length=40)
    clause = models.CharField("条款代号", max_length=40)
    cites = models.CharField("条款", max_length=60)
    fields = ArrayField(models.CharField(max_length=20), verbose_name="专长", default=list, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.IN_POOL)
    availability = models.CharField(
        "可否承担", max_length=8, choices=Availability.choices, default=Availability.FREE
    )
    busy_until = models.DateField("忙到", null=True)
    entered_on = models.DateField("入库日期")
    left_on = models.DateField("出库日期", null=True)
    consent_name = models.CharField("本人同意入库（签写姓名）", max_length=100, blank=True)

    objects = PoolEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "人才库"
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(fields=["city", "state", "pinyin", "id"], name="poolentry_of_city"),
            GinIndex(fields=["fields"], name="poolentry_fields"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "basis"], condition=Q(state="in_pool"), name="poolentry_once_a_basis"
            ),
            models.CheckConstraint(
                condition=Q(state="left", left_on__isnull=False) | Q(state="in_pool", left_on=None),
                name="poolentry_left_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("entered_on")),
                name="poolentry_leaves_after_it_enters",
            ),
            models.CheckConstraint(
                condition=Q(availability="busy", busy_until__isnull=False)
                | ~Q(availability="busy") & Q(busy_until=None),
                name="poolentry_busy_until_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(fields=[]) | Q(basis=PoolBasis.TRAINED.value), name="poolentry_has_a_field"
            ),
            models.CheckConstraint(
                condition=~Q(consent_name="") | Q(basis=PoolBasis.TRAINED.value),
                name="poolentry_was_agreed_to",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.get_basis_display()}"

    def get_absolute_url(self) -> str:
        return reverse("talent:entry", args=[self.pk])

    def search_names(self) -> tuple[str, ...]:
        return (self.name, self.officer.organisation.name) if self.officer else (self.name,)

    @property
    def field_names(self) -> list[str]:
        return fields.named(self.fields)

    def is_free_on(self, day: date) -> bool:
        """Free, or busy only until before that day."""
        if self.availability == self.Availability.BUSY:
            return self.busy_until < day
        return self.availability == self.Availability.FREE


class PoolMove(AppendOnlyModel):
    """Entered, left, or can do more or less than before: with day, reason and who said so."""

    class Kind(models.TextChoices):
        ENTERED = "entered", "入库"
        LEFT = "left", "出库"
        AVAILABILITY = "availability", "可否承担"

    entry = models.ForeignKey(PoolEntry, models.PROTECT, related_name="moves")
    kind = models.CharField("事项", max_length=12, choices=Kind.choices)
    on = models.DateField("日期")
    said = models.CharField("内容", max_length=60, blank=True)
    reason = models.TextField("理由", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "人才库进出"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "kind"],
                condition=Q(kind__in=["entered", "left"]),
                name="poolmove_in_and_out_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.get_kind_display()}"
