"""Who came: by number, confirmed by a masked name; the look is noted; nobody enters himself."""

from datetime import date
from decimal import Decimal as D

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.models import Event
from cqo_portal.parties.models import Person
from cqo_portal.parties.names import masked_name
from cqo_portal.ui import identity
from cqo_portal.workflow.engine import Refused
from tests.cast import browser, user
from tests.training import rows
from training import services

DAY = date(2026, 10, 17)
MORNING, AFTERNOON = (rows.at(DAY, 9), rows.at(DAY, 12)), (rows.at(DAY, 14), rows.at(DAY, 17))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def tan(people):
    made = rows.provider()
    rows.commission(made.acting.institution, people.offices["130900"], by=people.meng)
    return made


@pytest.fixture
def held(tan):
    return rows.session(tan, hours={None: "6"}, times=(MORNING, AFTERNOON))


@pytest.fixture
def wang():
    return rows.person()


def said(who: Person | str, **changes) -> dict:
    number = who.identity_number if isinstance(who, Person) else who
    return {"identity_kind": "resident", "identity_number": number} | changes


def check(by, held, who, **more):
    return browser(by).post(f"/training/sessions/{held.pk}/roster/check/", said(who, **more))


def seen_on(page: str) -> str:
    return page.partition('name="seen" value="')[2].partition('"')[0]


def add(by, held, who, *, looked: bool = True, **changes):
    """Through both steps of the form, as without the script; all meetings, all hours, unless it says otherwise."""
    typed = {"hours-0": "6", "meetings": [each.pk for each in held.meetings.all()], "name": ""} | changes
    if looked:
        typed["seen"] = seen_on(check(by, held, who).content.decode())
    return browser(by).post(f"/training/sessions/{held.pk}/roster/add/", said(who, **typed))


class TestWhoseNumberThatIs:
    @pytest.mark.parametrize(
        ("name", "shown"),
        [("王雪松", "王*松"), ("王松", "王*"), ("欧阳慕青", "欧*青"), ("阿依古丽·买买提明", "阿*明")],
    )
    def test_of_a_name_the_ends_are_shown(self, name, shown):
        assert masked_name(name) == shown

    def test_a_known_number_shows_the_masked_name_and_the_look_is_noted(self, held, tan, wang):
        page = check(tan, held, wang).content.decode()
        assert "<b>王*松</b> 是这个号码在平台登记的人" in page
        assert "王雪松" not in page
        look = Event.objects.about(wang).looks().get()
        assert look.data == {"what": "roster-name", "at": str(tan.acting.institution_id)}
        assert look.note == f"登记培训名单：{held}"

    def test_an_unknown_number_asks_for_the_full_name(self, held, tan):
        page = check(tan, held, rows.identity(900)).content.decode()
        assert "平台还没有这个证件号码，请填写全名" in page
        assert not Event.objects.looks().exists()

    @pytest.mark.parametrize(
        ("number", "sentence"),
        [
            ("", "请填写证件号码。"),
            ("13098119800101", "身份证号应为 18 位，您填的是 14 位。"),
            ("110105194912310021", "第 18 位校验位应为 X，您填的是 1。请对照证件逐位核对。"),
        ],
    )
    def test_a_wrong_number_is_refused_beside_the_field(self, held, tan, number, sentence):
        answer = check(tan, held, number)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()

    def test_htmx_gets_the_form_alone(self, held, tan, wang):
        path = f"/training/sessions/{held.pk}/roster/check/"
        page = browser(tan).post(path, said(wang), headers={"HX-Request": "true"}).content.decode()
        assert page.lstrip().startswith("<form")
        assert "王*松" in page

    def test_a_house_looks_up_three_hundred_a_day(self, held, tan, people, wang, monkeypatch):
        assert identity.LIMITS == {"look": "300/d/key"}
        monkeypatch.setattr(identity, "LIMITS", {"look": "2/d/key"})
        assert [check(tan, held, wang).status_code for _ in range(3)] == [200, 200, 429]
        answer = check(tan, held, wang)
        assert "本单位一天内按证件号码核对已满 300 次" in answer.content.decode()
        colleague = user("colleague", Role.PROVIDER, institution=tan.acting.institution)
        assert check(colleague, held, wang).status_code == 429
        of_the_county = rows.session(people.wang)
        assert check(people.wang, of_the_county, wang).status_code == 200
        assert Event.objects.about(wang).looks().count() == 3

    def test_the_person_reads_in_his_dossier_who_looked(self, people, tan):
        filed = people.filing(until="filed")
        check(tan, rows.session(tan), filed.officer.person)
        officer = user("xuesong", Role.OFFICER, person=filed.officer.person)
        page = browser(officer).get("/").content.decode()
        assert "看了按证件号码查到的姓名（遮盖）：登记培训名单：首席质量官任职培训" in page


