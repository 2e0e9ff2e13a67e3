"""The city's yearly notice that opens a window for filing together. Knows enterprises and offices, no filing."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cqo_portal.parties.models import Office


class Notice(models.Model):
    """集中备案通告: who is asked to file what, from when until when."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"
        WITHDRAWN = "withdrawn", "已撤回"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="notices")  # the city's
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("标题", max_length=200)
    number = models.CharField("文号", max_length=60, blank=True)
    text = models.TextField("正文")
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("截止日期")
    appointments = models.BooleanField("新任职", default=True)
    changes = models.BooleanField("信息变更", default=True)
    counties = ArrayField(
        models.CharField(max_length=12), verbose_name="面向县（市、区）", default=list
    )  # empty: all
    addressed = models.CharField("面向企业", max_length=20, default="all")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField("发布时间", null=True)

    class Meta:
        verbose_name = "集中备案通告"
        ordering = ["-opens_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="notice_closes_after_it_opens"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("notices:notice", args=[self.pk])
