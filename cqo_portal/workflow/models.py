"""What every life rests on: forms that took effect, and numbers that were given out."""

from django.conf import settings
from django.db import models


class SentForm(models.Model):
    """A form somebody sent, by its key; and the page its act led to."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    led_to = models.CharField("办理结果", max_length=500, blank=True)
    at = models.DateTimeField("提交时间", auto_now_add=True)

    class Meta:
        verbose_name = "已提交的表单"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="sent_form_once")]

    def __str__(self) -> str:
        return self.led_to


class Series(models.Model):
    """A run of numbers without gaps: the row is locked until the number's owner is committed."""

    key = models.CharField(primary_key=True, max_length=60)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "registry_series"

    def __str__(self) -> str:
        return f"{self.key}: {self.last}"
