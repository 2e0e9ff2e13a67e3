"""What a county sent up with one act, and what it left behind and why. Said once; what was taken back stands beside it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.audit.models import Event
from cqo_portal.parties.models import Office
from registry.batches.queries import BatchQuerySet
from registry.models import Filing
from registry.notices.models import Notice


class Batch(AppendOnlyModel):
    """县级批次: many filings sent up together, with a number and a receipt."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField("批次号", max_length=40, unique=True)
    office = models.ForeignKey(Office, models.PROTECT, related_name="batches")  # the county's
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="batches")  # null: of any kind
    included_count = models.PositiveSmallIntegerField("上报件数")
    exception_count = models.PositiveSmallIntegerField("例外件数")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("上报时间", auto_now_add=True)

    objects = BatchQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "县级批次"
        indexes = [models.Index(fields=["office", "at", "id"], name="batch_of_office")]
        constraints = [
            models.CheckConstraint(condition=Q(included_count__gt=0), name="batch_sends_something"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("batches:batch", args=[self.pk])


class BatchItem(AppendOnlyModel):
    """A filing in a batch, as it was named then: sent by exactly one act, or left behind with a reason."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="items")
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="batch_items")
    place = models.PositiveSmallIntegerField("序号")
    round = models.PositiveSmallIntegerField("轮次")
    organisation_name = models.CharField("企业", max_length=200)
    officer_name = models.CharField("首席质量官", max_length=200)
    receipt_number = models.CharField("受理号", max_length=40)
    # The act that sent it up. One act, one batch: the database refuses a second.
    sent = models.OneToOneField(Event, models.PROTECT, null=True, related_name="batch_item")
    found = models.TextField("核对发现", blank=True)  # what stood in its way then, as the check said
    reason = models.CharField("未报理由", max_length=300, blank=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "批次内的件"
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "filing"], name="batch_item_once"),
            models.CheckConstraint(
                condition=Q(sent__isnull=False, reason="", found="")
                | Q(Q(sent=None), ~Q(reason="") | ~Q(found="")),
                name="batch_item_is_sent_or_left_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch} · {self.organisation_name}"


class Reminder(AppendOnlyModel):
    """A county reminds, at most once a day, the enterprises that have not answered a notice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="reminders")
    office = models.ForeignKey(Office, models.PROTECT, related_name="reminders")
    on = models.DateField("日期")
    enterprises = models.PositiveIntegerField("提醒企业数")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "催办"
        constraints = [
            models.UniqueConstraint(fields=["notice", "office", "on"], name="reminder_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.notice} · {self.office} {self.on:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return self.notice.get_absolute_url()
