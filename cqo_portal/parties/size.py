"""How large an enterprise is, and in which sector it works. Decimal in, values out; no clock, no database."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cqo_portal.jurisdictions.enterprise_size import (
    GROUPS_TOLD_APART,
    PRIMARY_SECTIONS,
    SECONDARY_SECTIONS,
    SECTIONS,
    SIZE_TABLE,
    SOURCE_OF_SIZES,
    TERTIARY_DIVISIONS,
    Limits,
    Section,
    SizeRow,
)
from cqo_portal.jurisdictions.vocabulary import Sector, Size

_CODE = re.compile(r"([A-T]?)([0-9]{2,4})|([A-T])", re.ASCII | re.IGNORECASE)
_INDICATORS = {
    "persons": ("从业人员", "人"),
    "revenue": ("营业收入", "万元"),
    "assets": ("资产总额", "万元"),
}
# [READ] 中小企业, of which a target speaks, are medium, small and micro ones, as the law on their promotion counts them.
SMALL_AND_MEDIUM = frozenset({Size.MEDIUM.value, Size.SMALL.value, Size.MICRO.value})
_LOWEST_FIRST = (Size.MICRO, Size.SMALL, Size.MEDIUM, Size.LARGE)


class Unclear(ValueError):
    """Size or sector cannot be said; the sentence names what is wrong, `field` where."""

    def __init__(self, sentence: str, *, field: str):
        super().__init__(sentence)
        self.sentence, self.field = sentence, field


class TooCoarse(Unclear):
    """The code is right, but covers enterprises the table treats differently."""


@dataclass(frozen=True)
class Industry:
    """A code of GB/T 4754 in its parts: `C3311` and `3311` are the same industry."""

    section: Section
    digits: str

    @property
    def code(self) -> str:
        return self.digits or self.section.letter

    @property
    def division(self) -> str:
        return self.digits[:2]

    def parts(self) -> tuple[str, ...]:
        """The smallest parts the rules tell apart that this code covers."""
        return tuple(part for part in _parts_of(self.section) if _overlap(part, self.digits))


@dataclass(frozen=True)
class Measured:
    """One indicator: what it is, and the class it gives by itself."""

    value: Decimal
    size: Size
    limits: Limits


@dataclass(frozen=True)
class SizeResult:
    size: Size
    row: str | None
    by: Mapping[str, Measured]
    arithmetic: tuple[str, ...]
    source: str = SOURCE_OF_SIZES


def industry_of(text: str) -> Industry:
    """`C`, `C33`, `33`, `3311` or `C3311` → Industry; raises Unclear with advice."""
    match = _CODE.fullmatch(text.strip())
    if not match:
        raise Unclear(
            f"行业代码“{text[:20]}”不合格式，请填 GB/T 4754 的门类字母，或二至四位数字（如 3311）。",
            field="industry",
        )
    letter, digits = (match[1] or match[3] or "").upper(), match[2] or ""
    return Industry(_section_of(letter, digits), digits)


def sector(industry: str) -> Sector:
    """三次产业. A section letter alone stands for the section as a whole, as the regulation words it."""
    found = industry_of(industry)
    if found.division in TERTIARY_DIVISIONS:
        return Sector.TERTIARY
    if found.section.letter in PRIMARY_SECTIONS:
        return Sector.PRIMARY
    return Sector.SECONDARY if found.section.letter in SECONDARY_SECTIONS else Sector.TERTIARY


def sector_note(industry: str) -> str | None:
    """What a bare section letter leaves open."""
    found = industry_of(industry)
    out = [d for d in TERTIARY_DIVISIONS if not found.digits and d in _parts_of(found.section)]
    if not out:
        return None
    return f"门类 {found.code} 中的大类 {'、'.join(out)} 属第三产业；如企业属于该大类，请填二位以上代码。"


def needed(industry: str) -> tuple[str, ...]:
    """The indicators a size needs in this industry; none where the table does not cover it."""
    row = _row_of(industry_of(industry))
    return tuple(name for name in _INDICATORS if row and getattr(row, name))


def classify(
    industry: str,
    *,
    persons: Decimal | int | None = None,
    revenue: Decimal | int | None = None,
    assets: Decimal | int | None = None,
) -> SizeResult:
    """The lowest class over the indicators the industry's row lists: persons in 人, the others in 万元."""
    found = industry_of(industry)
    row = _row_of(found)
    if row is None:
        reason = f"{found.code}（{found.section.label}）不在划分办法之内，规模须人工填写并写明依据。"
        return SizeResult(Size.UNCLASSIFIED, None, {}, (reason,))
    given = {"persons": persons, "revenue": revenue, "assets": assets}
    by = {name: _measured(name, given[name], row) for name in _INDICATORS if getattr(row, name)}
    size = min((measured.size for measured in by.values()), key=_LOWEST_FIRST.index)
    return SizeResult(size, row.label, by, tuple(_arithmetic(row, by, size)))


