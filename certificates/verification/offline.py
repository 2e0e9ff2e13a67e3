"""The checker that works without a network: one file to save, with our public keys in it and nothing to fetch.

Styles and script stand in files of their own and are put in here, because a page opened from a disk has no server to ask.
By its own policy the page runs this script alone and reaches nothing outside.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

SHEETS = ("css/tokens.css", "css/offline.css")
SCRIPT = "js/offline.js"
NAME = "证书离线核验.html"


def assembled(*, keys: Sequence[dict[str, str]], address: str, day: date) -> str:
    """The page as it is saved on `day` from the platform at `address`."""
    sheets, script = {name: _text(name) for name in SHEETS}, _text(SCRIPT)
    page = render_to_string(
        "verify/checker.html",
        {
            "address": address,
            "day": day,
            "given": {"keys": list(keys), "address": address, "day": day.isoformat()},
            "styles": " ".join(f"'{_digest(text)}'" for text in sheets.values()),
            "script": f"'{_digest(script)}'",
        },
    )
    for name, text in sheets.items():
        page = _put(page, f'<link rel="stylesheet" href="{name}">', f"<style>{text}</style>")
    return _put(page, f'<script src="{SCRIPT}"></script>', f"<script>{script}</script>")


def _put(page: str, place: str, text: str) -> str:
    if page.count(place) != 1:
        raise ValueError(f"{place} stands {page.count(place)} times in the template")
    return page.replace(place, text)


def _text(name: str) -> str:
    return Path(finders.find(name)).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """As a content policy names a script or a sheet."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
