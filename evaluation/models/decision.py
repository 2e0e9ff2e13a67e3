"""评价报告, 评价决定, and what may follow: publication, an appeal."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.audit.attested import on_record
from evaluation.models.consensus import Outcome
from evaluation.models.panel import Evaluation, Panellist
from evaluation.queries import AppealQuerySet


def _only_at(state: str) -> pgtrigger.Trigger:
    """Rows of a stage are added while the case is there: no version, no decision comes late or early."""
    return pgtrigger.Trigger(
        name=f"only_at_{state}",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            PERFORM 1 FROM evaluation_evaluation
            WHERE id = NEW.evaluation_id AND state = '{state}' FOR SHARE;
            IF NOT FOUND THEN
                RAISE EXCEPTION '% belongs to the stage {state}', TG_TABLE_NAME;
            END IF;
            RETURN NEW;
        """,
    )


# A member signs the last version, while it lies with the panel, and his signature is on record as his.
_SIGNS_IN_ITS_TIME = """
    PERFORM 1 FROM evaluation_reportversion AS v
    JOIN evaluation_evaluation AS e ON e.id = v.evaluation_id
    JOIN evaluation_panellist AS p ON p.evaluation_id = e.id
    WHERE v.id = NEW.version_id AND p.id = NEW.panellist_id AND p.state = 'serving' AND e.state = 'reporting'
      AND NOT EXISTS (
          SELECT 1 FROM evaluation_reportversion AS later
          WHERE later.evaluation_id = v.evaluation_id AND later.number > v.number
      )
      AND EXISTS (
          SELECT 1 FROM audit_event AS said
          WHERE said.subject_type = 'evaluation.evaluation' AND said.subject_id = e.id::text
            AND said.action = 'sign-off' AND said.actor_id = NEW.by_id AND said.data ->> 'digest' = v.digest
            AND said.transaction = pg_current_xact_id()::text::bigint
      )
    FOR SHARE OF e, p;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this version cannot be signed off by % now', NEW.panellist_id;
    END IF;
    RETURN NEW;
"""

_TOLD_ONCE_DECIDED = """
    PERFORM 1 FROM evaluation_decision AS d JOIN evaluation_evaluation AS e ON e.id = d.evaluation_id
    WHERE d.id = NEW.decision_id AND e.state = 'decided' FOR SHARE OF e;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only what was decided, and not told yet, is published';
    END IF;
    RETURN NEW;
"""

# An appeal begins lodged, against a published result, and with the record of what lay in the dossier then.
_BEGINS_LODGED = """
    IF NEW.state <> 'lodged' OR NEW.answer <> '' OR NOT EXISTS (
        SELECT 1 FROM evaluation_evaluation WHERE id = NEW.evaluation_id AND state = 'published'
    ) THEN
        RAISE EXCEPTION 'an appeal is lodged against a published result';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM audit_event
        WHERE subject_type = 'evaluation.appeal' AND subject_id = NEW.id::text
          AND data ->> 'digest' = NEW.dossier_digest
          AND transaction = pg_current_xact_id()::text::bigint
    ) THEN
        RAISE EXCEPTION '% was written without a record', TG_TABLE_NAME;
    END IF;
    RETURN NEW;
"""


class Report(models.Model):
    """The leader's working copy, drafted from what was agreed. What is put to the members are its versions."""

    evaluation = models.OneToOneField(Evaluation, models.PROTECT, related_name="report")
    # {"outcome": the number it was drafted from, "drafted": {section or indicator: text}, "texts": the same as written}
    sections = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField("保存时间", auto_now=True)

    class Meta:
        verbose_name = "评价报告"

    def __str__(self) -> str:
        return f"{self.evaluation.number} 评价报告"


