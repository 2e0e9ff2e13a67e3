"""What an enterprise said in one round, put for reading: labels, values as words, and what changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.jurisdictions.vocabulary import Appointer, ExperienceKind, Level, Rank, Sector, Size
from cqo_portal.parties.identifiers import masked, masked_phone
from cqo_portal.parties.models import Office, Person
from cqo_portal.reference.queries import industry_name
from cqo_portal.wording import grouped
from registry.models import Filing, Proof
from registry.record import changed
from registry.sections import (
    ALL_SECTIONS,
    DepartureSection,
    ExperienceRows,
    RenewalSection,
    new_term,
)

SEALED = {  # masked so, unless shown with a reason
    "officer.identity_number": masked,
    "officer.phone": masked_phone,
}


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


def read(content: Mapping, *, before: Mapping | None = None) -> list[Part]:
    """The sections of a submission; with `before`, what changed since that round."""
    parts = [_part(section, content, before) for section in ALL_SECTIONS if section.code in content]
    return [_with(part, *_lines_beside(part.code, content, before)) for part in parts]


def _lines_beside(code: str, content: Mapping, before: Mapping | None) -> Iterator[Line]:
    """What no single input says: worked out from several, or a table."""
    said = content[code]
    if code == "enterprise" and "size" in said:
        yield Line("", "规模、产业", _size(said))
    if code == "officer" and "experience" in content:
        yield _experience(content, before)
    if code == "appointment" and said.get("term_years"):
        yield Line("", "任期至", _term(said))
    if code == "renewal":
        yield Line("", "新任期", _renewed(content))


def _renewed(content: Mapping) -> str:
    begins, ends = term_of_renewal(content["renewal"], old_end=content["was"]["appointment"]["term_ends"])
    return f"{begins} 至 {ends}"


def term_of_renewal(said: Mapping, *, old_end: str) -> tuple[date, date]:
    """First and last day of the term a renewal gives."""
    return new_term(
        old_end=date.fromisoformat(old_end),
        decided_on=date.fromisoformat(said["decided_on"]),
        runs_from=said["runs_from"],
        years=int(said["term_years"]),
    )


def _with(part: Part, *lines: Line) -> Part:
    return Part(part.code, part.title, (*part.lines, *lines))


def _size(enterprise: Mapping) -> str:
    """Worked out from the figures above it, so a return is pinned to those."""
    sector = f"，{Sector(enterprise['sector']).label}" if enterprise["sector"] else ""
    return f"{Size(enterprise['size']).label}（{enterprise['size_year']} 年度）{sector}"


def _term(appointment: Mapping) -> str:
    begins = date.fromisoformat(appointment["appointed_on"])
    return Years(int(appointment["term_years"])).last_day_from(begins).isoformat()


@dataclass(frozen=True)
class Change:
    """One thing a change changes: what is on record, and what will be."""

    label: str
    was: str
    now: str
    key: str = ""


def changes(kind: str, content: Mapping) -> list[Change]:
    """What was and what is, side by side; an appointment changes nothing that was there. `content` is complete."""
    told = {
        Filing.Kind.REPLACEMENT: _person_changed,
        Filing.Kind.DATA: _data_changed,
        Filing.Kind.RENEWAL: _term_changed,
        Filing.Kind.DEPARTURE: _person_left,
    }
    return list(told[kind](content)) if kind in told and "was" in content else []


def _data_changed(content: Mapping) -> Iterator[Change]:
    was = content["was"]
    for section, fields in changed(content, was).items():
        for name, value in fields.items():
            key = f"{section}.{name}"
            if name not in _DERIVED:
                yield Change(label_of(key), in_words(key, was[section][name]), in_words(key, value), key)
    if _size(content["enterprise"]) != _size(was["enterprise"]):
        yield Change("规模、产业", _size(was["enterprise"]), _size(content["enterprise"]))


def _person_changed(content: Mapping) -> Iterator[Change]:
    was, officer, last_day = content["was"], content["officer"], content["predecessor"]["last_day"]
    yield Change("首席质量官", was["officer"]["name"], officer["name"], "officer.name")
    held, begins = was["appointment"]["appointed_on"], content["appointment"]["appointed_on"]
    yield Change("任职", f"{held} 至 {last_day}", f"{begins} 起，任期至 {_term(content['appointment'])}")
    for name in ("post", "education", "job_title"):
        key = f"officer.{name}"
        yield Change(label_of(key), in_words(key, was["officer"][name]), in_words(key, officer[name]), key)
    yield from _data_changed(content | {"officer": {}, "appointment": {}})


def _term_changed(content: Mapping) -> Iterator[Change]:
    was = content["was"]["appointment"]["term_ends"]
    begins, ends = term_of_renewal(content["renewal"], old_end=was)
    yield Change("任期至", was, f"{ends}（新任期自 {begins} 起）", "renewal.term_years")


def _person_left(content: Mapping) -> Iterator[Change]:
    was, last_day = content["was"], date.fromisoformat(content["departure"]["last_day"])
    name, vacant_from = was["officer"]["name"], last_day + timedelta(days=1)
    held = f"{name}在任，任期至 {was['appointment']['term_ends']}"
    yield Change("岗位", held, f"{name}任职到 {last_day}；{vacant_from} 起空缺", "departure.last_day")


def in_words(key: str, value) -> str:
    """As `as_words`, and empty says that it is empty."""
    return as_words(key, value) or ("否" if value is False else "（空）")


_DERIVED = ("size", "size_year", "sector")  # they follow from the figures, and are said together


def label_of(key: str) -> str:
    """The words beside the input a return is pinned to."""
    if key == "experience":
        return ExperienceRows.title
    section, _, name = key.partition(".")
    if section == "proof":
        return Proof.Kind(name).label
    found = next(s for s in ALL_SECTIONS if s.code == section)
    return found.base_fields[name].label


def known_keys() -> frozenset[str]:
    """Every address a return may be pinned to."""
    inputs = {f"{s.code}.{name}" for s in ALL_SECTIONS for name in s.base_fields}
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


def experience_in_words(content: Mapping) -> str:
    return "\n".join(_periods(content.get("experience", [])))


def _periods(rows: list) -> Iterator[str]:
    for row in rows:
        kind = "不属质量" if row["kind"] == "other" else ExperienceKind(row["kind"]).label
        yield f"{row['begins']} 至 {row['ends'] or '今'}　{row['employer']}　{row['post']}（{kind}）"


def as_words(key: str, value) -> str:
    """A stored value as a person reads it; sealed ones masked."""
    if value in (None, "", []):
        return ""
    if key in SEALED:
        return SEALED[key](value)
    if value is True:
        return "是"
    if value is False:
        return ""
    return _WORDS.get(key, str)(value)


_WORDS = {
    "enterprise.office": lambda code: Office.objects.get(pk=code).name,
    "enterprise.industry": industry_name,
    "enterprise.persons": lambda n: f"{grouped(Decimal(n))} 人",
    "enterprise.revenue": lambda n: f"{grouped(Decimal(n))} 万元",
    "enterprise.assets": lambda n: f"{grouped(Decimal(n))} 万元",
    "officer.identity_kind": lambda kind: Person.IdentityKind(kind).label,
    "officer.education": lambda code: Level(code).label,
    "officer.graduated": lambda said: "已毕业" if said == "yes" else "在读、结业或肄业",
    "officer.job_title": lambda code: Rank(code).label,
    "officer.quality_level": lambda code: Rank(code).label,
    "officer.trained": lambda said: "是" if said == "yes" else "否",
    "appointment.appointed_by": lambda code: Appointer(code).label,
    "appointment.term_years": lambda n: f"{n} 年",
    "appointment.faults": lambda keys: "、".join(keys),
    "renewal.appointed_by": lambda code: Appointer(code).label,
    "renewal.term_years": lambda n: f"{n} 年",
    "renewal.faults": lambda keys: "、".join(keys),
    "renewal.runs_from": lambda code: dict(RenewalSection.RUNS_FROM)[code],
    "departure.reason": lambda code: dict(DepartureSection.REASONS).get(code, code),
    "departure.successor": lambda said: "已有人选" if said == "yes" else "还没有",
}
