"""Bring the shipped reference data into the database; may be run at every start.

Names of divisions and industries follow the file. What an administrator decides is left alone: whether a
division is switched on, and a calendar year once it stands (an announcement may have been changed since).
"""

from django.db import transaction
from django.db.models import Model

from cqo_portal.jurisdictions.enterprise_size import SECTIONS
from cqo_portal.reference.files import read
from cqo_portal.reference.models import CalendarYear, Division, Industry, SpecialDay


@transaction.atomic
def load_reference() -> dict[str, int]:
    """How many rows of each kind the files hold; years that already stood are not counted."""
    return {
        "divisions": load_divisions(),
        "industries": load_industries(),
        "calendar years": load_working_days(),
    }


def load_divisions() -> int:
    rows = [
        Division(code=code, name=name, level=level, parent_id=parent, active=active)
        for code, name, level, parent, active in read("divisions")["divisions"]
    ]
    _upsert(Division, rows, refreshed=["name", "level", "parent"])
    return len(rows)


def load_industries() -> int:
    rows = [_industry(code, name) for code, name in read("industries")["industries"]]
    _upsert(Industry, rows, refreshed=["name", "level", "section", "parent"])
    return len(rows)


def load_working_days() -> int:
    entries = read("working_days")["years"]
    standing = set(CalendarYear.objects.values_list("year", flat=True))
    new = [entry for entry in entries if entry["year"] not in standing]
    CalendarYear.objects.bulk_create(CalendarYear(year=e["year"], source=e["source"]) for e in new)
    SpecialDay.objects.bulk_create(
        SpecialDay(day=day, year_id=entry["year"], working=working, name=name)
        for entry in new
        for day, working, name in entry["days"]
    )
    return len(new)


def load_missing(model: type[Model], name: str, *, columns: tuple[str, ...]) -> int:
    """Rows of a seed file that are not there yet; the table is the administrator's from then on."""
    rows = [model(**dict(zip(columns, row, strict=True))) for row in read(name)[name]]
    before = model._default_manager.count()
    model._default_manager.bulk_create(rows, ignore_conflicts=True)
    return model._default_manager.count() - before


def _industry(code: str, name: str) -> Industry:
    section = _section_of(code)
    if code == section:
        return Industry(code=code, name=name, level=Industry.Level.SECTION, section=section)
    parent = code[:-1] if len(code) > 2 else section
    return Industry(code=code, name=name, level=len(code), section=section, parent_id=parent)


def _section_of(code: str) -> str:
    if code.isalpha():
        return code
    return next(s.letter for s in SECTIONS if s.first <= int(code[:2]) <= s.last)


def _upsert(model: type[Model], rows: list[Model], *, refreshed: list[str]) -> None:
    """Parents stand before children in the files; the foreign key is checked at commit in any case."""
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=refreshed
    )
