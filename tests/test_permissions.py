"""Who gets what: every route the resolver knows × every role × every method, for one enterprise's filing in each state.

The table is the contract. A route that is not in it fails the test, and so does a cell that differs.
"""

import re
from collections import defaultdict

import pytest
from django.db import transaction
from django.urls import NoReverseMatch, reverse

from registry.queries import FilingQuerySet
from tests.cast import bare, browser
from tests.routes import STATES, address, names, objects, other_key, routes, states_of, twelve

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
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
registry:filing [draft] GET: 302 200 404 404 404 404 404 404 404 404 404 404
registry:filing [at_county,returned,at_city,filed] GET: 302 200 404 200 404 200 200 404 404 404 404 404
registry:filing POST: 405
registry:filing-edit [draft] GET: 302 200 404 404 404 404 404 404 404 404 404 404
registry:filing-edit [at_county,at_city,filed] GET: 302 302 404 403 404 403 403 404 404 404 404 404
registry:filing-edit [returned] GET: 302 200 404 403 404 403 403 404 404 404 404 404
registry:filing-edit [draft] POST: 302 302 404 404 404 404 404 404 404 404 404 404
registry:filing-edit [at_county,returned,at_city,filed] POST: 302 302 404 403 404 403 403 404 404 404 404 404
registry:filing-autosave GET: 302/405
registry:filing-autosave [draft] POST: 302 200 404 404 404 404 404 404 404 404 404 404
registry:filing-autosave [at_county,returned,at_city,filed] POST: 302 200 404 403 404 403 403 404 404 404 404 404
registry:filing-check [draft] GET: 302 200 404 404 404 404 404 404 404 404 404 404
registry:filing-check [at_county,at_city,filed] GET: 302 302 404 403 404 403 403 404 404 404 404 404
registry:filing-check [returned] GET: 302 200 404 403 404 403 403 404 404 404 404 404
registry:filing-check [draft] POST: 302 409 404 404 404 404 404 404 404 404 404 404
registry:filing-check [at_county,at_city,filed] POST: 302 302 404 403 404 403 403 404 404 404 404 404
registry:filing-check [returned] POST: 302 409 404 403 404 403 403 404 404 404 404 404
registry:proof-attach GET: 302/405
registry:proof-attach [draft] POST: 302 302 404 404 404 404 404 404 404 404 404 404
registry:proof-attach [at_county,returned,at_city,filed] POST: 302 302 404 403 404 403 403 404 404 404 404 404
registry:pin GET: 302/405
registry:pin [draft] POST: 302 403 404 404 404 404 404 404 404 404 404 404
registry:pin [at_county] POST: 302 403 404 302 404 403 403 404 404 404 404 404
registry:pin [returned,filed] POST: 302 403 404 403 404 403 403 404 404 404 404 404
registry:pin [at_city] POST: 302 403 404 403 404 302 403 404 404 404 404 404
registry:unpin GET: 302/405
registry:unpin [draft] POST: 302 403 404 404 404 404 404 404 404 404 404 404
registry:unpin [at_county] POST: 302 403 404 302 404 403 403 404 404 404 404 404
registry:unpin [returned,filed] POST: 302 403 404 403 404 403 403 404 404 404 404 404
registry:unpin [at_city] POST: 302 403 404 403 404 302 403 404 404 404 404 404
registry:determine GET: 302/405
registry:determine [draft] POST: 302 403 404 404 404 404 404 404 404 404 404 404
registry:determine [at_county,returned,at_city,filed] POST: 302 403 404 302 404 302 403 404 404 404 404 404
registry:reveal [draft] GET: 302/404
registry:reveal [at_county,returned,at_city,filed] GET: 302 200 404 200 404 200 200 404 404 404 404 404
registry:reveal [draft] POST: 302/404
registry:reveal [at_county,returned,at_city,filed] POST: 302 200 404 200 404 200 200 404 404 404 404 404
registry:proof [draft] GET: 302 200 404 404 404 404 404 404 404 404 404 404
registry:proof [at_county,returned,at_city,filed] GET: 302 200 404 200 404 200 200 404 404 404 404 404
registry:proof POST: 405
registry:proof-page [draft] GET: 302 200 404 404 404 404 404 404 404 404 404 404
registry:proof-page [at_county,returned,at_city,filed] GET: 302 200 404 200 404 200 200 404 404 404 404 404
registry:proof-page POST: 405
registry:proof-remove GET: 302/405
registry:proof-remove [draft] POST: 302 302 404 404 404 404 404 404 404 404 404 404
registry:proof-remove [at_county,returned,at_city,filed] POST: 302 302 404 403 404 403 403 404 404 404 404 404
registry:step submit [draft] POST: 302 302 404 404 404 404 404 404 404 404 404 404
registry:step submit [at_county,returned,at_city,filed] POST: 302 302 404 403 404 403 403 404 404 404 404 404
registry:step withdraw [draft] POST: 302 302 404 404 404 404 404 404 404 404 404 404
registry:step withdraw [at_county,returned,at_city,filed] POST: 302 302 404 403 404 403 403 404 404 404 404 404
registry:step discard [draft] POST: 302 302 404 404 404 404 404 404 404 404 404 404
registry:step discard [at_county,returned,at_city,filed] POST: 302 302 404 403 404 403 403 404 404 404 404 404
registry:step send-up [draft] POST: 302 403 404 404 404 404 404 404 404 404 404 404
registry:step send-up [at_county,returned,at_city,filed] POST: 302 403 404 302 404 403 403 404 404 404 404 404
registry:step return [draft] POST: 302 403 404 404 404 404 404 404 404 404 404 404
registry:step return [at_county,returned,at_city,filed] POST: 302 403 404 302 404 403 403 404 404 404 404 404
registry:step return-from-city [draft] POST: 302 403 404 404 404 404 404 404 404 404 404 404
registry:step return-from-city [at_county,returned,at_city,filed] POST: 302 403 404 403 404 302 403 404 404 404 404 404
registry:step file [draft] POST: 302 403 404 404 404 404 404 404 404 404 404 404
registry:step file [at_county,returned,at_city,filed] POST: 302 403 404 403 404 302 403 404 404 404 404 404
registry:filing-list GET: 302/200
registry:filing-list POST: 405
registry:filing-create GET: 302 200 200 403 403 403 403 403 403 403 403 403
registry:filing-create POST: 302 302 302 403 403 403 403 403 403 403 403 403
registry:step submit [at_county] GET: 302/405
registry:step withdraw [at_county] GET: 302/405
registry:step discard [at_county] GET: 302/405
registry:step send-up [at_county] GET: 302/405
registry:step return [at_county] GET: 302/405
registry:step return-from-city [at_county] GET: 302/405
registry:step file [at_county] GET: 302/405
desk:register GET: 302/200
desk:register POST: 405
desk:dossier GET: 302 200 404 200 404 200 200 200 404 404 404 404
desk:dossier POST: 405
desk:reveal-identity GET: 302 200 404 200 404 200 200 200 404 404 404 404
desk:reveal-identity POST: 302 200 404 200 404 200 200 200 404 404 404 404
home GET: 302/200
home POST: 405
notifications:inbox GET: 302/200
notifications:inbox POST: 405
notifications:read GET: 302/405
notifications:read POST: 302 404 404 302 404 404 404 404 404 404 404 404
notifications:read-all GET: 302/405
notifications:read-all POST: 302
accounts:act GET: 302/405
accounts:act POST: 302 302 404 404 404 404 404 404 404 404 404 404
rules-index GET: 200
rules-index POST: 405
rules GET: 200
rules POST: 405
style GET: 200
style POST: 405
healthz GET: 200
healthz POST: 405
readyz GET: 200
readyz POST: 405
account_login GET: 200/302
account_login POST: 200/302
account_login PUT: 200/302
account_login DELETE: 405/302
account_logout GET: 302/200
account_logout POST: 302
account_inactive GET: 200
account_inactive POST: 405
account_signup GET: 200/302
account_signup POST: 200/302
account_signup PUT: 200/302
account_signup DELETE: 200/302
account_reauthenticate GET: 302/200
account_reauthenticate POST: 302/200
account_reauthenticate PUT: 302/200
account_email GET: 302/200
account_email POST: 302
account_email PUT: 302
account_email_verification_sent GET: 200
account_email_verification_sent POST: 405
account_change_password GET: 302/200
account_change_password POST: 302/200
account_change_password PUT: 302/200
account_set_password GET: 302
account_set_password POST: 302
account_set_password PUT: 302
account_set_password DELETE: 302
account_reset_password GET: 200
account_reset_password POST: 200
account_reset_password PUT: 200
account_confirm_login_code GET: 302
account_confirm_login_code POST: 302
account_confirm_login_code PUT: 302
account_confirm_login_code DELETE: 302
account_confirm_email GET: 200
account_confirm_email POST: 404
account_reset_password_from_key_done GET: 200
account_reset_password_from_key_done POST: 405
account_reset_password_from_key GET: 200
account_reset_password_from_key POST: 200
account_reset_password_from_key PUT: 200
account_reset_password_from_key DELETE: 200
account_reset_password_done GET: 200
account_reset_password_done POST: 405
mfa_index GET: 302/200
mfa_index POST: 302/405
mfa_authenticate GET: 302
mfa_authenticate POST: 302
mfa_authenticate PUT: 302
mfa_authenticate DELETE: 302
mfa_reauthenticate GET: 302
mfa_reauthenticate POST: 302
mfa_reauthenticate PUT: 302
mfa_reauthenticate DELETE: 302
mfa_activate_totp GET: 302
mfa_activate_totp POST: 302
mfa_activate_totp PUT: 302
mfa_activate_totp DELETE: 302
mfa_deactivate_totp GET: 302/404
mfa_deactivate_totp POST: 302/404
mfa_deactivate_totp PUT: 302/404
mfa_deactivate_totp DELETE: 302/404
mfa_view_recovery_codes GET: 302/404
mfa_view_recovery_codes POST: 302/405
mfa_generate_recovery_codes GET: 302
mfa_generate_recovery_codes POST: 302
mfa_generate_recovery_codes PUT: 302
mfa_generate_recovery_codes DELETE: 302
mfa_download_recovery_codes GET: 302/404
mfa_download_recovery_codes POST: 302/404
mfa_download_recovery_codes PUT: 302/404
mfa_download_recovery_codes DELETE: 302/404
mfa_list_webauthn GET: 302/200
mfa_list_webauthn POST: 302/405
mfa_add_webauthn GET: 302
mfa_add_webauthn POST: 302
mfa_add_webauthn PUT: 302
mfa_add_webauthn DELETE: 302
mfa_reauthenticate_webauthn GET: 302
mfa_reauthenticate_webauthn POST: 302
mfa_reauthenticate_webauthn PUT: 302
mfa_reauthenticate_webauthn DELETE: 302
mfa_remove_webauthn GET: 302
mfa_remove_webauthn POST: 302
mfa_remove_webauthn PUT: 302
mfa_remove_webauthn DELETE: 302
mfa_edit_webauthn GET: 302
mfa_edit_webauthn POST: 302
mfa_edit_webauthn PUT: 302
mfa_edit_webauthn DELETE: 302
usersessions_list GET: 302/200
usersessions_list POST: 302
usersessions_list PUT: 302
"""


@pytest.fixture
def cast_of_twelve(people):
    return people, {name: browser(user) for name, user in twelve(people).items()}


class Round:
    """All cells of one state. Every request is undone, so that the next one finds the same world."""

    def __init__(self, clients, *, state: str, objects: dict) -> None:
        self.clients, self.state, self.objects = clients, state, objects
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

    def compares(self, name: str, method: str) -> bool:
        return "pk" in self.objects.get(name, {}) and (method == "GET" or self.state == "at_county")

    def row(self, name: str, method: str, **more: str) -> tuple[str, ...]:
        wanted = self.objects | more
        found = []
        for actor in self.clients:
            answer = self.status(actor, method, address(name, wanted), SAID.get(name))
            found.append(str(answer.status_code))
            if answer.status_code == 404 and self.compares(name, method):
                nothing = wanted | {name: wanted[name] | {"pk": other_key(wanted[name]["pk"])}}
                none = self.status(actor, method, address(name, nothing), SAID.get(name))
                assert bare(none) == bare(answer), f"{actor} can tell that {name} exists"
        return tuple(found)


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
            for method in methods_of(name, state):
                found[name, method][this.row(name, method)].append(state if tied else "")
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
    assert not [line for line in lines if "500" in line]
    assert sorted(lines) == sorted(TABLE.strip().splitlines())
    assert cells > 5000


@pytest.mark.django_db
def test_a_scope_that_is_lost_is_reported(cast_of_twelve, monkeypatch):
    """The control: with the one door left open, the table no longer holds, cell by cell."""
    people, clients = cast_of_twelve
    monkeypatch.setattr(FilingQuerySet, "visible_to", lambda self, user: self.all())
    found, _ = measured(people, clients, only=lambda name: name in ("registry:filing", "registry:proof"))
    lost = set(as_text(found)) - set(TABLE.strip().splitlines())
    assert any(line.startswith("registry:filing ") and "GET" in line for line in lost)


def test_every_route_has_a_name_and_stands_in_the_table():
    listed = {re.sub(r"( \[.*\])? [A-Z]+: .*", "", line) for line in TABLE.strip().splitlines()}
    assert None not in {name for name, _ in routes()}
    assert set(names()) - listed == set()


def test_no_route_leads_to_an_administration_site():
    assert not [name for name, _ in routes() if "admin" in name]
    with pytest.raises(NoReverseMatch):
        reverse("admin:index")