def _section_of(letter: str, digits: str) -> Section:
    if not digits:
        return next(section for section in SECTIONS if section.letter == letter)
    division = int(digits[:2])
    found = next((s for s in SECTIONS if s.first <= division <= s.last), None)
    if found is None:
        raise Unclear(f"GB/T 4754 没有大类 {digits[:2]}，请核对行业代码。", field="industry")
    if letter not in ("", found.letter):
        raise Unclear(
            f"大类 {digits[:2]} 属于门类 {found.letter}，不属于 {letter}，请核对行业代码。", field="industry"
        )
    groups = GROUPS_TOLD_APART.get(digits[:2], ())
    if groups and len(digits) > 2 and digits[:3] not in groups:
        raise Unclear(f"GB/T 4754 没有中类 {digits[:3]}，请核对行业代码。", field="industry")
    return found


def _parts_of(section: Section) -> tuple[str, ...]:
    divisions = (f"{number:02}" for number in range(section.first, section.last + 1))
    return tuple(part for d in divisions for part in GROUPS_TOLD_APART.get(d, (d,)))


def _overlap(part: str, digits: str) -> bool:
    return part.startswith(digits) or digits.startswith(part)


def _row_of(industry: Industry) -> SizeRow | None:
    parts_by_row: dict[str, list[str]] = {}
    for part in industry.parts():
        row = _row_of_part(part, industry.section.letter)
        parts_by_row.setdefault(row.label if row else "未划分", []).append(part)
    if len(parts_by_row) > 1:
        choices = "；".join(f"{'、'.join(parts)} {label}" for label, parts in parts_by_row.items())
        raise TooCoarse(
            f"{industry.code} 之内各类的划分标准不同，请填更细的代码（{choices}）。", field="industry"
        )
    return row


def _row_of_part(part: str, letter: str) -> SizeRow | None:
    return next((row for row in SIZE_TABLE if {part, letter} & set(row.industries)), None)


def _measured(name: str, value: Decimal | int | None, row: SizeRow) -> Measured:
    label, unit = _INDICATORS[name]
    if value is None:
        raise Unclear(f"{row.label}按{label}划分规模，请填写{label}（{unit}）。", field=name)
    if value < 0:
        raise Unclear(f"{label}不能是负数，您填的是 {value}。", field=name)
    limits = getattr(row, name)
    return Measured(Decimal(value), _class_of(value, limits), limits)


def _class_of(value: Decimal | int, limits: Limits) -> Size:
    for size in (Size.LARGE, Size.MEDIUM, Size.SMALL):
        if value >= getattr(limits, size.value):
            return size
    return Size.MICRO


def _arithmetic(row: SizeRow, by: Mapping[str, Measured], size: Size) -> Iterator[str]:
    for name, measured in by.items():
        label, unit = _INDICATORS[name]
        yield f"{label} {measured.value:f} {unit}：{_between(measured)}，{measured.size.label}。"
    if len(by) > 1:
        yield f"{row.label}按 {len(by)} 项中较低的一档确定：{size.label}。"
    else:
        yield f"{row.label}只按这一项确定：{size.label}。"


def _between(measured: Measured) -> str:
    value, limits = measured.value, measured.limits
    match measured.size:
        case Size.LARGE:
            return f"{value:f} ≥ {limits.large}"
        case Size.MEDIUM:
            return f"{limits.medium} ≤ {value:f} < {limits.large}"
        case Size.SMALL:
            return f"{limits.small} ≤ {value:f} < {limits.medium}"
        case _:
            return f"{value:f} < {limits.small}"
