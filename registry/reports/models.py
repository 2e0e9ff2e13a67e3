"""Annual reports and what was said in them; roll-ups, and the sign-offs that lock them."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.parties.models import Office, Organisation
from cqo_portal.sealed import SealedJSONField
from registry.reports.queries import AnnualReportQuerySet, RollUpQuerySet


class AnnualReport(models.Model):
    """What an enterprise reports of one year. The draft is as typed; what was handed in are its versions."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        AT_COUNTY = "at_county", "待县级接收"
        RETURNED = "returned", "退回补正"
        RECEIVED = "received", "已接收"
        REOPENED = "reopened", "重新填报中"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="annual_reports")
    office = models.ForeignKey(Office, models.PROTECT, related_name="annual_reports")
    year = models.PositiveSmallIntegerField("年度")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    round = models.PositiveSmallIntegerField("版次", default=0)  # how many versions were handed in
    moved_at = models.DateTimeField("到本环节时间", auto_now_add=True)
    rule_edition = models.CharField("规则版本", max_length=40, blank=True)

    draft = SealedJSONField(default=dict)  # {input name: [typed values]}
    draft_version = models.PositiveIntegerField(default=1)
    draft_saved_at = models.DateTimeField("保存时间", auto_now_add=True)
    draft_saved_by = models.CharField(max_length=100, blank=True)

    objects = AnnualReportQuerySet.as_manager()

    class Meta:
        verbose_name = "年度报告"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year"], name="annual_report_once_a_year"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(round__gt=0), name="annual_report_said_something"
            ),
        ]
        indexes = [models.Index(fields=["office", "state", "moved_at"], name="annual_report_queue")]

    def __str__(self) -> str:
        return f"{self.organisation.name} {self.year} 年度报告"

    def get_absolute_url(self) -> str:
        return reverse("reports:report", args=[self.pk])

    @property
    def look(self) -> str:
        """Which of the portal's signs stands beside the state."""
        signs = {self.State.RECEIVED: "filed", self.State.REOPENED: "draft"}
        return signs.get(self.state, self.state)

    @property
    def returned_pins(self) -> "models.QuerySet[ReportPin]":
        return self.pins.filter(round=self.round).exclude(sent_at=None)


class ReportVersion(AppendOnlyModel):
    """What was handed in once, word for word. `summary` counts it, without a name, for the roll-up."""

    class Kind(models.TextChoices):
        FIRST = "first", "首次报送"
        CORRECTED = "corrected", "改后重报"
        AMENDED = "amended", "截止前修改"
        LATE = "late", "逾期报送"
        CORRECTING = "correcting", "截止后更正"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(AnnualReport, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("版次")
    kind = models.CharField("性质", max_length=12, choices=Kind.choices)
    reason = models.TextField("修改理由", blank=True)
    content = SealedJSONField()  # registry.reports.content.content_of
    summary = models.JSONField(default=dict)  # {figure: how many}, see registry.reports.figures
    digest = models.CharField("SHA-256", max_length=64)
    on = models.DateField("报送日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "年度报告版次"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="report_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.report} 第 {self.number} 版"


class Reception(AppendOnlyModel):
    """A version that the county took as handed in."""

    version = models.OneToOneField(ReportVersion, models.PROTECT, related_name="reception")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("接收时间", auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "接收"

    def __str__(self) -> str:
        return f"{self.version} {self.at:%Y-%m-%d}"


class ReportPin(models.Model):
    """One section to correct, and why. Once sent it stays as it was said."""

    report = models.ForeignKey(AnnualReport, models.PROTECT, related_name="pins")
    round = models.PositiveSmallIntegerField("版次")
    section = models.CharField("部分", max_length=20)
    reason = models.TextField("须改正什么")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "round", "section"], name="report_pin_once_a_section"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="sent_stays_said",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section}：{self.reason}"


class Reminder(AppendOnlyModel):
    """An enterprise was reminded of its report. Once a year: more would be noise."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="report_reminders")
    year = models.PositiveSmallIntegerField("年度")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "催报"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year"], name="report_reminder_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.year} 年度报告催报"

    def get_absolute_url(self) -> str:
        return f"{reverse('reports:index')}?year={self.year}"


class RollUp(models.Model):
    """One office's year: open while reports come in, signed once and for all after the cut-off."""

    class State(models.TextChoices):
        OPEN = "open", "收报中"
        SIGNED = "signed", "已签报锁定"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="roll_ups")
    year = models.PositiveSmallIntegerField("年度")
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.OPEN)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    statement = models.TextField("签报说明", blank=True)
    absences = models.JSONField(default=dict)  # {code of an office below that did not sign: why}

    objects = RollUpQuerySet.as_manager()

    class Meta:
        verbose_name = "年度汇总"
        triggers = [
            pgtrigger.Protect(
                name="signed_stays_signed",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="signed"),
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["office", "year"], name="roll_up_once_a_year")]

    def __str__(self) -> str:
        return f"{self.office.name} {self.year} 年度汇总"

    def get_absolute_url(self) -> str:
        return f"{reverse('reports:index')}?year={self.year}"


class SignOff(AppendOnlyModel):
    """The locked figures of an office's year, the rows they were counted from, and who answers for them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    roll_up = models.OneToOneField(RollUp, models.PROTECT, related_name="sign_off")
    cut_off = models.DateField("截止日")
    rule_edition = models.CharField("规则版本", max_length=40, blank=True)
    rows = models.JSONField()  # registry.reports.figures: enterprises of a county, or the offices below
    figures = models.JSONField()  # {figure: how many}
    digest = models.CharField("SHA-256", max_length=64)  # of figures.body(…)
    roster = SealedJSONField(default=list)  # the county's officers on the cut-off day; names people
    roster_digest = models.CharField(max_length=64, blank=True)
    statement = models.TextField("签报说明")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("签报时间", auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "签报"

    def __str__(self) -> str:
        return f"{self.roll_up} 签报"
