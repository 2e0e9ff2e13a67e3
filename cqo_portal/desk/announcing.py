"""放假安排: a year's announcement comes in, after somebody has seen what it moves."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db import transaction

from cqo_portal.audit.record import record
from cqo_portal.jurisdictions.calendar import WorkingCalendar
from cqo_portal.reference.announcement import SaidDay, announced
from cqo_portal.reference.models import CalendarYear, SpecialDay
from cqo_portal.reference.queries import working_calendar
from registry.moving import Moved, move, moved_by


@dataclass(frozen=True)
class Announcement:
    """What was pasted, read; nothing is written yet."""

    year: int
    source: str
    days: tuple[SaidDay, ...]
    today: date

    @property
    def off(self) -> int:
        """Days off in the year itself."""
        return sum(not each.working for each in self.own)

    @property
    def own(self) -> list[SaidDay]:
        return [each for each in self.days if each.day.year == self.year]

    @property
    def of_neighbours(self) -> list[SaidDay]:
        """A holiday that begins in December, or makes up for one in another year."""
        return [each for each in self.days if each.day.year != self.year]

    @cached_property
    def standing(self) -> CalendarYear | None:
        return CalendarYear.objects.filter(pk=self.year).first()

    @property
    def by_holiday(self) -> list[tuple[str, list[SaidDay], list[SaidDay]]]:
        """(holiday, its days off, its days worked), in the order of the year."""
        found: dict[str, tuple[list, list]] = {}
        for each in self.days:
            name = each.name.removesuffix("调休上班")
            found.setdefault(name, ([], []))[each.working].append(each)
        return [(name, *days) for name, days in found.items()]

    @cached_property
    def calendar(self) -> WorkingCalendar:
        known = working_calendar().years | {
            self.year: announced(list(self.days), year=self.year, source=self.source)
        }
        return WorkingCalendar(known.values())

    @cached_property
    def moved(self) -> list[Moved]:
        return moved_by(self.calendar, today=self.today)


@transaction.atomic
def announce(announcement: Announcement, *, by) -> list[Moved]:
    """Write the year down in the place of what stood there, and move what follows from it."""
    year, new = CalendarYear.objects.select_for_update(no_key=True).update_or_create(
        pk=announcement.year, defaults={"source": announcement.source}
    )
    before = [[day.isoformat(), working] for day, working in year.days.values_list("day", "working")]
    year.days.all().delete()
    known = set(CalendarYear.objects.values_list("pk", flat=True))
    SpecialDay.objects.bulk_create(
        (
            SpecialDay(day=each.day, year_id=each.day.year, working=each.working, name=each.name)
            for each in announcement.days
            if each.day.year in known
        ),
        ignore_conflicts=True,  # a neighbouring year may say it already
    )
    said = [[each.day.isoformat(), each.working] for each in announcement.days]
    record(
        "announce" if new else "announce-anew",
        year,
        by=by,
        note=announcement.source,
        data={"days": said, "before": before},
    )
    return move(working_calendar(), by=by, today=announcement.today)
