"""Who gets what: every route the resolver knows × every role × every method, for one enterprise's filing in each state.

The table is the contract. A route that is not in it fails the test, and so does a cell that differs.
"""

from collections import defaultdict
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from cqo_portal.accounts.models import Role
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Person
from cqo_portal.workflow.engine import perform
from registry import services
from registry.models import Filing
from registry.queries import FilingQuerySet
from registry.workflow import FILE, FILING, RETURN, SEND_UP, SUBMIT
from tests.cast import IDENTITY, TODAY, bare, browser, user

ACTORS = ("nobody", "liu", "dan", "wang", "qing", "meng", "hao", "officer", "body", "expert", "provider", "admin")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
STATES = ("draft", "at_county", "returned", "at_city", "filed")
SAID = {
    "registry:reveal": {"why": "核对"},
    "desk:reveal-identity": {"why": "核对"},
    "registry:pin": {"key": "officer.post", "reason": "请改正"},
    "registry:determine": {"clause": "training", "reason": "认可"},
}

# route [state,…] method: a status for each of ACTORS, or one for all.
# nobody = not signed in · liu files · dan another enterprise · wang her county · qing the county next door
# meng the city · hao the province · the rest hold the role of their name
TABLE = """
"""


@pytest.fixture
def cast_of_twelve(people):
    """The cast, and a holder of every role that has no part in the filing yet."""
    person = Person.objects.create(name="王雪松", identity_kind="resident", identity_number=IDENTITY)
    others = {
        "officer": user("officer", Role.OFFICER, person=person),
        "body": user("body", Role.BODY, body_name="评价机构"),
        "expert": user("expert", Role.EXPERT, body_name="专家"),
        "provider": user("provider", Role.PROVIDER, body_name="培训机构"),
        "admin": user("admin", Role.ADMIN),
    }
    held = {name: getattr(people, name) for name in ACTORS if hasattr(people, name)} | others
    return people, {name: browser(held.get(name)) for name in ACTORS}


