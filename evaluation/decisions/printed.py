"""The three papers of this part: 评价报告, the sheet of signatures bound before it, and 评价结果告知 for the applicants."""

import io
from collections.abc import Mapping
from datetime import datetime

import pikepdf

from cqo_portal.printing.documents import pdf_of
from evaluation.decisions.content import SECTIONS
from evaluation.models import ReportVersion

TITLE = "首席质量官评价报告"


def report(content: Mapping, *, number: int, made_at: datetime) -> bytes:
    """`content`: `content.content_of`; `number`: the version."""
    words = {
        "title": TITLE,
        "organisation": content["case"]["body"],
        "number": f"{content['case']['number']}　第 {number} 版",
        "made_at": made_at,
        "content": content,
        "parts": _parts(content),
    }
    return pdf_of("evaluation_report.html", words)


def _parts(content: Mapping) -> list[tuple[str, str]]:
    """[(heading, text)] of what was written, in the order it is read; empty ones are left out."""
    said = content["sections"]
    return [(each.label, said[each.key]) for each in SECTIONS if said[each.key]]


def signed(version: ReportVersion) -> bytes:
    """The report with its sheet of signatures before it. The same rows make the same bytes."""
    signatures = list(version.sign_offs.select_related("panellist").order_by("id"))
    case = version.content["case"]
    words = {
        "title": f"{TITLE}会签页",
        "organisation": case["body"],
        "number": f"{case['number']}　第 {version.number} 版",
        "made_at": max((each.at for each in signatures), default=version.at),
        "version": version,
        "content": version.content,
        "signatures": signatures,
    }
    return _bound(pdf_of("evaluation_sign_offs.html", words), bytes(version.pdf))


def _bound(*papers: bytes) -> bytes:
    made = pikepdf.new()
    for paper in papers:
        with pikepdf.open(io.BytesIO(paper)) as opened:
            made.pages.extend(opened.pages)
    out = io.BytesIO()
    made.save(out, deterministic_id=True)
    return out.getvalue()


def notice(words: Mapping, *, made_at: datetime) -> bytes:
    """`words`: `results.Result` and what stands around it."""
    return pdf_of("evaluation_notice.html", {"title": "评价结果告知", "made_at": made_at, **words})
