"""Crafted cursors: whatever an address says, a list answers; and an instant is the same instant in every time zone."""

import base64
import json
from datetime import UTC, datetime
from itertools import product

import pytest

from cqo_portal.accounts.models import Role
from cqo_portal.ui.paging import beside, cursor_of, keyset
from registry.models import Filing
from tests.cast import browser, user

pytestmark = pytest.mark.django_db
UUID = "00000000-0000-4000-8000-000000000000"
INSTANTS = [
    "2026-11-20T12:00:00+08:00", "2026-11-20T12:00:00Z", "2026-11-20T12:00:00", "2026-11-20T12:00:00+23:59",
    "2026-11-20T12:00:00-23:59", "2026-11-20T12:00:00+15:59:59", "2026-11-20T12:00:00.123456+08:05:43",
    "0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59",
    "9999-12-31T23:59:59.999999", "1883-11-18T12:03:58-04:56:02", "2026-11-20", "2026-W47-5", "20261120T120000Z",
]  # fmt: skip
DAYS = ["2026-11-20", "0001-01-01", "9999-12-31", "2026-02-30", "2026-W47-5"]
NUMBERS = [0, -1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**40, 1.5, 1e308, True, "7", "７", "1_0", " 1 "]
TEXTS = ["", "bo tou", "\ud800", "\u202e", "'", "%", "\\", "9" * 600, [], {}, ["a"]]
KEYS = [
    UUID,
    UUID.upper(),
    UUID.replace("-", ""),
    "{" + UUID + "}",
    "urn:uuid:" + UUID,
    0,
    2**128 - 1,
    2**128,
    *NUMBERS,
]
LISTS = {
    "meng": (
        "/filings/?turn=all", "/desk/register/", "/incidents/?standing=all", "/offices/moves/", "/offices/hand-overs/",
        "/offices/registrations/?state=all", "/batches/", "/notices/", "/talent/", "/talent/pairings/", "/talent/pool/",
        "/talent/pool/add/", "/supervision/", "/supervision/new/", "/reports/", "/lists/above-scale/2026/",
        "/lists/awards/2026/", "/imports/", "/desk/public/", "/talent/public/",
    ),
    "keeper": ("/offices/accounts/",),
}  # fmt: skip


def cursor(*values) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


CRAFTED = [cursor(first, last) for first, last in product([*INSTANTS, *DAYS], [UUID, 1])]
CRAFTED += [cursor(text, key) for text, key in product(TEXTS, [UUID, 1])]
CRAFTED += [cursor("bo tou", key) for key in KEYS] + [cursor("2026-11-20T12:00:00Z", key) for key in KEYS]
CRAFTED += [cursor(number) for number in NUMBERS]


AWKWARD = [
    CRAFTED[0],
    cursor("2026-11-20T12:00:00", UUID),
    cursor("0001-01-01T00:00:00+23:59", 1),
    cursor("bo tou", 2**128),
]


@pytest.mark.parametrize("who", sorted(LISTS))
def test_every_list_answers_whatever_its_cursor_says(people, who):
    people.filing(until="filed")
    client = browser(user(who, Role.ADMIN) if who == "keeper" else getattr(people, who))
    for path, mark in product(LISTS[who], AWKWARD):
        told = f"{path}{'&' if '?' in path else '?'}after={mark}"
        assert client.get(told).status_code == 200, (path, base64.urlsafe_b64decode(mark + "=="))


@pytest.mark.parametrize(
    "order",
    [("moved_at", "id"), ("-moved_at", "-id"), ("pinyin", "id"), ("submitted_on", "id"), ("round", "id")],
)
def test_whatever_is_in_a_cursor_a_page_comes_and_a_neighbour_or_none(people, order):
    people.filing(until="filed")
    rows = Filing.objects.all()
    for mark in CRAFTED:
        for side in ("after", "before"):
            assert keyset(rows, {side: mark}, order=order, per_page=5).total == 1
        assert len(beside(rows, mark, order=order)) == 2


@pytest.mark.parametrize(("counted", "total", "questions"), [(None, 1, 2), (7, 7, 1)])
def test_what_the_caller_counted_is_not_counted_again(
    people, counted, total, questions, django_assert_num_queries
):
    people.filing(until="at_county")
    with django_assert_num_queries(questions):
        page = keyset(Filing.objects.all(), {}, order=("moved_at", "id"), per_page=5, counted=counted)
    assert (len(page), page.total) == (1, total)


@pytest.mark.parametrize("mark", AWKWARD)
def test_next_and_previous_answer_too(people, mark):
    post = people.filing(until="filed").officer
    for kind in ("register?standing=active", "filings?turn=all"):
        path = post.get_absolute_url()
        assert browser(people.meng).get(path, {"from": kind, "at": mark}).status_code == 200


@pytest.mark.parametrize("zone", ["+00:00", "+08:00", "-11:30", "+14:00", "+15:59", "-23:59", "+23:59"])
def test_an_instant_is_the_same_whatever_zone_a_cursor_names(people, zone):
    """PostgreSQL knows no offset beyond sixteen hours."""
    filing = people.filing(until="at_county")
    at = datetime(2026, 11, 20, 4, tzinfo=UTC)
    Filing.objects.filter(pk=filing.pk).update(moved_at=at)
    sign, hours, minutes = zone[0], int(zone[1:3]), int(zone[4:])
    shift = (hours * 60 + minutes) * (1 if sign == "+" else -1)
    there = datetime.fromtimestamp(at.timestamp() + shift * 60, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S")
    before, same, after = (
        keyset(
            Filing.objects.all(),
            {"after": cursor(f"{there[:-2]}{second}{zone}", UUID)},
            order=("moved_at", "id"),
            per_page=5,
        ).rows
        for second in ("00", "00", "01")
    )
    assert [row.pk for row in before] == [row.pk for row in same] == [filing.pk]
    assert after == []


def test_a_cursor_leads_nobody_to_rows_of_others(people):
    """A mark of another person's list is only a place: what is beyond it is one's own."""
    filing = people.filing(until="at_county")
    Filing.objects.filter(pk=filing.pk).update(moved_at=datetime(2030, 1, 1, tzinfo=UTC))
    filing.refresh_from_db()
    mark = cursor_of(filing, order=("moved_at", "id"))
    for side in ("after", "before"):
        text = browser(people.qing).get("/filings/", {"turn": "all", side: mark}).content.decode()
        assert filing.receipt_number not in text and "恒通" not in text
