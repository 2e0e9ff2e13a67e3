"""What somebody uploads becomes a paper of our making, or is refused with a sentence."""

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from cqo_portal import fenced

FENCE = fenced.Fence(memory=1024 * 1024 * 1024, seconds=20)
SUFFIXES = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}


class NotAccepted(Exception):
    """A sentence for the person who uploaded the file."""


@dataclass(frozen=True)
class Remade:
    content: bytes
    media_type: str
    pages: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def accept(upload: UploadedFile) -> Remade:
    """The upload made anew, or `NotAccepted`. Slow: ask before a row is locked, and `Paper.keep` under the lock."""
    refuse_by_size(upload.size)
    return remake(upload.read())


def remake(raw: bytes) -> Remade:
    """Write the paper anew, or raise `NotAccepted` with what the person can do about it."""
    refuse_by_size(len(raw))
    content, about = behind_the_fence("remade", raw=raw)
    return Remade(content=content, media_type=about["media_type"], pages=about["pages"])


def refuse_by_size(size: int) -> None:
    """Asked before the file is read into memory, too."""
    if not size:
        raise NotAccepted("这个文件是空的。请检查后再传。")
    if size > settings.PAPER_MAX_BYTES:
        most = settings.PAPER_MAX_BYTES // 1024 // 1024
        raise NotAccepted(f"这个文件有 {size / 1024 / 1024:.1f} MB，每件不超过 {most} MB。请压缩后再传。")


def behind_the_fence(job: str, *arguments: str, raw: bytes) -> tuple[bytes, dict]:
    try:
        return fenced.run(f"cqo_portal.papers.remaking:{job}", *arguments, raw=raw, fence=FENCE)
    except fenced.Refusal as refusal:
        raise NotAccepted(str(refusal)) from refusal
    except fenced.OutOfTime as error:
        raise NotAccepted("这个文件过于复杂，处理超时。请另存为普通 PDF 或图片后再传。") from error
    except fenced.Failed as error:
        raise NotAccepted("这个文件处理不了，可能已损坏。请重新导出后再传。") from error
