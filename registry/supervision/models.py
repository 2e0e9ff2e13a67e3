"""撤换建议书: an authority suggests that an enterprise appoint somebody else. A suggestion, never a dismissal."""

import uuid
from datetime import date

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.jurisdictions.purposes import Ground
from cqo_portal.parties.models import Office, Organisation, Searchable
from registry.incidents.models import Incident
from registry.models import Filing, Officer
from registry.supervision.queries import SuggestionQuerySet

SAID = ("officer_id", "grounds", "facts", "evidence", "reply_by")


class Suggestion(Searchable):
    """To one enterprise about one officer. `name` is the officer's. What was delivered stays as it was said."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        DELIVERED = "delivered", "待企业答复"
        REPLIED = "replied", "企业已答复"
        CLOSED = "closed", "已办结"
        DISCARDED = "discarded", "已作废"

    class Outcome(models.TextChoices):
        REPLACED = "replaced", "企业已更换"
        KEPT = "kept", "企业未更换"
        WITHDRAWN = "withdrawn", "撤回建议"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="suggestions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="suggestions")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")  # the county of the enterprise
    issuer = models.ForeignKey(Office, models.PROTECT, related_name="suggestions")  # that county, or its city
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    number = models.CharField("文号", max_length=40, unique=True, null=True)

    rule_edition = models.CharField("规则版本", max_length=40)
    provision = models.CharField("条款代号", max_length=40)
    cites = models.CharField("依据", max_length=60)
    grounds = ArrayField(
        models.CharField(max_length=20, choices=[(ground.value, ground.label) for ground in Ground]),
        verbose_name="理由",
    )
    facts = models.TextField("事实")
    evidence = models.TextField("证据", blank=True)
    incidents = models.ManyToManyField(
        Incident, related_name="suggestions", blank=True
    )  # the words as they stood
    reply_by = models.DateField("答复期限")

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField("到本环节时间", auto_now_add=True)
    delivered_on = models.DateField("送达日期", null=True)
    delivered_at = models.DateTimeField("送达时间", null=True)
    opened_at = models.DateTimeField("企业首次打开", null=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField("结果", max_length=12, choices=Outcome.choices, blank=True)
    change = models.ForeignKey(
        Filing, models.PROTECT, null=True, related_name="suggestions"
    )  # of the replacement

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = "撤换建议书"
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(fields=["office", "state", "-moved_at"], name="suggestion_queue"),
            models.Index(fields=["-moved_at", "-id"], name="suggestion_moved"),
            models.Index(fields=["organisation", "state"], name="suggestion_of_enterprise"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "issuer"],
                condition=Q(state__in=["draft", "delivered", "replied"]),
                name="suggestion_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"], number=None, delivered_on=None)
                | Q(
                    state__in=["delivered", "replied", "closed"],
                    number__isnull=False,
                    delivered_on__isnull=False,
                    delivered_at__isnull=False,
                ),
                name="suggestion_delivered_has_its_number",
            ),
            models.CheckConstraint(
                condition=Q(state="closed") & ~Q(outcome="") | ~Q(state="closed") & Q(outcome=""),
                name="suggestion_closed_has_its_outcome",
            ),
            models.CheckConstraint(
                condition=Q(change=None) | Q(outcome="replaced"), name="suggestion_change_is_a_replacement"
            ),
            models.CheckConstraint(condition=~Q(grounds=[]), name="suggestion_has_a_ground"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="delivered_stays_said",
                operation=pgtrigger.UpdateOf(*SAID),
                condition=~pgtrigger.Q(old__state="draft"),
            ),
        ]

    def __str__(self) -> str:
        return f"关于{self.organisation.name}首席质量官{self.name}的撤换建议"

    def get_absolute_url(self) -> str:
        return reverse("supervision:suggestion", args=[self.pk])

    def search_names(self) -> tuple[str, ...]:
        return (self.name, self.organisation.name)

    def search_codes(self) -> tuple[str, ...]:
        return (self.organisation.credit_code, self.number or "")

    @property
    def ground_labels(self) -> list[str]:
        return [ground.label for ground in Ground if ground.value in self.grounds]

    def is_late(self, today: date) -> bool:
        """The enterprise has not replied, and its day is over."""
        return self.state == self.State.DELIVERED and self.reply_by < today


class Reply(AppendOnlyModel):
    """What the enterprise answered: once."""

    class Kind(models.TextChoices):
        WILL_REPLACE = "will_replace", "将更换"
        DISAGREES = "disagrees", "不同意更换"
        ALREADY_REPLACED = "already_replaced", "已经更换"

    suggestion = models.OneToOneField(Suggestion, models.PROTECT, related_name="reply")
    kind = models.CharField("答复", max_length=20, choices=Kind.choices)
    replace_by = models.DateField("更换日期", null=True)  # by when, or since when
    statement = models.TextField("说明")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "企业答复"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="disagrees", replace_by=None)
                | ~Q(kind="disagrees") & Q(replace_by__isnull=False),
                name="reply_names_its_day",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Note(AppendOnlyModel):
    """What the office did or saw afterwards. Seen by offices only."""

    suggestion = models.ForeignKey(Suggestion, models.PROTECT, related_name="notes")
    text = models.TextField("跟踪记录")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "跟踪记录"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:40]
