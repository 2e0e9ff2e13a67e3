"""聘任首席质量官名册: the officers in office on a day, county by county, in the columns that are wanted.

Read in small parts, so that a province takes no more memory than a county.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import SimpleNamespace
from uuid import UUID

from django.db.models import Func, IntegerField, QuerySet, Sum
from import_export import resources
from import_export.fields import Field

from certificates.models import Certificate
from cqo_portal.jurisdictions.vocabulary import Level, Rank, Size
from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Office, Organisation, Person
from cqo_portal.reference.models import Industry
from cqo_portal.statistics import as_known
from cqo_portal.statistics.as_known import Enterprise, Post
from cqo_portal.statistics.asked import AsOf
from cqo_portal.statistics.learned import earned_known
from cqo_portal.statistics.models import LockedRoster, Yearbook
from cqo_portal.statistics.tables.coverage import division_of
from cqo_portal.statistics.tables.structure import age_on
from cqo_portal.statistics.world import Held, World, held_as_known
from cqo_portal.wording import plain_decimal
from registry.history import YES

AT_ONCE = 500


@dataclass(frozen=True)
class Row:
    """One officer with everything a column may ask for."""

    post: Post
    firm: Enterprise
    area: str
    section: str
    listed: frozenset[str] | None  # None: no list of that year was entered there, and then nothing is claimed
    awards: tuple[str, ...]
    hours: Decimal
    held: Held | None
    phone: str
    on: date


Cell = str | date | int | Decimal | None


@dataclass(frozen=True)
class Column:
    code: str
    label: str
    of: Callable[[Row], Cell]
    usual: bool = True


def _word(scale, code: str) -> str:
    return next((each.label for each in scale if each.value == code), "")


def _yes(said: bool) -> str:
    return "是" if said else "否"


def _above_scale(row: Row) -> str:
    return "" if row.listed is None else _yes(bool(row.listed))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _years_of_work(row: Row) -> int | None:
    since = _day(row.post.facts["quality_since"])
    return max(age_on(since, row.on), 0) if since else None


# As a province asks for them; what nobody published is ours, and may be chosen otherwise.
COLUMNS: dict[str, Column] = {
    each.code: each
    for each in (
        Column("organisation", "企业名称", lambda row: row.firm.name),
        Column("credit_code", "统一社会信用代码", lambda row: row.firm.credit_code),
        Column("area", "所属县（市、区）", lambda row: row.area),
        Column("section", "行业门类", lambda row: row.section),
        Column("industry", "行业代码", lambda row: row.firm.industry, usual=False),
        Column("size", "规模", lambda row: _word(Size, row.firm.size)),
        Column("above_scale", "是否规上", _above_scale),
        Column("awards", "质量奖情况", lambda row: "、".join(row.awards)),
        Column("name", "首席质量官姓名", lambda row: row.post.facts["name"]),
        Column("sex", "性别", lambda row: Person.Sex(row.post.sex).label),
        Column("born", "出生年月", lambda row: f"{row.post.born_on:%Y-%m}" if row.post.born_on else ""),
        Column("education", "学历", lambda row: _word(Level, row.post.facts["education"])),
        Column("title", "职称", lambda row: _word(Rank, row.post.facts["title"])),
        Column("position", "现任职务", lambda row: row.post.facts["post"]),
        Column("in_decision_layer", "是否决策层", lambda row: _yes(row.post.facts["in_decision_layer"] == YES)),
        Column("is_top_manager", "是否最高管理者", lambda row: _yes(row.post.facts["is_top_manager"] == YES), usual=False),
        Column("is_safety_director", "是否兼质量安全总监", lambda row: _yes(row.post.facts["is_safety_director"] == YES), usual=False),
        Column("years_of_work", "从事质量工作年限", _years_of_work),
        Column("appointed_on", "聘任日期", lambda row: row.post.since),
        Column("term_ends", "任期至", lambda row: _day(row.post.facts["term_ends"])),
        Column("filing_number", "备案号", lambda row: row.post.filing_number),
        Column("filed_on", "备案日期", lambda row: row.post.filed_on),
        Column("training_certificate", "培训证书编号", lambda row: row.post.facts["training_certificate"]),
        Column("hours", "本年学时", lambda row: Decimal(plain_decimal(row.hours))),
        Column("grade", "评价等级", lambda row: row.held.grade if row.held else ""),
        Column("certificate", "证书编号", lambda row: row.held.number if row.held else ""),
        Column("certificate_ends", "证书有效期至", lambda row: row.held.validity.last_day if row.held else None),
        Column("phone", "联系电话（遮盖）", lambda row: identifiers.masked_phone(row.phone) if row.phone else ""),
    )
}  # fmt: skip
USUAL = [column.code for column in COLUMNS.values() if column.usual]


class Roster:
    """The roster of an area at two days. Iterating reads it anew, part by part."""

    def __init__(self, area: Office, at: AsOf, columns: list[str]) -> None:
        self.world, self.at = World(area, at), at
        self.columns = [COLUMNS[code] for code in columns if code in COLUMNS]

    @cached_property
    def expected(self) -> int:
        """How many enterprises are looked at; some of them have no officer any more."""
        return as_known.with_posts(set(self.world.counties), self.at.on).count()

    def parts(self) -> Iterator[tuple[int, list[Row]]]:
        """County by county in the order of credit codes: (how many enterprises were looked at, their officers)."""
        for code, county in sorted(self.world.counties.items()):
            possible, last = as_known.with_posts({code}, self.at.on).order_by("credit_code"), ""
            while keys := list(
                possible.filter(credit_code__gt=last).values_list("pk", "credit_code")[:AT_ONCE]
            ):
                last = keys[-1][1]
                yield (
                    len(keys),
                    self._rows(county, Organisation.objects.filter(pk__in=[pk for pk, _ in keys])),
                )

    def rows(self) -> Iterator[Row]:
        for _, rows in self.parts():
            yield from rows

    def _rows(self, county: Office, among: QuerySet[Organisation]) -> list[Row]:
        firms = as_known.enterprises({county.pk}, self.at, among=among)
        posts = [post for post in as_known.posts(list(firms), self.at) if post.serves_on(self.at.on)]
        people = {post.person for post in posts}
        told = _Beside(self, firms, people)
        posts.sort(key=lambda post: (firms[post.organisation].credit_code, post.since, post.pk))
        return [told.row(post, firms[post.organisation], county) for post in posts]

    @cached_property
    def sections(self) -> tuple[dict[str, str], dict[str, str]]:
        """(division → section, section → its name)."""
        rows = Industry.objects.filter(level__lte=Industry.Level.DIVISION)
        divisions = {row.code: row.section for row in rows if row.level == Industry.Level.DIVISION}
        return divisions, {row.code: str(row) for row in rows if row.level == Industry.Level.SECTION}

    def values(self, row: Row) -> dict[str, Cell]:
        return {column.code: column.of(row) for column in self.columns}

    def key_of(self, row: Row) -> UUID:
        return row.post.pk


def rows_of(books: Sequence[Yearbook]) -> int:
    """How many rows their locked rosters hold together."""
    held = LockedRoster.objects.filter(yearbook__in=books)
    return (
        held.aggregate(n=Sum(Func("keys", function="jsonb_array_length", output_field=IntegerField())))["n"]
        or 0
    )


@dataclass(frozen=True)
class LockedRow:
    key: UUID
    values: Mapping[str, Cell]


class LockedRows:
    """The same from rosters that were locked, county after county."""

    def __init__(self, books: Sequence[Yearbook], columns: list[str]) -> None:
        self.books = books
        self.columns = [COLUMNS[code] for code in columns if code in COLUMNS]

    @property
    def expected(self) -> int:
        return rows_of(self.books)

    def parts(self) -> Iterator[tuple[int, list[LockedRow]]]:
        """One county at a time is opened."""
        for book in self.books:
            roster = LockedRoster.objects.get(yearbook=book)
            rows = [
                LockedRow(
                    UUID(key), dict(zip(roster.columns, map(_as_it_was, roster.columns, row), strict=True))
                )
                for key, row in zip(roster.keys, roster.rows, strict=True)
            ]
            yield len(rows), rows

    def values(self, row: LockedRow) -> dict[str, Cell]:
        return {column.code: row.values.get(column.code, "") for column in self.columns}

    def key_of(self, row: LockedRow) -> UUID:
        return row.key


DAYS = frozenset({"appointed_on", "term_ends", "filed_on", "certificate_ends"})


def _as_it_was(code: str, value: Cell) -> Cell:
    if code in DAYS and value:
        return date.fromisoformat(value)
    return Decimal(value) if code == "hours" and value else value


def as_said(value: Cell) -> str | int | None:
    """A cell as it is kept."""
    if isinstance(value, Decimal):
        return plain_decimal(value)
    return value.isoformat() if isinstance(value, date) else value


class _Beside:
    """What a part of the roster takes from other tables, looked up once for all its rows."""

    def __init__(self, roster: Roster, firms: Mapping[UUID, Enterprise], people: set[UUID]) -> None:
        self.roster, at = roster, roster.at
        wanted = {column.code for column in roster.columns}
        held = held_as_known(Certificate.objects.filter(person__in=people), at)
        self.held = {each.person: each for each in held if each.is_valid}
        self.earned = earned_known(people, at) if "hours" in wanted else {}
        phones = Person.objects.filter(pk__in=people).only("phone") if "phone" in wanted else ()
        self.phones = {person.pk: person.phone or "" for person in phones}

    def row(self, post: Post, firm: Enterprise, county: Office) -> Row:
        world = self.roster.world
        divisions, names = self.roster.sections
        section = divisions.get(division_of(firm.industry), "")
        earned = self.earned.get(post.person, ())
        worth = (e.hours for e in earned if e.year == world.at.year and not e.held and not e.refused)
        return Row(
            post=post,
            firm=firm,
            area=county.area,
            section=names.get(section, ""),
            listed=frozenset(world.above_scale.get(firm.pk, ())) if county.pk in world.listing else None,
            awards=tuple(world.awards.get(firm.pk, ())),
            hours=sum(worth, Decimal(0)),
            held=self.held.get(post.person),
            phone=self.phones.get(post.person, ""),
            on=world.at.on,
        )


class RosterExport(resources.Resource):
    """The chosen columns, numbered. Rows are those of the roster."""

    def __init__(self, roster: Roster | LockedRows) -> None:
        super().__init__()
        self.roster, self.place = roster, 0
        named = {"place": "序号"} | {column.code: column.label for column in roster.columns}
        self.fields = {code: Field(code, column_name=label) for code, label in named.items()}

    def get_export_order(self) -> list[str]:
        return list(self.fields)

    def export_field(self, field, instance, **kwargs):
        return getattr(instance, field.attribute)

    def export_resource(self, instance: Row | LockedRow, selected_fields=None, **kwargs):
        self.place += 1
        line = SimpleNamespace(place=self.place, **self.roster.values(instance))
        return super().export_resource(line, selected_fields, **kwargs)
