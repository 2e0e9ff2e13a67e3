"""培训机构年度工作报告: drafted from the record, signed by name, received by whoever commissioned the provider."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.parties.models import Institution, Office
from training.queries import ProviderReportQuerySet


class ProviderReport(models.Model):
    """One year of one provider, for one authority. Versions say what was handed in."""

    class State(models.TextChoices):
        DRAFT = "draft", "还没有报送"
        HANDED_IN = "handed_in", "已报送，等待接收"
        RETURNED = "returned", "已退回"
        RECEIVED = "received", "已接收"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="yearly_reports")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="委托机关")
    year = models.PositiveSmallIntegerField("年度")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    remarks = models.TextField("说明", blank=True)  # of the draft
    moved_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ProviderReportQuerySet.as_manager()

    class Meta:
        verbose_name = "培训机构年度报告"
        ordering = ["-year", "id"]
        indexes = [models.Index(fields=["office", "year"], name="providerreport_of_office")]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "office", "year"], name="providerreport_once_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.year} 年度"

    def get_absolute_url(self) -> str:
        return reverse("training:provider-report", args=[self.pk])


class ProviderReportVersion(AppendOnlyModel):
    """What was signed and handed in: the figures, and the keys of the very rows they were counted from."""

    report = models.ForeignKey(ProviderReport, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("版")
    figures = models.JSONField()
    keys = models.JSONField()  # {sessions, entries, completions, void}: what was counted
    remarks = models.TextField("说明", blank=True)
    signed_name = models.CharField("签写姓名", max_length=100)
    digest = models.CharField("SHA-256", max_length=64)
    on = models.DateField("报送日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "年度报告版本"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="providerreportversion_once"),
        ]

    def __str__(self) -> str:
        return f"{self.report} 第 {self.number} 版"
