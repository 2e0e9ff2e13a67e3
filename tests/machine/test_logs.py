"""What stands in a log: never what opens a door, and never a line somebody else began."""

import io
import logging
import re

import pytest
from django.urls import get_resolver

from cqo_portal.machine.logs import Presentable, presentable
from tests.cast import browser


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/c/CQO-JSHZ-2026-0183-1/GEHEIM-x_9", "/c/CQO-JSHZ-2026-0183-1/…"),
        ("/c/CQO-JSHZ-2026-0183-1/GEHEIM/answer.json", "/c/CQO-JSHZ-2026-0183-1/…/answer.json"),
        ("/c/CQO-JSHZ-2026-0183-1/GEHEIM?on=2026-07-01", "/c/CQO-JSHZ-2026-0183-1/…?on=2026-07-01"),
        ("//c//CQO JSHZ//GEHEIM", "//c//CQO JSHZ//…"),
        ("/c/CQO-JSHZ-2026-0183-1/ GEHEIM", "/c/CQO-JSHZ-2026-0183-1/…"),
        ("{'path': 'c/CQO-JSHZ-2026-0183-1/GEHEIM'}", "{'path': 'c/CQO-JSHZ-2026-0183-1/…'}"),
        ("/training/sign/Mg:1uGEHEIM:x-_y/", "/training/sign/…/"),
        ("/accounts/password/reset/key/1-GEHEIM-x/", "/accounts/password/reset/key/…/"),
        ("/accounts/confirm-email/MQ:1uGEHEIM:x/", "/accounts/confirm-email/…/"),
        ("/verify/status/latest.json", "/verify/status/latest.json"),
        ("/c/CQO-JSHZ-2026-0183-1", "/c/CQO-JSHZ-2026-0183-1"),
        ("/desk/abc/x/y", "/desk/abc/x/y"),
    ],
)
def test_what_opens_something_is_left_out_of_its_address(address, shown):
    assert presentable(address) == shown
    assert presentable(f"404 GET {address} 0.001") == f"404 GET {shown} 0.001"


def addresses(patterns, above: str = ""):
    for each in patterns:
        address = above + str(each.pattern).lstrip("^").replace("(?P<uidb36>[0-9A-Za-z]+)", "1")
        yield from addresses(each.url_patterns, address) if hasattr(each, "url_patterns") else [address]


def test_every_address_with_a_key_or_a_code_in_it_is_on_the_list():
    """Asked of the resolver: a new one is shown with its secret until it is added, and then this says so."""
    named = re.compile(r"<(?:\w+:)?(code|key|token|secret)>|\(\?P<(key|token|secret)>.*\)")
    found = {
        each: presentable(named.sub("GEHEIM", each))
        for each in addresses(get_resolver().url_patterns)
        if named.search(each)
    }
    assert {address for address, shown in found.items() if "GEHEIM" in shown} == {
        "filings/<uuid:pk>/reveal/<str:key>/",  # the name of a field
        "offices/list/<slug:code>/",  # of a division
        "reports/<int:year>/<slug:code>/",
        "reports/<int:year>/<slug:code>/open/",
        "reports/<int:year>/<slug:code>/remind/",
        "reports/<int:year>/<slug:code>/sign/",
        "reports/<int:year>/<slug:code>/signed/",
    }
    assert len(found) > 10  # the control: those with a secret are among them


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("/x/\r\n2026-11-30 FAKE", r"/x/\r\n2026-11-30 FAKE"),
        ("a\x1b[2Jb\x00\x7f\x85", r"a\x1b[2Jb\x00\x7f\x85"),
        ("a\u2028b\u202ec", r"a\u2028b\u202ec"),
        ("沧州 “恒通”", "沧州 “恒通”"),
    ],
)
def test_what_is_no_visible_sign_is_written_out(sent, shown):
    assert presentable(sent) == shown


# ── as the settings have it ───────────────────────────────────────────────────────────────────
@pytest.fixture
def written(monkeypatch) -> io.StringIO:
    """What the handler of the root logger writes."""
    kept = logging.getLogger().handlers
    (handler,) = (h for h in kept if any(isinstance(each, Presentable) for each in h.filters))
    monkeypatch.setattr(handler, "stream", io.StringIO())
    return handler.stream


def test_what_django_says_of_an_address_holds_neither_secret_nor_line(people, written):
    assert browser().get("/c/CQO-JSHZ-2026-0183-1/GEHEIM").status_code == 404
    assert browser().get("/c/CQO-JSHZ-2026-0183-1/GEHEIM/nothing/here/").status_code == 404
    assert browser().get("/c/x/%0d%0a2026-11-30%20FAKE").status_code == 404
    lines = written.getvalue().splitlines()
    assert lines[0].endswith("WARNING django.request Not Found: /c/CQO-JSHZ-2026-0183-1/…")
    assert not [line for line in lines if "GEHEIM" in line or line.startswith("2026-11-30 FAKE")]
    assert len([line for line in lines if "Not Found: /c/" in line]) == 3  # the control: each was written


def test_a_traceback_is_set_apart_and_holds_neither(written):
    try:
        raise ValueError("/c/CQO-JSHZ-2026-0183-1/GEHEIM\n2026-11-30 FAKE\r\x1b")
    except ValueError:
        logging.getLogger("a.test").exception("it broke\n2026-11-30 FAKE")
    first, *others = written.getvalue().splitlines()
    assert first.endswith(r"ERROR a.test it broke\n2026-11-30 FAKE")
    assert others[-2:] == ["  ValueError: /c/CQO-JSHZ-2026-0183-1/…", r"  2026-11-30 FAKE\r\x1b"]
    assert {line[:2] for line in others} == {"  "}


def test_a_line_that_is_put_together_wrongly_ends_nothing(written):
    logging.getLogger("a.test").error("%s and %s", "one")
    assert written.getvalue().endswith("ERROR a.test %s and %s\n")
