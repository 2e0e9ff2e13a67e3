"""What the page of a sheet shows. The applicant's own score of a row comes only after the band was chosen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from cqo_portal.digests import sha256
from cqo_portal.jurisdictions import pack
from cqo_portal.jurisdictions.scheme import Band, EvaluationScheme, Group, Indicator
from cqo_portal.jurisdictions.vocabulary import Nature
from cqo_portal.ui.due import Due
from cqo_portal.wording import day_long, plain_decimal
from evaluation.frozen import scheme_of
from evaluation.limits import COMMENT
from evaluation.models import Mark, Proof, Sheet, SignedSheet
from evaluation.permissions import scores
from evaluation.scoring import gaps_in_words
from evaluation.sheets import marks
from evaluation.sheets.dossier import proofs_of, said_in
from evaluation.sheets.marks import Entry, Place
from evaluation.sheets.standing import Standing, standing

# What can be done without a mouse; the list opens with “?”.
KEYS = (
    (("↑", "↓"), "换行（评分表里）"),
    (("0", "–", "5"), "选档"),
    (("←", "→"), "系数取低、取高"),
    (("C",), "写评语；写完按 Esc 离开"),
    (("E",), "钉住正在看的这一页，再按一次取下"),
    (("[", "]"), "材料上一页、下一页"),
    (("Ctrl", "Enter"), "去签署"),
)


@dataclass(frozen=True)
class Choice:
    """A coefficient one may take, and what it is worth in this row."""

    value: Decimal
    band: Band
    points: Decimal
    is_on: bool


@dataclass(frozen=True)
class OwnScore:
    """What the applicant gave himself."""

    band: int
    coefficient: Decimal
    points: Decimal


@dataclass(frozen=True)
class ShownPin:
    place: Place
    label: str

    @property
    def key(self) -> str:
        return self.place.key


@dataclass(frozen=True)
class Row:
    """One indicator of the sheet, as kept or as typed (`problems`, `conflict`: why it was not kept)."""

    indicator: Indicator
    scheme: EvaluationScheme
    entry: Entry
    version: int
    saved_at: datetime | None
    statement: str
    own: OwnScore | None
    pins: list[ShownPin]
    talked: bool = True  # an interview is on record
    problems: list[str] = field(default_factory=list)
    conflict: str = ""

    @property
    def id(self) -> str:
        return f"row-{self.indicator.code}"

    @property
    def points(self) -> Decimal | None:
        if self.entry.coefficient is None:
            return None
        return self.indicator.points * self.entry.coefficient

    @property
    def band(self) -> Band | None:
        return None if self.entry.band is None else marks.band_numbered(self.entry.band, self.scheme)

    @property
    def coefficient(self) -> str:
        return "" if self.entry.coefficient is None else plain_decimal(self.entry.coefficient)

    @property
    def bands(self) -> list[tuple[Band, str, str, bool]]:
        """Best first: (band, its name and what it means for this kind of indicator, whether it is chosen)."""
        nature = self.indicator.nature
        return [
            (
                band,
                band.label_for(nature),
                band.result if nature is Nature.RESULT else band.performance,
                band.number == self.entry.band,
            )
            for band in sorted(self.scheme.bands, key=lambda band: -band.number)
        ]

    @property
    def band_label(self) -> str:
        """`4 档，满足 70%–85%`; of a result the number alone."""
        number, label = f"{self.band.number} 档", self.band.label_for(self.indicator.nature)
        return number if label == number else f"{number}，{label}"

    @property
    def gaps(self) -> str:
        """What becomes of a percentage between two bands; results have no percentages."""
        return gaps_in_words(self.scheme) if self.indicator.nature is Nature.PERFORMANCE else ""

    @property
    def table(self) -> str:
        return "表 B.2“结果”" if self.indicator.nature is Nature.RESULT else "表 B.1“表现”"

    @property
    def choices(self) -> list[Choice]:
        worth, chosen = self.indicator.points, self.entry.coefficient
        return [
            Choice(value, band, worth * value, is_on=value == chosen)
            for band in self.scheme.bands
            for value in band.coefficients
        ]

    @property
    def steps(self) -> list[tuple[int, bool]]:
        """Five little boxes: (where, filled)."""
        return [(9 * n, n < (self.entry.band or 0)) for n in range(5)]

    @property
    def lacks(self) -> tuple[str, ...]:
        return marks.missing_in(self.entry, talked=self.talked)

    @property
    def is_interviewed(self) -> bool:
        return Place() in self.entry.places


@dataclass(frozen=True)
class Papers:
    """The dossier beside the sheet: its papers by number, and what is looked at. No paper: the report."""

    papers: list[Proof]
    shown: Proof | None
    page: int

    @property
    def tabs(self) -> list[tuple[int, Proof]]:
        return list(enumerate(self.papers, start=1))

    @property
    def number(self) -> int | None:
        return self.papers.index(self.shown) + 1 if self.shown else None

    def tabs_for(self, code: str) -> list[tuple[int, Proof, bool]]:
        """(number, paper, whether the applicants assigned it to this row), the assigned ones first."""
        told = [(number, paper, code in paper.supports) for number, paper in self.tabs]
        return sorted(told, key=lambda tab: not tab[2])

    @property
    def place(self) -> Place | None:
        return Place(self.shown.pk, self.page) if self.shown else None

    @property
    def here(self) -> str:
        return self.label(self.place) if self.place else ""

    def label(self, place: Place) -> str:
        if place.proof is None:
            return "面试"
        number = next((n for n, paper in self.tabs if paper.pk == place.proof), None)
        return f"证明 {number} · 第 {place.page} 页" if number else f"第 {place.page} 页"


def papers_of(sheet: Sheet, params: Mapping[str, str]) -> Papers:
    """By the address (`?proof=…&page=…`); what it names and is not here, is not shown."""
    papers = list(proofs_of(sheet))
    shown = next((paper for paper in papers if str(paper.pk) == params.get("proof")), None)
    asked = params.get("page", "1")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
    return Papers(papers, shown, min(max(page, 1), shown.pages) if shown else 1)


# ── rows ──────────────────────────────────────────────────────────────────────────────────────
def rows_of(sheet: Sheet, papers: Papers) -> list[Row]:
    kept, talked = marks.marks_of(sheet), marks.talked_in(sheet)
    return [
        replace(_row(sheet, row, kept.get(row.code), papers), talked=talked)
        for row in scheme_of(sheet).indicators
    ]


def row_of(sheet: Sheet, indicator: Indicator, papers: Papers) -> Row:
    row = _row(sheet, indicator, marks.marks_of(sheet).get(indicator.code), papers)
    return replace(row, talked=marks.talked_in(sheet))


def _row(sheet: Sheet, indicator: Indicator, mark: Mark | None, papers: Papers) -> Row:
    if mark is None:
        return _shown(sheet, indicator, Entry(), papers, version=0, saved_at=None)
    return _shown(
        sheet, indicator, marks.entry_of(mark), papers, version=mark.version, saved_at=mark.saved_at
    )


def _shown(sheet: Sheet, indicator: Indicator, entry: Entry, papers: Papers, *, version, saved_at) -> Row:
    said = said_in(sheet)["self_assessment"].get(indicator.code, {})
    return Row(
        indicator,
        scheme_of(sheet),
        entry,
        version,
        saved_at,
        statement=said.get("text", ""),
        own=_own_score(said, indicator) if entry.band is not None else None,
        pins=[ShownPin(place, papers.label(place)) for place in dict.fromkeys(entry.places)],
    )


def _own_score(said: dict, indicator: Indicator) -> OwnScore | None:
    """The caller has looked whether the band was chosen: before, it is not even asked for."""
    if said.get("coefficient") in (None, ""):
        return None
    coefficient = Decimal(said["coefficient"])
    return OwnScore(said["band"], coefficient, indicator.points * coefficient)


def as_typed(row: Row, entry: Entry, papers: Papers, **why) -> Row:
    """The row with what could not be kept still in it. What hangs on the kept band stays by the kept band."""
    pins = [ShownPin(place, papers.label(place)) for place in dict.fromkeys(entry.places)]
    return replace(row, entry=entry, pins=pins, **why)


def conflict_in(mark: Mark) -> str:
    """What the other tab saved, for whoever was overtaken."""
    at = timezone.localtime(mark.saved_at)
    return f"另一个窗口在 {at:%H:%M:%S} 存了这一行（第 {mark.version} 版）：{marks.in_words(marks.entry_of(mark))}。"


def versions_of(rows: Iterable[Row]) -> str:
    """As the page sends them back: `7.1.1:3 7.1.2:1 …`."""
    return " ".join(f"{row.indicator.code}:{row.version}" for row in rows)


def pinned_in(rows: list[Row], papers: Papers) -> list[str]:
    """The rows that rest on the page that is looked at."""
    return [row.indicator.code for row in rows if papers.place in row.entry.places and papers.place]


def groups_of(rows: list[Row], now: Standing) -> list[tuple[Group, object, list[Row]]]:
    return [
        (each.group, each, [row for row in rows if row.indicator.group == each.group.code])
        for each in now.groups
    ]


@dataclass(frozen=True)
class Scale:
    """All points of the scheme on one line: what there is, what could be reached, where the grades begin; per cent."""

    now: Standing

    @property
    def whole(self) -> Decimal:
        return sum((each.group.points for each in self.now.groups), Decimal(0))

    @property
    def share(self) -> str:
        return self._percent(self.now.total)

    @property
    def most(self) -> str:
        return self._percent(self.now.most)

    @property
    def ticks(self) -> list[tuple[str, Decimal]]:
        return [(self._percent(grade.least), grade.least) for grade in self.now.grades]

    def _percent(self, points: Decimal) -> str:
        return f"{points * 100 / self.whole:.2f}%"


# ── the page ──────────────────────────────────────────────────────────────────────────────────
def sheet_page(sheet: Sheet, user, params: Mapping[str, str]) -> dict:
    """For its author while it is open; for whoever else may see it, and once it is signed: to read."""
    papers = papers_of(sheet, params)
    if not _is_written(sheet, user):
        return _to_read(sheet, papers, params)
    rows = rows_of(sheet, papers)
    opened = _opened(rows, params.get("row", ""))
    papers = _papers_at(papers, rows, opened, params)
    pinned = {"pinned_in": pinned_in(rows, papers)}
    return _frame(sheet, papers, opened) | writing(sheet, rows) | pinned


def _papers_at(papers: Papers, rows: list[Row], opened: str, params: Mapping[str, str]) -> Papers:
    """Where the address names none (`?proof=` names the report): the first paper that supports the row one is at.

    Once nothing is missing any more, and nobody asked for a row, that is the report.
    """
    if "proof" in params or not (params.get("row") or any(row.lacks for row in rows)):
        return papers
    return replace(papers, shown=next((each for each in papers.papers if opened in each.supports), None))


def _is_written(sheet: Sheet, user) -> bool:
    return scores.test(user, sheet) and sheet.state == Sheet.State.OPEN and not marks.why_closed(sheet)


def writing(sheet: Sheet, rows: list[Row]) -> dict:
    """What follows from the rows as they are kept: also the answer to a save."""
    kept = {row.indicator.code: row.entry for row in rows}
    now = _standing(kept, sheet)
    return {
        "rows": rows,
        "groups": groups_of(rows, now),
        "now": now,
        "scale": Scale(now),
        "missing": [row for row in rows if row.lacks],
        "digest": sha256(marks.content_from(kept, scheme_of(sheet))),
        "seen": versions_of(rows),
        "writable": True,
        "longest": COMMENT,
    }


def _standing(entries: Mapping[str, Entry], sheet: Sheet) -> Standing:
    given = {code: e.coefficient for code, e in entries.items() if e.coefficient is not None}
    return standing(given, scheme_of(sheet))


def _frame(sheet: Sheet, papers: Papers, opened: str) -> dict:
    said = said_in(sheet)
    return {
        "sheet": sheet,
        "about": _about(sheet),
        "edition": pack(sheet.rule_edition),
        "papers": papers,
        "opened": opened,
        "tabs": papers.tabs_for(opened),
        "recommendation": said.get("recommendation", ""),
        "report": said.get("report", ""),
        "more_keys": KEYS,
    }


def _about(sheet: Sheet) -> dict:
    if sheet.calibration_id:
        return {
            "name": sheet.calibration.name,
            "place": "校准案例，供练习",
            "number": "",
            "due": "",
            "due_note": "",
        }
    evaluation = sheet.panellist.evaluation
    application = evaluation.application
    due = evaluation.due_on
    return {
        "name": application.name,
        "place": application.organisation.name,
        "number": evaluation.number,
        "due": f"最迟 {day_long(due)}签署" if due else "",
        "due_note": _left(due) if due else "",
    }


def _left(due) -> str:
    found = Due(due, timezone.localdate())
    return f"{found.ahead}，仍可以签署，请尽快。" if found.left < 0 else f"{found.ahead}。"


def _opened(rows: list[Row], asked: str) -> str:
    """The row the address names, else the first that lacks something."""
    codes = [row.indicator.code for row in rows]
    return asked if asked in codes else next((r.indicator.code for r in rows if r.lacks), codes[0])


def _to_read(sheet: Sheet, papers: Papers, params: Mapping[str, str]) -> dict:
    versions = list(sheet.versions.order_by("number"))
    signed = _version(versions, params.get("version", ""))
    if signed:
        entries = marks.entries_in(signed.content)
    else:
        entries = {code: marks.entry_of(mark) for code, mark in marks.marks_of(sheet).items()}
    rows = [
        _shown(sheet, row, entries.get(row.code, Entry()), papers, version=0, saved_at=None)
        for row in scheme_of(sheet).indicators
    ]
    now = _standing({row.indicator.code: row.entry for row in rows}, sheet)
    opened = _opened(rows, params.get("row", "")) if params.get("row") else ""
    return _frame(sheet, papers, opened) | {
        "rows": rows,
        "pinned_in": pinned_in(rows, papers),
        "groups": groups_of(rows, now),
        "now": now,
        "scale": Scale(now),
        "signed": signed,
        "versions": versions,
        "closed": marks.why_closed(sheet) or "",
        "writable": False,
    }


def _version(versions: list[SignedSheet], asked: str) -> SignedSheet | None:
    """The one that is asked for, else the last."""
    found = next((each for each in versions if str(each.number) == asked), None)
    return found or (versions[-1] if versions else None)
