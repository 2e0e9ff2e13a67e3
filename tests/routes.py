"""Every page by the resolver itself, what to ask it about, and one filing brought through its life."""

import re
from collections.abc import Iterator
from uuid import uuid4

from django.db import transaction
from django.urls import URLPattern, get_resolver, reverse

from cqo_portal.accounts.models import Role, User
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Person
from cqo_portal.workflow.engine import perform
from registry import services
from registry.models import Filing
from registry.workflow import FILE, FILING, RETURN, SEND_UP, SUBMIT
from tests import permissions
from tests.cast import IDENTITY, TODAY, institution, user
from tests.training import rows

ACTORS = (
    "nobody",
    "liu",
    "dan",
    "wang",
    "qing",
    "meng",
    "hao",
    "officer",
    "body",
    "expert",
    "provider",
    "admin",
)
STATES = ("draft", "at_county", "returned", "at_city", "filed")


def twelve(people) -> dict[str, User | None]:
    """A visitor who is nobody, the cast, and a holder of every role that has no part in the filing yet."""
    person = Person.objects.create(name="王雪松", identity_kind="resident", identity_number=IDENTITY)
    others = {
        "officer": user("officer", Role.OFFICER, person=person),
        "body": user("body", Role.BODY, institution=institution("沧州质量评价中心")),
        "expert": user("expert", Role.EXPERT, person=rows.person("陆一鸣")),
        "provider": user("provider", Role.PROVIDER, institution=institution("沧州质量培训学校")),
        "admin": user("admin", Role.ADMIN),
    }
    held = {name: getattr(people, name) for name in ACTORS if hasattr(people, name)} | others
    return {name: held.get(name) for name in ACTORS}


def routes(patterns=None, space: str = "") -> Iterator[tuple[str, dict]]:
    """(name, what its address asks for) of every page, by the resolver itself."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield (
                f"{space}{pattern.name}",
                dict(pattern.pattern.converters) or pattern.pattern.regex.groupindex,
            )
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from routes(pattern.url_patterns, inner)


def names() -> list[str]:
    steps = permissions.steps()
    plain = [name for name, _ in routes() if name not in steps]
    return plain + [f"{route} {step}" for route, moves in steps.items() for step in moves]


def answered(route: str, method: str) -> dict[str, set[str]]:
    """{actor: the statuses the table of permissions has, in one state of the filing or another}."""
    found = {actor: set() for actor in ACTORS}
    of_the_route = re.compile(rf"{re.escape(route)}(?: \[.*\])? {method}: (.+)")
    for statuses in (line[1] for line in map(of_the_route.fullmatch, permissions.table()) if line):
        nobody, *others = statuses.replace("/", " ").split()
        others = others if len(others) > 1 else (others or [nobody]) * (len(ACTORS) - 1)
        for actor, status in zip(ACTORS, (nobody, *others), strict=True):
            found[actor].add(status)
    return found


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
        if name.startswith("registry:")
        and set(asks) == {"pk"}
        and "proof-" not in name
        and name != "registry:proof"
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
    told = Message.objects.filter(recipient=people.wang).first()
    found["notifications:read"] = {"pk": told.pk if told else 1}
    return found | permissions.objects(people)


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
