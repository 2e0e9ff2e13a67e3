"""The administrator's accounts: opened, given roles, taken roles, closed at once, and never the last one."""

import re
import threading

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.audit.models import Event
from cqo_portal.offices import accounts
from cqo_portal.workflow.engine import Refused
from registry.models import Filing
from tests.cast import PASSWORD, browser, cast, user


@pytest.fixture
def keeper(people) -> User:
    return user("keeper", Role.ADMIN)


def acts(subject) -> list[str]:
    return list(Event.objects.about(subject).order_by("id").values_list("action", flat=True))


def sign_in(client, username: str, password: str = PASSWORD):
    return client.post("/accounts/login/", {"login": username, "password": password})


@pytest.mark.django_db
class TestOpening:
    def test_the_first_password_is_shown_once_and_lets_in(self, keeper):
        desk = browser(keeper)
        answer = desk.post("/offices/accounts/new/", {"username": "zhao.min", "full_name": "赵敏"})
        text = answer.content.decode()
        told = re.search(r'id="told-once">([^<]+)<', text)[1]
        made = User.objects.get(username="zhao.min")
        assert "no-store" in answer.headers["Cache-Control"]
        assert sign_in(browser(), "zhao.min", told).status_code == 302
        assert told not in desk.get(reverse("offices:account", args=[made.pk])).content.decode()
        assert acts(made) == ["open-account"]
        assert Event.objects.about(made).get().actor == keeper

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"username": "liu", "full_name": "刘洋"}, "用户名为 4–30 位"),
            ({"username": "Zhao", "full_name": "赵敏"}, "用户名为 4–30 位"),
            ({"username": "", "full_name": "赵敏"}, "请填写用户名。"),
            ({"username": "zhao", "full_name": "赵\u200b敏"}, ""),
            ({"username": "zhao", "full_name": "赵敏", "email": "nowhere"}, "有效"),
            ({"username": "zhao\0", "full_name": "赵敏"}, ""),
        ],
        ids=["short", "capital", "empty", "invisible", "mail", "null"],
    )
    def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(self, keeper, said, sentence):
        answer = browser(keeper).post("/offices/accounts/new/", said)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert "赵敏" in answer.content.decode() or said["full_name"] != "赵敏"
        assert not User.objects.filter(username__startswith="zhao").exists()

    def test_a_name_that_is_taken_in_other_letters_is_taken(self, keeper):
        User.objects.create(username="Zhao", full_name="赵敏")
        answer = browser(keeper).post("/offices/accounts/new/", {"username": "zhao", "full_name": "赵明"})
        assert answer.status_code == 422
        assert "这个用户名已经有人用了" in answer.content.decode()


@pytest.mark.django_db
class TestRoles:
    def give(self, keeper, who, **said):
        return browser(keeper).post(reverse("offices:give", args=[who.pk]), said)

    def test_a_role_acts_with_the_next_page_and_is_gone_with_the_next_page(self, people, keeper):
        filing = people.filing(until="at_county")
        who = User.objects.create(username="newcomer", full_name="新来的")
        window = browser(who)
        assert window.get(filing.get_absolute_url()).status_code == 404
        assert self.give(keeper, who, role="county", office="130981").status_code == 302
        assert window.get(filing.get_absolute_url()).status_code == 200
        held = who.assignments.get()
        path = reverse("offices:withdraw", args=[held.pk])
        assert browser(keeper).post(path, {"reason": "调离"}).status_code == 302
        assert window.get(filing.get_absolute_url()).status_code == 404
        assert acts(who) == ["assign", "withdraw-assignment"]

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"role": "county"}, "请选县级的管辖机构。"),
            ({"role": "county", "office": "130900"}, "请选县级的管辖机构。"),
            ({"role": "city", "office": "nowhere"}, "选择一个有效的选项"),
            ({"role": "enterprise", "credit_code": "91130981MAYG58BR3Q"}, "没有登记这个代码的企业"),
            ({"role": "officer", "identity_number": "123"}, "身份证号应为 18 位"),
            ({"role": "officer", "identity_number": "11010519491231002X"}, "名录里没有这个人"),
            ({"role": "body"}, "请填写机构的名称。"),
            ({"role": "emperor"}, "选择"),
            ({}, "请选择岗位。"),
        ],
    )
    def test_a_role_without_its_place_is_refused_beside_the_field(self, people, keeper, said, sentence):
        before = Assignment.objects.count()
        answer = self.give(keeper, people.hao, **said)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert Assignment.objects.count() == before

    def test_the_same_role_twice_is_said_and_a_withdrawn_one_comes_back(self, people, keeper):
        assert self.give(keeper, people.wang, role="county", office="130981").status_code == 422
        accounts.withdraw(people.wang.acting, by=keeper, reason="休假", nobody="暂停")
        assert self.give(keeper, people.wang, role="county", office="130981").status_code == 302
        assert people.wang.assignments.count() == 1
        assert people.wang.assignments.get().active

    def test_full_width_and_lower_case_codes_find_the_enterprise(self, people, keeper):
        answer = self.give(keeper, people.hao, role="enterprise", credit_code=" ９１130981mayg58br3p ")
        assert answer.status_code == 302
        assert people.hao.assignments.get(role="enterprise").organisation == people.hengtong

    def test_nobody_but_an_administrator_gives_roles(self, people):
        for who in (people.liu, people.wang, people.meng, people.hao):
            assert self.give(who, people.dan, role="admin").status_code == 403
        assert not Assignment.objects.filter(role="admin").exists()


