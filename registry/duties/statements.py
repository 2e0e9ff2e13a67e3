"""学时证明: what a ledger says of one year, as a document and as a workbook."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from cqo_portal.printing.documents import pdf_of
from cqo_portal.wording import plain_decimal
from registry.duties.page import Ledger, Row

VERIFY = "核对办法：凭记录号（E-…）向所在地市场监督管理局或者主办单位查询；以平台学时账为准，记录被冲正的以冲正后为准。"


def as_pdf(ledger: Ledger, *, made_at: datetime) -> bytes:
    words = {
        "title": f"{ledger.year} 年度学时证明",
        "organisation": getattr(settings, "AUTHORITY", "") or "首席质量官管理与评价平台",
        "number": "",
        "made_at": made_at,
        "ledger": ledger,
        "verify": VERIFY,
    }
    return pdf_of("hours_statement.html", words)


def headers(ledger: Ledger) -> list[str]:
    return ["记录号", "日期", "内容", "主办单位", *ledger.columns, "计入年度", "来源", "是否计入", "说明"]


def rows(ledger: Ledger) -> Iterator[list]:
    for row in (*ledger.rows, *ledger.rows_of_other_years):
        yield _row(row)


def _row(row: Row) -> list:
    line = row.line
    hours = ["" if cell is None else plain_decimal(cell) for _, cell in row.cells]
    said = "".join(f"{each}；" if not each.endswith("。") else each for each in row.verdict.said)
    return [
        line.number or "（待确认）",
        line.on,
        line.title,
        line.organiser,
        *hours,
        str(line.year),
        line.source,
        row.verdict.word,
        said,
    ]


def notes(ledger: Ledger, *, made_at: datetime) -> list[tuple[str, str]]:
    found = [("姓名", ledger.person.name), ("年度", str(ledger.year)), ("结论", ledger.title)]
    for each in ledger.posts:
        for panel in each.panels:
            said = f"{panel.word}；{panel.sums}{panel.when}"
            found.append((f"{each.asked.post.organisation.name} · {panel.found.duty.label}", said))
    return [*found, ("制表时间", f"{made_at:%Y-%m-%d %H:%M}"), ("核对", VERIFY)]
