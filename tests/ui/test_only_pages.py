"""Addresses that only take forms: a page says so, leads back, and nobody is sent there."""

import pytest
from django.test import Client
from django.urls import resolve

from cqo_portal.ui.middleware import page_above, takes_forms_only
from tests import permissions
from tests.cast import PASSWORD, browser
from tests.routes import address, names, objects, twelve


def forms_only() -> set[str]:
    """By the table of permissions: whoever signed in gets 405 for a GET."""
    answered = (line.rsplit(" GET: ", 1) for line in permissions.table() if " GET: " in line)
    return {route.partition(" ")[0] for route, statuses in answered if statuses in ("405", "302/405")}


@pytest.mark.django_db
def test_every_address_that_only_takes_forms_is_known_and_has_a_page_above_it(people):
    twelve(people)
    wanted = objects(people.filing(until="filed"), people)
    addresses = {name.partition(" ")[0]: address(name, wanted) for name in names()}
    assert {name for name, path in addresses.items() if takes_forms_only(path)} == forms_only()
    for name in forms_only():
        above = page_above(addresses[name])
        assert resolve(above).func and not takes_forms_only(above), name


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/batches/preview/", "/batches/"),
        ("/batches/send/?notice=1", "/batches/"),
        ("/filings/00000000-0000-0000-0000-000000000000/steps/submit/", "/filings/00000000-0000-0000-0000-000000000000/"),
        ("/inbox/read-all/", "/inbox/"),
        ("/roles/1/", "/"),
    ],
)  # fmt: skip
def test_it_leads_to_the_nearest_page_above(address, page):
    assert page_above(address) == page


@pytest.mark.django_db
def test_asking_for_it_is_answered_with_a_page(people):
    answer = browser(people.wang).get("/batches/preview/")
    page = answer.content.decode()
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<h1>这个地址没有可以打开的页面</h1>" in page
    assert all(part in page for part in ("没有丢的", "接下来", "找谁"))
    assert '<a class="btn btn-primary" href="/batches/">' in page


@pytest.mark.django_db
def test_sending_to_a_page_is_answered_with_a_page(people):
    answer = browser(people.wang).post("/batches/", {})
    assert answer.status_code == 405
    assert "<h1>这一页只能查看，不接收提交</h1>" in answer.content.decode()


@pytest.mark.django_db
def test_a_script_gets_the_bare_answer(people):
    answer = browser(people.wang).get("/batches/preview/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (405, b"")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "led_to"), [("/batches/preview/", "/batches/"), ("/batches/new/", "/batches/new/")]
)
def test_signing_in_again_leads_to_a_page(people, wanted, led_to):
    """The session ended while the preview was open; the second line is the control."""
    stranger = browser()
    assert stranger.post(wanted, {}).status_code in (302, 405)
    signed_in = stranger.post(f"/accounts/login/?next={wanted}", {"login": "wang", "password": PASSWORD})
    assert (signed_in.status_code, signed_in.headers["Location"]) == (302, led_to)


@pytest.mark.django_db
@pytest.mark.parametrize("mode", ["navigate", "cors"], ids=["a form of a page", "a script (the control)"])
def test_who_was_signed_out_meanwhile_gets_the_sentences_back(people, mode):
    filing = people.filing(until="at_county")
    clerk = browser(people.wang)
    clerk.logout()  # in another window
    said = {"key": "officer.post", "reason": "与任命书不一致。", "phone": "13800138000"}
    answer = clerk.post(
        f"{filing.get_absolute_url()}pins/", said, headers={"sec-fetch-mode": mode}, follow=True
    )
    page = answer.content.decode()
    assert answer.redirect_chain[0][0].startswith("/accounts/login/")
    assert ("刚才的这一步没有办理" in page and "“与任命书不一致。”" in page) is (mode == "navigate")
    assert "13800138000" not in page
    assert not filing.return_items.exists()


# ── what htmx asks after the session has ended ────────────────────────────────────────────────
NOBODY = "00000000-0000-0000-0000-000000000000"
FRAGMENT = {"HX-Request": "true", "HX-Current-URL": "http://testserver/training/1/signing/?full=1"}


@pytest.mark.django_db
@pytest.mark.parametrize("by_htmx", [True, False], ids=["a fragment", "a page (the control)"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_to_sign_in_the_browser_leaves_the_page_as_a_whole(method, by_htmx):
    path = f"/training/sessions/{NOBODY}/{'roster/check' if method == 'post' else 'signing'}/"
    answer = getattr(browser(), method)(path, headers=FRAGMENT if by_htmx else {})
    if by_htmx:
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["HX-Redirect"] == "/accounts/login/?next=/training/1/signing/%3Ffull%3D1"
    else:
        assert (answer.status_code, "HX-Redirect" in answer.headers) == (302, False)
        assert answer.headers["Location"].startswith("/accounts/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("by_htmx", [True, False], ids=["a fragment", "a page (the control)"])
def test_neither_is_the_page_about_a_lost_cookie_put_into_a_fragment(by_htmx):
    client = Client(enforce_csrf_checks=True)
    answer = client.post(f"/training/sessions/{NOBODY}/roster/check/", headers=FRAGMENT if by_htmx else {})
    assert answer.status_code == (200 if by_htmx else 403)
    assert answer.headers.get("HX-Redirect", "").startswith("/accounts/login/") is by_htmx


@pytest.mark.django_db
def test_a_page_elsewhere_is_not_led_back_to():
    headers = FRAGMENT | {"HX-Current-URL": "https://elsewhere.example/training/"}
    answer = browser().get(f"/training/sessions/{NOBODY}/signing/", headers=headers)
    assert answer.headers["HX-Redirect"] == f"/accounts/login/?next=/training/sessions/{NOBODY}/"
