"""放假安排: a year's announcement comes in, after somebody has seen what it moves."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db import transaction

from cqo_portal.audit.record import record
from cqo_portal.jurisdictions.calendar import WorkingCalendar
from cqo_portal.reference.announcement import Holiday, SaidDay, by_holiday, with_announcement
from cqo_portal.reference.models import CalendarYear, SpecialDay
from cqo_portal.reference.moving import MovedDay
from cqo_portal.reference.queries import working_calendar
from evaluation import moving as evaluations
from registry import moving as filings


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
    def holidays(self) -> list[Holiday]:
        return by_holiday(self.days)

    @cached_property
    def moved(self) -> list[MovedDay]:
        before = working_calendar()
        after = with_announcement(before, self.days, year=self.year, source=self.source)
        return moved_by(before, after, today=self.today)


def moved_by(before: WorkingCalendar, after: WorkingCalendar, *, today: date) -> list[MovedDay]:
    """Every last day that is another one by the later calendar."""
    return filings.moved_by(after, today=today) + evaluations.moved_by(before, after)


def shown_to(user, moved: list[MovedDay]) -> list[MovedDay]:
    """The calendar holds everywhere; of whose days it moves everybody reads what he may see anyway."""
    keys = defaultdict(list)
    for each in moved:
        keys[type(each.subject)].append(each.subject.pk)
    seen = {
        (model, key)
        for model, some in keys.items()
        for key in model._default_manager.visible_to(user).filter(pk__in=some).values_list("pk", flat=True)
    }
    return [each for each in moved if (type(each.subject), each.subject.pk) in seen]


@transaction.atomic
def announce(announcement: Announcement, *, by) -> list[MovedDay]:
    """Write the year down in the place of what stood there, and move what follows from it."""
    year, new = CalendarYear.objects.select_for_update(no_key=True).update_or_create(
        pk=announcement.year, defaults={"source": announcement.source}
    )
    before = working_calendar()  # whoever held the lock a moment ago has moved the days already
    stood = [[day.isoformat(), working] for day, working in year.days.values_list("day", "working")]
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
        data={"days": said, "before": stood},
    )
    moved = moved_by(before, working_calendar(), today=announcement.today)
    return [each for each in moved if _write(each, by=by)]


def _write(moved: MovedDay, *, by) -> bool:
    """Unless somebody took the step meanwhile, which gave it a day of its own."""
    rows = type(moved.subject)._default_manager.filter(pk=moved.subject.pk, **{moved.field: moved.before})
    if not rows.update(**{moved.field: moved.after}):
        return False
    data = {"from": moved.before.isoformat(), "to": moved.after.isoformat(), "why": moved.arithmetic}
    record("move-deadline", moved.subject, by=by, data=data)
    return True
