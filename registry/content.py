"""What an enterprise said in one round, put for reading: labels, values as words, and what changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.jurisdictions.vocabulary import Appointer, ExperienceKind, Level, Rank, Sector, Size
from cqo_portal.parties.identifiers import masked
from cqo_portal.parties.models import Office, Person
from cqo_portal.reference.queries import industry_name
from registry.models import Proof
from registry.sections import AppointmentSection, EnterpriseSection, ExperienceRows, OfficerSection

SEALED = frozenset({"officer.identity_number", "officer.phone"})  # masked unless shown with a reason


@dataclass(frozen=True)
class Line:
    """One line of the read view. `was` holds the last round's words where they differ; no key, no pin."""

    key: str
    label: str
    value: str
    was: str | None = None

    @property
    def changed(self) -> bool:
        return self.was is not None


@dataclass(frozen=True)
class Part:
    code: str
    title: str
    lines: tuple[Line, ...] = field(default=())

    @property
    def changes(self) -> int:
        return sum(line.changed for line in self.lines)


SECTIONS = (EnterpriseSection, OfficerSection, AppointmentSection)
NUMERALS = "一二三四五"


def read(content: Mapping, *, before: Mapping | None = None) -> list[Part]:
    """The sections of a submission; with `before`, what changed since that round."""
    enterprise, officer, appointment = (_part(section, content, before) for section in SECTIONS)
    return [
        _with(enterprise, Line("", "规模、产业", _size(content["enterprise"]))),
        _with(officer, _experience(content, before)),
        _with(appointment, Line("", "任期至", _term(content["appointment"]))),
    ]


def _with(part: "Part", line: "Line") -> "Part":
    return Part(part.code, part.title, (*part.lines, line))


def _size(enterprise: Mapping) -> str:
    """Worked out from the figures above it, so a return is pinned to those."""
    sector = f"，{Sector(enterprise['sector']).label}" if enterprise["sector"] else ""
    return f"{Size(enterprise['size']).label}（{enterprise['size_year']} 年度）{sector}"


def _term(appointment: Mapping) -> str:
    begins = date.fromisoformat(appointment["appointed_on"])
    return Years(int(appointment["term_years"])).last_day_from(begins).isoformat()


def label_of(key: str) -> str:
    """The words beside the input a return is pinned to."""
    if key == "experience":
        return ExperienceRows.title
    section, _, name = key.partition(".")
    if section == "proof":
        return Proof.Kind(name).label
    found = next(s for s in SECTIONS if s.code == section)
    return found.base_fields[name].label


def known_keys() -> frozenset[str]:
    """Every address a return may be pinned to."""
    inputs = {f"{s.code}.{name}" for s in SECTIONS for name in s.base_fields}
    return frozenset(inputs | {"experience"} | {f"proof.{kind}" for kind in Proof.Kind.values})


def _part(section, content: Mapping, before: Mapping | None) -> Part:
    now, then = content.get(section.code, {}), (before or {}).get(section.code, {})
    lines = []
    for name, form_field in section.base_fields.items():
        key = f"{section.code}.{name}"
        value, old = as_words(key, now.get(name)), as_words(key, then.get(name))
        if not value and not old:
            continue
        same = now.get(name) == then.get(name)  # compared in clear, shown masked
        lines.append(Line(key, form_field.label, value, None if before is None or same else old or "（空）"))
    return Part(section.code, section.title, tuple(lines))


def _experience(content: Mapping, before: Mapping | None) -> Line:
    now, then = content.get("experience", []), (before or {}).get("experience", [])
    changed = before is not None and now != then
    return Line(
        "experience",
        ExperienceRows.title,
        "\n".join(_periods(now)),
        "\n".join(_periods(then)) if changed else None,
    )


def _periods(rows: list) -> Iterator[str]:
    for row in rows:
        kind = "不属质量" if row["kind"] == "other" else ExperienceKind(row["kind"]).label
        yield f"{row['begins']} 至 {row['ends'] or '今'}　{row['employer']}　{row['post']}（{kind}）"


def as_words(key: str, value) -> str:
    """A stored value as a person reads it; sealed ones masked."""
    if value in (None, "", []):
        return ""
    if key in SEALED:
        return masked(value)
    if value is True:
        return "是"
    if value is False:
        return ""
    return _WORDS.get(key, str)(value)


def _grouped(value) -> str:
    return f"{Decimal(value):,}".replace(",", "\u00a0")


_WORDS = {
    "enterprise.office": lambda code: Office.objects.get(pk=code).name,
    "enterprise.industry": industry_name,
    "enterprise.persons": lambda n: f"{_grouped(n)} 人",
    "enterprise.revenue": lambda n: f"{_grouped(n)} 万元",
    "enterprise.assets": lambda n: f"{_grouped(n)} 万元",
    "officer.identity_kind": lambda kind: Person.IdentityKind(kind).label,
    "officer.education": lambda code: Level(code).label,
    "officer.graduated": lambda said: "已毕业" if said == "yes" else "在读、结业或肄业",
    "officer.job_title": lambda code: Rank(code).label,
    "officer.quality_level": lambda code: Rank(code).label,
    "officer.trained": lambda said: "是" if said == "yes" else "否",
    "appointment.appointed_by": lambda code: Appointer(code).label,
    "appointment.term_years": lambda n: f"{n} 年",
    "appointment.faults": lambda keys: "、".join(keys),
}
