"""A body engages out of the pool or by number; everybody is told; nobody engages himself."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Person
from cqo_portal.ui import identity
from cqo_portal.workflow.engine import Refused, perform
from evaluation.experts import services
from evaluation.experts.models import Expert
from evaluation.experts.workflow import END
from registry.talent.models import PoolEntry
from tests.cast import TODAY, browser, user
from tests.experts.rows import FIELDS, body, engaged, himself, in_pool
from tests.talent.rows import post
from tests.training import rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def center():
    return body()


@pytest.fixture
def yiming():
    return rows.person("陆一鸣")


def page(by, path: str) -> str:
    return browser(by).get(path).content.decode()


class TestThePool:
    def test_a_body_sees_who_agreed_and_is_free_today(self, people, center, yiming):
        officer = post(people.hengtong)
        in_pool(people, officer.person, officer=officer)
        in_pool(people, yiming)
        busy, away, gone = (rows.person(name) for name in ("白若溪", "潘卓", "裴正阳"))
        in_pool(people, busy, availability="busy", busy_until=TODAY)
        in_pool(people, away, availability="away")
        in_pool(people, gone)
        PoolEntry.objects.filter(person=gone).update(entered_on=TODAY + timedelta(days=1))
        trained = rows.person("周明远")
        in_pool(people, trained, basis="trained", consent_name="")
        text = page(center, "/experts/pool/")
        assert "人才库里今天可以承担任务的 2 位" in text
        assert "王雪松" in text and "泊头恒通管件有限公司" in text and "泊头市" in text and "陆一鸣" in text
        assert not [name for name in ("白若溪", "潘卓", "裴正阳", "周明远") if name in text]

    def test_nothing_more_than_name_fields_organisation_and_place_is_shown(self, people, center):
        officer = post(people.hengtong)
        in_pool(people, officer.person, officer=officer)
        text = page(center, "/experts/pool/")
        assert "统计过程控制" in text
        for private in (
            officer.person.masked_identity,
            officer.person.identity_number[-4:],
            "副总经理",
            "愿意承担评审任务",
        ):
            assert private not in text

    def test_somebody_of_another_city_and_province_is_found_too(self, people, center, yiming):
        entry = in_pool(people, yiming)
        assert entry.city.area == "沧州市"
        assert "陆一鸣" in page(center, "/experts/pool/?q=luyiming")
        assert "陆一鸣" in page(center, "/experts/pool/?field=spc")
        assert "没有符合的" in page(center, "/experts/pool/?field=food")

    def test_one_click_engages_for_the_fields_of_the_pool_or_others(self, people, center, yiming):
        entry, him = in_pool(people, yiming), user("lu", Role.OFFICER, person=yiming)
        path = f"/experts/pool/{entry.pk}/"
        assert page(center, path).count("checked") == 2
        answer = browser(center).post(path, {"fields_of": ["spc"]})
        expert = Expert.objects.get()
        assert answer.headers["Location"] == f"/experts/{expert.pk}/"
        assert (expert.name, expert.fields, expert.entry, expert.reason) == ("陆一鸣", ["spc"], entry, "")
        assert (expert.engaged_on, expert.institution) == (TODAY, center.acting.institution)
        told = Message.objects.get(recipient=him, kind="expert-engaged", channel="inbox")
        assert told.title == "沧州质量评价中心聘任您为评价专家"
        assert "统计过程控制" in told.body
        assert "已在聘" in page(center, "/experts/pool/")
        assert "已在聘" not in page(body("别的中心", username="other"), "/experts/pool/")

    def test_without_a_field_nothing_is_done(self, people, center, yiming):
        entry = in_pool(people, yiming)
        answer = browser(center).post(f"/experts/pool/{entry.pk}/", {})
        assert answer.status_code == 422
        assert "请至少选一项专长。" in answer.content.decode()
        assert not Expert.objects.exists()

    def test_who_left_the_pool_meanwhile_is_not_engaged(self, people, center, yiming):
        entry = in_pool(people, yiming)
        PoolEntry.objects.filter(pk=entry.pk).update(availability="away")
        with pytest.raises(Refused, match="现在不在人才库里"):
            services.engage_from_pool(entry, fields=FIELDS, by=center, today=TODAY)
        PoolEntry.objects.filter(pk=entry.pk).update(availability="free")  # the control
        services.engage_from_pool(entry, fields=FIELDS, by=center, today=TODAY)


def said(who: Person | str, **changes) -> dict:
    number = who.identity_number if isinstance(who, Person) else who
    return {"identity_kind": "resident", "identity_number": number} | changes


def check(by, who, **more):
    return browser(by).post("/experts/find/", said(who, **more))


def engage(by, who, *, looked: bool = True, **changes):
    typed = {"name": "", "fields_of": FIELDS, "reason": "高校教授。"} | changes
    if looked:
        typed["seen"] = check(by, who).content.decode().partition('name="seen" value="')[2].partition('"')[0]
    return browser(by).post("/experts/find/engage/", said(who, **typed))


class TestByNumber:
    def test_the_masked_name_is_shown_and_the_look_noted(self, center, yiming):
        text = check(center, yiming).content.decode()
        assert "<b>陆*鸣</b> 是这个号码在平台登记的人" in text
        assert "陆一鸣" not in text
        look = Event.objects.about(yiming).looks().get()
        assert look.data == {"what": "roster-name", "at": str(center.acting.institution_id)}
        assert look.note == "核对拟聘的评价专家"

    def test_whoever_was_confirmed_is_engaged_with_the_reason(self, center, yiming):
        assert engage(center, yiming).status_code == 302
        expert = Expert.objects.get()
        assert (expert.person, expert.entry, expert.reason) == (yiming, None, "高校教授。")

    def test_a_number_nobody_looked_at_is_looked_at_first(self, center, yiming):
        assert engage(center, yiming, looked=False).status_code == 200
        assert not Expert.objects.exists()
        assert Event.objects.about(yiming).looks().count() == 1

    def test_a_mark_of_another_number_does_not_pass(self, center, yiming):
        seen = check(center, rows.person("白若溪")).content.decode().partition('name="seen" value="')[2]
        answer = engage(center, yiming, looked=False, seen=seen.partition('"')[0])
        assert answer.status_code == 200 and not Expert.objects.exists()

    def test_an_unknown_number_needs_the_full_name_and_becomes_a_person(self, center):
        number = rows.identity(900)
        answer = engage(center, number)
        assert answer.status_code == 422
        assert "平台还没有这个证件号码，请填写全名" in answer.content.decode()
        assert engage(center, number, name="白若溪").status_code == 302
        met = Expert.objects.get().person
        assert (met.name, met.born_on.isoformat()) == ("白若溪", "1980-01-01")

    def test_another_name_for_a_known_number_is_refused_and_is_a_look(self, center, yiming):
        answer = engage(center, yiming, name="陆二鸣")
        assert answer.status_code == 422
        assert "登记的不是这个姓名" in answer.content.decode()
        assert Event.objects.about(yiming).looks().count() == 2

    def test_the_reason_is_asked_for_and_what_was_typed_stays(self, center, yiming):
        answer = engage(center, yiming, reason="")
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "请填写不经人才库聘任的理由。" in text and text.count("checked") == 2

    def test_a_wrong_number_is_refused_beside_the_field(self, center):
        answer = check(center, "110105194912310021")
        assert answer.status_code == 422
        assert "第 18 位校验位应为 X" in answer.content.decode()

    def test_the_daily_limit_is_one_for_the_house(self, center, yiming, monkeypatch):
        monkeypatch.setattr(identity, "LIMITS", {"look": "2/d/key"})
        assert [check(center, yiming).status_code for _ in range(3)] == [200, 200, 429]
        assert "一天内按证件号码核对已满 300 次" in check(center, yiming).content.decode()
        assert check(body("别的中心", username="other"), yiming).status_code == 200  # the control


class TestOnceAndNobodyHimself:
    def test_twice_is_refused_and_after_the_end_it_is_not(self, center, yiming):
        expert = engaged(center, yiming)
        with pytest.raises(Refused, match="陆\\*鸣已经在聘"):
            engaged(center, yiming)
        perform(END, expert, by=center, note="聘期已满。", today=TODAY)
        assert engaged(center, yiming).pk != expert.pk

    def test_two_bodies_may_engage_one_person(self, center, yiming):
        engaged(center, yiming)
        engaged(body("别的中心", username="other"), yiming)
        assert Expert.objects.engaged().filter(person=yiming).count() == 2

    def test_nobody_of_the_body_engages_or_ends_himself(self, center, yiming):
        expert = engaged(center, yiming)
        Assignment.objects.create(user=center, role=Role.EXPERT, person=yiming)
        with pytest.raises(PermissionDenied):
            perform(END, expert, by=center, note="聘期已满。", today=TODAY)
        other = rows.person("白若溪")
        Assignment.objects.create(user=center, role=Role.OFFICER, person=other)
        with pytest.raises(Refused, match="不能聘任您本人"):
            engaged(center, other)

    def test_no_other_role_engages(self, people, yiming):
        for who in (people.meng, people.wang, people.liu, rows.provider()):
            with pytest.raises(PermissionDenied):
                engaged(who, yiming)


class TestWhereTheLetterLeads:
    def test_the_expert_comes_to_his_own_page_and_the_officer_home(self, people, center):
        officer = post(people.hengtong)
        expert = engaged(center, officer.person)
        letter = Message.objects.filter(kind="expert-engaged", channel="inbox").first()
        address = letter.url if letter else expert.get_absolute_url()
        assert address == expert.get_absolute_url()
        answer = browser(himself(officer.person)).get(address)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/experts/mine/")
        answer = browser(user("wangxs", Role.OFFICER, person=officer.person)).get(address)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")

    def test_nobody_elses_page_is_shown_to_either(self, center, yiming):
        expert = engaged(center, yiming)
        for role in (Role.EXPERT, Role.OFFICER):
            stranger = user(f"stranger-{role}", role, person=rows.person("白若溪"))
            assert browser(stranger).get(expert.get_absolute_url()).status_code == 403
        assert browser(center).get(expert.get_absolute_url()).status_code == 200  # the control


class TestTheEnd:
    def test_it_asks_why_tells_the_person_and_has_its_day(self, center, yiming):
        expert, him = engaged(center, yiming), himself(yiming)
        client = browser(center)
        path = f"/experts/{expert.pk}/steps/end/"
        client.post(path, {"note": ""})
        expert.refresh_from_db()
        assert expert.state == "engaged"
        client.post(path, {"note": "聘期已满。"})
        expert.refresh_from_db()
        assert (expert.state, expert.ended_on) == ("ended", TODAY)
        told = Message.objects.get(recipient=him, kind="expert-ended", channel="inbox")
        assert "聘期已满。" in told.body
        assert "已解聘，本机构不再看其申报" in page(center, f"/experts/{expert.pk}/")

    def test_the_database_knows_no_other_way(self, center, yiming):
        expert = engaged(center, yiming)
        for change in (
            {"state": "ended", "ended_on": TODAY},
            {"institution": body("别的中心", username="other").acting.institution},
            {"engaged_on": TODAY - timedelta(days=9)},
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                Expert.objects.filter(pk=expert.pk).update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            Expert.objects.filter(pk=expert.pk).delete()
        Expert.objects.filter(pk=expert.pk).update(busy_until=TODAY)  # the control


def counted(by, path: str) -> int:
    client = browser(by)
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


class TestQuestions:
    def test_the_lists_ask_the_same_for_three_as_for_one(self, people, center):
        found = []
        for number in range(3):
            person = rows.person(f"专家{'甲乙丙'[number]}")
            in_pool(people, person)
            engaged(center, person)
            found.append((counted(center, "/experts/"), counted(center, "/experts/pool/")))
        assert (found[0], found[2]) == ((8, 7), (8, 7))

    def test_the_list_says_who_has_an_account_and_who_confirmed(self, center, yiming):
        engaged(center, yiming)
        text = page(center, "/experts/")
        assert "未确认" in text and "没有</span>" in text
        services.confirm(by=himself(yiming), today=TODAY)
        text = page(center, "/experts/")
        assert "已确认" in text and "未确认" not in text and "没有</span>" not in text