@pytest.mark.django_db
class TestDisabling:
    def test_an_open_session_reaches_nothing_from_the_next_click_on(self, people, keeper):
        filing = people.filing(until="at_county")
        window = browser()
        assert sign_in(window, "wang").status_code == 302
        assert window.get(filing.get_absolute_url()).status_code == 200
        path = reverse("offices:disable", args=[people.wang.pk])
        said = {"reason": "离职", "nobody": "由市局代管"}
        assert browser(keeper).post(path, said).status_code == 302
        for page in (filing.get_absolute_url(), "/", "/filings/", "/desk/register/", "/inbox/", "/offices/"):
            answer = window.get(page)
            assert answer.status_code == 302 and "/accounts/login/" in answer["Location"], page
        answer = window.post(f"{filing.get_absolute_url()}steps/send-up/")
        assert "/accounts/login/" in answer["Location"]
        assert Filing.objects.get().state == "at_county"
        assert not UserSession.objects.filter(user=people.wang).exists()
        assert sign_in(browser(), "wang").status_code == 302  # allauth's page for closed accounts
        assert browser().get("/").status_code == 302

    def test_a_session_from_before_stays_closed_after_the_account_is_opened_again(self, people, keeper):
        window = browser()
        sign_in(window, "wang")
        accounts.disable(people.wang, by=keeper, reason="离职", nobody="由市局代管")
        accounts.enable(people.wang, by=keeper)
        assert window.get("/").status_code == 302
        assert sign_in(window, "wang").status_code == 302 and window.get("/").status_code == 200
        assert acts(people.wang) == ["disable-account", "enable-account"]

    def test_others_stay_signed_in(self, people, keeper):
        """The control: only the sessions of that account end."""
        window = browser()
        sign_in(window, "meng")
        accounts.disable(people.wang, by=keeper, reason="离职", nobody="由市局代管")
        assert window.get("/").status_code == 200

    def test_nobody_disables_himself(self, people, keeper):
        user("keeper2", Role.ADMIN)
        with pytest.raises(Refused, match="不能停用自己的账号"):
            accounts.disable(keeper, by=keeper, reason="x")
        with pytest.raises(Refused, match="不能撤销自己的管理员岗位"):
            accounts.withdraw(keeper.acting, by=keeper, reason="x")

    def test_a_refusal_says_why_and_keeps_what_was_typed(self, people, keeper):
        user("keeper2", Role.ADMIN)
        path = reverse("offices:disable", args=[keeper.pk])
        answer = browser(keeper).post(path, {"reason": "工作调动，九月起在省局。"})
        assert answer.status_code == 422
        assert "不能停用自己的账号" in answer.content.decode()
        assert "工作调动，九月起在省局。" in answer.content.decode()

    def test_who_is_no_administrator_any_more_disables_nobody(self, people, keeper):
        second = user("keeper2", Role.ADMIN)
        accounts.disable(keeper, by=second, reason="离职")
        with pytest.raises(PermissionDenied):
            accounts.disable(second, by=keeper, reason="报复")

    def test_twice_is_said(self, people, keeper):
        accounts.disable(people.wang, by=keeper, reason="离职", nobody="由市局代管")
        with pytest.raises(Refused, match="已经停用"):
            accounts.disable(people.wang, by=keeper, reason="离职", nobody="由市局代管")
        answer = browser(keeper).get(reverse("offices:disable", args=[people.wang.pk]), follow=True)
        assert "这个账号已经停用。" in answer.content.decode()

    def test_an_empty_reason_changes_nothing(self, people, keeper):
        path = reverse("offices:disable", args=[people.wang.pk])
        for said in ({}, {"reason": "离职"}, {"reason": " ", "nobody": "x"}, {"reason": "\0", "nobody": "x"}):
            assert browser(keeper).post(path, said).status_code == 422
        assert User.objects.get(pk=people.wang.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_disable_each_other_one_remains():
    cast()
    pair = [user("keeper1", Role.ADMIN), user("keeper2", Role.ADMIN)]
    gate, said = threading.Barrier(2), []

    def press(me: User, other: User) -> None:
        gate.wait()
        try:
            accounts.disable(other, by=me, reason="离职")
            said.append("done")
        except (Refused, PermissionDenied) as refused:
            said.append(type(refused).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=pair[::way]) for way in (1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["PermissionDenied", "done"]
    assert User.objects.filter(username__startswith="keeper", is_active=True).count() == 1


@pytest.mark.django_db
class TestPasswords:
    def reset(self, keeper, who, how):
        return browser(keeper).post(reverse("offices:password", args=[who.pk]), {"how": how}, follow=True)

    def test_a_one_time_password_replaces_the_old_one_and_signs_out(self, people, keeper):
        window = browser()
        sign_in(window, "wang")
        told = re.search(
            r'id="told-once">([^<]+)<', self.reset(keeper, people.wang, "once").content.decode()
        )[1]
        assert window.get("/").status_code == 302
        assert sign_in(browser(), "wang", told).status_code == 302
        assert sign_in(browser(), "wang").status_code == 200
        event = Event.objects.about(people.wang).get()
        assert (event.action, event.data) == ("reset-password", {"how": "told-once"})
        assert told not in str(Event.objects.values_list())

    def test_a_link_by_mail_lets_the_person_set_a_password(self, people, keeper):
        User.objects.filter(pk=people.wang.pk).update(email="wang@example.com")
        assert "三天内有效" in self.reset(keeper, people.wang, "link").content.decode()
        letter = mail.outbox[-1]
        assert letter.to == ["wang@example.com"]
        link = re.search(r"http://testserver(/\S+)", letter.body)[1]
        window = browser()
        form = window.get(link, follow=True)
        new = "a much longer horse battery"
        answer = window.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
        assert answer.status_code == 302
        assert sign_in(browser(), "wang", new).status_code == 302
        assert browser().get(link, follow=True).content.decode().count(new) == 0

    def test_without_an_address_the_way_out_is_named(self, people, keeper):
        assert "请改用一次性密码" in self.reset(keeper, people.wang, "link").content.decode()
        assert mail.outbox == []

    def test_a_mail_server_that_is_away_is_said(self, people, keeper, settings):
        User.objects.filter(pk=people.wang.pk).update(email="wang@example.com")
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        assert "邮件没有发出去" in self.reset(keeper, people.wang, "link").content.decode()
        assert acts(people.wang) == []


@pytest.mark.django_db
class TestTheList:
    def names(self, keeper, **asked) -> list[str]:
        text = browser(keeper).get("/offices/accounts/", asked).content.decode()
        return re.findall(r'class="sub code">([^<]+)<', text)

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"q": "men"}, ["meng"]),
            ({"q": "恒通"}, ["liu"]),
            ({"role": "county"}, ["qing", "wang"]),
            ({"role": "county", "office": "130981"}, ["wang"]),
            ({"office": "130900"}, ["meng"]),
            ({"active": "no"}, ["dan"]),
            ({"seen": "never", "role": "enterprise"}, ["dan", "liu"]),
            ({"seen": "month"}, ["keeper"]),
            ({"q": "\0"}, None),
            ({"role": "nonsense", "q": "men"}, ["meng"]),
        ],
        ids=[
            "name",
            "enterprise",
            "role",
            "role-office",
            "office",
            "closed",
            "never",
            "month",
            "null",
            "odd",
        ],
    )
    def test_it_is_found_by_name_enterprise_role_office_life_and_sign_in(self, people, keeper, asked, found):
        User.objects.filter(pk=people.dan.pk).update(is_active=False)
        answer = browser(keeper).get("/offices/accounts/", asked)
        assert answer.status_code == 200
        if found is not None:
            assert self.names(keeper, **asked) == found

    def test_a_page_costs_the_same_for_one_account_and_for_three(
        self, people, keeper, django_assert_num_queries
    ):
        window = browser(keeper)
        window.get("/offices/accounts/")
        for asked, count in (({"q": "meng"}, 1), ({"q": "ng"}, 3)):
            with django_assert_num_queries(QUERIES_OF_THE_LIST):
                answer = window.get("/offices/accounts/", asked)
            assert len(answer.context["page"].rows) == count


QUERIES_OF_THE_LIST = 7  # session, user, roles, offices to choose from, count, rows, their roles, unread
