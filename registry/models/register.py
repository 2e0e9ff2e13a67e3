"""The register: the posts as they stand now, and every fact behind them with its two dates."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.parties.models import Office, Organisation, Person, Searchable
from cqo_portal.sealed import SealedTextField
from registry.history import Said
from registry.models.filing import Filing
from registry.queries import EntryQuerySet, OfficerQuerySet


class Officer(Searchable):
    """A person's post as chief quality officer of an organisation: as the entries say it now."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="officers")
    office = models.ForeignKey(Office, models.PROTECT, related_name="officers")
    filing = models.OneToOneField(Filing, models.PROTECT, null=True, related_name="officer")  # null: imported
    post = models.CharField("现任职务", max_length=100, blank=True)
    education = models.CharField("学历", max_length=20, blank=True)
    title = models.CharField("职称", max_length=20, blank=True)
    in_decision_layer = models.BooleanField("在决策层", default=False)
    is_top_manager = models.BooleanField("最高管理者本人", default=False)
    is_safety_director = models.BooleanField("兼任质量安全总监", default=False)
    appointed_on = models.DateField("任职日期")
    term_ends = models.DateField("任期至")
    ended_on = models.DateField("离任日期", null=True)
    filing_number = models.CharField("备案号", max_length=40, unique=True, null=True)
    filed_on = models.DateField("备案日期", null=True)

    objects = OfficerQuerySet.as_manager()

    class Meta:
        verbose_name = "首席质量官"
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(fields=["office", "pinyin", "id"], name="officer_by_office"),
            models.Index(fields=["term_ends", "id"], condition=Q(ended_on=None), name="officer_ending"),
            models.Index(fields=["pinyin", "id"], condition=~Q(ended_on=None), name="officer_ended"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(ended_on=None), name="officer_one_in_office"
            ),
            models.CheckConstraint(
                condition=Q(term_ends__gte=F("appointed_on")), name="officer_term_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("appointed_on")),
                name="officer_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.organisation.name}）"

    def get_absolute_url(self) -> str:
        return reverse("desk:dossier", args=[self.pk])

    def search_names(self) -> tuple[str, ...]:
        return (self.name, self.organisation.name)

    def search_codes(self) -> tuple[str, ...]:
        return (self.organisation.credit_code, self.filing_number or "")


class Entry(AppendOnlyModel):
    """One fact of the register: what held from `effective_on`, as it was known from `recorded_at`.

    A fact of a post (`post` set) or of the enterprise itself. A correction is a new entry that names the one
    it takes the place of; the earlier one stays, and still answers for what was known before.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="entries")
    post = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="entries")
    name = models.CharField("事项", max_length=40)
    value = models.TextField("内容", blank=True)
    sealed = SealedTextField("内容（加密）", null=True)
    effective_on = models.DateField("生效日")
    recorded_at = models.DateTimeField("登记时间", default=timezone.now, editable=False)
    filing = models.ForeignKey(Filing, models.PROTECT, null=True, related_name="entries")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.TextField("理由", blank=True)
    document = models.CharField("依据文号", max_length=100, blank=True)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")

    objects = EntryQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "登记事项"
        indexes = [
            models.Index(fields=["organisation", "name", "effective_on", "id"], name="entry_of_organisation"),
            models.Index(fields=["post", "name", "effective_on", "id"], name="entry_of_post"),
            models.Index(fields=["effective_on", "id"], name="entry_by_effect"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.effective_on:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return f"{reverse('desk:enterprise', args=[self.organisation_id])}#entry-{self.pk}"

    @property
    def said(self) -> Said:
        """The entry as the pure semantics reads it."""
        return Said(self.pk, self.value, self.effective_on, self.recorded_at, self.corrects_id)


class Adoption(AppendOnlyModel):
    """An edition an office works by: as installed, or since its rehearsal was opened."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="adoptions")
    edition = models.CharField("规则版本", max_length=40)
    rehearsed = models.BooleanField("预演后采用", default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "规则启用"
        constraints = [models.UniqueConstraint(fields=["office", "edition"], name="adoption_once")]

    def __str__(self) -> str:
        return f"{self.office} {self.edition}"
