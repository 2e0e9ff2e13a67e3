"""A body opens the account of an expert it engaged and nothing else; an old role gets its person."""

import re

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.audit.models import Event
from cqo_portal.offices import accounts, experts
from cqo_portal.offices.handover import in_hand
from cqo_portal.parties.models import Person
from cqo_portal.workflow.engine import Refused, perform
from evaluation.experts.workflow import END
from tests.cast import TODAY, browser, user
from tests.experts.rows import body, engaged, himself
from tests.training import rows

pytestmark = pytest.mark.django_db
SAID = {"username": "luyiming", "email": "lu@example.com"}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def keeper(people) -> User:
    return user("keeper", Role.ADMIN)


@pytest.fixture
def center():
    return body()


@pytest.fixture
def expert(center):
    return engaged(center)


def open_it(by, expert, **said):
    return browser(by).post(f"/offices/experts/{expert.pk}/account/", SAID | said)


class TestByTheBody:
    def test_the_expert_sets_the_password_and_the_body_never_sees_one(self, center, expert):
        answer = open_it(center, expert)
        assert answer.headers["Location"] == f"/experts/{expert.pk}/"
        made = User.objects.get(username="luyiming")
        role = made.assignments.get()
        assert (made.full_name, made.email) == ("陆一鸣", "lu@example.com")
        assert (role.role, role.person, role.institution) == ("expert", expert.person, None)
        (letter,) = mail.outbox
        assert letter.to == ["lu@example.com"]
        assert re.search(r"https?://\S+/accounts/password/reset/key/\S+", letter.body)
        assert made.check_password("") is False and "密码" not in answer.content.decode()
        assert [event.action for event in Event.objects.about(made).order_by("id")] == [
            "open-account",
            "assign",
            "reset-password",
        ]
        assert browser(made).get("/experts/mine/").status_code == 200

    def test_an_address_is_asked_for(self, center, expert):
        answer = open_it(center, expert, email="")
        assert answer.status_code == 422
        assert "请填写本人的电子邮箱。" in answer.content.decode() and "luyiming" in answer.content.decode()

    def test_a_name_that_is_taken_is_said(self, center, expert):
        answer = open_it(center, expert, username="body")
        assert answer.status_code == 422
        assert "4–30 位" in open_it(center, expert, username="陆").content.decode()
        assert "这个用户名已经有人用了" in answer.content.decode()
        assert not Assignment.objects.filter(role=Role.EXPERT).exists()

    def test_sent_twice_there_is_one(self, center, expert):
        open_it(center, expert), open_it(center, expert, username="luyiming2")
        assert Assignment.objects.get(role=Role.EXPERT).user.username == "luyiming"
        text = browser(center).get(f"/offices/experts/{expert.pk}/account/").content.decode()
        assert "陆一鸣已有评价专家账号" in text

    def test_the_role_is_added_to_the_account_the_person_has(self, center, expert):
        officer = user("officer", Role.OFFICER, person=expert.person)
        path = f"/offices/experts/{expert.pk}/account/"
        assert "在平台已有账号，加上评价专家岗位即可" in browser(center).get(path).content.decode()
        with pytest.raises(Refused, match="没有电子邮箱"):
            experts.link(expert, by=center)
        User.objects.filter(pk=officer.pk).update(email="lu@example.com")
        assert browser(center).post(path, {"how": "link"}).status_code == 302
        assert [role.role for role in officer.assignments.all()] == ["officer", "expert"]

    def test_without_an_account_there_is_nothing_to_add_to(self, center, expert):
        with pytest.raises(Refused, match="没有别的账号"):
            experts.link(expert, by=center)

    def test_one_account_serves_all_bodies(self, center, expert):
        other = body("别的中心", username="other")
        open_it(center, expert)
        with pytest.raises(Refused, match="已有评价专家账号"):
            experts.open_for(engaged(other, expert.person), username="again", email="a@example.com", by=other)

    def test_what_the_administrator_took_away_no_body_gives_back(self, center, expert, keeper):
        open_it(center, expert)
        role = Assignment.objects.get(role=Role.EXPERT)
        accounts.withdraw(role, by=keeper, reason="核查中")
        with pytest.raises(Refused, match="请联系系统管理员"):
            experts.open_for(expert, username="again", email="a@example.com", by=center)
        with pytest.raises(Refused, match="请联系系统管理员"):
            experts.link(expert, by=center)

    def test_of_others_and_of_those_who_went_no_account_is_opened(self, center, expert):
        stranger = body("别的中心", username="other")
        assert open_it(stranger, expert).status_code == 404
        with pytest.raises(PermissionDenied):
            experts.open_for(expert, **SAID, by=stranger)
        perform(END, expert, by=center, note="聘期已满。", today=TODAY)
        with pytest.raises(Refused, match="已解聘"):
            experts.open_for(expert, **SAID, by=center)

    def test_nobody_of_the_body_opens_his_own(self, center, expert):
        Assignment.objects.create(user=center, role=Role.OFFICER, person=expert.person)
        assert open_it(center, expert).status_code == 403

    def test_where_the_letter_does_not_go_out_the_account_is_there(self, center, expert, settings):
        settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 9
        settings.EMAIL_HOST = "127.0.0.1"
        client = browser(center)
        answer = client.post(f"/offices/experts/{expert.pk}/account/", SAID, follow=True)
        assert Assignment.objects.filter(role=Role.EXPERT, person=expert.person).exists()
        text = answer.content.decode()
        assert "邮件没有发出去" in text and "请系统管理员稍后再发一次链接" in text


