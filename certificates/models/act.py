"""What was done with a certificate once it was issued (9.3): on which ground, by which evidence, from which day on."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from certificates.models.certificate import Certificate
from certificates.queries import EvidenceQuerySet
from certificates.validity import Change
from cqo_portal.audit.append_only import AppendOnlyModel
from cqo_portal.audit.attested import on_record
from cqo_portal.jurisdictions.vocabulary import CertificateState
from cqo_portal.papers.models import Paper

# Nothing is recorded of the future, nor before the paper began; what ended it comes while it lasted.
_IN_ITS_TIME = """
    PERFORM 1 FROM certificates_certificate
    WHERE id = NEW.certificate_id AND NEW.effective_on >= first_day AND NEW.effective_on <= NEW."on";
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an act takes effect between the first day of its certificate and the day it is recorded';
    END IF;
    RETURN NEW;
"""


class Act(AppendOnlyModel):
    """`reason` and `evidence` are for those whom it concerns, never for the public. 收回 is an act and leads to no state."""

    class Kind(models.TextChoices):
        SUSPEND = "suspend", "暂停"
        RESUME = "resume", "恢复"
        DISCONTINUE = "discontinue", "中止"
        VOID = "void", "作废"
        SUPERSEDE = "supersede", "换证"
        RECOVER = "recover", "收回"

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="acts")
    kind = models.CharField("办理", max_length=12, choices=Kind.choices)
    led_to = models.CharField("办理后的状态", max_length=14, choices=Certificate.State.choices, blank=True)
    effective_on = models.DateField("生效日期")
    ground = models.CharField("情形", max_length=20, blank=True)  # a key of certificates.grounds
    cites = models.CharField("条款", max_length=60, blank=True)
    reason = models.TextField("事由", blank=True)
    evidence = models.TextField("依据的文书", blank=True)
    successor = models.ForeignKey(Certificate, models.PROTECT, null=True, related_name="+")
    on = models.DateField("登记日期")
    digest = models.CharField("SHA-256", max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "证书办理记录"
        ordering = ["id"]
        indexes = [models.Index(fields=["certificate", "id"], name="act_of_certificate")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["supersede", "resume", "recover"]) | Q(reason__regex=r"\S"),
                name="act_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(kind="supersede", successor__isnull=False)
                | ~Q(kind="supersede") & Q(successor=None),
                name="act_names_the_successor",
            ),
            models.CheckConstraint(
                condition=Q(kind="suspend", led_to="suspended")
                | Q(kind="resume", led_to="valid")
                | Q(kind="discontinue", led_to="discontinued")
                | Q(kind="void", led_to="void")
                | Q(kind="supersede", led_to="superseded")
                | Q(kind="recover", led_to=""),
                name="act_leads_where_it_leads",
            ),
        ]
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            on_record("certificates.certificate", column="certificate_id"),
            pgtrigger.Trigger(
                name="in_its_time", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_IN_ITS_TIME
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certificate} {self.get_kind_display()} {self.effective_on:%Y-%m-%d}"

    @property
    def change(self) -> Change:
        """What it made of its certificate; of one that led to a state."""
        return Change(CertificateState(self.led_to), self.effective_on, self.on)


class Evidence(Paper):
    """A paper that bears an act."""

    act = models.ForeignKey(Act, models.PROTECT, related_name="papers")
    file = models.FileField(upload_to="certificates/%Y/%m/")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = "证书办理的依据"
        ordering = ["uploaded_at", "id"]
        constraints = [models.UniqueConstraint(fields=["act", "digest"], name="evidence_once")]
        triggers = [
            pgtrigger.Protect(name="evidence_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            on_record("certificates.act", column="act_id"),
        ]