class TestEntering:
    def test_whoever_was_confirmed_is_on_the_roster(self, held, tan, wang):
        answer = add(tan, held, wang)
        assert answer.status_code == 302
        line = held.roster.get()
        assert (line.person, line.name, line.hours, line.meetings) == (wang, "王雪松", D(6), [])
        assert (line.source, line.by) == ("number", tan)
        page = browser(tan).get(f"/training/sessions/{held.pk}/").content.decode()
        assert "王雪松已加入名单" in browser(tan).get("/").content.decode() or "王雪松" in page
        assert wang.identity_number not in page
        assert Event.objects.about(held).filter(action="enter-roster").get().data["person"] == str(wang.pk)

    def test_somebody_new_is_on_record_from_then_on(self, held, tan):
        number = rows.identity(901)
        assert add(tan, held, number).status_code == 422
        assert add(tan, held, number, name="李建国").status_code == 302
        person = Person.objects.get(name="李建国")
        assert (person.identity_number, person.born_on, person.sex) == (number, date(1980, 1, 1), "1")

    def test_another_name_than_the_known_one_is_refused(self, held, tan, wang):
        answer = add(tan, held, wang, name="王雪峰")
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "这个证件号码在平台登记的不是这个姓名，请对照证件逐字核对号码和姓名。" in page
        assert 'value="王雪峰"' in page and "王雪松" not in page
        assert not held.roster.exists()
        assert add(tan, held, wang, name="王雪松").status_code == 302  # the control

    def test_a_wrong_name_is_a_look_and_without_any_left_nothing_is_told(self, held, tan, wang, monkeypatch):
        monkeypatch.setattr(identity, "LIMITS", {"look": "3/d/key"})
        token = seen_on(check(tan, held, wang).content.decode())

        def guess(name: str):
            return add(tan, held, wang, looked=False, seen=token, name=name)

        assert [guess(name).status_code for name in ("王雪峰", "王雪梅", "王雪峰")] == [422, 422, 429]
        assert Event.objects.about(wang).looks().count() == 3
        right, wrong = guess("王雪松"), guess("王雪峰")
        assert right.status_code == wrong.status_code == 429
        assert "本单位一天内按证件号码核对已满 300 次" in right.content.decode()
        assert not held.roster.exists()
        assert (
            guess("").status_code == 302
        )  # the control: whoever was confirmed by the masked name is no guess

    def test_a_right_name_costs_no_look(self, held, tan, wang, monkeypatch):
        monkeypatch.setattr(identity, "LIMITS", {"look": "2/d/key"})
        assert add(tan, held, wang, name="王雪松").status_code == 302
        assert check(tan, held, wang).status_code == 200
        assert Event.objects.about(wang).looks().count() == 2

    def test_nobody_is_entered_whose_number_was_not_looked_at(self, held, tan, wang):
        answer = add(tan, held, wang, looked=False)
        assert answer.status_code == 200
        assert "王*松" in answer.content.decode()
        assert not held.roster.exists()
        assert Event.objects.about(wang).looks().count() == 1

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"hours-0": "6.25"}, "本场这一类只有 6 学时，不能登记更多。"),
            ({"hours-0": ""}, "请填写学时；没有学时的人不用登记。"),
            ({"hours-0": "半天"}, "请填数字，最多两位小数"),
            ({"meetings": []}, "请至少勾选一节到场的课。"),
        ],
        ids=str,
    )
    def test_what_is_wrong_is_said_beside_it(self, held, tan, wang, changes, sentence):
        answer = add(tan, held, wang, **changes)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert "王*松" in answer.content.decode()

    def test_fewer_hours_and_one_meeting_of_two(self, held, tan, wang):
        morning, _ = held.meetings.all()
        add(tan, held, wang, meetings=[morning.pk], **{"hours-0": "3"})
        line = held.roster.get()
        assert (line.hours, line.meetings) == (D(3), [morning.pk])

    def test_two_classes_are_two_lines(self, tan, wang):
        held = rows.session(tan, hours={1: "4", 2: "2"})
        add(tan, held, wang, **{"hours-1": "4", "hours-2": "1.5"})
        assert [(line.course_class, line.hours) for line in held.roster.all()] == [(1, D(4)), (2, D("1.5"))]

    def test_the_same_person_stands_once(self, held, tan, wang):
        add(tan, held, wang)
        answer = add(tan, held, wang, **{"hours-0": "3"})
        assert "王*松已经在名单里，不用再登记" in answer.content.decode()
        rows.posted(held, by=tan)
        answer = add(tan, held, wang, **{"hours-0": "2"})
        assert "王*松在本场已经入账；要改学时，请先冲正原记录。" in answer.content.decode()

    def test_nobody_enters_himself_in_whatever_role(self, held, tan, wang):
        Assignment.objects.create(user=tan, role=Role.OFFICER, person=wang, active=False)
        answer = add(tan, held, wang)
        assert "名单里不能登记或者改动您本人，请同事办理。" in answer.content.decode()
        assert not held.roster.exists()
        colleague = user("colleague", Role.PROVIDER, institution=tan.acting.institution)
        assert add(colleague, held, wang).status_code == 302
        line = held.roster.get()
        for act in (services.drop_line, services.settle_doubt):
            with pytest.raises(Refused, match="请同事办理"):
                act(line, by=tan)

    def test_another_house_enters_nobody(self, held, people, wang):
        for stranger in (people.wang, people.meng):
            assert check(stranger, held, wang).status_code in (403, 404)
            with pytest.raises(PermissionDenied):
                services.look_up(held, kind="resident", number=wang.identity_number, by=stranger)
        assert not Event.objects.looks().exists()


