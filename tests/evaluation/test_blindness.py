"""Two worlds that differ in the others' sheets alone look the same to an expert, octet by octet and question by question.

A thousand runs: each writes other marks, comments, pins, signatures and times into the colleagues' sheets, then asks for
one page: in five of seven runs one of the four an expert comes by every day, the case most often, in the others any address there
is, by the resolver. (All of them in every run would take minutes; fifty runs find a count that shows.) What an expert could learn
from an order, a count, a message or from the number of questions asked of the database would make a difference. The
leader may know one thing more, how many have signed: for him that number is taken out first.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import Avg
from django.test import Client
from django.urls import reverse
from django.urls.converters import IntConverter, UUIDConverter
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cqo_portal.digests import sha256
from evaluation.models import CalibrationCase, Mark, Pin, Sheet, SignedSheet
from evaluation.panels import blocks
from evaluation.panels import pages as panel_pages
from evaluation.sheets import marks, pages
from tests.cast import browser
from tests.evaluation import rows
from tests.routes import routes

pytestmark = pytest.mark.django_db
RUNS = {"still writing": 400, "signed, not yet opened": 300, "leads, still writing": 300}
NOON = "2026-11-20T12:00:00+08:00"
ALLOWED = rows.SCHEME.coefficients
SHOWN = ("evaluation:sheet", "evaluation:sheets", "home")
CASE = "evaluation:evaluation$"
CODES = [row.code for row in rows.SCHEME.indicators]
FOREIGN = re.compile(r"account_|mfa_|usersessions_|healthz|readyz|style|rules")
# Drawn anew in every answer, whatever the world.
DRAWN = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": "|name="once" value=")[\w-]+')
COUNT = re.compile("<b>\\d</b> / 3 已签署".encode())


# ── what an expert can see of an answer ───────────────────────────────────────────────────────
@dataclass(frozen=True)
class Seen:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    questions: int  # what can be measured as time


class Questions:
    """How many were asked of the database: counted, not kept, or a thousand runs would take twice as long."""

    count = 0

    def __call__(self, execute, *asked):
        self.count += 1
        return execute(*asked)


@dataclass(frozen=True)
class Ask:
    """A request of the expert's: a page, or the answer to an own act."""

    route: str
    address: str
    said: tuple[tuple[str, str], ...] = ()

    def by(self, client: Client, *, without: re.Pattern) -> Seen:
        asked = Questions()
        with connection.execute_wrapper(asked):
            if self.said:
                answer = client.post(self.address, dict(self.said), headers={"HX-Request": "true"})
            else:
                answer = client.get(self.address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        body = without.sub(b"", DRAWN.sub(rb"\1", body))
        # The answer to a leader is as long as its number has digits, which is one.
        return Seen(answer.status_code, tuple(sorted(answer.headers.items())), body, asked.count)


# ── the others' sheets ────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Others:
    """How one colleague fills in the sheet."""

    coefficient: Decimal | None
    differs: dict[str, Decimal]
    comment: str
    pins: bool
    signs: bool
    later: int  # minutes

    def write(self, sheet: Sheet, *, by) -> None:
        scored = {code: self.differs.get(code, self.coefficient) for code in CODES}
        made = Mark.objects.bulk_create(
            Mark(sheet=sheet, indicator=code, band=rows.band_of(c), coefficient=c, comment=self.comment)
            for code, c in scored.items()
            if c is not None
        )
        Pin.objects.bulk_create(Pin(mark=mark) for mark in made if self.pins)
        complete = len(made) == len(CODES) and self.pins and self.comment.strip()
        if self.signs and complete:
            digest = sha256(marks.content_of(sheet))
            marks.sign(sheet, name=sheet.person.name, digest=digest, seen={}, by=by)


anything = st.builds(
    Others,
    coefficient=st.sampled_from([*ALLOWED, None]),
    differs=st.dictionaries(st.sampled_from(CODES), st.sampled_from(ALLOWED), max_size=4),
    comment=st.sampled_from(["", "好", "做得完整。" * 9]),
    pins=st.booleans(),
    signs=st.booleans(),
    later=st.integers(-3000, 3000),
)
ready = st.builds(
    Others,
    coefficient=st.sampled_from(ALLOWED),
    differs=st.dictionaries(st.sampled_from(CODES), st.sampled_from(ALLOWED), max_size=4),
    comment=st.sampled_from(["好", "做得完整。" * 9]),
    pins=st.just(True),
    signs=st.just(True),
    later=st.integers(-3000, 3000),
)
# A signature is what could show: four in ten have come so far.
colleagues = st.sampled_from([anything, anything, ready]).flatmap(lambda kind: kind)
NOTHING = re.compile(b"(?!)")


class World:
    """A member before everything there is to ask for, or the leader, while the colleagues write."""

    def __init__(
        self, people, *, signed: bool = False, leads: bool = False, only: str = "", without=NOTHING
    ) -> None:
        self.only = re.compile(only)  # routes
        self.without = without
        self.panel = panel = rows.panel(people)
        self.mine = 0 if leads else 1
        self.me = panel.experts[self.mine]
        self.client = browser(self.me)
        self.paper = rows.readable(panel.evaluation.application, by=people.liu, pages=2)
        case = CalibrationCase.objects.create(
            code="first", name="练习", rule_edition=rows.EDITION, content=rows.content(), reference={}
        )
        self.practised = [
            Sheet.objects.create(calibration=case, person=each.person, rule_edition=rows.EDITION)
            for each in panel.panellists
        ]
        rows.filled(panel.sheet(self.mine))
        if signed:
            sheet = panel.sheet(self.mine)
            digest = sha256(marks.content_of(sheet))
            marks.sign(sheet, name=sheet.person.name, digest=digest, seen={}, by=self.me)
        self.cookies = dict(self.client.cookies.items())
        self._told: dict[Ask, Seen] = {}
        self.kinds = self._kinds()

    @property
    def others(self) -> list[tuple[Sheet, object]]:
        """Those of the panel, and one that was written in practice."""
        first, second = [number for number in range(3) if number != self.mine]
        experts = self.panel.experts
        return [
            (self.panel.sheet(first), experts[first]),
            (self.panel.sheet(second), experts[second]),
            (self.practised[first], experts[first]),
        ]

    def base(self, ask: Ask) -> Seen:
        """What is seen while nobody else has written anything; asked for once."""
        if ask not in self._told:
            self._told[ask] = self.undone(ask)
        return self._told[ask]

    def _kinds(self) -> list[list[Ask]]:
        """A route counts once for each status it answers with, however many keys it takes. One for forms alone, never."""
        asks, kinds = dict.fromkeys(self.asks()), defaultdict(list)
        only_forms = {
            route
            for route, ask in {ask.route: ask for ask in asks if not ask.said}.items()
            if self.undone(ask).status == 405
        }
        for ask in asks:
            if ask.said or ask.route not in only_forms:
                kinds[ask.route, self.base(ask).status].append(ask)
        return list(kinds.values())

    def undone(self, ask: Ask) -> Seen:
        with transaction.atomic():
            self.client.cookies.clear()  # a message of the last answer would be shown by this one
            self.client.cookies.update(self.cookies)
            with time_machine.travel(NOON, tick=False):
                seen = ask.by(self.client, without=self.without)
            transaction.set_rollback(True)
        return seen

    def seen_after(self, drawn: tuple[Others, ...], ask: Ask) -> Seen:
        """In a world in which the others wrote that."""
        with transaction.atomic():
            self.write(drawn)
            seen = self.undone(ask)
            transaction.set_rollback(True)
        return seen

    @property
    def daily(self) -> list[Ask]:
        """The case, and its list, the desk and the letters."""
        run = self.panel.evaluation.get_absolute_url()
        known = {ask.address: ask for asks in self.kinds for ask in asks}
        return [known[address] for address in (run, "/evaluations/", "/", "/inbox/") if address in known]

    def asks(self) -> Iterator[Ask]:
        """Every page, each evaluation's address for whatever key there is, and the answers to own acts."""
        for name, asks in routes():
            yield from (Ask(name, address) for address in self.addresses(name, asks))
        yield from self.own_acts()

    def addresses(self, name: str, asks: dict) -> Iterator[str]:
        if FOREIGN.match(name) or not self.only.match(name) or (asks and not name.startswith("evaluation:")):
            return
        keys = [self.values(key, converter) for key, converter in asks.items()]
        for values in product(*keys):
            yield reverse(name, kwargs=dict(zip(asks, values, strict=True)))

    def values(self, key: str, converter) -> list:
        if not isinstance(converter, UUIDConverter):
            named = {"step": ["withdraw"], "fingerprint": ["a1"]}.get(key, ["7.4.4"])
            return [1] if isinstance(converter, IntConverter) else named
        run, papers = self.panel.evaluation, [self.paper]
        two = (self.mine, 2)  # the own ones, and those of one colleague: the other's are answered alike
        sheets = [*(self.panel.sheet(n) for n in two), *(self.practised[n] for n in two)]
        seats = [self.panel.panellists[n] for n in two]
        things = [run, run.application, *seats, *sheets, *papers]
        return [thing.pk for thing in (things if key == "pk" else papers)]

    def own_acts(self) -> list[Ask]:
        sheet, name = self.panel.sheet(self.mine), self.panel.panellists[self.mine].person.name
        row = (("version", "1"), ("band", "3"), ("comment", "改过"))
        stale, signature = (("version", "9"), ("band", "3")), (("name", name), ("digest", "0"))
        save, sign = "evaluation:sheet-save", "evaluation:sheet-sign"
        return [
            Ask(save, reverse(save, args=[sheet.pk, "7.4.4"]), row),
            Ask(save, reverse(save, args=[sheet.pk, "7.4.4"]), stale),
            Ask(save, reverse(save, args=[self.panel.sheet(2).pk, "7.4.4"]), row),
            Ask(sign, reverse(sign, args=[sheet.pk]), signature),
        ]

    def write(self, drawn: tuple[Others, ...]) -> None:
        for (sheet, by), other in zip(self.others, drawn, strict=True):
            with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False) as clock:
                clock.shift(timedelta(minutes=other.later))
                other.write(sheet, by=by)


