"""How a stored paper reaches a browser: as a download in a sandbox, or page by page as a picture. Whose eyes, asks the caller."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse

from cqo_portal.papers.accepting import NotAccepted, behind_the_fence
from cqo_portal.papers.models import Paper

PDF = "application/pdf"


def viewing(papers: Sequence[Paper], params: Mapping) -> tuple[Paper, int] | None:
    """The paper and the page that an address asks for (`?paper=…&page=…`); else the first page of the first."""
    if not papers:
        return None
    paper = next((each for each in papers if str(each.pk) == params.get("paper")), papers[0])
    asked = params.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
    return paper, min(max(number, 1), paper.pages)


def as_download(paper: Paper) -> FileResponse:
    """Never shown inside our origin, never as it was sent."""
    try:
        stored = paper.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(stored, as_attachment=True, filename=paper.name, content_type=paper.media_type)
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def as_picture(paper: Paper, *, number: int) -> HttpResponse:
    try:
        picture = page_picture(paper, number=number)
    except (IndexError, FileNotFoundError, NotAccepted) as error:
        raise Http404 from error
    return HttpResponse(picture, content_type="image/png" if paper.media_type == PDF else paper.media_type)


def page_picture(paper: Paper, *, number: int) -> bytes:
    """One page of a paper as a picture; pages of a PDF are rendered once and kept."""
    if not 1 <= number <= paper.pages:
        raise IndexError(number)
    if paper.media_type != PDF:
        return _stored(paper)
    kept = _kept(paper, number=number)
    if not kept.exists():
        picture, _ = behind_the_fence("page_picture", str(number), raw=_stored(paper))
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_suffix(f".{uuid4().hex}")  # two viewers may ask for the page at the same moment
        fresh.write_bytes(picture)
        fresh.rename(kept)
    return kept.read_bytes()


def _kept(paper: Paper, *, number: int) -> Path:
    """Parted by model: a key speaks only for its own table."""
    return Path(settings.DATA_DIR) / "pages" / paper._meta.label_lower / f"{paper.pk}-{number}.png"


def _stored(paper: Paper) -> bytes:
    with paper.file.open("rb") as stored:
        return stored.read()
