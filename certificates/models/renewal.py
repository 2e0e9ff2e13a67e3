"""再评价: which certificate an application continues."""

from django.conf import settings
from django.db import models

from certificates.models.certificate import Certificate
from cqo_portal.audit.append_only import AppendOnlyModel
from evaluation.models import Application


class Renewal(AppendOnlyModel):
    """An application begun from a certificate, by its holder or the enterprise."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="renewal")
    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="renewals")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "再评价"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.certificate} → {self.application}"
