"""Filings and the register they lead to: fields and constraints, nothing more."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.parties.models import Office, Organisation, Person, Searchable
from cqo_portal.sealed import SealedJSONField
from registry.queries import FilingQuerySet, OfficerQuerySet, ProofQuerySet


class Filing(Searchable):
    """An enterprise reports whom it appointed. `name` is the officer's; the draft is as typed."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        AT_COUNTY = "at_county", "待县级预审"
        AT_CITY = "at_city", "待市级备案"
        RETURNED = "returned", "退回补正"
        FILED = "filed", "已备案"
        DISCARDED = "discarded", "已作废"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="filings")
    office = models.ForeignKey(Office, models.PROTECT, related_name="filings")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    round = models.PositiveSmallIntegerField("轮次", default=0)
    moved_at = models.DateTimeField("到本环节时间", auto_now_add=True)

    draft = SealedJSONField(default=dict)  # {input name: [typed values]}
    draft_version = models.PositiveIntegerField(default=1)
    draft_saved_at = models.DateTimeField("保存时间", auto_now_add=True)
    draft_saved_by = models.CharField(max_length=100, blank=True)
    plea = models.TextField("仍要申报的理由", blank=True)

    receipt_number = models.CharField("受理号", max_length=40, unique=True, null=True)
    rule_edition = models.CharField("规则版本", max_length=40, blank=True)
    submitted_on = models.DateField("首次提交日期", null=True)
    tally = models.JSONField(default=dict)  # how many clauses got which verdict, for lists

    filing_number = models.CharField("备案号", max_length=40, unique=True, null=True)
    filed_on = models.DateField("备案日期", null=True)

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = "任职备案"
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(fields=["office", "state", "moved_at"], name="filing_queue"),
            models.Index(fields=["moved_at", "id"], name="filing_moved"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state__in=["draft", "at_county", "at_city", "returned"]),
                name="filing_one_under_way",
                violation_error_message="本企业已有一件任职备案正在办理。",
            ),
            models.CheckConstraint(
                condition=Q(state="filed", filing_number__isnull=False, filed_on__isnull=False)
                | Q(~Q(state="filed"), filing_number__isnull=True, filed_on__isnull=True),
                name="filing_filed_has_its_number",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"])
                | Q(round__gt=0, receipt_number__isnull=False, submitted_on__isnull=False),
                name="filing_submitted_has_its_receipt",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation.name} · {self.name or '未填姓名'} 任职备案"

    def get_absolute_url(self) -> str:
        return reverse("registry:filing", args=[self.pk])

    def search_names(self) -> tuple[str, ...]:
        return (self.organisation.name, self.name)

    def search_codes(self) -> tuple[str, ...]:
        return (self.organisation.credit_code, self.receipt_number or "", self.filing_number or "")

    @property
    def jurisdiction(self) -> str:
        return self.office.jurisdiction

    @property
    def returned_items(self) -> "models.QuerySet[ReturnItem]":
        """What the office asked to correct in this round, once it was sent."""
        return self.return_items.filter(round=self.round).exclude(sent_at=None)


class Submission(AppendOnlyModel):
    """What the enterprise said in one round, word for word, and how the rules judged it then."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="submissions")
    round = models.PositiveSmallIntegerField("轮次")
    content = SealedJSONField()
    judgement = SealedJSONField()
    plea = models.TextField("仍要申报的理由", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta(AppendOnlyModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["filing", "round"], name="submission_once_a_round"),
        ]
        ordering = ["round"]

    def __str__(self) -> str:
        return f"{self.filing} 第 {self.round} 轮"


class ReturnItem(models.Model):
    """One thing to correct, pinned to a field or a proof. Once sent it stays as it was said."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="return_items")
    round = models.PositiveSmallIntegerField("轮次")
    key = models.CharField("栏目", max_length=60)
    cites = models.CharField("依据", max_length=60, blank=True)
    reason = models.TextField("须改正什么")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["filing", "round", "key"], name="return_item_once_a_field"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="sent_stays_said",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}：{self.reason}"


class Determination(AppendOnlyModel):
    """An officer's written decision that a clause which is not met counts as met here."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="determinations")
    round = models.PositiveSmallIntegerField("轮次")
    clause = models.CharField("条款", max_length=60)
    reason = models.TextField("理由")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["filing", "round", "clause"], name="determination_once_a_clause"),
        ]

    def __str__(self) -> str:
        return f"{self.clause}：{self.reason}"


class Proof(models.Model):
    """A paper the enterprise handed in, made anew by us from what was sent. Never served as sent."""

    class Kind(models.TextChoices):
        APPOINTMENT = "appointment", "任命书"
        EXPERIENCE = "experience", "经历证明"
        EDUCATION = "education", "学历证书"
        TITLE = "title", "职称证书"
        TRAINING = "training", "任职培训证书"
        LICENCE = "licence", "营业执照"
        OTHER = "other", "其他材料"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="proofs")
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    name = models.CharField("文件名", max_length=200)
    file = models.FileField(upload_to="proofs/%Y/%m/")
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField("大小（字节）")
    pages = models.PositiveSmallIntegerField("页数")
    digest = models.CharField("SHA-256", max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    added_in = models.PositiveSmallIntegerField(default=1)
    removed_in = models.PositiveSmallIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = ProofQuerySet.as_manager()

    class Meta:
        verbose_name = "证明材料"
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "kind", "digest"],
                condition=Q(removed_at=None),
                name="proof_once_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Officer(Searchable):
    """A person's post as chief quality officer of an organisation, as filed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="officers")
    office = models.ForeignKey(Office, models.PROTECT, related_name="officers")
    filing = models.OneToOneField(Filing, models.PROTECT, related_name="officer")
    post = models.CharField("现任职务", max_length=100, blank=True)
    education = models.CharField("学历", max_length=20, blank=True)
    title = models.CharField("职称", max_length=20, blank=True)
    in_decision_layer = models.BooleanField("在决策层", default=False)
    is_top_manager = models.BooleanField("最高管理者本人", default=False)
    is_safety_director = models.BooleanField("兼任质量安全总监", default=False)
    appointed_on = models.DateField("任职日期")
    term_ends = models.DateField("任期至")
    ended_on = models.DateField("离任日期", null=True)
    filing_number = models.CharField("备案号", max_length=40, unique=True)
    filed_on = models.DateField("备案日期")

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
        return (self.organisation.credit_code, self.filing_number)


class Series(models.Model):
    """A run of numbers without gaps: the row is locked until the number's owner is committed."""

    key = models.CharField(primary_key=True, max_length=60)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key}: {self.last}"
