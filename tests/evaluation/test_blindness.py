"""Two worlds that differ in the others' sheets alone look the same to an expert, octet by octet and question by question.

A thousand runs: each writes other marks, comments, pins, signatures and times into the colleagues' sheets, then asks one
of all addresses there are, by the resolver. What an expert could learn from an order, a count, a message or from the
number of questions asked of the database would make a difference.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import Avg
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.urls.converters import IntConverter, UUIDConverter
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cqo_portal.digests import sha256
from evaluation.models import CalibrationCase, Mark, Pin, Sheet, SignedSheet
from evaluation.sheets import marks, pages
from tests.cast import browser
from tests.evaluation import rows
from tests.routes import routes

pytestmark = pytest.mark.django_db
RUNS = 1000
NOON = "2026-11-20T12:00:00+08:00"
ALLOWED = rows.SCHEME.coefficients
CODES = [row.code for row in rows.SCHEME.indicators]
FOREIGN = re.compile(r"account_|mfa_|usersessions_|healthz|readyz|style|rules")
# Drawn anew in every answer, whatever the world.
DRAWN = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": "|name="once" value=")[\w-]+')


# ── what an expert can see of an answer ───────────────────────────────────────────────────────
@dataclass(frozen=True)
class Seen:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    questions: int  # what can be measured as time


@dataclass(frozen=True)
class Ask:
    """A request of the expert's: a page, or the answer to an own act."""

    route: str
    address: str
    said: tuple[tuple[str, str], ...] = ()

    def by(self, client: Client) -> Seen:
        with CaptureQueriesContext(connection) as asked:
            if self.said:
                answer = client.post(self.address, dict(self.said), headers={"HX-Request": "true"})
            else:
                answer = client.get(self.address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return Seen(
            answer.status_code, tuple(sorted(answer.headers.items())), DRAWN.sub(rb"\1", body), len(asked)
        )


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


colleagues = st.builds(
    Others,
    coefficient=st.sampled_from([*ALLOWED, None]),
    differs=st.dictionaries(st.sampled_from(CODES), st.sampled_from(ALLOWED), max_size=4),
    comment=st.sampled_from(["", "好", "做得完整。" * 9]),
    pins=st.booleans(),
    signs=st.booleans(),
    later=st.integers(-3000, 3000),
)


class World:
    """expert-1 before everything there is to ask for, while the colleagues write."""

    def __init__(self, people, *, signed: bool, only: str = "") -> None:
        self.only = re.compile(only)  # routes
        self.panel = panel = rows.panel(people)
        self.me = panel.experts[1]
        self.client = browser(self.me)
        self.paper = rows.readable(panel.evaluation.application, by=people.liu, pages=2)
        case = CalibrationCase.objects.create(
            code="first", name="练习", rule_edition=rows.EDITION, content=rows.content(), reference={}
        )
        self.practised = [
            Sheet.objects.create(calibration=case, person=each.person, rule_edition=rows.EDITION)
            for each in panel.panellists
        ]
        rows.filled(panel.sheet(1))
        if signed:
            sheet = panel.sheet(1)
            digest = sha256(marks.content_of(sheet))
            marks.sign(sheet, name="专家乙", digest=digest, seen={}, by=self.me)
        self.cookies = dict(self.client.cookies.items())
        told = {ask: self.undone(ask) for ask in dict.fromkeys(self.asks())}
        self.base = {ask: seen for ask, seen in told.items() if seen.status != 405}

    @property
    def others(self) -> list[tuple[Sheet, object]]:
        """Those of the panel, and one that was written in practice."""
        leader, _, third = self.panel.experts
        return [(self.panel.sheet(0), leader), (self.panel.sheet(2), third), (self.practised[0], leader)]

    def undone(self, ask: Ask, *, before=lambda: None) -> Seen:
        with transaction.atomic():
            before()
            self.client.cookies.clear()  # a message of the last answer would be shown by this one
            self.client.cookies.update(self.cookies)
            with time_machine.travel(NOON, tick=False):
                seen = ask.by(self.client)
            transaction.set_rollback(True)
        return seen

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
            named = ["withdraw"] if key == "step" else ["7.4.4"]
            return [1] if isinstance(converter, IntConverter) else named
        run, papers = self.panel.evaluation, [self.paper]
        sheets = [*(self.panel.sheet(n) for n in range(3)), *self.practised]
        things = [run, run.application, *self.panel.panellists, *sheets, *papers]
        return [thing.pk for thing in (things if key == "pk" else papers)]

    def own_acts(self) -> list[Ask]:
        sheet = self.panel.sheet(1)
        row = (("version", "1"), ("band", "3"), ("comment", "改过"))
        stale, signature = (("version", "9"), ("band", "3")), (("name", "专家乙"), ("digest", "0"))
        save, sign = "evaluation:sheet-save", "evaluation:sheet-sign"
        return [
            Ask(save, reverse(save, args=[sheet.pk, "7.4.4"]), row),
            Ask(save, reverse(save, args=[sheet.pk, "7.4.4"]), stale),
            Ask(save, reverse(save, args=[self.panel.sheet(0).pk, "7.4.4"]), row),
            Ask(sign, reverse(sign, args=[sheet.pk]), signature),
        ]

    def write(self, drawn: list[Others]) -> None:
        for (sheet, by), other in zip(self.others, drawn, strict=True):
            with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False) as clock:
                clock.shift(timedelta(minutes=other.later))
                other.write(sheet, by=by)


def blind(world: World, *, runs: int, phases=tuple(Phase)) -> None:
    kinds = defaultdict(list)  # a route counts once, however many keys it takes
    for ask, seen in world.base.items():
        kinds[ask.route, seen.status].append(ask)
    asked = st.sampled_from(list(kinds.values())).flatmap(st.sampled_from)

    @settings(
        max_examples=runs,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    @given(ask=asked, drawn=st.lists(colleagues, min_size=3, max_size=3))
    def looks_the_same(ask, drawn):
        assert world.undone(ask, before=lambda: world.write(drawn)) == world.base[ask]

    looks_the_same()


# ── the property ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("signed", [False, True], ids=["still writing", "signed, not yet opened"])
def test_nothing_an_expert_is_sent_depends_on_anothers_sheet(people, signed):
    world = World(people, signed=signed)
    status = {ask.address: seen.status for ask, seen in world.base.items() if not ask.said}
    mine, other = (world.panel.sheet(number).get_absolute_url() for number in (1, 0))
    assert (status[mine], status["/"], status["/evaluations/sheets/"], status[other]) == (200, 200, 200, 404)
    blind(world, runs=RUNS // 2)


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
        blind(World(people, signed=False, only="evaluation:sheet$"), runs=RUNS // 2, phases=(Phase.generate,))


def test_once_the_leader_opened_them_the_others_are_shown(people):
    """The control of the world itself: what is hidden is there."""
    world = World(people, signed=True, only="evaluation:sheet$")
    other = Ask("evaluation:sheet", world.panel.sheet(0).get_absolute_url())
    assert world.base[other].status == 404
    rows.brought_to(world.panel.evaluation, "consensus")
    assert world.undone(other).status == 200
