"""Who gets what: every route the resolver knows × every role × every method, for one enterprise's filing in each state.

The table is the contract. A route that is not in it fails the test, and so does a cell that differs.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pytest
from django.db import transaction
from django.urls import NoReverseMatch, reverse

from registry.queries import FilingQuerySet
from tests import permissions
from tests.cast import bare, browser
from tests.routes import ACTORS, STATES, address, names, objects, other_key, routes, states_of, twelve

METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE")
# Whether these are answered does not depend on who asks: one who may read, and nobody, show it.
UNUSED = METHODS[2:]


@pytest.fixture
def cast_of_twelve(people):
    return people, {name: browser(user) for name, user in twelve(people).items()}


class Round:
    """All cells of one state. Every request is undone, so that the next one finds the same world."""

    def __init__(self, clients, *, state: str, objects: dict) -> None:
        self.clients, self.state, self.objects = clients, state, objects
        self.kept = {name: dict(client.cookies.items()) for name, client in clients.items()}
        self.said = permissions.said()
        self.cells = 0

    def status(self, actor: str, method: str, path: str, said: dict | None):
        client = self.clients[actor]
        client.cookies.clear()
        client.cookies.update(self.kept[actor])
        with transaction.atomic():
            answer = getattr(client, method.lower())(path, said or {})
            transaction.set_rollback(True)
        self.cells += 1
        return answer

    def compares(self, name: str, method: str) -> bool:
        return "pk" in self.objects.get(name, {}) and (method == "GET" or self.state == "at_county")

    def row(self, name: str, method: str, senders: Iterable[str]) -> tuple[str, ...]:
        wanted = self.objects
        found = []
        for actor in senders:
            answer = self.status(actor, method, address(name, wanted), self.said.get(name))
            found.append(str(answer.status_code))
            if answer.status_code == 404 and self.compares(name, method):
                nothing = wanted | {name: wanted[name] | {"pk": other_key(wanted[name]["pk"])}}
                none = self.status(actor, method, address(name, nothing), self.said.get(name))
                assert bare(none) == bare(answer), f"{actor} can tell that {name} exists"
        return tuple(found)

    def rows(self, name: str, methods: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """(method, statuses) of a route; HEAD where it is not answered as GET."""
        read: tuple[str, ...] = ()
        for method in methods:
            if method not in UNUSED:
                statuses = self.row(name, method, ACTORS)
                read = statuses if method == "GET" else read
                yield method, statuses
                continue
            reader = read.index("200", 1) if "200" in read[1:] else 1
            statuses = self.row(name, method, ("nobody", ACTORS[reader]))
            if method != "HEAD" or statuses != (read[0], read[reader]):
                yield method, statuses


OF_A_FILING = tuple(
    f"registry:{kind}" for kind in ("filing", "proof", "pin", "unpin", "determine", "reveal", "step")
)
OF_A_POST = ("desk:dossier", "desk:reveal-identity")


def is_about_the_filing(name: str) -> bool:
    return name.startswith(OF_A_FILING) and name not in ("registry:filing-list", "registry:filing-create")


def measured(people, clients, *, only=lambda name: True) -> tuple[dict, int]:
    """{(route, method): {statuses: [states]}} and how many requests that took."""
    found, cells = defaultdict(lambda: defaultdict(list)), 0
    for state, filing in states_of(people):
        this = Round(clients, state=state, objects=objects(filing, people))
        for name in filter(only, names()):
            tied = is_about_the_filing(name)
            if state != ("filed" if name in OF_A_POST else state if tied else "at_county"):
                continue
            for method, statuses in this.rows(name, methods_of(name, state)):
                found[name, method][statuses].append(state if tied else "")
        cells += this.cells
    return found, cells


def methods_of(name: str, state: str) -> tuple[str, ...]:
    """In one state all methods; in the others those that the state can matter to."""
    if state == "at_county" or name in OF_A_POST:
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


@pytest.mark.django_db
def test_everybody_gets_exactly_what_the_table_says(cast_of_twelve):
    people, clients = cast_of_twelve
    found, cells = measured(people, clients)
    lines = as_text(found)
    assert not [line for line in lines if "500" in line]
    expected = permissions.table()
    different = sorted(set(lines) ^ set(expected))  # what was got, beside what was expected
    assert not different, "\n".join(different)
    assert len(lines) == len(expected)
    assert cells > 5000


@pytest.mark.django_db
def test_a_scope_that_is_lost_is_reported(cast_of_twelve, monkeypatch):
    """The control: with the one door left open, the table no longer holds, cell by cell."""
    people, clients = cast_of_twelve
    monkeypatch.setattr(FilingQuerySet, "visible_to", lambda self, user: self.all())
    found, _ = measured(people, clients, only=lambda name: name in ("registry:filing", "registry:proof"))
    lost = set(as_text(found)) - set(permissions.table())
    assert any(line.startswith("registry:filing ") and "GET" in line for line in lost)


def test_every_route_has_a_name_and_stands_in_the_table():
    listed = {re.sub(r"( \[.*\])? [A-Z]+: .*", "", line) for line in permissions.table()}
    assert None not in {name for name, _ in routes()}
    assert set(names()) - listed == set()


def test_no_route_leads_to_an_administration_site():
    assert not [name for name, _ in routes() if "admin" in name]
    with pytest.raises(NoReverseMatch):
        reverse("admin:index")
