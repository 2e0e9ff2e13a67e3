"""Nonsense in an address is answered: every parameter that any page reads, by the resolver and by what the page asks for."""

from urllib.parse import quote

import pytest
from django.db import transaction
from django.http import QueryDict

from registry.models import Officer
from tests.cast import browser
from tests.routes import address, answered, names, objects, twelve

# Percent-encoded where the octets are no text at all.
NONSENSE = ("%00", "9" * 400, "%ED%A0%80" + quote("-٣１²{}"))
WHO = ("meng", "wang", "liu", "admin", "dan", "qing", "nobody", "officer", "body", "expert", "provider")
SLOW_OR_FOREIGN = ("account_", "mfa_", "usersessions_", "healthz", "readyz", "style")


@pytest.fixture
def pages(people):
    """(route, address, a browser that may open it) of every page there is for somebody."""
    known = twelve(people)
    clients = {actor: browser(known[actor]) for actor in WHO}
    wanted = objects(people.filing(until="filed"), people)
    found = []
    for name in names():
        given = answered(name, "GET")
        may = [actor for actor in WHO if "200" in given[actor]]
        if may and not name.startswith(SLOW_OR_FOREIGN):
            found.append((name, address(name, wanted), clients[may[0]]))
    assert Officer.objects.exists()
    return found


@pytest.fixture
def read(monkeypatch):
    """The names that were looked up in the query of an address."""
    asked = set()
    for way in ("get", "getlist", "__getitem__", "__contains__"):
        plain = getattr(QueryDict, way)

        def noting(self, key, *rest, plain=plain):
            asked.add(key)
            return plain(self, key, *rest)

        monkeypatch.setattr(QueryDict, way, noting)
    return asked


def parameters(page, read: set) -> set[str]:
    _, path, client = page
    read.clear()
    client.get(f"{path}?other=1")
    return {one for one in read if isinstance(one, str) and one.isidentifier()} - {"other"}


@pytest.mark.django_db
def test_nonsense_in_any_parameter_of_any_page_is_answered(pages, read):
    known = {page: parameters(page, read) for page in pages}
    of_the_frame = set.intersection(*known.values())  # what is read on every page is tried on the lists alone
    failed, asked = [], 0
    for (name, path, client), names_read in known.items():
        for parameter in names_read if "after" in names_read else names_read - of_the_frame:
            for value in NONSENSE:
                with transaction.atomic():
                    status = client.get(f"{path}?{parameter}={value}").status_code
                    transaction.set_rollback(True)
                asked += 1
                if status >= 500:
                    failed.append(f"{name} ?{parameter}={value[:20]}")
    assert failed == []
    assert asked > 400
