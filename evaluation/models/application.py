"""评价申请: an officer and the enterprise ask a body for an evaluation. What was handed in stays as it was said."""

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.audit.attested import on_record
from cqo_portal.papers.models import Paper
from cqo_portal.parties.models import Institution, Organisation, Person, Searchable
from cqo_portal.sealed import SealedJSONField
from evaluation.models.calibration import CalibrationCase
from evaluation.queries import ApplicationQuerySet, ProofQuerySet
from registry.models import Officer

# By whom it is read, and by which text it is judged, was said when it was first handed in.
_FIXED = """
    IF OLD.number IS NOT NULL AND (
        (NEW.number, NEW.rule_edition, NEW.submitted_on, NEW.body_id, NEW.officer_id, NEW.person_id,
         NEW.organisation_id)
        IS DISTINCT FROM
        (OLD.number, OLD.rule_edition, OLD.submitted_on, OLD.body_id, OLD.officer_id, OLD.person_id,
         OLD.organisation_id)
    ) THEN
        RAISE EXCEPTION 'application % was handed in: its number, edition, body and people stay', OLD.id;
    END IF;
    RETURN NEW;
"""

# Papers come and go while the applicants write. What was handed in keeps every paper it named.
_PROOF_STAYS = """
    IF OLD.application_id IS NULL OR NOT EXISTS (
        SELECT 1 FROM evaluation_application WHERE id = OLD.application_id AND state IN ('draft', 'returned')
    ) THEN
        RAISE EXCEPTION 'proof % stays as it was handed in', OLD.id;
    END IF;
    IF to_jsonb(NEW) - '{removed_at,removed_in,supports}'::text[]
       IS DISTINCT FROM to_jsonb(OLD) - '{removed_at,removed_in,supports}'::text[] THEN
        RAISE EXCEPTION 'of proof % only what it supports, and its removal, is written', OLD.id;
    END IF;
    RETURN NEW;
"""


class Application(Searchable):
    """An officer asks to be evaluated, and the enterprise recommends him. `name` is the officer's; the draft is as typed."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待形式审查"
        RETURNED = "returned", "退回补充"
        ACCEPTED = "accepted", "已受理"
        REFUSED = "refused", "不予受理"
        WITHDRAWN = "withdrawn", "已撤回"
        DISCARDED = "discarded", "已作废"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="applications")
    person = models.ForeignKey(Person, models.PROTECT, related_name="applications")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="applications")
    body = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="applications")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    round = models.PositiveSmallIntegerField("轮次", default=0)
    moved_at = models.DateTimeField("到本环节时间", auto_now_add=True)
    due_on = models.DateField("本环节期限", null=True)  # by the clocks of the body, when the case came here

    number = models.CharField("申请号", max_length=40, unique=True, null=True)
    rule_edition = models.CharField("规则版本", max_length=40, blank=True)
    submitted_on = models.DateField("首次提交日期", null=True)
    tally = models.JSONField(default=dict)  # how many clauses of 5.1 got which verdict, for lists

    draft = SealedJSONField(default=dict)  # {input name: [typed values]}
    draft_version = models.PositiveIntegerField(default=1)
    draft_saved_at = models.DateTimeField("保存时间", auto_now_add=True)
    draft_saved_by = models.CharField(max_length=100, blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "评价申请"
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(fields=["body", "state", "moved_at"], name="application_queue"),
            models.Index(fields=["organisation", "-moved_at"], name="application_of_enterprise"),
            models.Index(fields=["person", "-moved_at"], name="application_of_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=["draft", "submitted", "returned"]),
                name="application_one_under_way",
                violation_error_message="这位首席质量官已有一份评价申请正在办理。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"])
                | Q(
                    round__gt=0,
                    number__isnull=False,
                    submitted_on__isnull=False,
                    body__isnull=False,
                )
                & ~Q(rule_edition=""),
                name="application_submitted_has_its_number",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="application_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="begins_as_a_draft",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="draft"),
            ),
            pgtrigger.Trigger(
                name="handed_in_is_fixed", when=pgtrigger.Before, operation=pgtrigger.Update, func=_FIXED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.organisation.name}）的评价申请"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:application", args=[self.pk])

    def search_names(self) -> tuple[str, ...]:
        return (self.name, self.organisation.name)

    def search_codes(self) -> tuple[str, ...]:
        return (self.organisation.credit_code, self.number or "")


class Submission(AppendOnlyModel):
    """What was handed in in one round, word for word, which papers came with it, and how 5.1 was judged then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="submissions")
    round = models.PositiveSmallIntegerField("轮次")
    content = SealedJSONField()  # as evaluation.applications.content says it
    judgement = SealedJSONField()
    digest = models.CharField("SHA-256", max_length=64)  # of content
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "评价申请提交"
        ordering = ["round"]
        constraints = [
            models.UniqueConstraint(fields=["application", "round"], name="evaluation_submission_once"),
        ]

    def __str__(self) -> str:
        return f"{self.application} 第 {self.round} 轮"


