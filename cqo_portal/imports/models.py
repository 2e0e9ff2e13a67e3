"""A file somebody sent, row by row: as read, as understood, and what became of it."""

import uuid

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cqo_portal.imports.catalogue import kind
from cqo_portal.imports.queries import ImportRowQuerySet, ImportRunQuerySet
from cqo_portal.parties.models import Institution, Office
from cqo_portal.sealed import SealedJSONField, seal, unseal


class ImportRun(models.Model):
    """One file under one heading. It lies sealed; its digest says whether it came before.

    Held by the office or by the institution it was sent for. `target`: the thing its rows go into, if the kind has such.
    """

    class State(models.TextChoices):
        READING = "reading", "正在读取"
        TO_DECIDE = "to_decide", "待确认"
        APPLYING = "applying", "正在导入"
        DONE = "done", "已导入"
        FAILED = "failed", "读取失败"
        DISCARDED = "discarded", "已作废"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("种类", max_length=30)
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, related_name="imports", verbose_name="管辖机构"
    )
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, related_name="imports", verbose_name="机构"
    )
    target = models.UUIDField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    # The role in which it was sent: for its house, and as whoever holds it, the worker goes on.
    acting = models.ForeignKey("accounts.Assignment", models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="确认人"
    )
    at = models.DateTimeField("时间", default=timezone.now)
    year = models.PositiveSmallIntegerField("年度", null=True)
    name = models.CharField("文件名", max_length=200)
    size = models.PositiveIntegerField("大小（字节）")
    digest = models.CharField(max_length=64)
    file = models.FileField(upload_to="imports/")
    sheet = models.CharField("工作表", max_length=100, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.READING)
    moved_at = models.DateTimeField(default=timezone.now)
    good_rows_only = models.BooleanField("只导入没有问题的行", default=False)
    layout = models.JSONField(default=dict)  # where the header stands, and which column is which
    says = models.JSONField(default=list)  # what the reader noticed, in sentences
    counts = models.JSONField(default=dict)  # rows by outcome, as they were last judged
    failure = models.TextField("未能读取的原因", blank=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = "导入"
        indexes = [
            models.Index(fields=["office", "-at", "-id"], name="import_of_office"),
            models.Index(fields=["institution", "-at", "-id"], name="import_of_institution"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(office__isnull=False, institution=None)
                | Q(office=None, institution__isnull=False),
                name="import_has_one_holder",
            ),
            models.UniqueConstraint(
                fields=["office", "institution", "kind", "target", "year", "sheet", "digest"],
                condition=~Q(state__in=("discarded", "failed")),
                nulls_distinct=False,
                name="import_same_file_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}：{self.name}"

    def get_absolute_url(self) -> str:
        return reverse("imports:run", args=[self.pk])

    @property
    def label(self) -> str:
        return kind(self.kind).label

    @property
    def _place(self) -> str:
        return f"{self._meta.db_table}.file:{self.pk}"

    def keep(self, content: bytes) -> None:
        """Put the file away under seal."""
        self.file.save(
            f"{self.pk}.sealed", ContentFile(seal(content, place=self._place).encode()), save=False
        )

    def content(self) -> bytes:
        with self.file.open("rb") as stored:
            return unseal(stored.read().decode(), place=self._place)


class ImportRow(models.Model):
    """One row of the file. What was read, understood and said lies under one seal: rows name people."""

    class Outcome(models.TextChoices):
        NEW = "new", "新增"
        CHANGED = "changed", "更新"
        SAME = "same", "没有变化"
        REFUSED = "refused", "有误"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField("行")
    outcome = models.CharField("后果", max_length=10, choices=Outcome.choices)
    remarked = models.BooleanField("有提示", default=False)
    key_index = models.CharField(
        max_length=64, blank=True
    )  # keyed hash: equal rows of one file find each other
    hidden = models.BooleanField(default=False)
    line = SealedJSONField()  # {column of the sheet: [value, flaw]}
    told = SealedJSONField()  # {values, verdicts, changes, title}
    fixed = SealedJSONField(default=dict)  # {key: text}, typed in place of a cell

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = "导入的行"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="import_row_once")]
        indexes = [
            models.Index(fields=["run", "outcome", "number"], name="import_row_by_outcome"),
            models.Index(fields=["run", "key_index"], name="import_row_by_key", condition=~Q(key_index="")),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 行"


class Progress(models.Model):
    """How far a worker is: written past its transaction, so that a page can show it. Nothing depends on it."""

    run_id = models.UUIDField(primary_key=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "导入进度"

    def __str__(self) -> str:
        return f"{self.done}/{self.total}"
