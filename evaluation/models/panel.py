"""评价组: one run of a panel over an accepted application, who sits on it, and what they declared."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.audit.attested import on_record
from cqo_portal.jurisdictions.vocabulary import Aggregation
from cqo_portal.parties.models import Institution, Person
from evaluation.conflicts import Origin
from evaluation.models.application import Application, Submission
from evaluation.queries import ON_THE_PANEL, EvaluationQuerySet, PanellistQuerySet

# What is judged, by which text and for whom, never changes; how marks become one result, not once scoring has begun.
_FROZEN = """
    IF (NEW.application_id, NEW.submission_id, NEW.run, NEW.number, NEW.body_id, NEW.rule_edition)
       IS DISTINCT FROM
       (OLD.application_id, OLD.submission_id, OLD.run, OLD.number, OLD.body_id, OLD.rule_edition) THEN
        RAISE EXCEPTION 'evaluation % keeps its dossier, body and edition', OLD.id;
    END IF;
    IF NEW.aggregation IS DISTINCT FROM OLD.aggregation AND (
        OLD.state <> 'convening' OR EXISTS (
            SELECT 1 FROM evaluation_panellist AS p JOIN evaluation_sheet AS s ON s.panellist_id = p.id
            WHERE p.evaluation_id = OLD.id
        )
    ) THEN
        RAISE EXCEPTION 'how the marks of % become one result was chosen before scoring', OLD.number;
    END IF;
    IF OLD.state = 'published' AND NEW.due_on IS DISTINCT FROM OLD.due_on THEN
        RAISE EXCEPTION 'the last day to appeal against % was told', OLD.number;
    END IF;
    RETURN NEW;
"""

# Whoever sits on a panel is named while it is convened: nobody slips in later, and nobody becomes somebody else.
_ONLY_WHILE_CONVENING = """
    IF TG_OP = 'INSERT' OR NEW.is_leader IS DISTINCT FROM OLD.is_leader THEN
        IF NOT EXISTS (
            SELECT 1 FROM evaluation_evaluation WHERE id = NEW.evaluation_id AND state = 'convening'
        ) THEN
            RAISE EXCEPTION 'the panel of % stands', NEW.evaluation_id;
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.evaluation_id, NEW.person_id) IS DISTINCT FROM (OLD.evaluation_id, OLD.person_id) THEN
        RAISE EXCEPTION 'panellist % stays who it is', OLD.id;
    END IF;
    RETURN NEW;
"""

# 复评: whoever was let into the file in an earlier run of the same application judges it no second time.
_NOBODY_TWICE = """
    IF EXISTS (
        SELECT 1 FROM evaluation_panellist AS seat
        JOIN evaluation_evaluation AS earlier ON earlier.id = seat.evaluation_id
        JOIN evaluation_evaluation AS this ON this.id = NEW.evaluation_id
        WHERE seat.person_id = NEW.person_id
          AND earlier.application_id = this.application_id AND earlier.run < this.run
          AND (seat.state = 'serving'
               OR EXISTS (SELECT 1 FROM evaluation_statement WHERE panellist_id = seat.id)
               OR EXISTS (SELECT 1 FROM evaluation_sheet WHERE panellist_id = seat.id))
    ) THEN
        RAISE EXCEPTION 'whoever served in an earlier run of this application does not judge it again';
    END IF;
    RETURN NEW;
"""

# Whatever a page or a rule forgets: nobody sits on the panel that judges himself.
_NOBODY_IN_HIS_OWN_CAUSE = """
    IF EXISTS (
        SELECT 1 FROM evaluation_evaluation AS e JOIN evaluation_application AS a ON a.id = e.application_id
        WHERE e.id = NEW.evaluation_id AND a.person_id = NEW.person_id
    ) THEN
        RAISE EXCEPTION 'nobody judges himself: panellist %', NEW.id;
    END IF;
    RETURN NEW;
