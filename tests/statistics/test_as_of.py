"""Whatever is entered and corrected: a table of day D as known on day K, computed from all there is, is the table that
history alone tells, and the very one that was computed when K was over.
"""

import random
from collections import defaultdict
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction

from cqo_portal.jurisdictions.vocabulary import Sector, Size
from cqo_portal.statistics.asked import AsOf
from cqo_portal.statistics.catalogue import SUBJECTS
from cqo_portal.statistics.counting import ALL, Table, body, faults
from cqo_portal.statistics.subject import tabulate
from cqo_portal.statistics.world import World
from cqo_portal.workflow.engine import Refused
from registry import entries, history
from registry.lists import services as lists
from registry.lists.models import AboveScale
from registry.models import Entry, Officer
from tests.statistics.small import Small, firm, moment, small

pytestmark = pytest.mark.django_db

FIRST = date(2026, 3, 2)
DAYS = 12
SEEDS = range(4)
LEVELS = ("college", "bachelor", "master")


class Lives:
    """Some enterprises whose facts are entered, corrected, moved and listed, day after day, by chance."""

    def __init__(self, made: Small, dice: random.Random) -> None:
        self.made, self.dice, self.day = made, dice, FIRST
        self.firms = [
            firm(made.east, f"第{n}厂", size="small", industry="C33", sector="secondary") for n in range(4)
        ]
        self.posts = {each.pk: self._post(each, n) for n, each in enumerate(self.firms)}

    def _post(self, each, n: int) -> Officer:
        """An imported post: what it shows is written down as of its day."""
        like = self.made.posts["zhao"].person
        made = Officer.objects.create(
            name=f"某{n}", person=like, organisation=each, office=each.office, appointed_on=FIRST,
            term_ends=date(2031, 1, 1), education="bachelor", filed_on=FIRST,
        )  # fmt: skip
        with time_machine.travel(moment(FIRST)):
            entries.remember(made)
        return made

    def a_day(self) -> None:
        """Some acts at noon; each the product's own, and the refused ones leave nothing."""
        with time_machine.travel(moment(self.day)):
            for _ in range(self.dice.randint(1, 4)):
                try:
                    with transaction.atomic():
                        self.dice.choice((self._enter, self._serve, self._correct, self._move, self._list))()
                except (Refused, PermissionDenied):
                    continue
        self.day += timedelta(days=1)

    def _some_day(self) -> date:
        return self.day + timedelta(days=self.dice.randint(-20, 10))

    def _enter(self) -> None:
        each = self.dice.choice(self.firms)
        each.refresh_from_db()
        facts = self.dice.choice(
            (
                {"size": self.dice.choice(list(Size)).value},
                {"sector": self.dice.choice(list(Sector)).value},
                {"name": f"新厂{self.dice.randint(1, 99)}"},
            )
        )
        entries.enter(each, facts, effective_on=self._some_day(), by=self.made.gao)

    def _serve(self) -> None:
        each = self.dice.choice(self.firms)
        post = self.posts[each.pk]
        post.refresh_from_db()
        each.refresh_from_db()
        facts = {"in_office": self.dice.choice(("yes", "no"))}
        if self.dice.random() < 0.4:
            facts["education"] = self.dice.choice(LEVELS)
        entries.enter(each, facts, effective_on=self._some_day(), post=post, by=self.made.gao)

    def _move(self) -> None:
        each = self.dice.choice(self.firms)
        each.refresh_from_db()
        to = self.dice.choice((self.made.east, self.made.west))
        entries.enter(each, {"office": to.pk}, effective_on=self.day, by=self.made.gao)

    def _correct(self) -> None:
        open_ones = Entry.objects.standing().filter(
            organisation__in=self.firms, name__in=("size", "sector", "in_office", "education")
        )
        entry = self.dice.choice(list(open_ones.select_related("organisation", "post").order_by("pk")))
        value = {
            "size": self.dice.choice(list(Size)).value,
            "sector": self.dice.choice(list(Sector)).value,
            "in_office": self.dice.choice(("yes", "no")),
            "education": self.dice.choice(LEVELS),
        }[entry.name]
        by = self.made.chen if entry.organisation.office_id == self.made.east.pk else self.made.xu
        entries.correct(entry, value=value, effective_on=self._some_day(), by=by, reason="核对")

    def _list(self) -> None:
        each = self.dice.choice(self.firms)
        held = AboveScale.objects.standing().filter(organisation=each, year=2026).first()
        each.refresh_from_db()
        if held:
            lists.take_off(held, reason="停产", by=self.made.gao)
        else:
            lists.put_on(AboveScale(organisation=each, year=2026, kind="industry"), by=self.made.gao)


