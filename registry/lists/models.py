"""Yearly lists that others draw up: who is above scale, who won an award. Facts with their year and source."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cqo_portal.imports.models import ImportRun
from cqo_portal.parties.models import Organisation
from registry.lists.queries import AboveScaleQuerySet, AwardQuerySet


class Listed(models.Model):
    """An enterprise on a list of a year. Taking it off ends the row with a reason; nothing is deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="企业")
    year = models.PositiveSmallIntegerField("年度")
    document = models.CharField("依据文件", max_length=200, blank=True)
    run = models.ForeignKey(ImportRun, models.PROTECT, null=True, related_name="+")  # null: entered by hand
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="录入人")
    at = models.DateTimeField("录入时间", default=timezone.now)
    ended_at = models.DateTimeField("移出时间", null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_reason = models.TextField("移出理由", blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_ends_with_a_reason",
                condition=Q(ended_at=None) | (Q(ended_by__isnull=False) & ~Q(ended_reason="")),
            ),
        ]
        indexes = [
            models.Index(fields=["year", "-at", "-id"], name="%(class)s_of_year", condition=Q(ended_at=None))
        ]


class AboveScale(Listed):
    """规模以上: an imported fact with its year; the denominator of coverage."""

    class Kind(models.TextChoices):
        INDUSTRY = "industry", "规上工业"
        SERVICES = "services", "规上服务业"

    kind = models.CharField("类别", max_length=10, choices=Kind.choices)

    objects = AboveScaleQuerySet.as_manager()

    class Meta(Listed.Meta):
        verbose_name = "规上企业"
        constraints = [
            *Listed.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "year", "kind"], condition=Q(ended_at=None), name="above_scale_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation.name}（{self.year} 年{self.get_kind_display()}）"

    def get_absolute_url(self) -> str:
        return reverse("lists:listing", args=["above-scale", self.year])


class Award(Listed):
    """A quality award of an enterprise, by the year it was granted."""

    class Level(models.TextChoices):
        NATIONAL = "national", "国家级"
        PROVINCE = "province", "省级"
        CITY = "city", "市级"
        COUNTY = "county", "县级"

    name = models.CharField("奖项", max_length=100)
    level = models.CharField("级别", max_length=10, choices=Level.choices)
    granted_by = models.CharField("授奖单位", max_length=100, blank=True)

    objects = AwardQuerySet.as_manager()

    class Meta(Listed.Meta):
        verbose_name = "质量奖"
        constraints = [
            *Listed.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "year", "name"], condition=Q(ended_at=None), name="award_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation.name}：{self.name}（{self.year} 年）"

    def get_absolute_url(self) -> str:
        return reverse("lists:listing", args=["awards", self.year])