class CoSignature(AppendOnlyModel):
    """The enterprise recommends, or the officer answers for the report: for just this text, by a typed name."""

    class Side(models.TextChoices):
        ENTERPRISE = "enterprise", "所在组织推荐"
        OFFICER = "officer", "本人申请"

    application = models.ForeignKey(Application, models.PROTECT, related_name="co_signatures")
    side = models.CharField("签署方", max_length=12, choices=Side.choices)
    name = models.CharField("签写的姓名", max_length=100)
    digest = models.CharField("SHA-256", max_length=64)  # of the content that was signed
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "会签"
        indexes = [models.Index(fields=["application", "id"], name="co_signature_of_application")]
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            on_record("evaluation.application", column="application_id"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.get_side_display()}"


class Proof(Paper):
    """证实性材料: a paper, and the indicators it supports. Of an application, or of a case experts practise on."""

    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="proofs")
    calibration = models.ForeignKey(CalibrationCase, models.PROTECT, null=True, related_name="proofs")
    file = models.FileField(upload_to="evaluations/%Y/%m/")
    supports = ArrayField(models.CharField(max_length=12), verbose_name="支持的指标", default=list)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_in = models.PositiveSmallIntegerField(default=1)  # the round it is first handed in with
    removed_in = models.PositiveSmallIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = ProofQuerySet.as_manager()

    class Meta:
        verbose_name = "证实性材料"
        ordering = ["uploaded_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(application__isnull=False, calibration=None)
                | Q(application=None, calibration__isnull=False),
                name="evaluation_proof_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["application", "calibration", "digest"],
                condition=Q(removed_at=None),
                nulls_distinct=False,
                name="evaluation_proof_once",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="proof_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="handed_in_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_PROOF_STAYS,
            ),
        ]


class ReturnItem(models.Model):
    """One thing to complete, pinned to a field or a proof. Once sent it stays as it was said."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="return_items")
    round = models.PositiveSmallIntegerField("轮次")
    key = models.CharField("栏目", max_length=60)
    proof = models.ForeignKey(Proof, models.PROTECT, null=True, related_name="return_items")
    page = models.PositiveSmallIntegerField("页", null=True)  # of that proof, 1-based
    cites = models.CharField("依据", max_length=60, blank=True)
    reason = models.TextField("须补充什么")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "round", "key", "proof", "page"],
                name="evaluation_return_item_once_a_place",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(page=None) | Q(proof__isnull=False),
                name="evaluation_return_item_a_page_is_of_a_proof",
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


class Determination(AppendOnlyModel):
    """A written decision of the body about a basic requirement (5.1) that the rules left open, or did not find met."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="determinations")
    round = models.PositiveSmallIntegerField("轮次")
    clause = models.CharField("条款", max_length=60)
    reason = models.TextField("理由")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "基本要求认定"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "round", "clause"], name="evaluation_determination_once_a_clause"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clause}：{self.reason}"


class Refusal(AppendOnlyModel):
    """不予受理 (8.2): the ground, and the finding it rests on."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="refusal")
    ground = models.CharField("情形", max_length=40)  # key of a disqualification of the pack
    cites = models.CharField("条款", max_length=60)
    finding = models.TextField("认定的事实与依据")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "不予受理"

    def __str__(self) -> str:
        return f"{self.cites}：{self.finding}"
