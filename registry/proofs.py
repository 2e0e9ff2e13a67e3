"""Uploaded papers: made anew in a fenced child process, stored outside the web root, shown as pictures."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from cqo_portal import fenced
from registry.models import Proof

FENCE = fenced.Fence(memory=1024 * 1024 * 1024, seconds=20)


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


def remake(raw: bytes) -> Remade:
    """Write the paper anew, or raise `NotAccepted` with what the person can do about it."""
    refuse_by_size(len(raw))
    content, about = _behind_the_fence("remade", raw=raw)
    return Remade(content=content, media_type=about["media_type"], pages=about["pages"])


def refuse_by_size(size: int) -> None:
    """Asked before the file is read into memory, too."""
    if not size:
        raise NotAccepted("这个文件是空的。请检查后再传。")
    if size > settings.PROOF_MAX_BYTES:
        most = settings.PROOF_MAX_BYTES // 1024 // 1024
        raise NotAccepted(f"这个文件有 {size / 1024 / 1024:.1f} MB，每件不超过 {most} MB。请压缩后再传。")


def page_picture(proof: Proof, *, number: int) -> bytes:
    """One page of a paper as a picture; pages of a PDF are rendered once and kept."""
    if not 1 <= number <= proof.pages:
        raise IndexError(number)
    if proof.media_type != "application/pdf":
        return _stored(proof)
    kept = Path(settings.DATA_DIR) / "pages" / f"{proof.pk}-{number}.png"
    if not kept.exists():
        picture, _ = _behind_the_fence("page_picture", str(number), raw=_stored(proof))
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_suffix(f".{uuid4().hex}")  # two viewers may ask for the page at the same moment
        fresh.write_bytes(picture)
        fresh.rename(kept)
    return kept.read_bytes()


def _stored(proof: Proof) -> bytes:
    with proof.file.open("rb") as stored:
        return stored.read()


def _behind_the_fence(job: str, *arguments: str, raw: bytes) -> tuple[bytes, dict]:
    try:
        return fenced.run(f"registry.remake:{job}", *arguments, raw=raw, fence=FENCE)
    except fenced.Refusal as refusal:
        raise NotAccepted(str(refusal)) from refusal
    except fenced.OutOfTime as error:
        raise NotAccepted("这个文件过于复杂，处理超时。请另存为普通 PDF 或图片后再传。") from error
    except fenced.Failed as error:
        raise NotAccepted("这个文件处理不了，可能已损坏。请重新导出后再传。") from error
