"""典型经验: what an enterprise did for quality and what came of it, for others to learn from."""

import uuid
from hashlib import sha256

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.parties.models import Office, Organisation, Searchable
from cqo_portal.reference import expertise as fields
from registry.models import Officer
from registry.talent.queries import CaseQuerySet

TEXT = ("name", "field", "summary", "situation", "done", "result", "papers")


class Case(Searchable):
    """One experience. `name` is its title; the text is fixed from the moment it is handed to an office."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        AT_COUNTY = "at_county", "待县级报送"
        AT_CITY = "at_city", "待市局遴选"
        SELECTED = "selected", "已选为标杆"
        PUBLISHED = "published", "已公布"
        DECLINED = "declined", "未入选"
        WITHDRAWN = "withdrawn", "已撤下"
        DISCARDED = "discarded", "已作废"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="cases")
    office = models.ForeignKey(Office, models.PROTECT, related_name="cases")  # the county's
    by_county = models.BooleanField("县局撰写", default=False)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    officers = models.ManyToManyField(Officer, related_name="cases", blank=True)

    field = models.CharField("方法或行业", max_length=20)
    summary = models.TextField("摘要")
    situation = models.TextField("背景与问题")
    done = models.TextField("做法")
    result = models.TextField("成效")
    papers = models.TextField("佐证材料", blank=True)

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField("到本环节时间", auto_now_add=True)
    submitted_at = models.DateTimeField("提交县局时间", null=True)
    handed_in_at = models.DateTimeField("报送市局时间", null=True)
    published_on = models.DateField("公布日期", null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "典型经验"
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(fields=["office", "state", "moved_at"], name="case_queue"),
            models.Index(fields=["-moved_at", "-id"], name="case_moved"),
            models.Index(
                fields=["-published_on", "-id"], condition=Q(state="published"), name="case_published"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=~Q(state__in=["discarded", "declined", "withdrawn"]),
                name="case_title_once",
                violation_error_message="本企业已有一篇同名的典型经验。",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_on__isnull=False),
                name="case_published_has_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["at_city", "selected", "published", "declined"])
                | Q(handed_in_at__isnull=False),
                name="case_at_city_was_handed_in",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="handed_over_stays_said",
                operation=pgtrigger.UpdateOf(*TEXT),
                condition=~pgtrigger.Q(old__state="draft"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation.name}《{self.name}》"

    def get_absolute_url(self) -> str:
        return reverse("talent:case", args=[self.pk])

    def search_names(self) -> tuple[str, ...]:
        return (self.name, self.organisation.name)

    @property
    def field_name(self) -> str:
        return fields.names().get(self.field, self.field)

    @property
    def text_digest(self) -> str:
        """What a consent is a consent to: another word, another text."""
        said = "\0".join(getattr(self, name) for name in TEXT if name != "papers")
        return sha256(said.encode()).hexdigest()

    def consents(self) -> dict:
        """{officer id: the last word of that officer on just this text}."""
        said = self.consent_rows.filter(text_digest=self.text_digest).order_by("id")
        return {row.officer_id: row for row in said}

    def silent(self) -> list[Officer]:
        """Officers named in the case who have not agreed to this text."""
        said = self.consents()
        return [each for each in self.officers.all() if each.pk not in said or not said[each.pk].given]


class Consent(AppendOnlyModel):
    """An officer agrees, by name, that this text is published; a later row takes it back."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="consent_rows")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    given = models.BooleanField("同意公布")
    name = models.CharField("签写的姓名", max_length=100)
    text_digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "公布同意"
        indexes = [models.Index(fields=["case", "id"], name="consent_of_case")]

    def __str__(self) -> str:
        return f"{self.name}{'同意' if self.given else '不同意'}公布"
