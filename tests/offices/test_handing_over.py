"""What somebody had in hand is listed, kept as said, and those who remain are told."""

import pytest
from django.urls import reverse

from cqo_portal.accounts.models import Role
from cqo_portal.audit.append_only import Unsayable
from cqo_portal.notifications.models import Message
from cqo_portal.offices import accounts, handover
from cqo_portal.offices.models import HandOver
from cqo_portal.workflow.engine import Refused, perform
from registry import services
from registry.workflow import SEND_UP
from tests.cast import TODAY, browser, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(people):
    return user("keeper", Role.ADMIN)


@pytest.fixture
def second(people):
    """A colleague of wang's."""
    return user("wang2", Role.COUNTY, office=people.offices["130981"])


def said(assignment) -> list[tuple[str, str, str]]:
    return [(item.what, item.label, item.next) for item in handover.in_hand(assignment).items]


def pinned(people):
    filing = people.filing(until="at_county")
    services.pin(filing, key="officer.post", reason="请写全称", cites="", by=people.wang)
    return filing


class TestWhatIsInHand:
    def test_of_a_county_officer_filings_touched_and_returns_not_sent(self, people):
        filing = pinned(people)
        Message.objects.filter(recipient=people.wang).update(read_at="2026-11-20T00:00Z")
        assert said(people.wang.acting) == [
            (
                "经手过、现在轮到本机构的备案",
                f"泊头恒通管件有限公司 · 王雪松（{filing.receipt_number}）",
                "留在本机构，同岗同事接着办",
            ),
            (
                "写好还没有发出的补正项",
                "泊头恒通管件有限公司：请写全称",
                "补正项留在案件上，同事可以退回企业，也可以删去",
            ),
        ]

    def test_what_went_on_or_was_never_touched_is_not_in_hand(self, people, second):
        """The control: the colleague who did nothing has nothing, and what was sent up lies with the city."""
        filing = pinned(people)
        Message.objects.all().update(read_at="2026-11-20T00:00Z")
        assert said(second.acting) == []
        services.unpin(filing, item_pk=filing.return_items.get().pk, by=people.wang)
        perform(SEND_UP, filing, by=people.wang, today=TODAY)
        Message.objects.all().update(read_at="2026-11-20T00:00Z")
        assert said(people.wang.acting) == []

    def test_of_an_enterprise_clerk_the_drafts_and_unread_letters(self, people):
        people.filing()
        assert said(people.liu.acting) == [
            ("没有提交的备案", "王雪松 任职备案（草稿）", "草稿留在企业，其他经办人接着填")
        ]
        assert said(people.dan.acting) == []

    def test_unread_letters_are_counted_once_for_a_person_of_two_roles(self, people):
        people.filing(until="at_county")
        accounts.assign(people.wang, Role.COUNTY, office=people.offices["130922"])
        letters = [
            item.label
            for held in people.wang.assignments.order_by("id")
            for item in handover.in_hand(held).items
            if item.what == "未读的消息"
        ]
        assert letters == ["1 条"]

    def test_another_part_of_the_product_adds_what_it_knows(self, people, monkeypatch):
        monkeypatch.setattr(handover, "_providers", [])
        handover.add(lambda who, held: [handover.Item("年度报告", f"{who} 的汇总", "", "同事接着汇总")])
        assert said(people.wang.acting) == [("年度报告", "wang 的汇总", "同事接着汇总")]


class TestTheListThatIsKept:
    def test_it_says_who_goes_on_and_they_are_told(self, people, keeper, second):
        pinned(people)
        (kept,) = accounts.disable(people.wang, by=keeper, reason="调往青县")
        assert (kept.remaining, kept.nobody, kept.cause) == (["wang2"], "", "disabled")
        assert [item["what"] for item in kept.items] == [
            "经手过、现在轮到本机构的备案",
            "写好还没有发出的补正项",
            "未读的消息",
        ]
        letter = Message.objects.get(kind="handover-kept")
        assert letter.recipient == second
        assert letter.title == "wang不再担任县级预审岗，有 3 件事请接着办"
        page = browser(second).get(kept.get_absolute_url())
        assert page.status_code == 200
        assert "请写全称" in page.content.decode()

    def test_strangers_do_not_see_it(self, people, keeper, second):
        (kept,) = accounts.disable(people.wang, by=keeper, reason="调往青县")
        for who in (people.liu, people.qing, people.meng, people.hao):
            assert browser(who).get(kept.get_absolute_url()).status_code == 404
        assert browser(keeper).get(kept.get_absolute_url()).status_code == 200

    def test_where_nobody_remains_the_reason_is_asked_for_and_kept(self, people, keeper):
        path = reverse("offices:disable", args=[people.wang.pk])
        text = browser(keeper).get(path).content.decode()
        assert "这个岗位没有别的人" in text
        with pytest.raises(Refused, match="须写明无人接手的理由"):
            accounts.disable(people.wang, by=keeper, reason="离职", nobody=" ")
        assert browser(keeper).post(path, {"reason": "离职", "nobody": "由市局代管"}).status_code == 302
        assert HandOver.objects.get().nobody == "由市局代管"

    def test_where_somebody_remains_there_is_no_warning(self, people, keeper, second):
        """The control of the test above."""
        text = browser(keeper).get(reverse("offices:disable", args=[people.wang.pk])).content.decode()
        assert "这个岗位没有别的人" not in text
        assert "接着办的同事：wang2" in text

    def test_a_disabled_colleague_does_not_count_as_remaining(self, people, keeper, second):
        accounts.disable(second, by=keeper, reason="离职")
        with pytest.raises(Refused, match="须写明无人接手的理由"):
            accounts.disable(people.wang, by=keeper, reason="离职")

    def test_each_role_of_an_account_has_its_own_list(self, people, keeper, second):
        accounts.assign(people.wang, Role.CITY, office=people.offices["130900"])
        kept = accounts.disable(people.wang, by=keeper, reason="离职")
        assert [(one.role, one.remaining) for one in kept] == [("county", ["wang2"]), ("city", ["meng"])]

    def test_what_was_said_stays_said(self, people, keeper, second):
        (kept,) = accounts.disable(people.wang, by=keeper, reason="离职")
        kept.reason = "别的"
        with pytest.raises(Unsayable):
            kept.save()

    def test_when_it_cannot_be_written_the_account_stays_open(self, people, keeper, second, monkeypatch):
        monkeypatch.setattr(handover, "queue", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            accounts.disable(people.wang, by=keeper, reason="离职")
        people.wang.refresh_from_db()
        assert people.wang.is_active and not HandOver.objects.exists()

    def test_the_list_of_lists_costs_the_same_for_one_and_for_three(
        self, people, keeper, second, django_assert_num_queries
    ):
        window = browser(keeper)
        accounts.disable(people.wang, by=keeper, reason="离职")
        window.get("/offices/hand-overs/")
        with django_assert_num_queries(5):
            window.get("/offices/hand-overs/")
        accounts.disable(people.qing, by=keeper, reason="离职", nobody="x")
        accounts.disable(second, by=keeper, reason="离职", nobody="x")
        with django_assert_num_queries(5):
            answer = window.get("/offices/hand-overs/")
        assert len(answer.context["page"].rows) == 3