def routes(patterns=None, space: str = "") -> Iterator[tuple[str, dict]]:
    """(name, what its address asks for) of every page, by the resolver itself."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", dict(pattern.pattern.converters) or pattern.pattern.regex.groupindex
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from routes(pattern.url_patterns, inner)


class Round:
    """All cells of one state. Every request is undone, so that the next one finds the same world."""

    def __init__(self, clients, *, state: str, objects: dict) -> None:
        self.clients, self.state, self.objects = clients, state, objects
        self.cookies = {name: client.cookies.output() for name, client in clients.items()}
        self.kept = {name: dict(client.cookies.items()) for name, client in clients.items()}
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

    def row(self, name: str, method: str, **more: str) -> tuple[str, ...]:
        wanted = self.objects | more
        found = []
        for actor in self.clients:
            answer = self.status(actor, method, address(name, wanted), SAID.get(name))
            found.append(str(answer.status_code))
            if answer.status_code == 404 and "pk" in wanted.get(name, {}):
                nothing = wanted | {name: wanted[name] | {"pk": other_key(wanted[name]["pk"])}}
                none = self.status(actor, method, address(name, nothing), SAID.get(name))
                assert bare(none) == bare(answer), f"{actor} can tell that {name} exists"
        return tuple(found)


def other_key(key):
    return 987_654_321 if isinstance(key, int) else uuid4()


def address(name: str, wanted: dict) -> str:
    route, _, _ = name.partition(" ")
    return reverse(route, kwargs=wanted.get(name, wanted.get(route, {})))


def objects(filing: Filing, people) -> dict:
    """What each route is asked about."""
    paper = filing.proofs.get()
    of_the_filing = {"pk": filing.pk}
    found = {
        name: of_the_filing
        for name, asks in routes()
        if name.startswith("registry:") and set(asks) == {"pk"} and "proof-" not in name and name != "registry:proof"
    }
    found |= {f"registry:step {step}": of_the_filing | {"step": step} for step in FILING}
    found |= {
        "registry:proof-attach": of_the_filing,
        "registry:proof": {"pk": paper.pk},
        "registry:proof-remove": {"pk": paper.pk},
        "registry:proof-page": {"pk": paper.pk, "number": 1},
        "registry:reveal": of_the_filing | {"key": "officer.phone"},
        "registry:unpin": of_the_filing | {"item": 1},
        "rules": {"jurisdiction": "cangzhou"},
        "accounts:act": {"pk": people.liu.acting.pk},
        "account_confirm_email": {"key": "x"},
        "account_reset_password_from_key": {"uidb36": "1", "key": "x-x"},
        "mfa_remove_webauthn": {"pk": 1},
        "mfa_edit_webauthn": {"pk": 1},
    }
    if officer := getattr(filing, "officer", None):
        found |= {"desk:dossier": {"pk": officer.pk}, "desk:reveal-identity": {"pk": officer.pk}}
    if told := Message.objects.filter(recipient=people.wang).first():
        found["notifications:read"] = {"pk": told.pk}
    return found


OF_A_FILING = ("registry:filing", "registry:proof", "registry:pin", "registry:unpin", "registry:determine", "registry:reveal", "registry:step")
OF_A_POST = ("desk:dossier", "desk:reveal-identity")


def is_about_the_filing(name: str) -> bool:
    return name.startswith(OF_A_FILING) and name not in ("registry:filing-list", "registry:filing-create")


def states_of(people) -> Iterator[tuple[str, Filing]]:
    """The same filing brought through its life by those whose move it is; the return is taken back."""
    filing = people.filing()
    yield "draft", filing
    filing = perform(SUBMIT, filing, by=people.liu, today=TODAY)
    yield "at_county", filing
    with transaction.atomic():
        services.pin(filing, key="officer.post", reason="请改正", cites="", by=people.wang)
        yield "returned", perform(RETURN, filing, by=people.wang, today=TODAY)
        transaction.set_rollback(True)
    filing = perform(SEND_UP, filing, by=people.wang, today=TODAY)
    yield "at_city", filing
    yield "filed", perform(FILE, filing, by=people.meng, today=TODAY)


def measured(people, clients, *, only=lambda name: True) -> tuple[dict, int]:
    """{(route, method): {statuses: [states]}} and how many requests that took."""
    found, cells = defaultdict(lambda: defaultdict(list)), 0
    for state, filing in states_of(people):
        this = Round(clients, state=state, objects=objects(filing, people))
        for name in filter(only, names()):
            tied = is_about_the_filing(name)
            if name in OF_A_POST and state != "filed" or not tied and name not in OF_A_POST and state != "at_county":
                continue
            for method in METHODS if state in ("at_county", "filed") and not name.startswith("registry:step ") else ("GET", "POST"):
                if method not in ("GET", "POST") and state == "filed" and name not in OF_A_POST:
                    continue
                if method == "GET" and name.startswith("registry:step ") and state != "at_county":
                    continue
                found[name, method][this.row(name, method)].append(state if tied else "")
        cells += this.cells
    return found, cells


def names() -> list[str]:
    plain = [name for name, _ in routes() if name != "registry:step"]
    return plain + [f"registry:step {step}" for step in FILING]


def as_text(found: dict) -> list[str]:
    """The table, without what goes without saying: HEAD is answered as GET, and PUT and DELETE with 405."""
    lines = []
    for (name, method), by_status in found.items():
        for statuses, states in by_status.items():
            said = in_short(statuses)
            if method == "HEAD" and statuses in found[name, "GET"]:
                continue
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
    open("/tmp/table.txt", "w").write("\n".join(lines))
    assert not [line for line in lines if "500" in line]
    assert sorted(lines) == sorted(TABLE.strip().splitlines())
    assert cells > 3000


@pytest.mark.django_db
def test_a_scope_that_is_lost_is_reported(cast_of_twelve, monkeypatch):
    """The control: with the one door left open, the table no longer holds, cell by cell."""
    people, clients = cast_of_twelve
    monkeypatch.setattr(FilingQuerySet, "visible_to", lambda self, user: self.all())
    found, _ = measured(people, clients, only=lambda name: name in ("registry:filing", "registry:proof"))
    lost = set(as_text(found)) - set(TABLE.strip().splitlines())
    assert any(line.startswith("registry:filing ") and "GET" in line for line in lost)


def test_every_route_has_a_name_and_stands_in_the_table():
    listed = {line.split(" [")[0].split(" GET")[0].split(" HEAD")[0].split(" P")[0].split(" DELETE")[0] for line in TABLE.strip().splitlines()}
    assert None not in {name for name, _ in routes()}
    assert set(names()) - listed == set()


def test_no_route_leads_to_an_administration_site():
    assert not [name for name, _ in routes() if "admin" in name]
    with pytest.raises(NoReverseMatch):
        reverse("admin:index")