class TestLines:
    def test_a_line_is_corrected(self, held, tan, wang):
        line = rows.came(held, wang)
        morning, afternoon = held.meetings.all()
        path = f"/training/sessions/{held.pk}/roster/{line.pk}/"
        assert 'value="6"' in browser(tan).get(path).content.decode()
        assert browser(tan).post(path, {"hours-0": "7", "meetings": [morning.pk]}).status_code == 422
        assert browser(tan).post(path, {"hours-0": "3", "meetings": [morning.pk]}).status_code == 302
        line.refresh_from_db()
        assert (line.hours, line.meetings) == (D(3), [morning.pk])
        browser(tan).post(path, {"hours-0": "6", "meetings": [morning.pk, afternoon.pk]})
        line.refresh_from_db()
        assert line.meetings == []

    def test_a_line_of_a_class_that_is_gone_is_not_corrected_and_why_is_said(self, tan, wang):
        held = rows.session(tan, hours={1: "4", 2: "2"})
        path = f"/training/sessions/{held.pk}/roster/{rows.came(held, wang, course_class=2).pk}/"
        assert browser(tan).post(path, {"hours-2": "1"}).status_code == 302  # the control
        held.hours.filter(course_class=2).delete()
        assert browser(tan).get(path).status_code == 200
        answer = browser(tan).post(path, {"hours-2": "2"})
        assert answer.status_code == 422
        assert "本场已经没有这一类学时，这一行不能改正；请在名单里去掉这一行" in answer.content.decode()

    def test_a_line_is_taken_away_once(self, held, tan, wang):
        path = f"/training/sessions/{held.pk}/roster/{rows.came(held, wang).pk}/drop/"
        client = browser(tan)
        assert [client.post(path).status_code for _ in range(2)] == [302, 302]
        assert not held.roster.exists()
        assert Event.objects.filter(action="drop-roster").count() == 1
        assert "这一行已经不在名单里了" in client.get(f"/training/sessions/{held.pk}/").content.decode()

    def test_clashes_and_what_stands_already_are_marked_on_the_line(self, held, tan, wang):
        free = rows.person("李四")
        other = rows.session(tan, hours={None: "3"}, times=((rows.at(DAY, 11), rows.at(DAY, 13)),))
        rows.came(other, wang)
        rows.posted(other, by=tan)
        for who in (wang, free):
            rows.came(held, who)
        page = browser(tan).get(f"/training/sessions/{held.pk}/").content.decode()
        assert page.count('class="against"') == 1
        assert "2026-10-17 11:00–13:00 已有别的培训入账" in page

    def test_three_lines_cost_as_much_as_one(self, held, tan):
        asked, client = [], browser(tan)
        for number in (1, 3):
            while held.roster.count() < number:
                rows.came(held, rows.person(f"学员{'甲乙丙'[held.roster.count()]}"))
            with CaptureQueriesContext(connection) as questions:
                assert client.get(f"/training/sessions/{held.pk}/").status_code == 200
            asked.append(len(questions))
        assert asked[0] == asked[1] == 18