class ReportVersion(AppendOnlyModel):
    """A report as it was put to the members, with the PDF they read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="report_versions")
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="reports")
    number = models.PositiveSmallIntegerField("版次")
    content = models.JSONField()
    pdf = models.BinaryField()
    pdf_digest = models.CharField("PDF 的 SHA-256", max_length=64)
    digest = models.CharField("SHA-256", max_length=64)  # of {"outcome", "content", "pdf"}
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "评价报告版次"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "number"], name="evaluation_report_version_once"),
        ]
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            on_record("evaluation.evaluation", column="evaluation_id"),
            _only_at("reporting"),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation.number} 评价报告第 {self.number} 版"


class SignOff(AppendOnlyModel):
    """A member stands by a version of the report, or does so with a reservation that is printed in the file."""

    version = models.ForeignKey(ReportVersion, models.PROTECT, related_name="sign_offs")
    panellist = models.ForeignKey(Panellist, models.PROTECT, related_name="sign_offs")
    name = models.CharField("签写的姓名", max_length=100)
    reservation = models.TextField("保留意见", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "报告会签"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "panellist"], name="report_signed_off_once"),
        ]
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            pgtrigger.Trigger(
                name="in_its_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_SIGNS_IN_ITS_TIME,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Decision(AppendOnlyModel):
    """评价决定: the body adopts the report. The grade is the outcome's; nobody can write another one here."""

    evaluation = models.OneToOneField(Evaluation, models.PROTECT, related_name="decision")
    report = models.ForeignKey(ReportVersion, models.PROTECT, related_name="decisions")
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="decisions")
    grade = models.CharField("等级", max_length=10)
    deliberated = models.TextField("审议情况")  # who deliberated, when, what was said
    on = models.DateField("决定日期")
    digest = models.CharField("SHA-256", max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "评价决定"
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            on_record("evaluation.evaluation", column="evaluation_id"),
            _only_at("at_body"),
            pgtrigger.Trigger(
                name="grade_of_the_outcome",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM evaluation_outcome AS o
                        JOIN evaluation_reportversion AS r ON r.outcome_id = o.id AND r.id = NEW.report_id
                        WHERE o.id = NEW.outcome_id AND o.evaluation_id = NEW.evaluation_id AND o.grade = NEW.grade
                          AND NOT EXISTS (
                              SELECT 1 FROM evaluation_outcome AS later
                              WHERE later.evaluation_id = o.evaluation_id AND later.number > o.number
                          )
                          AND NOT EXISTS (
                              SELECT 1 FROM evaluation_reportversion AS newer
                              WHERE newer.evaluation_id = o.evaluation_id AND newer.number > r.number
                          )
                    ) THEN
                        RAISE EXCEPTION 'the grade decided on is that of the last result';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation.number} {self.grade}"


class Publication(AppendOnlyModel):
    """公布: the decision was told to whom it concerns, in words that were looked at before."""

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="publication")
    on = models.DateField("公布日期")
    preview = models.CharField("SHA-256", max_length=64)  # of the messages as they were shown
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "公布"
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            pgtrigger.Trigger(
                name="told_once_decided",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_TOLD_ONCE_DECIDED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.on:%Y-%m-%d}"


class Appeal(models.Model):
    """申诉: against a published decision by whom it concerns, or a review the body begins itself. A new panel judges."""

    class Kind(models.TextChoices):
        APPEAL = "appeal", "申诉"
        REVIEW = "review", "评价机构主动复核"

    class State(models.TextChoices):
        LODGED = "lodged", "待答复"
        GRANTED = "granted", "另组评价组"
        DISMISSED = "dismissed", "未予支持"
        WITHDRAWN = "withdrawn", "已撤回"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField("申诉号", max_length=40, unique=True)
    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="appeals")
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.LODGED)
    grounds = models.TextField("理由")
    dossier_digest = models.CharField("案卷摘要", max_length=64)  # decisions.appeals.dossier_of, when lodged
    lodged_on = models.DateField("提出日期")
    due_on = models.DateField("答复期限", null=True)
    moved_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer = models.TextField("答复", blank=True)
    run = models.OneToOneField(Evaluation, models.PROTECT, null=True, related_name="granted_by")

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = "申诉"
        ordering = ["-lodged_on", "-moved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation"], condition=Q(state="lodged"), name="appeal_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="granted", run__isnull=False) | ~Q(state="granted") & Q(run=None),
                name="appeal_granted_has_its_run",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="appeal_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="begins_lodged", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_BEGINS_LODGED
            ),
            pgtrigger.Protect(
                name="what_was_lodged_stays",
                operation=pgtrigger.UpdateOf(
                    "number", "evaluation_id", "kind", "grounds", "dossier_digest", "lodged_on", "by_id"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation}：{self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:appeal", args=[self.pk])
