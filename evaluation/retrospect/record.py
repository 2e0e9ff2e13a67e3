"""One expert over the years, as it is shown; below five panels no figure of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cqo_portal.jurisdictions.scheme import Group
from cqo_portal.wording import MINUS
from evaluation.agreement import FEWEST_PANELS, Deviation, Estimate, deviation
from evaluation.frozen import scheme_of
from evaluation.retrospect.chart import Chart
from evaluation.retrospect.served import Served


def signed_number(value: float, places: int = 1) -> str:
    """With its sign: +12.5, −3.0; what rounds to nought has none."""
    said = f"{abs(value):.{places}f}"
    if not float(said):
        return said
    return f"{'+' if value > 0 else MINUS}{said}"


@dataclass(frozen=True)
class Said:
    """An estimate in figures."""

    estimate: Estimate
    places: int = 1

    mean = property(lambda self: self._number(self.estimate.mean))
    median = property(lambda self: self._number(self.estimate.median))
    low = property(lambda self: self._number(self.estimate.low))
    high = property(lambda self: self._number(self.estimate.high))

    def _number(self, value: float) -> str:
        return signed_number(value, self.places)

    @property
    def interval(self) -> str:
        return f"{self.low} 至 {self.high}"


@dataclass(frozen=True)
class Record:
    series: Sequence[Served]  # the earliest first

    @property
    def missing(self) -> int:
        """Panels still missing before anything can be said."""
        return max(FEWEST_PANELS - len(self.series), 0)

    @property
    def waits(self) -> str:
        return f"还差 {self.missing} 次评价才显示偏离" if self.missing else ""

    first = property(lambda self: self.series[0])
    last = property(lambda self: self.series[-1])

    @cached_property
    def deviation(self) -> Deviation | None:
        return deviation([each.distance for each in self.series])

    @property
    def points(self) -> Said | None:
        return self.deviation and Said(self.deviation.points)

    @property
    def coefficient(self) -> Said | None:
        return self.deviation and Said(self.deviation.coefficient, places=3)

    @property
    def sentence(self) -> str:
        """What may be said of the mean, and no more."""
        estimate = self.deviation.points
        if estimate.low <= 0 <= estimate.high:
            return "区间跨过 0：看不出有系统的偏高或偏低。"
        return (
            f"区间不含 0：平均看，给分比同组的中位数{'高' if estimate.mean > 0 else '低'}。高低不等于对错。"
        )

    @property
    def groups(self) -> list[tuple[Group, int, Said]]:
        """(group, panels, points), of groups judged on enough panels."""
        known = {group.code: group for each in self.series for group in scheme_of(each.evaluation).groups}
        told = []
        for code, group in known.items():
            found = deviation([each.by_group[code] for each in self.series if code in each.by_group])
            if found:
                told.append((group, found.panels, Said(found.points)))
        return told

    @cached_property
    def chart(self) -> Chart | None:
        if self.deviation is None:
            return None
        return Chart([float(each.distance.points) for each in self.series], self.deviation.points)

    @property
    def rows(self) -> list[tuple[Served, str]]:
        """The latest first; (panel, its distance in points), the distance empty as long as panels are missing."""
        return [
            (each, "" if self.missing else signed_number(float(each.distance.points)))
            for each in reversed(self.series)
        ]