"""


class Evaluation(models.Model):
    """One run of a panel over what was handed in: the first, or after an appeal another one."""

    class State(models.TextChoices):
        CONVENING = "convening", "组建评价组"
        SCORING = "scoring", "独立评分"
        CONSENSUS = "consensus", "合议"
        REPORTING = "reporting", "编制报告"
        AT_BODY = "at_body", "待评价决定"
        DECIDED = "decided", "待公布"
        PUBLISHED = "published", "已公布"
        CLOSED = "closed", "已终止"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="evaluations")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="evaluations")
    run = models.PositiveSmallIntegerField("第几次", default=1)
    number = models.CharField("评价编号", max_length=40, unique=True)
    body = models.ForeignKey(Institution, models.PROTECT, related_name="evaluations")
    rule_edition = models.CharField("规则版本", max_length=40)
    aggregation = models.CharField(
        "合成方式",
        max_length=12,
        choices=[(each.value, each.label) for each in Aggregation],
        default=Aggregation.CONSENSUS.value,
    )
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.CONVENING)
    moved_at = models.DateTimeField("到本环节时间", auto_now_add=True)
    due_on = models.DateField("本环节期限", null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = "评价"
        indexes = [
            models.Index(fields=["body", "state", "moved_at"], name="evaluation_queue"),
            models.Index(fields=["-moved_at", "-id"], name="evaluation_moved"),
            models.Index(fields=["application"], condition=Q(run__gt=1), name="evaluation_another_run"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["application", "run"], name="evaluation_run_once"),
            models.UniqueConstraint(
                fields=["application"],
                condition=~Q(state__in=["published", "closed"]),
                name="evaluation_one_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(rule_edition=""), name="evaluation_has_its_edition"),
        ]
        triggers = [
            pgtrigger.Protect(name="evaluation_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="begins_convening",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="convening"),
            ),
            pgtrigger.Trigger(
                name="dossier_is_frozen", when=pgtrigger.Before, operation=pgtrigger.Update, func=_FROZEN
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application.name}的评价（{self.number}）"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:evaluation", args=[self.pk])


class Panellist(models.Model):
    """An expert on a panel, from being proposed. Whoever is found to be partial stays on record, set aside."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "拟请"
        INVITED = "invited", "已邀请"
        SERVING = "serving", "已声明"
        DECLINED = "declined", "已谢绝"
        RECUSED = "recused", "已回避"
        RELEASED = "released", "已换下"
        LEFT = "left", "已退出"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="panellists")
    person = models.ForeignKey(Person, models.PROTECT, related_name="panels")
    is_leader = models.BooleanField("组长", default=False)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.PROPOSED)
    moved_at = models.DateTimeField(auto_now_add=True)
    answer_by = models.DateField("请于何日前答复", null=True)

    objects = PanellistQuerySet.as_manager()

    class Meta:
        verbose_name = "评价组成员"
        ordering = ["-is_leader", "moved_at", "id"]
        indexes = [models.Index(fields=["person", "state"], name="panellist_of_person")]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "person"], name="panellist_once"),
            models.UniqueConstraint(
                fields=["evaluation"],
                condition=Q(is_leader=True, state__in=ON_THE_PANEL),
                name="panellist_one_leader",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="panellist_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="begins_proposed",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="proposed"),
            ),
            pgtrigger.Trigger(
                name="named_while_convening",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_ONLY_WHILE_CONVENING,
            ),
            pgtrigger.Trigger(
                name="nobody_twice", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_NOBODY_TWICE
            ),
            pgtrigger.Trigger(
                name="nobody_in_his_own_cause",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_NOBODY_IN_HIS_OWN_CAUSE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person.name}（{self.evaluation.number}）"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:invitation", args=[self.pk])


class OneTimeCode(models.Model):
    """A code that was mailed to an expert; only its hash lies here."""

    panellist = models.ForeignKey(Panellist, models.PROTECT, related_name="codes")
    code_hash = models.CharField(max_length=128)
    sent_to = models.CharField(max_length=254)  # masked
    sent_at = models.DateTimeField(auto_now_add=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "一次性验证码"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.panellist} {self.sent_at:%Y-%m-%d %H:%M}"


class Statement(AppendOnlyModel):
    """回避声明: an expert declares to be impartial, by typed name and one-time code. The text is kept as it was read."""

    panellist = models.OneToOneField(Panellist, models.PROTECT, related_name="statement")
    text = models.TextField("声明")
    digest = models.CharField("SHA-256", max_length=64)
    name = models.CharField("签写的姓名", max_length=100)
    code = models.OneToOneField(OneTimeCode, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "回避声明"
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            on_record("evaluation.panellist", column="panellist_id"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d}"


class Conflict(AppendOnlyModel):
    """A reason why this expert may not judge this officer: found in the record, declared, or reported later."""

    panellist = models.ForeignKey(Panellist, models.PROTECT, related_name="conflicts")
    source = models.CharField("来源", max_length=10, choices=[(each.value, each.label) for each in Origin])
    kind = models.CharField("情形", max_length=30)
    said = models.TextField("事实")
    cites = models.CharField("条款", max_length=60, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "回避情形"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.said


class Coincidence(AppendOnlyModel):
    """不是同一人／同一单位: two have one name and no more. The body says so in writing of a finding that rests on a name.

    It is about what was read (`said`, `fingerprint`) and about this case: another finding is judged anew.
    """

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="coincidences")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    said = models.TextField("比对的结果")
    fingerprint = models.CharField("SHA-256", max_length=64)
    reason = models.TextField("理由")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "同名认定"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "person", "fingerprint"], name="coincidence_said_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="coincidence_has_a_reason"),
        ]
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            on_record("evaluation.evaluation", column="evaluation_id", said="fingerprint"),
        ]

    def __str__(self) -> str:
        return f"{self.person.name}：{self.said}"
