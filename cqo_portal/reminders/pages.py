"""What the forecast shows."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby

from cqo_portal.notifications.catalogue import Group
from cqo_portal.notifications.models import Hold, Message
from cqo_portal.reminders.catalogue import Reminder, all_reminders
from cqo_portal.reminders.forecast import DAYS, Coming, coming
from cqo_portal.reminders.holding import waiting


@dataclass(frozen=True)
class Line:
    """A kind with what waits of it and what holds it."""

    kind: Reminder
    waiting: int
    hold: Hold | None
    coming: int


class ForecastPage:
    def __init__(self, today: date) -> None:
        self.today = today
        self.days = DAYS

    @cached_property
    def coming(self) -> list[Coming]:
        return coming(self.today)

    @property
    def by_day(self) -> list[tuple[date, list[Coming]]]:
        return [(day, list(some)) for day, some in groupby(self.coming, key=lambda each: each.on)]

    @property
    def told(self) -> int:
        return sum(each.told for each in self.coming)

    @cached_property
    def holds(self) -> list[Hold]:
        return list(Hold.objects.in_force().select_related("by"))

    @property
    def hold_of_all(self) -> Hold | None:
        return next((each for each in self.holds if not each.kind), None)

    @cached_property
    def _waiting(self) -> dict[str, int]:
        return waiting()

    @property
    def waiting(self) -> int:
        return sum(self._waiting.values())

    @property
    def waiting_cases(self) -> int:
        known = {each.code for each in all_reminders()}
        return sum(count for kind, count in self._waiting.items() if kind not in known)

    @cached_property
    def undelivered(self) -> int:
        return Message.objects.filter(state=Message.State.DEAD).count()

    @cached_property
    def lines(self) -> list[Line]:
        held = {each.kind: each for each in self.holds}
        ahead = {}
        for each in self.coming:
            ahead[each.kind.code] = ahead.get(each.kind.code, 0) + each.told
        return [
            Line(kind, self._waiting.get(kind.code, 0), held.get(kind.code), ahead.get(kind.code, 0))
            for kind in sorted(all_reminders(), key=lambda each: list(Group).index(each.group))
        ]
