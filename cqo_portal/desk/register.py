"""The register: what its address asks for, and each officer with where the post stands today."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from cqo_portal.desk.vacant import vacant
from cqo_portal.parties.models import Office
from cqo_portal.parties.search import fold
from registry.models import Officer
from registry.pages.lists import spelled_out

ENDING_WITHIN = timedelta(days=90)
LEAST_TO_SEARCH = 2


@dataclass(frozen=True)
class Post:
    """An officer and the standing of the post on a day."""

    officer: Officer
    today: date

    @property
    def standing(self) -> str:
        if self.officer.ended_on:
            return "ended"
        if self.officer.term_ends < self.today:
            return "late"
        return "ending" if self.officer.term_ends <= self.today + ENDING_WITHIN else "active"

    @property
    def word(self) -> str:
        """Where the standing's own word is not the one a register uses."""
        return "任期已满" if self.standing == "late" else ""

    @property
    def days_left(self) -> int:
        return (self.officer.term_ends - self.today).days

    @property
    def days_held(self) -> int:
        return max(((self.officer.ended_on or self.today) - self.officer.appointed_on).days, 0)

    @property
    def days_of_term(self) -> int:
        return (self.officer.term_ends - self.officer.appointed_on).days + 1

    @property
    def remaining(self) -> str:
        """How the term stands, in words."""
        if self.officer.ended_on:
            return f"{self.officer.ended_on:%Y-%m-%d} 离任"
        if self.days_left < 0:
            return f"已过 {-self.days_left} 天"
        return f"还有 {self.days_left} 天" if self.days_left else "今天届满"


def posts_of(officers: Iterable[Officer], *, today: date) -> list[Post]:
    return [Post(officer, today) for officer in officers]


def ending(officers: QuerySet, *, today: date) -> QuerySet:
    """In office, and the term is over or nearly so."""
    return officers.in_office().filter(term_ends__lte=today + ENDING_WITHIN)


class RegisterQuery:
    """The register as its address says: `?q=`, `?office=`, `?standing=active|ending|ended|vacant`."""

    ORDER = ("pinyin", "id")
    STANDINGS = (
        ("active", "在任"),
        ("ending", f"{ENDING_WITHIN.days} 天内到期"),
        ("ended", "已离任"),
        ("vacant", "企业空缺"),
    )

    def __init__(self, params: Mapping, *, user, today: date) -> None:
        self.text = params.get("q", "").strip()[:60]
        self.user, self.today = user, today
        self.offices = self._offices()
        self.chosen = next((office for office in self.offices if office.pk == params.get("office")), None)
        self.standing = params.get("standing") if params.get("standing") in dict(self.STANDINGS) else ""

    def _offices(self) -> list[Office]:
        """The offices under the one the user acts for: a county clerk has nothing to choose."""
        acting = self.user.acting
        offices = acting.offices if acting else []
        return [office for office in offices if office.active and office.pk != acting.office_id]

    @property
    def order(self) -> tuple[str, ...]:
        return self.ORDER

    @property
    def of_enterprises(self) -> bool:
        """Whether the rows are enterprises (without an officer) and not posts."""
        return self.standing == "vacant"

    def rows(self) -> QuerySet:
        found = vacant(self.user) if self.of_enterprises else Officer.objects.visible_to(self.user).for_list()
        found = found.matching(self.text)
        if self.chosen:
            of_a_county = self.chosen.level == Office.Level.COUNTY
            found = found.filter(**{"office" if of_a_county else "office__parent": self.chosen})
        match self.standing:
            case "active":
                return found.in_office()
            case "ending":
                return ending(found, today=self.today)
            case "ended":
                return found.exclude(ended_on=None)
        return found

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.chosen or self.standing)

    @property
    def address(self) -> str:
        """The query of the address, as short as it can be said."""
        return spelled_out(q=self.text, office=self.chosen.pk if self.chosen else "", standing=self.standing)

    @property
    def said(self) -> str:
        """The same in words, for paper, exports and saved queues."""
        parts = (
            self.chosen.area if self.chosen else "",
            dict(self.STANDINGS).get(self.standing, ""),
            f"查“{self.text}”" if self.text else "",
        )
        return " · ".join(part for part in parts if part) or "全部"

    @property
    def too_short(self) -> bool:
        """One letter or digit asks for nothing; one Chinese character does."""
        folded = fold(self.text)
        return 0 < len(folded) < LEAST_TO_SEARCH and folded.isascii()
