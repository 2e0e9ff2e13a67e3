"""A table as a file: a workbook as offices hand it in, CSV for programs, a PDF with its pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header

from cqo_portal.exports.formats import SafeCsv
from cqo_portal.exports.official import Heading, OfficialXlsx, Sheet
from cqo_portal.parties.models import Office
from cqo_portal.printing.documents import pdf_of
from cqo_portal.statistics.asked import AsOf
from cqo_portal.statistics.charts import Chart, value_in_words
from cqo_portal.statistics.counting import TENTHS, Head, Table, plain
from cqo_portal.statistics.pictures import pictures_of
from cqo_portal.ui.templatetags.ui import edition
from cqo_portal.wording import day_full

FORMATS = {"xlsx": "XLSX", "csv": "CSV", "pdf": "PDF"}
PAPER_HALF = 440  # pixels of half a landscape sheet between its margins
MOST_COLUMNS = 14  # beside each other on a sheet; more are set group by group


@dataclass(frozen=True)
class Leaving:
    """A table on its way out, and what has to be said with it. `digest`: of one that was published."""

    table: Table
    office: Office
    at: AsOf
    edition: str = ""  # by its code
    digest: str = ""
    statement: str = ""
    made_at: datetime | None = (
        None  # of one whose days are not over; else it says the same whenever it is made
    )

    @property
    def dated(self) -> datetime:
        """What a document calls its making: of a table that cannot change any more the moment it was settled."""
        return self.made_at or self.at.recorded_before

    @property
    def title(self) -> str:
        return self.table.title

    @property
    def name(self) -> str:
        return f"{self.office.area}{self.title}-{self.at.on:%Y%m%d}"

    @property
    def days(self) -> str:
        return f"截至 {day_full(self.at.on)}　　按 {day_full(self.at.known)}所知"

    @property
    def notes(self) -> list[tuple[str, str]]:
        said = [
            ("表", f"{self.title}，定义第 {self.table.version} 版"),
            ("范围", self.office.name),
            ("截至", self.at.on.isoformat()),
            ("按哪天所知", self.at.known.isoformat()),
            ("规则版本", edition(self.edition)),
            ("SHA-256", self.digest),
            ("说明", self.statement),
        ]
        targets = [
            (f"目标：{h.group}", f"{h.ratio * 100:.0f}%（{h.cites}）")
            for h in self.table.columns
            if h.ratio is not None
        ]
        return [(word, text) for word, text in (*said, *targets) if text]


def value_of(head: Head, value: Decimal | None) -> Decimal | None:
    """As a cell of a sheet holds it: a share with its tenth, everything else as plain as it is."""
    if value is None:
        return None
    return value.quantize(TENTHS) if head.unit == "%" else Decimal(plain(value))


def answer(leaving: Leaving, as_format: str) -> HttpResponse | FileResponse | StreamingHttpResponse:
    return {"xlsx": _xlsx, "csv": _csv, "pdf": _pdf}[as_format](leaving)


def workbook(leaving: Leaving):
    table = leaving.table
    headings = [Heading(table.row_label, width=18)]
    headings += [Heading(_unit(head), group=head.group) for head in table.columns]
    rows = [
        [row.label, *(value_of(head, value) for head, value in zip(table.columns, values, strict=True))]
        for row, values in table.lines
    ]
    return OfficialXlsx().laid_out(
        Sheet(
            title=leaving.title,
            lines=(f"{leaving.office.name}　　{leaving.days}",),
            headings=headings,
            rows=rows,
            notes=leaving.notes,
            last_is_total=table.totals,
        )
    )


def _unit(head: Head) -> str:
    return f"{head.label}（{head.unit}）" if head.unit else head.label


def _xlsx(leaving: Leaving) -> FileResponse:
    kind = OfficialXlsx().get_content_type()
    return FileResponse(
        workbook(leaving), as_attachment=True, filename=f"{leaving.name}.xlsx", content_type=kind
    )


def _csv(leaving: Leaving) -> StreamingHttpResponse:
    table, form = leaving.table, SafeCsv()
    headers = [
        table.row_label,
        *(f"{head.group}-{_unit(head)}" if head.group else _unit(head) for head in table.columns),
    ]
    rows = (
        [row.label, *(_bare(head, value) for head, value in zip(table.columns, values, strict=True))]
        for row, values in table.lines
    )
    made = StreamingHttpResponse(form.stream(headers, rows), content_type=form.get_content_type())
    made.headers["Content-Disposition"] = content_disposition_header(True, f"{leaving.name}.csv")
    return made


def _bare(head: Head, value: Decimal | None) -> str:
    said = value_of(head, value)
    return "" if said is None else f"{said:f}"


# ── on paper ──────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Strip:
    """As many columns as fit beside each other, with the headings over them."""

    table: Table
    heads: Sequence[Head]

    @property
    def groups(self) -> list[tuple[str, int]]:
        found: list[list] = []
        for head in self.heads:
            if found and found[-1][0] == head.group and head.group:
                found[-1][1] += 1
            else:
                found.append([head.group, 1])
        return [(label, n) for label, n in found]

    @property
    def has_groups(self) -> bool:
        return any(head.group for head in self.heads)

    @property
    def lines(self) -> list[tuple[str, list[str]]]:
        return [
            (row.label, [value_in_words(head, self.table[row.code, head.code]) for head in self.heads])
            for row, _ in self.table.lines
        ]


def strips_of(table: Table) -> list[Strip]:
    """A table of many columns in pieces that end between two groups."""
    pieces: list[list[Head]] = [[]]
    groups: list[list[Head]] = []
    for head in table.columns:
        if groups and groups[-1][0].group == head.group and head.group:
            groups[-1].append(head)
        else:
            groups.append([head])
    for group in groups:
        if pieces[-1] and len(pieces[-1]) + len(group) > MOST_COLUMNS:
            pieces.append([])
        pieces[-1] += group
    return [Strip(table, heads) for heads in pieces if heads]


def drawn(charts: Sequence[Chart], *, prefix: str = "") -> tuple[list[tuple[Chart, str]], dict[str, bytes]]:
    """The pictures and the names they go by in a document, and their SVG by name."""
    named = [(chart, f"{prefix}chart-{n}.svg") for n, chart in enumerate(charts)]
    svg = {name: picture(chart).encode() for chart, name in named}
    return named, svg


def picture(chart: Chart, *, width: int = PAPER_HALF) -> str:
    return render_to_string("statistics/_chart.html", {"chart": chart, "paper": width}).partition("\n")[2]


def pdf(leaving: Leaving) -> bytes:
    charts, svg = drawn(pictures_of(leaving.table))
    context = {
        "leaving": leaving,
        "strips": strips_of(leaving.table),
        "charts": charts,
        "title": leaving.title,
        "organisation": leaving.office.name,
        "number": "",
        "made_at": leaving.dated,
    }
    return pdf_of("statistics_table.html", context, drawn=svg)


def _pdf(leaving: Leaving) -> HttpResponse:
    made = HttpResponse(pdf(leaving), content_type="application/pdf")
    made.headers["Content-Disposition"] = content_disposition_header(True, f"{leaving.name}.pdf")
    return made
