"""发证: who asked for which certificates, and what became of each. Whatever waits here a worker goes on with."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from certificates.models.certificate import Certificate
from certificates.queries import BatchQuerySet, OrderQuerySet
from cqo_portal.accounts.models import Assignment
from cqo_portal.audit.attested import on_record
from cqo_portal.parties.models import Institution
from evaluation.models import Decision

_SETTLED_ONCE = """
    IF OLD.settled_at IS NOT NULL
       OR (NEW.batch_id, NEW.decision_id, NEW.seen) IS DISTINCT FROM (OLD.batch_id, OLD.decision_id, OLD.seen) THEN
        RAISE EXCEPTION 'order % was settled', OLD.id;
    END IF;
    RETURN NEW;
"""


class Batch(models.Model):
    """One act of issuing, of one certificate or of a whole list. The rights are those of `assignment`, asked again for each."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Institution, models.PROTECT, related_name="certificate_batches")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("发起时间", auto_now_add=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = "发证"
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["body", "-asked_at", "-id"], name="batch_of_body")]
        triggers = [pgtrigger.Protect(name="batch_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.body} {self.asked_at:%Y-%m-%d %H:%M} 发证"

    def get_absolute_url(self) -> str:
        return reverse("certificates:batch", args=[self.pk])


class Order(models.Model):
    """One decision to be certified. It waits until it has its number, or a sentence why there is none.

    `seen`: the digest of what whoever asked had before him (`issuing.standing.seen_of`); nothing else is printed.
    """

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="orders")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="orders")
    seen = models.CharField("所见内容的 SHA-256", max_length=64)
    certificate = models.OneToOneField(Certificate, models.PROTECT, null=True, related_name="order")
    refused = models.TextField("没有发证的原因", blank=True)
    settled_at = models.DateTimeField(null=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = "发证的一项"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "decision"], name="order_once_a_batch"),
            models.UniqueConstraint(
                fields=["decision"], condition=Q(settled_at=None), name="order_one_waiting"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, certificate=None, refused="")
                | Q(settled_at__isnull=False, certificate__isnull=False, refused="")
                | Q(settled_at__isnull=False, certificate=None, refused__regex=r"\S"),
                name="order_ends_one_way",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="order_stays", operation=pgtrigger.Delete),
            on_record(
                "certificates.batch", column="batch_id", said="seen", among=("decisions", "decision_id")
            ),
            pgtrigger.Trigger(
                name="settled_once", when=pgtrigger.Before, operation=pgtrigger.Update, func=_SETTLED_ONCE
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch} {self.decision}"
