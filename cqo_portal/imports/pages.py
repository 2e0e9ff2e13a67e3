"""What the page of a run shows: the rows that are asked for, cell by cell, with what is said of each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
from django.utils import timezone

from cqo_portal.audit.models import Event
from cqo_portal.busy import Waiting, waiting
from cqo_portal.imports.catalogue import kind
from cqo_portal.imports.judging import cells_of
from cqo_portal.imports.models import ImportRow, ImportRun, Progress
from cqo_portal.imports.tidy import Column
from cqo_portal.imports.workflow import APPLY_ALL, APPLY_GOOD, DISCARD, PUT_BACK
from cqo_portal.ui.context import url_of
from cqo_portal.ui.paging import Page, keyset

PER_PAGE = 30
FILTERS = (
    ("refused", "有误"),
    ("new", "新增"),
    ("changed", "更新"),
    ("same", "没有变化"),
    ("remarked", "有提示"),
    ("all", "全部"),
)


@dataclass(frozen=True)
class ShownCell:
    """One cell: what stands in the file, what is said against it, and whether it is an input."""

    key: str
    label: str
    address: str
    text: str
    errors: tuple[str, ...]
    remarks: tuple[str, ...]
    was: str  # what the file had, where somebody typed something else
    sealed: bool

    @property
    def name(self) -> str:
        return f"cell-{self.key}"

    @property
    def typed(self) -> str:
        """What the input begins with: a personal number is compared on paper, not on the screen."""
        return "" if self.sealed else self.text


@dataclass(frozen=True)
class ShownRow:
    row: ImportRow
    cells: tuple[ShownCell, ...]
    loose: tuple[str, ...]  # what is said of the row as a whole

    @property
    def title(self) -> str:
        return self.row.told.get("title", "")

    @property
    def refused(self) -> bool:
        return self.row.outcome == ImportRow.Outcome.REFUSED

    @property
    def wrong(self) -> tuple[ShownCell, ...]:
        return tuple(cell for cell in self.cells if cell.errors)

    @property
    def remarked(self) -> tuple[ShownCell, ...]:
        return tuple(cell for cell in self.cells if cell.remarks)

    @property
    def right(self) -> tuple[ShownCell, ...]:
        return tuple(cell for cell in self.cells if not cell.errors and cell.text)

    @property
    def changes(self) -> list[list[str]]:
        return self.row.told.get("changes", [])


class RunPage:
    """The rows of a run as its address says: `?show=refused|new|changed|same|remarked|all`."""

    def __init__(self, run: ImportRun, params: Mapping) -> None:
        self.run = run
        self.params = params
        counts = run.counts
        usual = next((code for code, _ in FILTERS if counts.get(code)), "all")
        self.show = params.get("show") if params.get("show") in dict(FILTERS) else usual

    @cached_property
    def columns(self) -> dict[str, Column]:
        known = {column.key: column for column in kind(self.run.kind).columns(self.run.office)}
        return {key: known[key] for key in self.run.layout.get("columns", {}) if key in known}

    @property
    def filters(self) -> list[tuple[str, str, int]]:
        return [(code, word, self.run.counts.get(code, 0)) for code, word in FILTERS]

    @cached_property
    def page(self) -> Page:
        return keyset(self._rows(), self.params, order=("number",), per_page=PER_PAGE)

    def _rows(self) -> QuerySet:
        rows = self.run.rows.all()
        if self.show == "remarked":
            return rows.filter(remarked=True)
        return rows if self.show == "all" else rows.filter(outcome=self.show)

    @property
    def rows(self) -> list[ShownRow]:
        return [self.shown(row) for row in self.page]

    def shown(self, row: ImportRow) -> ShownRow:
        cells = cells_of(self.run, row)
        verdicts = row.told["verdicts"]
        return ShownRow(
            row,
            tuple(self._cell(row, key, cells[key], verdicts) for key in self.columns),
            tuple(v["sentence"] for v in verdicts if v["column"] not in self.columns),
        )

    def _cell(self, row: ImportRow, key: str, cell, verdicts: list[dict]) -> ShownCell:
        column = self.columns[key]
        said = [verdict for verdict in verdicts if verdict["column"] == key]
        was = ""
        if key in row.fixed:
            untouched = ImportRow(run=self.run, number=row.number, line=row.line, fixed={})
            was = cells_of(self.run, untouched)[key].text
        return ShownCell(
            key=key,
            label=column.label,
            address=cell.address,
            text=_shown(cell.text, column),
            errors=tuple(v["sentence"] for v in said if v["level"] == "error"),
            remarks=tuple(v["sentence"] for v in said if v["level"] != "error"),
            was=_shown(was, column),
            sealed=column.sealed,
        )

    # ── what may be done ──
    @property
    def open(self) -> bool:
        return self.run.state == ImportRun.State.TO_DECIDE

    @property
    def would_happen(self) -> int:
        return self.run.counts.get("new", 0) + self.run.counts.get("changed", 0)

    @property
    def refused(self) -> int:
        return self.run.counts.get("refused", 0)

    @property
    def main_step(self):
        """What the office most likely wants: everything, or what is sound."""
        if not self.open or not self.would_happen:
            return None
        return APPLY_GOOD if self.refused else APPLY_ALL

    @cached_property
    def came_back(self) -> str:
        """Why nothing was imported although it had been confirmed; a worker put it back."""
        if not self.open or not self.run.decided_by_id:
            return ""
        last = Event.objects.about(self.run).filter(action=PUT_BACK.name).order_by("-pk").first()
        return last.note if last else ""

    @property
    def discard(self):
        return DISCARD if self.run.state in DISCARD.source else None

    @cached_property
    def into(self) -> str:
        """The name of what the rows go into, where the kind has such."""
        [(_, name)] = with_targets([self.run])
        return name

    @property
    def leads_to(self) -> str:
        """The address where the result is seen."""
        name = kind(self.run.kind).leads_to
        return name and url_of(name, *filter(None, [self.run.target]))


def with_targets(runs: Iterable[ImportRun]) -> list[tuple[ImportRun, str]]:
    """Each run with the name of what it goes into, or "": one question a kind."""
    runs, asked = list(runs), defaultdict(set)
    for run in runs:
        if run.target:
            asked[run.kind].add(run.target)
    names = {key: name for code, keys in asked.items() for key, name in kind(code).targets(keys).items()}
    return [(run, names.get(run.target, "")) for run in runs]


def _shown(text: str, column: Column) -> str:
    return column.mask(text) if column.sealed and text else text


def waiting_of(run: ImportRun) -> Waiting | None:
    """Who is at it, for a run whose move is the worker's."""
    if run.state not in (ImportRun.State.READING, ImportRun.State.APPLYING):
        return None
    among = ImportRun.objects.unfinished().values_list("pk", flat=True)
    return waiting(run.pk, since=run.moved_at, now=timezone.now(), among=among)


def progress_of(run: ImportRun) -> Progress | None:
    """How far the worker is, if it has said anything since the run began to move."""
    return Progress.objects.filter(pk=run.pk, at__gte=run.moved_at).first()
