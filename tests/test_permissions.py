"""Who gets what: every route the resolver knows × every role × every method, for one enterprise's filing in each state.

The table is the contract. A route that is not in it fails the test, and so does a cell that differs.

On the way every page that is given is searched for a number that may not stand on it: see `tests.test_leaks`.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.urls import NoReverseMatch, reverse

from registry.queries import FilingQuerySet
from tests import permissions
from tests.cast import bare, browser, cast
from tests.leaks import found_in_page
from tests.routes import ACTORS, STATES, address, names, objects, other_key, routes, states_of, twelve

METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE")
# Whether these are answered does not depend on who asks: one who may read, and nobody, show it.
UNUSED = METHODS[2:]


@dataclass
class Found:
    """What a sweep over everything found."""

    table: dict = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    leaks: list = field(default_factory=list)  # (state, actor, route, the number)
    cells: int = 0
    pages: int = 0


class Round:
    """All cells of one state. Every request is undone, so that the next one finds the same world."""

    def __init__(self, clients, found: Found, *, state: str, objects: dict) -> None:
        self.clients, self.found, self.state, self.objects = clients, found, state, objects
        self.kept = {name: dict(client.cookies.items()) for name, client in clients.items()}
        self.said = permissions.said()
        self.nothing: dict[tuple[str, str, str], bytes] = {}  # {(actor, method, under which address): a page}

    def answer(self, actor: str, method: str, name: str, wanted: dict):
        client = self.clients[actor]
        client.cookies.clear()
        client.cookies.update(self.kept[actor])
        with transaction.atomic():
            answer = getattr(client, method.lower())(address(name, wanted), self.said.get(name) or {})
            transaction.set_rollback(True)
        self.found.cells += 1
        if method == "GET" and answer.status_code == 200:
            self.found.pages += 1
            leaked = found_in_page(answer, actor, name)
            self.found.leaks += [(self.state, actor, name, canary) for canary in leaked]
        return answer

    def compares(self, name: str, method: str) -> bool:
        return "pk" in self.objects.get(name, {}) and (
            method == "GET" or methods_of(name, self.state) == METHODS
        )

    def row(self, name: str, method: str, senders: Iterable[str]) -> tuple[str, ...]:
        answers = {actor: self.answer(actor, method, name, self.objects) for actor in senders}
        if self.compares(name, method):
            self.tell_nothing(
                name, method, {a: each for a, each in answers.items() if each.status_code == 404}
            )
        return tuple(str(each.status_code) for each in answers.values())

    def tell_nothing(self, name: str, method: str, refused: dict) -> None:
        """Who may not know of something is answered as if it did not exist: the first is asked about what does not,
        everybody sees the page that says so, which is one for each of them."""
        key = self.objects[name]["pk"]
        wanted = self.objects | {name: self.objects[name] | {"pk": other_key(key)}}
        place, _, _ = address(name, self.objects).partition(
            str(key)
        )  # the page marks in which part of the product it is
        for number, (actor, answer) in enumerate(refused.items()):
            page = self.nothing.get((actor, method, place))
            if page is None or not number:
                none = self.answer(actor, method, name, wanted)
                assert none.status_code == 404, f"{actor} can tell that {name} exists"
                page = self.nothing.setdefault((actor, method, place), bare(none))
                assert page == bare(none), f"{actor} can tell that {name} exists"
            assert bare(answer) == page, f"{actor} can tell that {name} exists"

    def rows(self, name: str, methods: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """(method, statuses) of a route; HEAD where it is not answered as GET."""
        read: tuple[str, ...] = ()
        for method in methods:
            reader = read.index("200", 1) if "200" in read[1:] else 1
            statuses = self.row(name, method, ("nobody", ACTORS[reader]))
            if method == "HEAD" and statuses == (read[0], read[reader]):
                continue
            if method not in UNUSED:
                statuses = self.all_of(name, method, reader, *statuses)
            read = read or statuses
            yield method, statuses

    def all_of(self, name: str, method: str, reader: int, nobodys: str, readers: str) -> tuple[str, ...]:
        if readers == "405":  # nor does it depend on who asks whether a method is there
            return (nobodys, *[readers] * (len(ACTORS) - 1))
        others = [actor for actor in ACTORS[1:] if actor != ACTORS[reader]]
        told = dict(zip(others, self.row(name, method, others), strict=True))
        return tuple((told | {"nobody": nobodys, ACTORS[reader]: readers})[actor] for actor in ACTORS)


OF_A_FILING = tuple(
    f"registry:{kind}" for kind in ("filing", "proof", "pin", "unpin", "determine", "reveal", "step")
)


def is_about_the_filing(name: str) -> bool:
    return name.startswith(OF_A_FILING) and name not in ("registry:filing-list", "registry:filing-create")


# What may tell of a filing without being one: read in every state.
DESKS = ("home", "notifications:inbox", "registry:filing-list", "registry:filing-create")


def swept(people, clients, *, only: Callable[[str], bool] = lambda name: True) -> Found:
    """`table`: {(route, method): {statuses: [states]}}."""
    found = Found()
    for state, filing in states_of(people):
        this = Round(clients, found, state=state, objects=objects(filing, people))
        for name in filter(only, names()):
            tied = is_about_the_filing(name)
            if state != (state if tied else "filed"):
                if name in DESKS:
                    this.row(name, "GET", ACTORS)
                continue
            for method, statuses in this.rows(name, methods_of(name, state)):
                found.table[name, method][statuses].append(state if tied else "")
    return found


def methods_of(name: str, state: str) -> tuple[str, ...]:
    """In one state all methods; in the others those that the state can matter to."""
    if state == ("at_county" if is_about_the_filing(name) else "filed"):
        return METHODS
    return ("POST",) if name.startswith("registry:step ") else ("GET", "POST")


def as_text(found: dict) -> list[str]:
    """The table, without what goes without saying: HEAD is answered as GET, and PUT and DELETE with 405."""
    lines = []
    for (name, method), by_status in found.items():
        for statuses, states in by_status.items():
            said = in_short(statuses)
            if method in ("PUT", "DELETE") and said in ("405", "302/405"):
                continue
            where = "" if not any(states) or set(states) == set(STATES) else f" [{','.join(states)}]"
            lines.append(f"{name}{where} {method}: {said}")
    return lines


def in_short(statuses: tuple[str, ...]) -> str:
    """`405`: for all; `302/200`: nobody/everybody who signed in; else one for each of ACTORS."""
    nobody, *others = statuses
    if len(set(others)) > 1:
        return " ".join(statuses)
    return nobody if nobody == others[0] else f"{nobody}/{others[0]}"


@pytest.fixture(scope="class")
def sweep(standing) -> Found:
    people = cast()
    return swept(people, {name: browser(user) for name, user in twelve(people).items()})


class TestEverything:
    def test_everybody_gets_exactly_what_the_table_says(self, sweep):
        lines = as_text(sweep.table)
        assert not [line for line in lines if "500" in line]
        expected = permissions.table()
        different = sorted(set(lines) ^ set(expected))  # what was got, beside what was expected
        assert not different, "\n".join(different)
        assert len(lines) == len(expected)
        assert sweep.cells > 5000

    def test_no_page_shows_a_number_to_anybody(self, sweep):
        assert sweep.leaks == []
        assert sweep.pages > 500


@pytest.mark.django_db
def test_a_scope_that_is_lost_is_reported(people, monkeypatch):
    """The control: with the one door left open, the table no longer holds, cell by cell."""
    clients = {name: browser(user) for name, user in twelve(people).items()}
    monkeypatch.setattr(FilingQuerySet, "visible_to", lambda self, user: self.all())
    found = swept(people, clients, only=lambda name: name in ("registry:filing", "registry:proof"))
    lost = set(as_text(found.table)) - set(permissions.table())
    assert any(line.startswith("registry:filing ") and "GET" in line for line in lost)


def test_every_route_has_a_name_and_stands_in_the_table():
    listed = {re.sub(r"( \[.*\])? [A-Z]+: .*", "", line) for line in permissions.table()}
    assert None not in {name for name, _ in routes()}
    assert set(names()) - listed == set()


def test_no_route_leads_to_an_administration_site():
    assert not [name for name, _ in routes() if "admin" in name]
    with pytest.raises(NoReverseMatch):
        reverse("admin:index")
