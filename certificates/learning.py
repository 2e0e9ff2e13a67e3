"""继续教育 (9.2): what the ledger counts in each year of a certificate, and how much its body asked for when it issued it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from certificates.holding import ends_of
from certificates.models import Certificate
from certificates.validity import years_of
from cqo_portal.jurisdictions import pack
from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.jurisdictions.schema import Duty
from evaluation.bodies.texts import continuing
from registry.duties.lines import earned_by, lines_of
from training.hours import Earned, Post, Progress, progress


@dataclass(frozen=True)
class Year:
    """One certificate year. `asked`, `counted` in activities."""

    number: int
    first: date
    last: date
    asked: int
    found: Progress
    today: date

    @property
    def counted(self) -> int:
        return int(self.found.counted)

    @property
    def waiting(self) -> int:
        """What would count once it is confirmed, or settled."""
        return int(self.found.might_count)

    @property
    def missing(self) -> int:
        return max(0, self.asked - self.counted) if self.found.due else 0

    @property
    def is_cut(self) -> bool:
        """Of a paper printed in the place of another the last year ends with that one."""
        return self.last < Years(1).last_day_from(self.first)

    @property
    def begun(self) -> bool:
        return self.first <= self.today

    @property
    def runs(self) -> bool:
        return self.first <= self.today <= self.last

    @property
    def look(self) -> str:
        """A state of the frame."""
        if not self.found.due:
            return "ended"
        if not self.begun:
            return "none"
        if not self.missing:
            return "met"
        return "soon" if self.runs else "unmet"

    @property
    def word(self) -> str:
        if not self.found.due:
            return "不满一年，不计" if self.is_cut else "不再计"
        if not self.begun:
            return "还没开始"
        if not self.missing:
            return "已完成"
        return f"还差 {self.missing} 次" if self.runs else f"少 {self.missing} 次"

    @property
    def days_left(self) -> int:
        """After today."""
        return (self.last - self.today).days


@dataclass(frozen=True)
class Learning:
    duty: Duty
    years: list[Year]

    @property
    def running(self) -> Year | None:
        return next((each for each in self.years if each.runs), None)


def learning_of(certificate: Certificate, *, today: date) -> Learning | None:
    """Every year of the certificate; None where its text asks nothing."""
    lines = lines_of([certificate.person_id]).get(certificate.person_id, ())
    return judged(certificate, earned_by(lines), today=today)


def judged(certificate: Certificate, earned: Iterable[Earned], *, today: date) -> Learning | None:
    rules = pack(certificate.rule_edition)
    if (duty := continuing(rules)) is None:
        return None
    lines = tuple(earned)
    years = [
        Year(
            number=number,
            first=first,
            last=last,
            asked=max(certificate.activities, duty.activities or 1),
            found=_in_the_year(certificate, duty, lines, first.year),
            today=today,
        )
        for number, (first, last) in enumerate(years_of(certificate.validity), start=1)
    ]
    return Learning(duty, years)


def _in_the_year(certificate: Certificate, duty: Duty, earned: tuple[Earned, ...], year: int) -> Progress:
    """A certificate year is called by the calendar year in which it begins."""
    held = Post(
        appointed_on=certificate.first_day,
        certified_on=certificate.first_day,
        certificate_ends=ends_of(certificate),
    )
    found = progress(pack(certificate.rule_edition), year=year, post=held, earned=earned)
    return next(each for each in found if each.duty.key == duty.key)