class TestByTheAdministrator:
    def give(self, keeper, who, number: str):
        path = f"/offices/accounts/{who.pk}/roles/"
        return browser(keeper).post(path, {"role": "expert", "identity_number": number})

    def test_a_role_of_expert_is_held_as_a_person(self, people, keeper):
        person = rows.person("陆一鸣")
        assert self.give(keeper, people.hao, person.identity_number).status_code == 302
        role = people.hao.assignments.get(role="expert")
        assert (role.person, role.institution) == (person, None)
        answer = self.give(keeper, people.meng, rows.identity(900))
        assert answer.status_code == 422
        assert "评价机构聘任以后才能给评价专家岗位" in answer.content.decode()

    def test_a_role_from_before_gets_its_person(self, people, keeper, center):
        old = user("陆一鸣", Role.EXPERT, institution=center.acting.institution)
        assert browser(old).get("/experts/mine/").status_code == 403
        assert "写明本人" in browser(keeper).get(f"/offices/accounts/{old.pk}/").content.decode()
        person = rows.person("陆一鸣")
        path = f"/offices/roles/{old.acting.pk}/person/"
        answer = browser(keeper).post(path, {"identity_number": person.identity_number})
        assert answer.headers["Location"] == f"/offices/accounts/{old.pk}/"
        role = old.assignments.get()
        assert (role.person, role.institution) == (person, None)
        assert browser(old).get("/experts/mine/").status_code == 200
        assert Event.objects.about(person).looks().count() == 1
        assert Event.objects.about(old).get().action == "name-person"
        assert "写明本人<" not in browser(keeper).get(f"/offices/accounts/{old.pk}/").content.decode()

    def test_whom_the_platform_does_not_know_it_meets_by_the_name_of_the_account(self, people, keeper):
        old = user("陆一鸣", Role.EXPERT)
        experts.name_person(old.acting, kind="resident", number=rows.identity(900), by=keeper)
        assert old.assignments.get().person == Person.objects.get(name="陆一鸣")

    def test_another_name_is_refused_without_telling_it_and_the_look_stays(self, people, keeper):
        old, person = user("陆一鸣", Role.EXPERT), rows.person("白若溪")
        path = f"/offices/roles/{old.acting.pk}/person/"
        answer = browser(keeper).post(path, {"identity_number": person.identity_number})
        assert answer.status_code == 422
        assert "登记的不是“陆一鸣”" in answer.content.decode() and "白若溪" not in answer.content.decode()
        assert Event.objects.about(person).looks().count() == 1
        assert old.assignments.get().person is None

    def test_it_is_said_once_and_of_one_account(self, people, keeper):
        person = rows.person("陆一鸣")
        old, again = user("陆一鸣", Role.EXPERT), himself(person)
        with pytest.raises(Refused, match="已有评价专家账号"):
            experts.name_person(old.acting, kind="resident", number=person.identity_number, by=keeper)
        answer = browser(keeper).get(f"/offices/roles/{again.acting.pk}/person/")
        assert answer.status_code == 302

    def test_an_expert_hands_over_to_nobody(self, people, keeper):
        himself(rows.person("白若溪"), "ruoxi")
        him = himself(rows.person("陆一鸣"))
        found = in_hand(him.acting)
        assert (found.remaining, found.alone) == ([], False)
        kept = accounts.withdraw(him.acting, by=keeper, reason="退休")
        assert kept.nobody == "本人的评价工作，由聘任的评价机构另行安排。"
