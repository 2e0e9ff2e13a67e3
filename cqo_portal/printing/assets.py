"""What a document may be made of: the sheets named here, and what its caller draws for it. Nothing else has an address."""

from collections.abc import Mapping

from django.conf import settings

SCHEME = "asset:"
SHEETS = frozenset(
    {
        "tokens.css",
        "document.css",
        "calibration_paper.css",
        "certificate.css",
        "completion.css",
        "demo_paper.css",
        "evaluation.css",
        "statistics_paper.css",
    }
)  # of static/css/
MEDIA_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}


class NotOurs(Exception):
    """A document asked for something that is not ours, or that cannot be drawn; none of it was made."""


def content_of(url: str, *, drawn: Mapping[str, bytes]) -> bytes | None:
    """What lies at `asset:<name>`; None for every other address."""
    scheme, name = url[: len(SCHEME)], url[len(SCHEME) :]
    if scheme != SCHEME:
        return None
    if name in SHEETS:
        return (settings.BASE_DIR / "static" / "css" / name).read_bytes()
    return drawn.get(name)
