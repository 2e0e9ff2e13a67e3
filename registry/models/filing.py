"""Filings, what was said in them, and what offices answered: fields and constraints, nothing more."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.papers.models import Paper
from cqo_portal.parties.models import Office, Organisation, Searchable
from cqo_portal.sealed import SealedJSONField
from registry.clock import days_late
from registry.notices.models import Notice
from registry.queries import FilingQuerySet, ProofQuerySet


class Filing(Searchable):
    """An enterprise reports whom it appointed, or what changed since. `name` is the officer's; the draft is as typed."""

    class Kind(models.TextChoices):
        APPOINTMENT = "appointment", "任职备案"
        REPLACEMENT = "replacement", "变更备案（换人）"
        DATA = "data", "变更备案（信息）"
        RENEWAL = "renewal", "变更备案（续聘）"
        DEPARTURE = "departure", "变更备案（离任）"

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

    kind = models.CharField("事项", max_length=12, choices=Kind.choices, default=Kind.APPOINTMENT)
    post = models.ForeignKey("Officer", models.PROTECT, null=True, related_name="changes")  # what changes
    effective_on = models.DateField("变更生效日", null=True)
    due_on = models.DateField("报送期限", null=True)  # null where the pack sets none
    identity_index = models.CharField(max_length=64, blank=True, editable=False)  # of whom it was last said
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="filings")  # null: 主动备案

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

    county_on = models.DateField("县级登记日期", null=True)  # the county's record, brought up to date
    filing_number = models.CharField("备案号", max_length=40, unique=True, null=True)
    filed_on = models.DateField("备案日期", null=True)

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = "任职备案"
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(fields=["office", "state", "moved_at"], name="filing_queue"),
            models.Index(fields=["moved_at", "id"], name="filing_moved"),
            models.Index(fields=["identity_index"], condition=~Q(identity_index=""), name="filing_identity"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state__in=["draft", "at_county", "at_city", "returned"]),
                name="filing_one_under_way",
                violation_error_message="本企业已有一件备案正在办理。",
            ),
            models.CheckConstraint(
                condition=Q(kind="appointment", post=None) | Q(~Q(kind="appointment"), post__isnull=False),
                name="filing_a_change_is_of_a_post",
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
        return f"{self.organisation.name} · {self.name or '未填姓名'} {self.get_kind_display()}"

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
    def is_change(self) -> bool:
        return self.kind != self.Kind.APPOINTMENT

    @property
    def days_late(self) -> int:
        """By how many days the first report missed its last day; late ones are marked, never refused."""
        return days_late(self.due_on, reported_on=self.submitted_on)

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
    proof = models.ForeignKey("Proof", models.PROTECT, null=True, related_name="return_items")
    page = models.PositiveSmallIntegerField("页", null=True)  # of that proof, 1-based
    repeats = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+"
    )  # asked before, not fixed
    cites = models.CharField("依据", max_length=60, blank=True)
    reason = models.TextField("须改正什么")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "round", "key", "proof", "page"],
                name="return_item_once_a_place",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(page=None) | Q(proof__isnull=False), name="return_item_a_page_is_of_a_proof"
            ),
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


class ItemCheck(AppendOnlyModel):
    """An officer looked whether what a return asked for was put right. The last look counts."""

    item = models.ForeignKey(ReturnItem, models.PROTECT, related_name="checks")
    round = models.PositiveSmallIntegerField("轮次")  # of the words that were looked at
    fixed = models.BooleanField("已改正")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "补正核对"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.item}：{'已改正' if self.fixed else '仍未改正'}"


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


class Proof(Paper):
    """A paper the enterprise handed in with a filing."""

    class Kind(models.TextChoices):
        APPOINTMENT = "appointment", "任命书"
        EXPERIENCE = "experience", "经历证明"
        EDUCATION = "education", "学历证书"
        TITLE = "title", "职称证书"
        TRAINING = "training", "任职培训证书"
        LICENCE = "licence", "营业执照"
        DEPARTURE = "departure", "离任、免职文件"
        OTHER = "other", "其他材料"

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="proofs")
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    file = models.FileField(upload_to="proofs/%Y/%m/")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
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


class Phrase(models.Model):
    """A sentence offices send again and again, with its clause: shipped ones belong to no office."""

    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="phrases")
    jurisdiction = models.CharField("适用规则", max_length=20, blank=True)
    key = models.CharField(
        "栏目", max_length=60
    )  # where it may be pinned; a section's name holds for all of it
    text = models.CharField("常用语", max_length=300)
    cites = models.CharField("依据", max_length=60, blank=True)
    active = models.BooleanField("可选", default=True)

    class Meta:
        verbose_name = "退回常用语"
        ordering = ["key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "jurisdiction", "key", "text"], name="phrase_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return self.text


class IdentityDecision(AppendOnlyModel):
    """The same identity holds other posts: what an officer made of it. Kept, and not asked again."""

    class Verdict(models.TextChoices):
        CONCURRENT = "concurrent", "同一人，兼任"
        MOVED = "moved", "同一人，已离开原单位"
        MISTAKEN = "mistaken", "证件号码有误，请企业核对"

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="identity_decisions")
    identity_index = models.CharField(max_length=64)
    posts = models.JSONField()  # the keys of the posts that lay side by side
    verdict = models.CharField("认定", max_length=12, choices=Verdict.choices)
    reason = models.TextField("理由")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "同一人认定"
        indexes = [models.Index(fields=["identity_index", "id"], name="identity_decision_person")]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}：{self.reason}"
