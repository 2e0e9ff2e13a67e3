"""Asking as the public does: on the page and as a machine. What is said comes back as the words of the page."""

import html
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import bare, browser


def by_name(number: str, name: str, *, client: Client | None = None, **more):
    return (client or browser()).post("/verify/", {"number": number, "name": name} | more)


def by_name_json(number: str, name: str, **more):
    return browser().post("/verify/answer.json", {"number": number, "name": name} | more)


def by_file(content: bytes, *, name: str = "证书.pdf", path: str = "/verify/file/"):
    return browser().post(path, {"file": SimpleUploadedFile(name, content, "application/pdf")})


def text_of(answer) -> str:
    """What stands on the page, without its tags."""
    main = re.search(r"<main.*?</main>", answer.text, flags=re.S)[0]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)))


def box(answer) -> tuple[str, str]:
    """(the word, the sentence under it) of the answer."""
    found = re.search(r'class="word">(.*?)</div><p>(.*?)</p>', answer.text, flags=re.S)
    return html.unescape(found[1]), html.unescape(found[2])


def alike(answer, *typed: str) -> bytes:
    """The body with what was typed taken out."""
    body = bare(answer)
    for word in typed:
        body = body.replace(html.escape(word).encode(), b"...")
    return body
