"""The operator's pages, and everybody's own: as a browser meets them."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from cqo_portal.accounts.models import Assignment, User
from cqo_portal.notifications import channels
from cqo_portal.notifications.gathering import gather
from cqo_portal.notifications.models import Feed, Hold, Message, Preference
from cqo_portal.notifications.outbox import claim, deliver
from cqo_portal.notifications.tasks import sweep
from cqo_portal.reminders import catalogue
from cqo_portal.reminders.holding import hold, release
from cqo_portal.reminders.scan import scan
from cqo_portal.reminders.tasks import remind
from evaluation.models import Evaluation
from registry.models import Officer
from tests.cast import browser, user
from tests.evaluation import rows
from tests.talent.rows import himself, post

ENDS = date(2029, 9, 20)
MORNING = "2029-08-21T08:00:00+08:00"  # thirty days before
pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(people):
    return user("guan", "admin")


@pytest.fixture
def officer(people):
    people.filing(until="filed")
    User.objects.filter(pk=people.liu.pk).update(email="liu@example.com")
    Message.objects.all().delete()
    return Officer.objects.get()


def states(kind: str = "term-ends") -> list[tuple]:
    return list(Message.objects.filter(kind=kind).order_by("id").values_list("channel", "state", "error"))


class TestForecast:
    @pytest.fixture(autouse=True)
    def _three_days_before(self):
        with time_machine.travel("2029-08-18T09:00:00+08:00", tick=False):
            yield

    def test_it_says_what_goes_out_to_how_many_and_why(self, operator, officer):
        page = browser(operator).get("/reminders/").content.decode()
        assert "30 天内要提醒 2 人次" in page  # thirty days before, and seven
        assert "任期届满" in page and "沧州第五条" in page
        assert 'href="/reminders/term-ends/-30/2029-09-20/"' in page

    def test_one_line_says_whom_and_in_which_words(self, operator, officer):
        page = browser(operator).get("/reminders/term-ends/-30/2029-09-20/").content.decode()
        assert "王雪松（泊头恒通管件有限公司）" in page
        assert "liu" in page and "企业经办人" in page
        assert "《沧州市企业首席质量官管理办法》第五条" in page
        assert "任期到2029年9月20日（含当日）" in page

    def test_who_sits_on_a_panel_is_not_the_operators_to_read(self, operator, people):
        panel = rows.panel(people, state="scoring")
        Evaluation.objects.update(due_on=date(2029, 9, 20))
        page = browser(operator).get("/reminders/sheet-unsigned/-3/2029-09-20/").content.decode()
        assert "共 3 件" in page
        assert not any(each.full_name in page for each in panel.experts)
        assert not any(each.person.name in page for each in panel.panellists)
        assert panel.evaluation.number not in page

    @pytest.mark.parametrize(
        "address",
        [
            "x/-30/2029-09-20",
            "term-ends/-31/2029-09-20",
            "term-ends/-30/2029-02-30",
            "term-ends/-90/0001-01-01",
            "term-ends/+1/9999-12-31",
            "term-ends/-30/9999-12-31",
        ],
    )
    def test_a_line_that_is_none_is_not_found(self, operator, address):
        assert browser(operator).get(f"/reminders/{address}/").status_code == 404

    def test_an_empty_forecast_says_so(self, operator):
        assert "30 天内没有要提醒的" in browser(operator).get("/reminders/").content.decode()

    @pytest.mark.parametrize("who", ["liu", "wang", "meng"])
    def test_it_is_the_operators_page(self, people, who):
        assert browser(getattr(people, who)).get("/reminders/").status_code == 403


class TestHolding:
    @pytest.fixture(autouse=True)
    def _in_the_morning(self):
        with time_machine.travel(MORNING) as clock:
            self.clock = clock
            yield

    def hold(self, operator, path="hold/term-ends/", reason="先核对名单"):
        return browser(operator).post(f"/reminders/{path}", {"reason": reason, "once": f"k{path}{reason}"})

    def test_a_kind_is_held_and_let_go(self, operator, officer, mailoutbox):
        assert self.hold(operator).status_code == 302
        remind()
        assert [each[1] for each in states() if each[0] == "email"] == ["waiting"]
        assert mailoutbox == []
        held = Hold.objects.get()
        assert (held.kind, held.reason, held.by) == ("term-ends", "先核对名单", operator)
        assert browser(operator).post(f"/reminders/holds/{held.pk}/release/").status_code == 302
        remind()
        assert [letter.to for letter in mailoutbox] == [["liu@example.com"]]

    def test_what_became_pointless_while_it_was_held_is_struck_out_and_not_sent(
        self, operator, officer, mailoutbox
    ):
        self.hold(operator)
        remind()
        Officer.objects.update(term_ends=ENDS + timedelta(days=365))
        held = Hold.objects.get()
        browser(operator).post(f"/reminders/holds/{held.pk}/release/")
        remind()
        assert mailoutbox == []
        assert ("email", "struck", "已经办了，或者不再需要。") in states()

    def test_everything_is_held_but_the_inbox(self, operator, officer, people, mailoutbox):
        assert self.hold(operator, path="hold/").status_code == 302
        remind()
        assert mailoutbox == []
        assert ("inbox", "sent", "") in states()
        page = browser(operator).get("/reminders/").content.decode()
        assert "邮件暂缓，等您放行" in page and "放行 1 封" in page

    def test_a_link_to_set_a_password_is_an_answer_and_leaves_at_once(self, operator, officer, mailoutbox):
        self.hold(operator, path="hold/")
        browser().post("/accounts/password/reset/", {"email": "liu@example.com"})
        [letter] = mailoutbox
        assert letter.to == ["liu@example.com"] and "/accounts/password/reset/key/" in letter.body

    def test_what_is_let_go_while_everything_is_held_is_not_said_to_leave(
        self, operator, officer, mailoutbox
    ):
        self.hold(operator)
        self.hold(operator, path="hold/")
        remind()
        one = Hold.objects.get(kind="term-ends")
        page = browser(operator).post(f"/reminders/holds/{one.pk}/release/", follow=True).content.decode()
        assert "全部邮件还暂缓着，放行以后一起发。" in page and "开始发送" not in page
        assert mailoutbox == []

    def test_a_hold_wants_a_reason(self, operator):
        answer = self.hold(operator, reason="")
        assert answer.status_code == 422 and "请填写暂缓的原因。" in answer.content.decode()
        assert not Hold.objects.exists()

    def test_two_operators_hold_once_and_release_once(self, operator):
        self.hold(operator)
        answer = browser(operator).post(
            "/reminders/hold/term-ends/", {"reason": "再一次", "once": "other"}, follow=True
        )
        assert "这一类邮件已经暂缓。" in answer.content.decode()
        held = Hold.objects.get()
        browser(operator).post(f"/reminders/holds/{held.pk}/release/")
        answer = browser(operator).post(f"/reminders/holds/{held.pk}/release/", follow=True)
        assert "已经放行了。" in answer.content.decode()


class TestDigest:
    @pytest.fixture(autouse=True)
    def _in_the_morning(self):
        with time_machine.travel(MORNING) as clock:
            self.clock = clock
            yield

    def test_one_mail_a_person_and_day_says_everything(self, officer, people, mailoutbox):
        remind()
        [letter] = mailoutbox
        assert letter.subject.startswith("今天有 1 件事和您有关：王雪松 的首席质量官任期")
        assert "http://testserver" + officer.get_absolute_url() in letter.body
        assert [each[1] for each in states() if each[0] == "email"] == ["sent"]
        remind()
        remind()
        assert len(mailoutbox) == 1

    def test_a_part_that_became_pointless_is_struck_out_and_an_empty_mail_does_not_leave(
        self, officer, mailoutbox
    ):
        scan(date(2029, 8, 21))
        assert gather(date(2029, 8, 21)) == 1
        Officer.objects.update(term_ends=ENDS + timedelta(days=365))
        assert sweep() == 1
        assert mailoutbox == []
        assert ("email", "struck", "已经办了，或者不再需要。") in states()
        assert states("digest") == [("email", "struck", "汇总里没有现在要发的消息。")]

    def test_whoever_wants_it_at_once_gets_it_at_once(self, officer, people, mailoutbox):
        Preference.objects.create(user=people.liu, group="terms", mode="at_once")
        remind()
        [letter] = mailoutbox
        assert letter.subject.startswith("王雪松 的首席质量官任期")

    def test_whoever_wants_none_gets_none_and_reads_it_in_the_inbox(self, officer, people, mailoutbox):
        Preference.objects.create(user=people.liu, group="terms", mode="off")
        remind()
        assert mailoutbox == []
        assert states() == [("inbox", "sent", "")]

    def test_whoever_changes_his_mind_before_it_leaves_is_left_alone(self, officer, people, mailoutbox):
        scan(date(2029, 8, 21))
        Preference.objects.create(user=people.liu, group="terms", mode="off")
        remind()
        assert mailoutbox == []
        assert ("email", "struck", "收件人不收这一类邮件。") in states()

    def test_what_is_held_since_it_was_gathered_stays_out_and_leaves_once_it_is_let_go(
        self, operator, officer, mailoutbox
    ):
        scan(date(2029, 8, 21))
        gather(date(2029, 8, 21))
        held = hold("term-ends", reason="先核对名单", by=operator)
        assert sweep() == 1
        assert mailoutbox == []
        assert ("email", "waiting", "") in states()
        assert states("digest") == [("email", "struck", "汇总里没有现在要发的消息。")]
        release(held, by=operator)
        remind()
        assert [letter.to for letter in mailoutbox] == [["liu@example.com"]]  # the same day, and once
        remind()
        assert len(mailoutbox) == 1
        assert states("digest") == [("email", "sent", "")]

    def test_a_day_has_one_mail_and_what_comes_after_it_waits_for_the_next(self, officer, people, mailoutbox):
        remind()
        assert len(mailoutbox) == 1
        elsewhere = people.dan.acting.organisation
        Assignment.objects.create(user=people.liu, role="enterprise", organisation=elsewhere)
        post(elsewhere, name="李四", number="11010119900307100X", term_ends=ENDS)
        remind()
        assert len(mailoutbox) == 1
        self.clock.move_to("2029-08-22T08:00:00+08:00")
        remind()
        assert [letter.subject[:6] for letter in mailoutbox] == ["今天有 1 "] * 2

    def test_what_was_held_over_a_night_goes_with_the_mail_of_the_day(
        self, operator, officer, people, mailoutbox
    ):
        scan(date(2029, 8, 21))
        gather(date(2029, 8, 21))
        held = hold("", reason="更新了程序", by=operator)
        remind()
        self.clock.move_to("2029-08-23T08:00:00+08:00")
        release(held, by=operator)
        remind()
        assert len(mailoutbox) == 1
        assert [each[1:] for each in states("digest")] == [
            ("struck", "里面的消息随后一天的汇总发。"),
            ("sent", ""),
        ]

    def test_a_second_try_never_says_more_than_the_first(self, officer, people, mailoutbox):
        """It bears the same name, and whoever got the first drops it."""
        scan(date(2029, 8, 21))
        gather(date(2029, 8, 21))
        carrier = claim()  # and its worker dies
        elsewhere = people.dan.acting.organisation
        Assignment.objects.create(user=people.liu, role="enterprise", organisation=elsewhere)
        post(elsewhere, name="李四", number="11010119900307100X", term_ends=ENDS)
        remind()
        Message.objects.filter(pk=carrier.pk).update(not_before=timezone.now())
        sweep()
        [letter] = mailoutbox
        assert "王雪松" in letter.body and "李四" not in letter.body
        later = Message.objects.get(channel="email", kind="term-ends", title__startswith="李四")
        assert (later.state, later.carried_by) == ("waiting", None)

    def test_a_part_that_cannot_be_asked_keeps_no_other_from_being_sent(
        self, officer, people, mailoutbox, monkeypatch
    ):
        scan(date(2029, 8, 21))
        Message.objects.create(
            kind="hours-short", cause="x", subject_type="registry.officer", subject_id=str(officer.pk),
            recipient=people.liu, channel="email", title="学时", body="…", in_digest=True,
            due_on=date(2029, 11, 20), stage="-92",
        )  # fmt: skip
        broken = replace(catalogue.reminder("hours-short"), due_of=None, due=lambda first, last: 1 / 0)
        monkeypatch.setitem(catalogue._reminders, "hours-short", broken)
        gather(date(2029, 8, 21))
        sweep()
        [letter] = mailoutbox
        assert letter.subject.startswith("今天有 1 件事") and "王雪松" in letter.body
        assert states("hours-short") == [("email", "waiting", "")]

    def test_what_a_refused_mail_carries_waits_with_it(self, officer, people, monkeypatch):
        scan(date(2029, 8, 21))
        gather(date(2029, 8, 21))
        held = claim()
        refusing = channels.opened()
        monkeypatch.setattr(
            refusing["email"], "send", lambda message: (_ for _ in ()).throw(channels.Undeliverable("no"))
        )
        deliver(held, refusing)
        assert [each[1] for each in states() if each[0] == "email"] == ["waiting"]
        assert states("digest") == [("email", "waiting", "no")]


class TestUndelivered:
    @pytest.fixture
    def dead(self, people):
        people.filing(until="at_county")
        message = Message.objects.get(channel="inbox")
        return Message.objects.create(
            kind="filing-submitted", cause="x", subject_type=message.subject_type, subject_id=message.subject_id,
            recipient=people.wang, channel="email", title="有新的任职备案", body="…", url=message.url,
            state="dead", attempts=8, error="SMTPRecipientsRefused: 550",
        )  # fmt: skip

    def test_it_is_listed_with_its_reason_and_sent_again(self, operator, dead, people, mailoutbox):
        page = browser(operator).get("/reminders/undelivered/").content.decode()
        assert "1 封发不出" in page and "SMTPRecipientsRefused: 550" in page and "没有邮箱" in page
        User.objects.filter(pk=people.wang.pk).update(email="wang@example.com")
        browser(operator).post(f"/reminders/undelivered/{dead.pk}/again/")
        sweep()
        dead.refresh_from_db()
        assert (dead.state, dead.attempts) == ("sent", 2)
        assert [letter.to for letter in mailoutbox] == [["wang@example.com"]]

    def test_told_otherwise_is_written_down_and_nobody_tries_any_more(self, operator, dead):
        path = f"/reminders/undelivered/{dead.pk}/aside/"
        assert browser(operator).post(path, {"how": ""}).status_code == 422
        browser(operator).post(path, {"how": "打电话告知", "once": "a"})
        dead.refresh_from_db()
        assert (dead.state, dead.error) == ("struck", "另行告知：打电话告知")
        assert "没有发不出的" in browser(operator).get("/reminders/undelivered/").content.decode()

    def test_of_a_mail_that_carried_others_they_go_with_it(self, operator, officer, people):
        scan(date(2029, 8, 21))
        gather(date(2029, 8, 21))
        Message.objects.filter(kind="digest").update(state="dead", attempts=8, error="550")
        carrier = Message.objects.get(kind="digest")
        with time_machine.travel(MORNING):
            browser(operator).post(
                f"/reminders/undelivered/{carrier.pk}/aside/", {"how": "当面告知", "once": "a"}
            )
        assert ("email", "struck", "另行告知：当面告知") in states()

    def test_of_a_mail_to_an_expert_the_operator_reads_no_panel(self, operator, people):
        panel = rows.panel(people, state="scoring")
        number = panel.evaluation.number
        dead = Message.objects.create(
            kind="sheet-unsigned", cause="x", subject_type="evaluation.sheet", subject_id="0", channel="email",
            recipient=panel.experts[0], title=f"评价 {number} 的评分表还没有签署", body="…", state="dead", error="550",
        )  # fmt: skip
        for path in ("", f"{dead.pk}/aside/"):
            page = browser(operator).get(f"/reminders/undelivered/{path}").content.decode()
            assert number not in page and "给评价专家的一条消息" in page

    def test_what_is_not_dead_is_left_alone(self, operator, dead):
        Message.objects.filter(pk=dead.pk).update(state="sent")
        answer = browser(operator).post(f"/reminders/undelivered/{dead.pk}/again/", follow=True)
        assert "这封邮件已经有人处理了。" in answer.content.decode()


class TestSettings:
    CHOSEN = {
        "cases": "digest", "certificates": "off", "terms": "at_once", "reports": "digest",
        "learning": "digest", "evaluation": "digest", "number": "138 0013 8000",
    }  # fmt: skip

    def test_what_is_chosen_is_kept_and_shown(self, people):
        answer = browser(people.liu).post("/reminders/settings/", self.CHOSEN)
        assert answer.status_code == 302
        kept = dict(people.liu.preferences.values_list("group", "mode"))
        assert kept == {name: mode for name, mode in self.CHOSEN.items() if name != "number"}
        assert people.liu.text_number.number == "13800138000"
        page = browser(people.liu).get("/reminders/settings/").content.decode()
        assert "13800138000" in page

    def test_news_of_cases_cannot_be_refused(self, people):
        answer = browser(people.liu).post("/reminders/settings/", self.CHOSEN | {"cases": "off"})
        assert answer.status_code == 422
        assert not Preference.objects.exists()

    def test_a_number_that_is_none_is_said_beside_its_field_and_the_rest_is_kept(self, people):
        answer = browser(people.liu).post("/reminders/settings/", self.CHOSEN | {"number": "12"})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "手机号" in page.partition('id="mistakes"')[2][:600]
        assert chosen_in(page) == {name: mode for name, mode in self.CHOSEN.items() if name != "number"}
        assert not Preference.objects.exists()

    def test_what_nobody_chose_is_shown_as_the_usual(self, people):
        usual = dict.fromkeys(("certificates", "terms", "reports", "learning", "evaluation"), "digest")
        page = browser(people.liu).get("/reminders/settings/").content.decode()
        assert chosen_in(page) == {"cases": "at_once"} | usual

    def test_without_an_address_it_says_that_no_mail_comes(self, people):
        said = "您的账号没有邮箱"
        assert said in browser(people.liu).get("/reminders/settings/").content.decode()
        User.objects.filter(pk=people.liu.pk).update(email="liu@example.com")
        assert said not in browser(people.liu).get("/reminders/settings/").content.decode()


def chosen_in(page: str) -> dict[str, str]:
    """Name and value of every radio button that is checked."""
    buttons = (
        dict(re.findall(r'(name|value)="([^"]*)"', tag))
        for tag in re.findall(r"<input[^>]*checked[^>]*>", page)
    )
    return {each["name"]: each["value"] for each in buttons}


class TestCalendarFeed:
    def test_the_address_is_told_once_and_gives_ones_own_days(self, officer, people):
        with time_machine.travel(MORNING):
            page = browser(people.liu).post("/reminders/settings/calendar/").content.decode()
            address = page.partition('id="calendar-address">')[2].partition("<")[0]
            answer = browser().get(address.removeprefix("http://testserver"))
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        text = answer.content.decode().replace("\r\n ", "")
        assert "SUMMARY:王雪松 的首席质量官任期2029年9月20日届满" in text
        assert "DTSTART;VALUE=DATE:20290920" in text
        assert "Set-Cookie" not in answer.headers
        secret = address.rsplit("/", 1)[1].removesuffix(".ics")
        assert secret not in browser(people.liu).get("/reminders/settings/").content.decode()
        assert Feed.objects.get().digest != secret

    def test_a_new_address_ends_the_one_before(self, officer, people):
        first = Feed.made_for(people.liu)
        assert browser().get(f"/reminders/calendar/{first}.ics").status_code == 200
        second = Feed.made_for(people.liu)
        assert browser().get(f"/reminders/calendar/{first}.ics").status_code == 404
        assert browser().get(f"/reminders/calendar/{second}.ics").status_code == 200
        browser(people.liu).post("/reminders/settings/calendar/end/")
        assert browser().get(f"/reminders/calendar/{second}.ics").status_code == 404

    def test_somebody_elses_days_are_not_in_it(self, officer, people):
        with time_machine.travel(MORNING):
            answer = browser().get(f"/reminders/calendar/{Feed.made_for(people.qing)}.ics")
        assert "VEVENT" not in answer.content.decode()


class TestTold:
    def test_an_office_reads_what_was_said_to_all_an_enterprise_what_was_said_to_it(self, people):
        filing = people.filing(until="filed")
        path = f"/reminders/told/registry.filing/{filing.pk}/"
        city = browser(people.meng).get(path).content.decode()
        own = browser(people.liu).get(path).content.decode()
        assert "wang" in city and "liu" in city and "meng" in city
        assert "liu" in own and ">wang<" not in own and ">meng<" not in own
        assert browser(people.qing).get(path).status_code == 404
        assert browser(people.dan).get(path).status_code == 404

    def test_an_enterprise_does_not_read_that_a_former_clerk_of_its_own_judges_it(self, people):
        panel = rows.panel(people, state="scoring")
        expert = panel.experts[1]
        Assignment.objects.create(user=expert, role="enterprise", organisation=people.hengtong, active=False)
        run = panel.evaluation
        type(run).objects.filter(pk=run.pk).update(due_on=date(2026, 12, 1))
        scan(date(2026, 11, 28))
        page = browser(people.liu).get(f"/reminders/told/evaluation.evaluation/{run.pk}/").content.decode()
        assert expert.full_name not in page

    @pytest.mark.parametrize("case", ["registry.filing/x", "registry.nothing/1", "accounts.user/1", "x/1"])
    def test_what_is_no_case_of_ours_is_not_found(self, people, case):
        assert browser(people.meng).get(f"/reminders/told/{case}/").status_code == 404

    def test_who_sits_on_a_panel_is_read_in_no_history_but_the_bodys(self, people):
        panel = rows.panel(people, state="scoring")
        run, (expert, colleague, _) = panel.evaluation, panel.experts
        type(run).objects.filter(pk=run.pk).update(due_on=date(2026, 12, 1))
        scan(date(2026, 11, 28))
        path = f"/reminders/told/evaluation.evaluation/{run.pk}/"
        names = {each.full_name for each in panel.experts}
        assert all(name in browser(panel.staff).get(path).content.decode() for name in names)  # the control
        own = browser(expert).get(path).content.decode()
        assert expert.full_name in own and colleague.full_name not in own
        for who in (people.liu, himself(run.application.officer, "zhengren"), people.meng, people.hao):
            answer = browser(who).get(path)
            assert not any(name in answer.content.decode() for name in names), who


class TestTheBell:
    def test_it_counts_what_is_unread_and_asks_again(self, people):
        people.filing(until="at_county")
        answer = browser(people.wang).get("/inbox/unread/")
        assert answer.status_code == 200 and ">1</span>" in answer.content.decode()
        assert 'hx-trigger="every 60s"' in answer.content.decode()
        browser(people.wang).post("/inbox/read/")
        assert ">1</span>" not in browser(people.wang).get("/inbox/unread/").content.decode()

    def test_whoever_has_signed_out_is_told_to_stop_asking(self):
        answer = browser().get("/inbox/unread/")
        assert (answer.status_code, answer.content) == (286, b"")
