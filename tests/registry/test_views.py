"""Pages of a filing against addresses and forms nobody offered; and lists that lose no row."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from cqo_portal.audit.models import Event
from cqo_portal.ui.paging import keyset
from registry import services
from registry.models import Determination, Filing, ReturnItem
from tests.cast import browser, organisation

pytestmark = pytest.mark.django_db


def cursor(*values) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


GARBAGE = [
    "", "x", "=", "\0", "ä", "😀", "a" * 3000, cursor(), cursor(1), cursor(1, 2), cursor("a", "b"), cursor("a", "b", "c"),
    cursor(None, None), cursor([], {}), cursor("2026-11-20", "x"), cursor(True, False), cursor("\0", "00000000-0000-4000-8000-000000000000"),
    cursor("x", 10**40), cursor(1e308, 1), cursor("bo tou", "\0"), cursor("9" * 5000, "9" * 5000),
    base64.urlsafe_b64encode(b"[" * 2000).decode(), base64.urlsafe_b64encode(b'{"a":1}').decode(),
    base64.urlsafe_b64encode(b"NaN").decode(), base64.urlsafe_b64encode(b"\xff\xfe").decode(), "' OR 1=1 --",
]  # fmt: skip


BEYOND = [cursor(1, 2), cursor(True, False), cursor(1e308, 1)]  # well made, only nowhere: a page may be empty


class TestAddresses:
    @pytest.mark.parametrize("side", ["after", "before"])
    def test_a_false_cursor_is_the_first_page(self, people, side):
        people.filing(until="filed")
        client = browser(people.meng)
        for path in ("/filings/", "/desk/register/"):
            for mark in GARBAGE:
                answer = client.get(path, {"turn": "all", side: mark})
                assert answer.status_code == 200, (path, mark[:40])
                shown = "恒通" in answer.content.decode().split("<main")[1]
                assert shown or mark in BEYOND, (path, mark[:40])

    def test_a_false_parameter_is_answered(self, people):
        filing = people.filing(until="at_county")
        client = browser(people.wang)
        names = ("q", "state", "turn", "office", "standing", "page", "edition", "proof", "pin", "after")
        for path in ("/filings/", "/desk/register/", "/inbox/", "/rules/cangzhou/", f"/filings/{filing.pk}/"):
            for value in ("\0", "a\0b", "x" * 3000, "😀", "' OR 1=1 --", "9" * 4000, "%", "²", "-1"):
                answer = client.get(path, dict.fromkeys(names, value))
                assert answer.status_code == 200, (path, value[:10])
                assert client.get(path, {"turn": "all", "q": value}).status_code == 200, (path, value[:10])
            assert (
                client.get(path, QUERY_STRING="q=%ED%A0%80&turn=%FF&page=%00&=&&a=b=c").status_code == 200
            ), path

    def test_a_list_never_offers_what_the_person_may_not_open(self, people):
        people.filing(until="filed")
        for who in ("dan", "qing"):
            client = browser(getattr(people, who))
            for path in (
                "/filings/?turn=all",
                "/filings/?turn=all&q=恒通",
                "/filings/?turn=all&state=filed",
                "/desk/register/?q=恒通",
            ):
                assert "恒通管件" not in client.get(path).content.decode().split("<main")[1]

    @pytest.mark.parametrize(
        "path",
        [
            "/filings/x/",
            "/filings/1/",
            "/filings/00000000-0000-4000-8000-000000000000/x/",
            "/filings/%00/",
            "/filings/../x/",
        ],
    )
    def test_a_false_address_is_not_found(self, people, path):
        assert browser(people.wang).get(path).status_code == 404


class TestDeciding:
    @pytest.mark.parametrize("name", ["pin", "determine"])
    def test_an_applicant_decides_nothing_not_even_on_a_draft(self, people, name):
        filing = people.filing(papers=())
        said = {"key": "officer.post", "reason": "自拟", "clause": "training"}
        assert (
            browser(people.liu).post(reverse(f"registry:{name}", args=[filing.pk]), said).status_code == 403
        )
        assert ReturnItem.objects.count() == Determination.objects.count() == 0

    def test_a_number_of_a_draft_is_not_revealed(self, people):
        filing = people.filing(papers=())
        path = reverse("registry:reveal", args=[filing.pk, "officer.phone"])
        assert browser(people.liu).post(path, {"why": "看看"}).status_code == 404
        assert not Event.objects.looks().exists()

    @pytest.mark.parametrize(
        "said",
        [
            {},
            {"key": "officer.post"},
            {"key": "officer.post", "reason": "   "},
            {"key": "officer.post", "reason": "a\0b"},
            {"key": "officer.post", "reason": "\u202e反"},
            {"key": "officer.post", "reason": "x" * 1001},
            {"key": "state", "reason": "x"},
            {"key": "officer.nothing", "reason": "x"},
            {"key": "proof.evil", "reason": "x"},
            {"key": "\0", "reason": "x"},
            {"key": "x" * 5000, "reason": "x"},
        ],
        ids=range(11),
    )
    def test_a_pin_without_place_or_reason_is_not_kept(self, people, said):
        filing = people.filing(until="at_county")
        answer = browser(people.wang).post(reverse("registry:pin", args=[filing.pk]), said)
        assert answer.status_code == 422
        assert ReturnItem.objects.count() == 0

    def test_a_pin_is_written_again_not_twice(self, people):
        filing = people.filing(until="at_county")
        path = reverse("registry:pin", args=[filing.pk])
        for reason in ("一", "二"):
            browser(people.wang).post(
                path, {"key": "officer.post", "reason": reason, "cites": "伪条", "round": "9"}
            )
        item = ReturnItem.objects.get()
        assert (item.reason, item.round, item.by) == ("二", 1, people.wang)
        assert item.cites != "伪条"
        browser(people.wang).post(reverse("registry:unpin", args=[filing.pk, item.pk]))
        assert ReturnItem.objects.count() == 0

    def test_a_pin_of_another_case_is_not_removed(self, people):
        filing = people.filing(until="at_county")
        browser(people.wang).post(
            reverse("registry:pin", args=[filing.pk]), {"key": "officer.post", "reason": "一"}
        )
        item = ReturnItem.objects.get()
        for number in (item.pk + 1, 10**30):
            assert browser(people.wang).post(f"/filings/{filing.pk}/pins/{number}/remove/").status_code in (
                302,
                404,
            )
        assert browser(people.qing).post(f"/filings/{filing.pk}/pins/{item.pk}/remove/").status_code == 404
        assert ReturnItem.objects.count() == 1

    def test_only_an_open_clause_is_decided_and_once(self, people):
        filing = people.filing(until="at_county", papers=())
        path = reverse("registry:determine", args=[filing.pk])
        for clause in ("education", "nothing", "\0", ""):
            browser(people.wang).post(path, {"clause": clause, "reason": "认可"})
        assert Determination.objects.count() == 0
        for reason in ("一", "二"):
            browser(people.wang).post(path, {"clause": "training", "reason": reason})
        assert Determination.objects.get().reason == "一"


class TestWalking:
    def walked(self, rows, order, *, per_page=7, back=False) -> list:
        seen, params = [], {}
        if back:  # from the last page towards the first
            while after := keyset(rows, params, order=order, per_page=per_page).after:
                params = {"after": after}
        while True:
            page = keyset(rows, params, order=order, per_page=per_page)
            seen = [*page.rows, *seen] if back else [*seen, *page.rows]
            mark = page.before if back else page.after
            if not mark:
                return [row.pk for row in seen]
            params = {"before" if back else "after": mark}

    @pytest.fixture
    def many(self, people):
        """Fifty filings of fifty enterprises; five share each instant, which differ by microseconds only."""
        office, begun = people.offices["130981"], datetime(2026, 11, 20, 23, 59, 59, 999_990, tzinfo=UTC)
        for n in range(50):
            firm = organisation(office, code=f"9113{n:014}", name=f"泊头{n % 3}厂")
            made = Filing.objects.create(
                organisation=firm, office=office, created_by=people.liu, name=f"王{n % 3}"
            )
            Filing.objects.filter(pk=made.pk).update(moved_at=begun + timedelta(microseconds=n // 5))
        return Filing.objects.all()

    @pytest.mark.parametrize(
        "order", [("moved_at", "id"), ("-moved_at", "-id"), ("pinyin", "id"), ("-pinyin", "-id")]
    )
    @pytest.mark.parametrize("per_page", [1, 7, 49, 50, 51])
    def test_each_row_is_met_once_forward_and_back(self, many, order, per_page):
        expected = list(many.order_by(*order).values_list("pk", flat=True))
        assert self.walked(many, order, per_page=per_page) == expected
        if per_page > 1:
            assert self.walked(many, order, per_page=per_page, back=True)[-50:] == expected

    def test_a_row_that_moves_away_takes_no_other_along(self, many):
        first = keyset(many, {}, order=("moved_at", "id"), per_page=10)
        Filing.objects.filter(pk=first.rows[-1].pk).delete()  # the very row the cursor was made of
        second = keyset(many, {"after": first.after}, order=("moved_at", "id"), per_page=100)
        assert len(first.rows) + len(second.rows) == 50

    def test_the_first_page_has_nothing_before_it_and_the_last_nothing_after(self, many):
        first = keyset(many, {}, order=("moved_at", "id"), per_page=25)
        last = keyset(many, {"after": first.after}, order=("moved_at", "id"), per_page=25)
        assert (first.before, last.after) == ("", "")
        again = keyset(many, {"before": last.before}, order=("moved_at", "id"), per_page=25)
        assert [f.pk for f in again] == [f.pk for f in first]
        assert (first.total, first.total_is_more) == (50, False)


class TestTheTitle:
    """The title of a case is the fact: where it stands, and whose move it is."""

    @pytest.mark.parametrize(
        ("until", "who", "title"),
        [
            ("at_county", "liu", "王雪松的任职备案正在泊头市预审"),
            ("at_county", "wang", "王雪松的任职备案，轮到我局预审"),
            ("at_county", "meng", "王雪松的任职备案正在泊头市预审"),
            ("at_city", "wang", "王雪松的任职备案正在沧州市备案"),
            ("at_city", "meng", "王雪松的任职备案，轮到我局备案"),
            ("filed", "liu", "王雪松的任职备案已办结"),
        ],
    )
    def test_it_says_whose_move_it_is(self, people, until, who, title):
        filing = people.filing(until=until)
        page = browser(getattr(people, who)).get(filing.get_absolute_url()).content.decode()
        assert f"<h1>{title}</h1>" in page


def test_the_heading_says_what_was_decided_in_writing(people):
    filing = people.filing(until="at_county", papers=("appointment",))
    before = browser(people.wang).get(filing.get_absolute_url()).content.decode()
    assert "1 条还无法判定" in before and "已认定符合" not in before
    services.determine(filing, clause="training", reason="证书原件已核对。", by=people.wang)
    after = browser(people.wang).get(filing.get_absolute_url()).content.decode()
    assert "1 条还无法判定；1 条已认定符合" in after
