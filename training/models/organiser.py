"""Who holds trainings: a provider that somebody commissioned, or an office itself."""

import uuid
from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cqo_portal.parties.models import Institution, Office
from training.queries import CommissionQuerySet


class Organised(models.Model):
    """Held by an institution or by an office, never by both."""

    institution = models.ForeignKey(Institution, models.PROTECT, null=True, blank=True, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(institution__isnull=False, office=None)
                | Q(institution=None, office__isnull=False),
                name="%(app_label)s_%(class)s_has_one_organiser",
            )
        ]

    @property
    def organiser(self) -> Institution | Office:
        return self.institution or self.office


_ONLY_ITS_END = """
    IF OLD.state = 'ended'
       OR to_jsonb(NEW) - '{state,ended_on,moved_at}'::text[]
          IS DISTINCT FROM to_jsonb(OLD) - '{state,ended_on,moved_at}'::text[] THEN
        RAISE EXCEPTION 'of commission % only its end is written, once', OLD.id;
    END IF;
    RETURN NEW;
"""


class Commission(models.Model):
    """委托: an authority says that a provider may train, from a day on (Fujian art. 9)."""

    class State(models.TextChoices):
        IN_FORCE = "in_force", "有效"
        ENDED = "ended", "已终止"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="commissions")
    office = models.ForeignKey(Office, models.PROTECT, related_name="commissions", verbose_name="委托机关")
    document = models.CharField("委托文号", max_length=100)
    first_day = models.DateField("起始日期")
    last_day = models.DateField("截止日期", null=True)  # none: until it is ended
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.IN_FORCE)
    ended_on = models.DateField("终止日期", null=True)  # the last day on which it held
    moved_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = CommissionQuerySet.as_manager()

    class Meta:
        verbose_name = "委托"
        ordering = ["-first_day", "-at"]
        indexes = [models.Index(fields=["office", "state"], name="commission_of_office")]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "office", "document"], name="commission_document_once"
            ),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")), name="commission_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_on__isnull=False) | Q(state="in_force", ended_on=None),
                name="commission_ended_has_its_day",
            ),
        ]

        triggers = [
            pgtrigger.Protect(name="commission_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="only_its_end_is_written",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_ONLY_ITS_END,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office}委托{self.institution}（{self.document}）"

    def get_absolute_url(self) -> str:
        return reverse("training:provider", args=[self.institution_id])

    @property
    def holds_until(self) -> date | None:
        """The last day on which it holds, or held; None: until it is ended."""
        return min((day for day in (self.last_day, self.ended_on) if day), default=None)

    @property
    def held(self) -> tuple[date, date | None]:
        """The days on which it held; without an end it goes on."""
        return self.first_day, self.holds_until

    def standing_on(self, day: date) -> str:
        """`holding`, `coming`, or `over`."""
        if day < self.first_day:
            return "coming"
        return "over" if self.holds_until and day > self.holds_until else "holding"

    def days_left(self, today: date) -> int | None:
        """Today included; None where no end is set."""
        return max(0, (self.holds_until - today).days + 1) if self.holds_until else None