# ── history, told another way ─────────────────────────────────────────────────────────────────
class Told:
    """The same facts from their entries by the pure semantics, fact by fact: no SQL answers here."""

    def __init__(self, at: AsOf) -> None:
        self.at = at
        self.of_firms, self.of_posts = defaultdict(list), defaultdict(list)
        for entry in Entry.objects.order_by("pk"):
            (self.of_posts if entry.post_id else self.of_firms)[
                entry.post_id or entry.organisation_id, entry.name
            ].append(entry.said)

    def fact(self, said: list[history.Said]) -> str | None:
        known = history.known(said, on=self.at.known)
        if not known:
            return None
        begun = history.holding(said, on=self.at.on, known_on=self.at.known)
        return begun.value if begun else min(known, key=lambda one: (one.effective_on, -one.order)).value

    def place_of(self, firm) -> str | None:
        return self.fact(self.of_firms[firm.pk, "office"])

    def serves(self, post) -> bool:
        spells = history.spells(self.of_posts[post.pk, "in_office"], known_on=self.at.known)
        return any(spell.holds_on(self.at.on) for spell in spells)


def expected_coverage(lives: Lives, at: AsOf) -> dict:
    """{county: [enterprises, covered, above scale, above scale and covered, small and medium]}."""
    told, made = Told(at), lives.made
    found = {made.east.pk: [0] * 5, made.west.pk: [0] * 5}
    end = at.recorded_before
    listed = {
        row.organisation_id
        for row in AboveScale.objects.filter(year=at.on.year)
        if row.at < end and not (row.ended_at and row.ended_at < end)
    }
    covered = {post.organisation_id for post in Officer.objects.all() if told.serves(post)}
    for each in [*made.firms.values(), *lives.firms]:
        place = told.place_of(each)
        if place is None:
            continue
        has, above = each.pk in covered, each.pk in listed
        small_one = told.fact(told.of_firms[each.pk, "size"]) in ("medium", "small", "micro")
        for n, counts in enumerate((True, has, above, above and has, small_one)):
            found[place][n] += counts
    return found


COLUMNS = ("all.n", "all.has", "above_scale.n", "above_scale.has", "small_and_medium.n")


def computed(made: Small, at: AsOf, code: str) -> Table:
    table = tabulate(SUBJECTS[code], World(made.city, at))
    assert faults(table) == []
    return table


@pytest.mark.parametrize("seed", SEEDS)
def test_random_acts_and_corrections(seed):
    """At each day's end the table is kept; when all is over each of them comes out the same, and so does any other pair."""
    dice = random.Random(seed)
    made = small()
    lives = Lives(made, dice)
    kept = {}
    for _ in range(DAYS):
        lives.a_day()
        over = lives.day - timedelta(days=1)
        on = over + timedelta(days=dice.randint(-15, 0))
        for code in ("coverage", "structure"):
            at = AsOf(on, over)
            kept[code, at] = body(computed(made, at, code))
    for (code, at), then in kept.items():
        assert body(computed(made, at, code)) == then, (code, at)
    for _ in range(40):
        at = AsOf(
            FIRST + timedelta(days=dice.randint(-25, 20)), FIRST + timedelta(days=dice.randint(-2, DAYS))
        )
        table, expected = computed(made, at, "coverage"), expected_coverage(lives, at)
        for place, numbers in expected.items():
            assert [int(table[place, column]) for column in COLUMNS] == numbers, (at, place)
        told = Told(at)
        serving = [post for post in Officer.objects.all() if told.serves(post)]
        assert int(computed(made, at, "structure")[ALL, "serves"]) == len(serving)


def test_the_property_can_fail():
    """The control: a table that reads the register as it stands today is not the one of that day."""
    made = small()
    lives = Lives(made, random.Random(1))
    for _ in range(DAYS):
        lives.a_day()
    early = AsOf(FIRST, FIRST)
    today = AsOf(FIRST + timedelta(days=DAYS), FIRST + timedelta(days=DAYS))
    assert body(computed(made, early, "coverage")) != body(computed(made, today, "coverage"))
