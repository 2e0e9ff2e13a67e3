"""What the rest of the product asks of the reference data."""

from datetime import date

from cqo_portal.jurisdictions.calendar import AnnouncedYear, WorkingCalendar
from cqo_portal.jurisdictions.enterprise_size import GROUPS_TOLD_APART
from cqo_portal.reference.models import CalendarYear, Industry

NEXT_YEAR_ANNOUNCED_BY = 11  # the State Council's office has announced the next year by November


def working_calendar() -> WorkingCalendar:
    """Every year entered so far, as the value the pure modules reckon with."""
    return WorkingCalendar(
        AnnouncedYear(
            year=entry.year,
            source=entry.source,
            days_off=frozenset(special.day for special in entry.days.all() if not special.working),
            make_up_days=frozenset(special.day for special in entry.days.all() if special.working),
        )
        for entry in CalendarYear.objects.prefetch_related("days")
    )


def missing_year(known: set[int], *, today: date) -> int | None:
    """The year an administrator must enter now: this one, or, from November on, the next."""
    wanted = [today.year]
    if today.month >= NEXT_YEAR_ANNOUNCED_BY:
        wanted.append(today.year + 1)
    return next((year for year in wanted if year not in known), None)


def calendar_alarm(*, today: date) -> str | None:
    """A sentence for administrators while a year is missing."""
    year = missing_year(set(CalendarYear.objects.values_list("year", flat=True)), today=today)
    if year is None:
        return None
    return (
        f"{year} 年的放假安排尚未录入，落在该年的期限只按未顺延的日期暂计。"
        "国务院办公厅的通知公布后，请市局或者系统管理员录入。"
    )


def industry_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """For a select, grouped by section: the divisions, and groups where rules tell them apart."""
    told_apart = [group for groups in GROUPS_TOLD_APART.values() for group in groups]
    rows = Industry.objects.filter(level=Industry.Level.DIVISION).exclude(code__in=GROUPS_TOLD_APART)
    rows = (rows | Industry.objects.filter(code__in=told_apart)).order_by("section", "code")
    sections = {
        section.code: (str(section), []) for section in Industry.objects.filter(level=Industry.Level.SECTION)
    }
    for row in rows:
        sections[row.section][1].append((row.code, str(row)))
    return list(sections.values())


def industry_name(code: str) -> str:
    """`C33 金属制品业`, as people name an industry; the bare code where it is unknown."""
    digits = code[1:] if len(code) > 1 and code[0].isalpha() else code
    row = Industry.objects.filter(code=digits).first()
    if row is None:
        return code
    return str(row) if row.level == Industry.Level.SECTION else f"{row.section}{row}"