def blind(world: World, *, runs: int, phases=tuple(Phase)) -> None:
    anywhere = st.sampled_from(world.kinds).flatmap(st.sampled_from)
    places = [*world.daily[:1], *world.daily, None, None]
    asked = st.sampled_from(places).flatmap(lambda ask: st.just(ask) if ask else anywhere)

    @settings(
        max_examples=runs,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    @given(ask=asked, drawn=st.tuples(colleagues, colleagues, anything))
    def looks_the_same(ask, drawn):
        alone = world.base(ask)
        assert world.seen_after(drawn, ask) == alone, ask.address

    looks_the_same()


# ── the property ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("who", RUNS)
def test_nothing_an_expert_is_sent_depends_on_anothers_sheet(people, who):
    leads, signed = "leads" in who, "signed" in who
    world = World(people, signed=signed, leads=leads, without=COUNT if leads else NOTHING)
    status = {ask.address: world.base(ask).status for ask in world.asks() if ask.route in SHOWN}
    mine, other = (world.panel.sheet(number).get_absolute_url() for number in (world.mine, 2))
    assert len(world.daily) == 4
    assert (status[mine], status["/"], status["/evaluations/sheets/"], status[other]) == (200, 200, 200, 404)
    blind(world, runs=RUNS[who])


def average() -> str:
    return f"{Mark.objects.aggregate(mean=Avg('coefficient'))['mean']}"


LEAKS = {
    "an average": average,
    "how many have signed": lambda: str(SignedSheet.objects.count()),
    "one question more": lambda: str(SignedSheet.objects.exists() and Mark.objects.count())[:0],
    "who wrote last": lambda: str(Mark.objects.order_by("-id").first().sheet.person.name),
}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_a_page_that_shows_anything_of_them_is_found(people, monkeypatch, leak):
    """The controls: the same property over a page that tells."""
    plain = pages.sheet_page

    def telling(*args) -> dict:
        page = plain(*args)
        page["about"]["place"] += leak()
        return page

    monkeypatch.setattr(pages, "sheet_page", telling)
    with pytest.raises((AssertionError, ExceptionGroup)):
        blind(World(people, only="evaluation:sheet$"), runs=RUNS["still writing"], phases=(Phase.generate,))


def test_a_count_shown_to_whoever_has_signed_is_found_at_once(people, monkeypatch):
    """The control of the page that is asked most: fifty runs are enough."""
    plain = panel_pages.progress_for

    def to_whoever_signed(user, evaluation, today):
        mine = Sheet.objects.filter(panellist__evaluation=evaluation, person=user.acting.person_id)
        if mine.filter(state="signed").exists():
            signed = Sheet.objects.filter(panellist__evaluation=evaluation, state="signed").count()
            return panel_pages.Progress(signed, 3)
        return plain(user, evaluation, today)

    shown = [
        replace(block, tell=to_whoever_signed) if block.tell is plain else block for block in blocks._blocks
    ]
    monkeypatch.setattr(blocks, "_blocks", shown)
    with pytest.raises((AssertionError, ExceptionGroup)):
        blind(World(people, signed=True, only=CASE), runs=50, phases=(Phase.generate,))


def test_of_a_leader_the_count_and_nothing_else_is_known(people):
    """The control of taking it out: with it, his page of the case differs; without it, it does not."""
    with pytest.raises((AssertionError, ExceptionGroup)):
        blind(World(people, leads=True, only=CASE), runs=50, phases=(Phase.generate,))


def test_the_control_of_that_one(people):
    blind(World(people, leads=True, only=CASE, without=COUNT), runs=20)


def test_once_the_leader_opened_them_the_others_are_shown(people):
    """The control of the world itself: what is hidden is there."""
    world = World(people, signed=True, only="evaluation:sheet$")
    other = Ask("evaluation:sheet", world.panel.sheet(0).get_absolute_url())
    assert world.base(other).status == 404
    rows.brought_to(world.panel.evaluation, "consensus")
    assert world.undone(other).status == 200
