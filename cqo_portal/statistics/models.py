"""Tables that were published and stay as they were said; a year's set of them; files that were ordered."""

import json
import uuid
import zlib

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cqo_portal.accounts.models import Assignment
from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.audit.attested import on_record
from cqo_portal.digests import canonical, sha256
from cqo_portal.parties.models import Office
from cqo_portal.sealed import SealedJSONField
from cqo_portal.statistics.asked import AsOf
from cqo_portal.statistics.counting import Table, table_of
from cqo_portal.statistics.queries import OrderQuerySet, PublishedQuerySet, YearbookQuerySet


class Yearbook(AppendOnlyModel):
    """年度统计: the tables of an office for a year, locked together. Another edition never replaces the earlier one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="yearbooks")
    year = models.PositiveSmallIntegerField("年度")
    edition = models.PositiveSmallIntegerField("版次")
    on = models.DateField("截至")
    known = models.DateField("按哪天掌握的")
    statement = models.TextField("说明")
    absences = models.JSONField(default=dict)  # {code of an office below that locked none: why}
    words = models.JSONField(default=dict)  # {office, area, above, by, without} as they read that day
    digest = models.CharField("SHA-256", max_length=64)  # of `said`
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("锁定时间", default=timezone.now)

    objects = YearbookQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "年度统计"
        ordering = ["-year", "-edition"]
        constraints = [
            models.UniqueConstraint(fields=["office", "year", "edition"], name="yearbook_edition_once"),
            models.CheckConstraint(condition=Q(edition__gte=1), name="yearbook_counts_from_one"),
        ]
        triggers = [*AppendOnlyModel.Meta.triggers, on_record("statistics.yearbook", column="id")]

    def __str__(self) -> str:
        return f"{self.office.name} {self.year} 年度统计第 {self.edition} 版"

    def get_absolute_url(self) -> str:
        return f"{reverse('statistics:year', args=[self.year, self.office_id])}?edition={self.edition}"

    def said(self, tables: "list[Published]", *, roster: str = "") -> dict:
        """Everything the digest answers for; `roster`: the digest of its roster."""
        return {
            "office": self.office_id,
            "year": self.year,
            "edition": self.edition,
            "on": self.on.isoformat(),
            "known": self.known.isoformat(),
            "statement": self.statement,
            "absences": self.absences,
            "words": self.words,
            "tables": sorted([each.subject, each.dimension, each.digest] for each in tables),
            "roster": roster,
        }


class Published(AppendOnlyModel):
    """公布的统计表: its definition, its figures and the keys of all its rows, as they were. `parts`: of which tables it was made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="published_tables")
    yearbook = models.ForeignKey(Yearbook, models.PROTECT, null=True, related_name="tables")
    subject = models.CharField("表", max_length=20)
    dimension = models.CharField("分组", max_length=20)
    version = models.PositiveSmallIntegerField("定义版本")
    title = models.CharField("表名", max_length=100)
    rule_edition = models.CharField("规则版本", max_length=40, blank=True)
    on = models.DateField("截至")
    known = models.DateField("按哪天掌握的")
    parts = models.JSONField(default=list)  # [{office, area, published, digest}]
    content = models.BinaryField()  # canonical JSON of counting.body, compressed
    records = models.PositiveIntegerField("记录数")
    digest = models.CharField("SHA-256", max_length=64)  # of the same, not compressed
    statement = models.TextField("说明", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("公布时间", default=timezone.now)

    objects = PublishedQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "公布的统计表"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["office", "subject", "-at"], name="published_of_office"),
            models.Index(fields=["-at", "-id"], name="published_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["yearbook", "subject", "dimension"], name="published_once_in_a_yearbook"
            ),
            models.UniqueConstraint(
                fields=["office", "subject", "dimension", "on", "known", "digest"],
                condition=Q(yearbook=None),
                name="published_once_for_two_days",
            ),
        ]
        triggers = [*AppendOnlyModel.Meta.triggers, on_record("statistics.published", column="id")]

    def __str__(self) -> str:
        return f"{self.office.area} {self.title}（截至 {self.on:%Y-%m-%d}）"

    def get_absolute_url(self) -> str:
        return reverse("statistics:published", args=[self.pk])

    @property
    def at_days(self) -> AsOf:
        return AsOf(self.on, self.known)

    def others(self) -> PublishedQuerySet:
        """The same table as it was published at other times, by the same definition."""
        same = {name: getattr(self, name) for name in ("office", "subject", "dimension", "version")}
        return Published.objects.filter(**same).exclude(pk=self.pk)

    @property
    def body(self) -> dict:
        return json.loads(zlib.decompress(self.content))

    @property
    def table(self) -> Table:
        return table_of(self.body)

    def keep(self, body: dict) -> None:
        self.content, self.digest = zlib.compress(canonical(body), 9), sha256(body)
        self.records = len(body["members"])

    @property
    def is_what_was_said(self) -> bool:
        return sha256(self.body) == self.digest


