"""The pages: choose, preview, send, receipt; the board of a notice; what each costs."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cqo_portal.notifications.models import Message
from cqo_portal.workflow.engine import perform
from registry import services as filing_services
from registry.batches.models import Batch, Reminder
from registry.batches.progress import board
from registry.models import Filing
from registry.notices import services as notice_services
from registry.notices.queries import owed
from registry.workflow import FILE, RETURN, SUBMIT, WITHDRAW
from tests.batches.rows import enterprise, sent, some, waiting
from tests.cast import TODAY, browser
from tests.notices.rows import published
from tests.registry.changes import draft_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-20 10:00:00+08:00"):
        yield


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def tokens(filings) -> list[str]:
    return [f"{filing.pk}:{filing.round}" for filing in filings]


class TestSendingInTheBrowser:
    def test_what_is_ready_is_ticked_and_the_rest_stands_apart(self, people):
        waiting(people, 1), waiting(people, 2, trained=False)
        page = browser(people.wang).get("/batches/new/")
        assert "1 件可以上报，1 件还不行" in text(page)
        assert page.content.decode().count('name="chosen"') == 1
        assert "“任职培训”尚未符合" in text(page)

    def test_the_preview_says_how_many_and_asks_for_each_reason(self, people):
        one, two = some(people, 2)
        untrained = waiting(people, 3, trained=False)
        page = browser(people.wang).post("/batches/preview/", {"chosen": tokens([one]), "notice": ""})
        assert "将上报 1 件，留下 2 件" in text(page)
        assert "没有勾选的 1 件" in text(page) and "还不能上报的 1 件" in text(page)
        assert "“任职培训”尚未符合，须写认定理由或者退回企业。" in text(page)
        for left in (two, untrained):  # chosen or typed by whoever decides, never filled in
            assert f'name="reason-{left.pk}" value=""' in page.content.decode()
        assert "共用这一个理由" not in text(page)  # there is but one to say a reason of
        assert '<option value="正在核对原件。"></option>' in page.content.decode()

    def test_what_the_check_found_is_the_reason_of_what_cannot_go(self, people):
        (one,) = some(people, 1)
        untrained = waiting(people, 2, trained=False)
        said = {"chosen": tokens([one]), "left": [untrained.pk], f"reason-{untrained.pk}": "下周补训。"}
        page = browser(people.wang).post("/batches/send/", said, follow=True)
        assert "下周补训。 核对发现：“任职培训”尚未符合，须写认定理由或者退回企业。" in text(page)

    def test_three_of_forty_are_sent_with_one_reason_for_the_rest(self, people):
        filings = some(people, 40)
        clerk = browser(people.wang)
        assert "checked" not in clerk.get("/batches/new/?pick=none").content.decode()
        assert clerk.get("/batches/new/").content.decode().count(" checked") == 40  # the control
        said = {"chosen": tokens(filings[:3])}
        assert "没有自己理由的，共用这一个理由" in text(clerk.post("/batches/preview/", said))
        said |= {"left": [each.pk for each in filings[3:]], f"reason-{filings[3].pk}": "等原件。"}
        page = clerk.post("/batches/send/", said)
        assert page.status_code == 422
        assert "有 1 处需要改正" in text(page)  # not thirty-six
        assert text(page).count("有 36 件没有写理由，请逐件写明，或者在这里写一个共用的理由。") == 2
        assert 'value="等原件。"' in page.content.decode()
        page = clerk.post("/batches/send/", said | {"reason-shared": "其余下周再报。"}, follow=True)
        assert text(page).count("其余下周再报。") == 36 and text(page).count("等原件。") == 1

    @pytest.mark.parametrize("name", ["reason-shared", "own"])
    def test_a_reason_that_cannot_be_read_is_said_beside_its_field(self, people, name):
        one, two, three = some(people, 3)
        said = {"chosen": tokens([one]), "left": [two.pk, three.pk], "reason-shared": "下批再报。"}
        said[name if name == "reason-shared" else f"reason-{two.pk}"] = "等" * 301
        page = browser(people.wang).post("/batches/send/", said)
        assert page.status_code == 422
        assert "有 1 处需要改正" in text(page) and "等" * 301 in page.content.decode()
        assert not Batch.objects.exists()

    def test_going_back_to_choose_keeps_what_was_ticked_and_typed(self, people):
        one, two, _three = some(people, 3)
        clerk = browser(people.wang)
        said = {"chosen": tokens([one]), f"reason-{two.pk}": "等原件。", "reason-shared": "下批再报。"}
        page = clerk.post("/batches/preview/", said | {"again": "1"}).content.decode()
        assert page.count(" checked") == 1
        assert f'value="{one.pk}:1" checked' in page
        assert f'<input type="hidden" name="reason-{two.pk}" value="等原件。">' in page
        assert '<input type="hidden" name="reason-shared" value="下批再报。">' in page

    def test_a_reason_that_is_missing_is_asked_for_beside_its_field_and_nothing_is_lost(self, people):
        one, two, three = some(people, 3)
        said = {
            "chosen": tokens([one]),
            "left": [two.pk, three.pk],
            f"reason-{two.pk}": "等原件",
            f"reason-{three.pk}": " ",
        }
        page = browser(people.wang).post("/batches/send/", said)
        assert page.status_code == 422
        assert 'value="等原件"' in page.content.decode()
        assert text(page).count("请写明这一件为什么不上报。") == 1  # beside the field
        assert (
            text(page).count("有 1 件没有写理由，请逐件写明，或者在这里写一个共用的理由。") == 2
        )  # and in the summary
        assert not Batch.objects.exists()

    def test_it_is_sent_and_the_receipt_says_all_of_it(self, people):
        one, two = some(people, 2)
        clerk = browser(people.wang)
        said = {"chosen": tokens([one]), "left": [two.pk], f"reason-{two.pk}": "等企业补交原件。"}
        page = clerk.post("/batches/send/", said, follow=True)
        assert page.redirect_chain == [(f"/batches/{Batch.objects.get().pk}/", 302)]
        for words in (
            "PC-130981-2026-0001",
            "第001管件厂",
            "等企业补交原件。",
            "报送机关（章）",
            "SL-130981-2026-0001",
        ):
            assert words in text(page)

    def test_a_double_click_finds_the_first_ones_batch(self, people):
        filings = some(people, 2)
        clerk, said = browser(people.wang), {"chosen": tokens(filings)}
        clerk.post("/batches/send/", said)
        again = clerk.post("/batches/send/", said, follow=True)
        assert "已经在批次 PC-130981-2026-0001 里上报过了" in text(again)
        assert Batch.objects.count() == 1

    def test_one_that_became_impossible_is_named_and_the_preview_shown_again(self, people):
        one, two, three = some(people, 3)
        sent(people, [two])
        said = {"chosen": tokens([one, two]), "left": [three.pk], f"reason-{three.pk}": "等原件"}
        page = browser(people.wang).post("/batches/send/", said)
        assert page.status_code == 409
        assert "一件也没有上报。第002管件厂：已由 wang 于" in text(page)
        assert "将上报 1 件，留下 1 件" in text(page)
        assert 'value="等原件"' in page.content.decode()
        assert Filing.objects.get(pk=one.pk).state == "at_county"

    @pytest.mark.parametrize(
        "said",
        [
            {},
            {"chosen": ["x", ":", "1:1", "\0"]},
            {"chosen": ["00000000-0000-0000-0000-000000000000:1"]},
            {"notice": "x", "chosen": ["00000000-0000-0000-0000-000000000000:99999999999"]},
            {"left": ["x"], "chosen": []},
        ],
        ids=["nothing", "rubbish", "unknown", "huge", "left"],
    )
    def test_bad_input_is_answered_and_never_fails(self, people, said):
        some(people, 1)
        for address in ("/batches/preview/", "/batches/send/"):
            assert browser(people.wang).post(address, said).status_code in (302, 409, 422)
        assert not Batch.objects.exists()

    def test_nothing_chosen_is_said_so(self, people):
        some(people, 1)
        page = browser(people.wang).post("/batches/preview/", {}, follow=True)
        assert "一件也没有选" in text(page)

    def test_the_county_takes_one_back_on_the_receipt(self, people):
        one, two = some(people, 2)
        batch = sent(people, [one, two])
        clerk, address = browser(people.wang), f"/batches/{batch.pk}/recall/"
        said = {"chosen": [str(one.pk)], "reason": "企业来电更正。"}
        assert "请写明撤回的理由。" in text(clerk.post(address, said | {"reason": ""}))
        page = clerk.post(address, said, follow=True)
        assert "已从市局撤回 1 件" in text(page)
        assert "撤回：企业来电更正。" in text(page)
        assert "实报 1 件" in text(page)
        assert "已由 wang" in text(clerk.post(address, said))

    @pytest.mark.parametrize(
        ("change", "status", "told"),
        [
            ({"reason": "第二件\x00"}, 422, "空字符"),
            ({"reason": " "}, 422, "请写明撤回的理由。"),
            ({"chosen": []}, 422, "请至少勾选一件再撤回。"),
            ({}, 409, "一件也没有撤回"),
        ],
        ids=["unseen sign", "no reason", "nothing ticked", "one is gone"],
    )
    def test_a_recall_that_does_not_go_keeps_ticks_and_reason(self, people, change, status, told):
        one, two = some(people, 2)
        batch = sent(people, [one, two])
        if status == 409:
            perform(FILE, two, by=people.meng, today=TODAY)
        said = {"chosen": [str(one.pk), str(two.pk)], "reason": "企业来电更正。"} | change
        page = browser(people.wang).post(f"/batches/{batch.pk}/recall/", said)
        assert page.status_code == status
        assert told in text(page)
        ticked = f'value="{one.pk}" checked' in page.content.decode()
        assert ticked == (str(one.pk) in said["chosen"])
        assert ('value="企业来电更正。"' in page.content.decode()) == ("reason" not in change)
        assert Filing.objects.get(pk=one.pk).state == "at_city"

    def test_what_is_ticked_to_take_back_says_so_in_words(self, people):
        """On a phone the head of the table is gone."""
        filings = some(people, 2)
        batch = sent(people, filings)
        perform(FILE, Filing.objects.get(pk=filings[1].pk), by=people.meng, today=TODAY)
        page = browser(people.wang).get(f"/batches/{batch.pk}/").content.decode()
        assert '<span>撤回<span class="visually-hidden"> 第001管件厂</span></span></label>' in page
        assert page.count('name="chosen"') == 1 and "第002管件厂</span></span>" not in page  # the control

    def test_the_city_reads_the_batch_and_cannot_take_it_back(self, people):
        batch = sent(people, some(people, 1))
        page = browser(people.meng).get(f"/batches/{batch.pk}/")
        assert page.status_code == 200 and "撤回的理由" not in text(page)
        assert "收到 1 个批次" in text(browser(people.meng).get("/batches/"))

    @pytest.mark.parametrize(("address", "needed"), [("/batches/", 7), ("/batches/new/", 12)])
    def test_lists_cost_a_fixed_number_of_queries(self, people, django_assert_num_queries, address, needed):
        clerk = browser(people.wang)
        sent(people, some(people, 1))
        some(people, 1)
        with django_assert_num_queries(needed):
            clerk.get(address)
        sent(people, some(people, 1)), sent(people, some(people, 1))
        some(people, 2)
        with django_assert_num_queries(needed):
            clerk.get(address)


class TestTheBoard:
    def stage(self, people):
        """One enterprise in each standing of the board, in Botou; dan's in Qingxian is silent."""
        for number in range(1, 7):
            enterprise(people, 100 + number)
        people.filing(until="filed")
        notice = published(people)
        notice_services.answer_unchanged(notice, people.hengtong, by=people.liu, today=TODAY)
        begun, _at_county, at_city, filed, returned = (waiting(people, n) for n in range(1, 6))
        filing_services.pin(returned, key="officer.post", reason="请改正", cites="", by=people.wang)
        perform(RETURN, returned, by=people.wang, today=TODAY)
        sent(people, [at_city, filed])
        perform(FILE, filed, by=people.meng, today=TODAY)
        clerk = begun.created_by.acting_as(begun.created_by.assignments.get())
        perform(WITHDRAW, begun, by=clerk, today=TODAY)
        return notice

    def test_each_enterprise_counts_once_and_the_columns_add_up(self, people):
        notice = self.stage(people)
        shown = board(notice)
        botou = next(row for row in shown.rows if row.office.pk == "130981")
        assert botou.counts == {
            "filed": 1,
            "at_city": 1,
            "at_county": 1,
            "returned": 1,
            "draft": 1,
            "unchanged": 1,
            "silent": 6,
        }
        assert (botou.addressed, botou.answered) == (12, 5)
        assert (shown.total.addressed, shown.total.counts["silent"]) == (13, 7)

    def test_a_change_that_is_pending_counts_where_the_lists_have_it(self, people):
        """Filed under the notice, and a change since: the enterprise stands where its change lies, as on every list."""
        notice = published(people)
        people.filing(until="filed")
        assert board(notice).total.counts["filed"] == 1
        draft_of(people, "data", officer__post="总工程师")  # begun, and nobody but the enterprise knows
        assert board(notice).total.counts["filed"] == 1
        perform(SUBMIT, Filing.objects.get(kind="data"), by=people.liu, today=TODAY)
        counts = board(notice).total.counts
        assert (counts["at_county"], counts["filed"]) == (1, 0)
        clerk = browser(people.wang)
        assert '待本局预审</span><span class="v">1<' in clerk.get("/").content.decode()
        listed = clerk.get("/filings/?turn=all&state=at_county").content.decode()
        assert listed.count("<tr data-row") == counts["at_county"]
        behind = clerk.get(f"/batches/notices/{notice.pk}/enterprises/?standing=at_county").content.decode()
        assert Filing.objects.get(state="at_county").get_absolute_url() in behind

    def test_what_was_handed_in_before_the_window_is_not_silent(self, people):
        people.filing(until="at_county")
        notice = published(people)
        assert Filing.objects.get().notice is None
        assert board(notice).total.counts["at_county"] == 1
        assert [each.done.label for each in owed(people.hengtong, today=TODAY)] == [
            "已提交任职备案，待县级预审"
        ]

    def test_every_number_opens_exactly_its_enterprises(self, people):
        notice = self.stage(people)
        city = browser(people.meng)
        for code, _, number in board(notice).total.cells:
            page = city.get(f"/batches/notices/{notice.pk}/enterprises/?standing={code}")
            assert page.content.decode().count("<tr data-row") == number, code

    def test_a_county_sees_its_own_line_only(self, people):
        notice = self.stage(people)
        page = text(browser(people.qing).get(f"/batches/notices/{notice.pk}/"))
        assert "青县" in page and "泊头市" not in page
        page = browser(people.qing).get(f"/batches/notices/{notice.pk}/enterprises/?office=130981")
        assert page.content.decode().count("<tr data-row") == 1

    def test_city_and_province_see_all(self, people):
        notice = self.stage(people)
        for who in (people.meng, people.hao):
            page = text(browser(who).get(f"/batches/notices/{notice.pk}/"))
            assert "青县" in page and "泊头市" in page and "合计" in page

    def test_the_board_costs_the_same_however_many(self, people, django_assert_num_queries):
        notice = published(people)
        with django_assert_num_queries(2):
            board(notice)
        waiting(people, 1), waiting(people, 2)
        with django_assert_num_queries(2):
            board(notice)

    def test_the_silent_are_reminded_once_a_day(self, people):
        notice = self.stage(people)
        clerk = browser(people.qing)
        page = clerk.post(f"/batches/notices/{notice.pk}/remind/", follow=True)
        assert "已提醒 1 家没有动静的企业" in text(page)
        assert [m.recipient.username for m in Message.objects.filter(kind="notice-reminder")] == ["dan"]
        again = clerk.post(f"/batches/notices/{notice.pk}/remind/", follow=True)
        assert "今天已经催办过" in text(again)
        with time_machine.travel(timezone.now() + timedelta(days=1)):
            browser(people.qing).post(f"/batches/notices/{notice.pk}/remind/")
        assert Message.objects.filter(kind="notice-reminder").count() == 2
        assert Reminder.objects.count() == 2

    def test_who_has_answered_is_not_reminded(self, people):
        notice = self.stage(people)
        browser(people.wang).post(f"/batches/notices/{notice.pk}/remind/")
        assert not Message.objects.filter(kind="notice-reminder", recipient=people.liu).exists()


class TestTheChannel:
    def test_a_filing_says_by_which_channel_it_came(self, people):
        people.filing(until="at_county")
        published(people)
        waiting(people, 1)
        clerk = browser(people.wang)
        page = clerk.get("/filings/").content.decode()
        assert (page.count(">集中</span>"), page.count(">主动</span>")) == (1, 1)
        assert "第十三条" in text(clerk.get(Filing.objects.exclude(notice=None).get().get_absolute_url()))
        assert "第十四条第一款" in text(clerk.get(Filing.objects.get(notice=None).get_absolute_url()))
