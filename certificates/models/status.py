"""每日状态文件: how every printed certificate stood on a day, for whoever checks without asking us."""

from django.db import models
from django.db.models import Q

from cqo_portal.audit.append_only import AppendOnlyModel


class StatusFile(AppendOnlyModel):
    """A day's file, and the manifest that is signed in its place.

    The file lies in the storage and not in a row: a million certificates make some fifty megabytes a day, which are written
    and read piece by piece. Whatever becomes of it there, the manifest (JWS) holds its SHA-256, and the row its manifest.
    """

    day = models.DateField("日期", unique=True)
    file = models.FileField(upload_to="status/%Y/%m/")
    digest = models.CharField("SHA-256", max_length=64)  # of the file as it is given out, compressed
    size = models.PositiveBigIntegerField("大小（字节）")
    count = models.PositiveIntegerField("证书（张）")
    manifest = models.TextField()
    at = models.DateTimeField("生成时间")

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "证书状态文件"
        ordering = ["-day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$", manifest__regex=r"^[\w-]+\.[\w-]+\.[\w-]+$"),
                name="status_file_is_signed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} 证书状态"
