"""What a table of ours is: where its records come from, what its columns count, and by what its rows may part them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cqo_portal.parties.models import Institution, Office
from cqo_portal.statistics.counting import (
    Balance,
    Column,
    Definition,
    Record,
    Row,
    Rows,
    Sort,
    Table,
    Test,
    count,
)
from cqo_portal.statistics.world import World


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """A way to part the records. `rows` are those there are, empty ones too where there is a fixed number of them."""

    code: str
    label: str
    rows: Callable[[World, Sequence[Record]], Rows]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One table. `rolls_up`: the table of a city is made of what its counties locked; else each office counts itself."""

    code: str
    version: int
    title: str
    lede: str
    records: Callable[[World], Iterable[Record]]
    columns: Callable[[World], Sequence[Column]]
    dimensions: tuple[Dimension, ...]
    balances: Callable[[World], tuple[Balance, ...]] = lambda world: ()
    rolls_up: bool = True
    years: bool = False  # its rows are years: parts of it go together row by row

    def dimension(self, code: str) -> Dimension:
        return next((each for each in self.dimensions if each.code == code), self.dimensions[0])

    def definition(self, world: World) -> Definition:
        return Definition(
            code=self.code,
            version=self.version,
            title=self.title,
            columns=tuple(self.columns(world)),
            balances=self.balances(world),
            totals=not self.years,
        )


def tabulate(
    subject: Subject,
    world: World,
    *,
    by: str = "",
    within: Mapping[str, str] | None = None,
    records: Sequence[Record] | None = None,
) -> Table:
    """The table of a world. `within`: only records of these rows of other dimensions, `{dimension: row}`.

    `records`: those of the world, where the caller has them already.
    """
    found = list(subject.records(world)) if records is None else records
    for code, row in (within or {}).items():
        of = subject.dimension(code).rows(world, found).of
        found = [record for record in found if of(record) == row]
    return count(subject.definition(world), subject.dimension(by).rows(world, found), found)


# ── dimensions most tables share ──────────────────────────────────────────────────────────────
def _by_office(world: World, records: Sequence[Record]) -> Rows:
    """The offices right below, open ones and whatever others there is something of."""
    named = {world.child_of(record["county"]) for record in records}
    shown = [each for code, each in sorted(world.children.items()) if each.active or code in named]
    label = "市（州）" if world.area.level == Office.Level.PROVINCE else "县（市、区）"
    rows = tuple(Row(office.pk, office.area) for office in shown)
    return Rows(label, rows, lambda record: world.child_of(record["county"]))


BY_OFFICE = Dimension(code="office", label="按辖区", rows=_by_office)


def of_scale(code: str, label: str, head: str, scale, fact: str = "") -> Dimension:
    """Rows of a vocabulary of ours, and one for what it does not say."""
    rows = tuple(Row(each.value, each.label) for each in scale)
    known, unsaid = {row.code for row in rows}, Row("none", "未登记")

    def of(record: Record) -> str:
        said = record[fact or code]
        return said if said in known else unsaid.code

    def fitting(world: World, records: Sequence[Record]) -> Rows:
        some = any(of(record) == unsaid.code for record in records)
        return Rows(head, (*rows, unsaid) if some else rows, of)

    return Dimension(code=code, label=label, rows=fitting)


def of_found(
    code: str, label: str, head: str, named: Callable[[set[str]], Mapping[str, str]], fact: str = ""
) -> Dimension:
    """Rows for whatever the records name; `named` says what a set of codes is called."""

    def fitting(world: World, records: Sequence[Record]) -> Rows:
        codes = {record[fact or code] or "none" for record in records}
        words = {"none": "未登记"} | dict(named(codes - {"none"}))
        rows = tuple(
            Row(each, words.get(each, each)) for each in sorted(codes, key=lambda c: (c == "none", c))
        )
        return Rows(head, rows, lambda record: record[fact or code] or "none")

    return Dimension(code=code, label=label, rows=fitting)


def institutions_named(keys: set[str]) -> dict[str, str]:
    return {str(pk): name for pk, name in Institution.objects.filter(pk__in=keys).values_list("pk", "name")}


# ── columns as tables write them ──────────────────────────────────────────────────────────────
def counted(
    code: str, label: str, counts: Test = lambda record: True, *, group: str = "", unit: str = ""
) -> Column:
    return Column(code=code, label=label, group=group, unit=unit, counts=counts)


def shared(code: str, label: str, counts: Test, *, among: Test, group: str = "") -> Column:
    """In percent. The part is looked for within its whole."""
    return Column(
        code=code,
        label=label,
        group=group,
        unit="%",
        sort=Sort.SHARE,
        counts=lambda record: among(record) and counts(record),
        among=among,
    )


def middle(code: str, label: str, amount: str, *, group: str = "", unit: str = "天") -> Column:
    """The median of a fact of the records that have it."""
    return Column(
        code=code,
        label=label,
        group=group,
        unit=unit,
        sort=Sort.MEDIAN,
        counts=lambda record: record[amount] is not None,
        amount=lambda record: record[amount],
    )
