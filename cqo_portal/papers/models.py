"""What every accepted paper has. Each app hangs its own on what it is about, and says where its files lie."""

import uuid
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import models

from cqo_portal.papers.accepting import SUFFIXES, Remade


class Paper(models.Model):
    """A paper somebody handed in, made anew by us from what was sent. Never served as sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("文件名", max_length=200)
    file = models.FileField(upload_to="papers/%Y/%m/")
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField("大小（字节）")
    pages = models.PositiveSmallIntegerField("页数")
    digest = models.CharField("SHA-256", max_length=64)
    uploaded_at = models.DateTimeField(auto_now_add=True)

    unnamed = "材料"  # what it is called where nothing of the sender's name can be shown

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def keep(self, made: Remade, *, sent_as: str) -> None:
        """Store what we made, and the row. The file is called after the row: no name of a sender becomes a path."""
        suffix = SUFFIXES[made.media_type]
        self.name = self._shown_name(sent_as) + suffix
        self.media_type, self.pages, self.digest = made.media_type, made.pages, made.digest
        self.size = len(made.content)
        self.file.save(f"{self.pk}{suffix}", ContentFile(made.content), save=False)
        self.save()

    def _shown_name(self, sent_as: str) -> str:
        """The sender's name for the file, without folders and suffix."""
        stem = PurePath(sent_as.replace("\\", "/")).stem
        return ("".join(sign for sign in stem if sign.isprintable()).strip() or self.unnamed)[:150]
