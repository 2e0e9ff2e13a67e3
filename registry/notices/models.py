"""The city's notice that opens a window for filing together. Knows enterprises and offices, no filing."""

import uuid
from datetime import date
from functools import reduce
from operator import or_

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.parties.models import Office, Organisation
from registry.notices.queries import NoticeQuerySet

# What a published notice has said, and never unsays. `state` and `until` go on.
SAID = (
    "office",
    "year",
    "title",
    "number",
    "text",
    "opens_on",
    "closes_on",
    "appointments",
    "changes",
    "counties",
    "addressed",
    "rule_edition",
    "published_at",
)


def _some_word_changes() -> pgtrigger.Q:
    return reduce(or_, (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in SAID))


class Notice(models.Model):
    """集中备案通告: who is asked to file what, from when until when. Once published, its words stay."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"
        WITHDRAWN = "withdrawn", "已撤回"

    class Addressed(models.TextChoices):
        ALL = "all", "全部企业"
        INDUSTRY = "industry", "规模以上工业企业"
        SERVICES = "services", "规模以上服务业企业"
        AWARDS = "awards", "质量奖获奖企业"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="notices")  # the city's
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)  # of the draft: two clerks never overwrite each other
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("标题", max_length=120)
    number = models.CharField("文号", max_length=60, blank=True)
    text = models.TextField("正文")
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("截止日期")  # as first said; `until` is what holds now
    until = models.DateField("现截止日期")
    appointments = models.BooleanField("新任职", default=True)
    changes = models.BooleanField("信息变更", default=True)
    counties = ArrayField(models.CharField(max_length=12), verbose_name="面向县（市、区）", default=list)
    addressed = models.CharField("面向企业", max_length=12, choices=Addressed.choices, default=Addressed.ALL)
    rule_edition = models.CharField("规则版本", max_length=40, blank=True)  # fixed when it is published
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField("发布时间", null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "集中备案通告"
        ordering = ["-opens_on", "-id"]
        indexes = [models.Index(fields=["office", "opens_on", "id"], name="notice_of_office")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="notice_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("closes_on")), name="notice_is_only_ever_extended"
            ),
            models.CheckConstraint(
                condition=Q(appointments=True) | Q(changes=True), name="notice_asks_for_something"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="notice_published_when"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_is_never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="published_stays_said",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__published_at__isnull=False) & _some_word_changes(),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("notices:notice", args=[self.pk])

    def asks_for(self, kind: str) -> bool:
        """`kind`: "appointment" or "change"."""
        return {"appointment": self.appointments, "change": self.changes}.get(kind, False)

    def is_open(self, today: date) -> bool:
        return self.state == self.State.PUBLISHED and self.opens_on <= today <= self.until

    @property
    def asks(self) -> str:
        """What is asked for, in words."""
        words = {"新任用的首席质量官备案": self.appointments, "人员或者信息变更备案": self.changes}
        return "、".join(word for word, asked in words.items() if asked)


class Amendment(AppendOnlyModel):
    """What is added to a published notice: a longer window, or an explanation. The first words stay."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="amendments")
    until = models.DateField("延长至", null=True)  # null: words only
    text = models.TextField("补充内容和理由")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "补充通告"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.notice} · {'延期' if self.until else '补充'}"

    def get_absolute_url(self) -> str:
        return self.notice.get_absolute_url()


class Answer(AppendOnlyModel):
    """An enterprise says that nothing has changed. Who does change something files; that answers too."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="answers")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="notice_answers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "没有变化的答复"
        constraints = [
            models.UniqueConstraint(fields=["notice", "organisation"], name="answer_once_a_notice"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · 没有变化"