class LockedRoster(AppendOnlyModel):
    """名册 of a county's year as it was locked: every column there is, row by row, under one seal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    yearbook = models.OneToOneField(Yearbook, models.PROTECT, related_name="roster")
    columns = models.JSONField()  # codes of cqo_portal.statistics.roster.COLUMNS
    keys = models.JSONField()  # of the posts, row by row
    rows = SealedJSONField()  # [[text or number]]
    digest = models.CharField("SHA-256", max_length=64)  # of `said`
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "锁定的名册"
        triggers = [*AppendOnlyModel.Meta.triggers, on_record("statistics.yearbook", column="yearbook_id")]

    def __str__(self) -> str:
        return f"{self.yearbook} 名册"

    @property
    def said(self) -> dict:
        return {"columns": self.columns, "keys": self.keys, "rows": self.rows}


def place_of(order: "Order", name: str) -> str:
    """The same whenever it is written: half a file of last month is found and forgotten."""
    return f"exports/{order.asked_at:%Y/%m}/{name}"


class Order(models.Model):
    """导出任务: rows of people, ordered for a purpose, written by a worker, fetched from the inbox, gone after some days."""

    class State(models.TextChoices):
        WAITING = "waiting", "正在准备"
        READY = "ready", "可以下载"
        FAILED = "failed", "没有做成"
        EXPIRED = "expired", "已过期删除"

    class Format(models.TextChoices):
        XLSX = "xlsx", "Excel 工作簿（XLSX）"
        CSV = "csv", "CSV（UTF-8）"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="范围")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="导出人")
    acting = models.ForeignKey(Assignment, models.PROTECT, related_name="+")  # in which role it was ordered
    asked_at = models.DateTimeField("提出时间", default=timezone.now)
    yearbook = models.ForeignKey(Yearbook, models.PROTECT, null=True, related_name="+")  # null: counted anew
    on = models.DateField("截至")
    known = models.DateField("按哪天掌握的")
    columns = models.JSONField("列")
    format = models.CharField("格式", max_length=4, choices=Format.choices)
    purpose = models.CharField("用途", max_length=200)

    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    moved_at = models.DateTimeField(default=timezone.now)
    done = models.PositiveIntegerField("已写行数", default=0)  # how far a worker is; nothing depends on it
    total = models.PositiveIntegerField("行数", null=True)
    file = models.FileField(upload_to=place_of, blank=True)  # sealed, piece by piece
    size = models.PositiveBigIntegerField("大小（字节）", null=True)
    digest = models.CharField("SHA-256", max_length=64, blank=True)
    expires_on = models.DateField("保留至", null=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = "导出任务"
        indexes = [models.Index(fields=["by", "-asked_at"], name="order_of_user")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready")
                | Q(size__isnull=False, expires_on__isnull=False) & ~Q(file="") & ~Q(digest=""),
                name="order_ready_has_its_file",
            ),
            models.CheckConstraint(condition=Q(purpose__regex=r"\S"), name="order_has_its_purpose"),
        ]

    def __str__(self) -> str:
        what = f"{self.yearbook.year} 年度锁定的" if self.yearbook_id else ""
        return f"{self.office.area}{what}首席质量官名册（截至 {self.on:%Y-%m-%d}）"

    def get_absolute_url(self) -> str:
        return reverse("statistics:order", args=[self.pk])

    @property
    def at_days(self) -> AsOf:
        return AsOf(self.on, self.known)

    @property
    def name(self) -> str:
        return f"{self.office.area}首席质量官名册-{self.on:%Y%m%d}.{self.format}"
