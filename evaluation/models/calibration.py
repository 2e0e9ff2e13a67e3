"""校准案例: a made-up case that experts score before their first panel, with the marks its makers agreed on."""

import uuid

from django.db import models
from django.urls import reverse

from cqo_portal.audit.append_only import AppendOnlyModel


class CalibrationCase(AppendOnlyModel):
    """Shipped, and never changed: a better one is another case. Its papers are `Proof` rows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField("代号", max_length=40, unique=True)
    name = models.CharField("名称", max_length=100)
    rule_edition = models.CharField("规则版本", max_length=40)
    content = models.JSONField()  # the same shape as a submission's content
    reference = models.JSONField()  # {indicator: {"coefficient": "0.7", "why": "…"}}
    at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "校准案例"
        ordering = ["at"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("evaluation:calibration")
