"""The door: limits, sessions, second factors, and where it may lead."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.urls import reverse

from cqo_portal.accounts.models import User
from cqo_portal.sealed import CannotOpen
from tests.cast import PASSWORD, browser, user

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def sign_in(client: Client, username: str, password: str = PASSWORD, **more):
    return client.post(LOGIN, {"login": username, "password": password}, **more)


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


class TestLimits:
    def test_five_failures_and_the_right_password_is_refused_too(self, people):
        client = browser()
        for _ in range(5):
            assert sign_in(client, "liu", "wrong").status_code == 200
        answer = sign_in(client, "liu")
        assert answer.status_code == 200
        assert "太多" in answer.content.decode() or "稍后" in answer.content.decode()
        assert not is_in(client)
        assert sign_in(browser(), "wang").status_code == 302  # another account is not punished

    def test_the_right_password_after_four_failures_lets_in(self, people):
        """The control of the test above."""
        client = browser()
        for _ in range(4):
            sign_in(client, "liu", "wrong")
        assert sign_in(client, "liu").status_code == 302
        assert is_in(client)

    @pytest.mark.parametrize("spelling", ["LIU", "Liu", " liu", "liu ", "ｌｉｕ", "liu\u200b"])
    def test_another_spelling_of_the_name_is_no_way_round(self, people, spelling):
        for _ in range(5):
            sign_in(browser(), "liu", "wrong")
        client = browser()
        sign_in(client, spelling)
        assert not is_in(client)

    def test_a_letter_that_only_the_database_takes_for_an_s_is_no_way_round(self, people):
        """Some collations write ſ as S in capitals, Python's lower case leaves it: two counters for one account."""
        user("clerks", "admin")
        for _ in range(5):
            sign_in(browser(), "clerks", "wrong")
        client = browser()
        sign_in(client, "clerkſ")
        assert not is_in(client)

    def test_another_browser_and_another_address_are_no_way_round(self, people):
        for n in range(5):
            sign_in(browser(), "liu", "wrong", REMOTE_ADDR=f"10.0.0.{n}")
        client = browser()
        sign_in(client, "liu", REMOTE_ADDR="10.9.9.9", HTTP_X_FORWARDED_FOR="1.2.3.4")
        assert not is_in(client)

    def test_a_forged_forwarding_header_does_not_reset_the_limit_of_an_address(self, people):
        for n in range(30):
            sign_in(browser(), f"nobody{n}", "wrong", HTTP_X_FORWARDED_FOR=f"9.9.9.{n}")
        client = browser()
        sign_in(client, "wang", HTTP_X_FORWARDED_FOR="8.8.8.8")
        assert not is_in(client)

    def test_the_thirty_first_in_a_minute_is_told_in_chinese_what_is_not_lost(self, people):
        answers = [sign_in(browser(), f"nobody{n}", "wrong") for n in range(31)]
        assert [answer.status_code for answer in answers] == [200] * 30 + [429]
        said = answers[-1].content.decode()
        assert "<h1>这一步点得太密，请过几分钟再试</h1>" in said
        assert "没有丢的" in said

    def test_behind_the_proxy_the_limit_is_the_visitors_not_the_proxys(self, people, settings):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        for n in range(30):
            sign_in(browser(), f"nobody{n}", "wrong", HTTP_X_FORWARDED_FOR=f"9.9.9.{n}, 7.7.7.7")
        punished, other = browser(), browser()
        sign_in(punished, "wang", HTTP_X_FORWARDED_FOR="1.1.1.1, 7.7.7.7")
        sign_in(other, "wang", HTTP_X_FORWARDED_FOR="7.7.7.7, 8.8.8.8")
        assert (is_in(punished), is_in(other)) == (False, True)

    def test_the_marks_lie_in_the_database_and_outlive_redis(self, people):
        before = marks()
        sign_in(browser(), "liu", "wrong")
        assert marks() > before
        assert caches["default"].__class__.__name__ == "DatabaseCache"

    def test_an_unknown_name_is_answered_like_a_wrong_password(self, people):
        known, unknown = sign_in(browser(), "liu", "wrong"), sign_in(browser(), "liux", "wrong")
        said = [
            a.content.decode().replace("liux", "liu").split("<main")[1].split("csrfmiddlewaretoken")[0]
            for a in (known, unknown)
        ]
        assert known.status_code == unknown.status_code
        assert said[0] == said[1]

    @pytest.mark.parametrize("name", ["\0", "liu\0", "x" * 10_000, "' OR 1=1 --", "😀", "\u202e"])
    def test_nonsense_for_a_name_is_answered(self, people, name):
        assert sign_in(browser(), name, name).status_code in (200, 302)
        assert User.objects.count() == 6


def marks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache")
        return cursor.fetchone()[0]


class TestSessions:
    def test_signing_in_changes_the_key_of_the_session(self, people):
        client = browser()
        client.get(LOGIN)
        client.cookies["sid"] = "a" * 32
        sign_in(client, "liu")
        assert client.cookies["sid"].value != "a" * 32
        assert is_in(client)

    def test_signing_out_ends_the_session_for_good(self, people):
        client = browser()
        sign_in(client, "liu")
        key = client.cookies["sid"].value
        assert client.get("/accounts/logout/").status_code == 200  # a link alone signs nobody out
        assert is_in(client)
        assert client.post("/accounts/logout/").status_code == 302
        thief = browser()
        thief.cookies["sid"] = key
        assert not is_in(thief)
        assert not Session.objects.filter(session_key=key).exists()

    def test_a_changed_password_ends_the_other_sessions(self, people):
        mine, other = browser(), browser()
        sign_in(mine, "liu"), sign_in(other, "liu")
        people.liu.set_password("another right horse battery")
        people.liu.save()
        assert not is_in(other)

    def test_a_blocked_account_is_out_at_the_next_request(self, people):
        client = browser(people.liu)
        assert is_in(client)
        User.objects.filter(pk=people.liu.pk).update(is_active=False)
        assert not is_in(client)
        assert not is_in(Client()) and sign_in(browser(), "liu").status_code == 302
        fresh = browser()
        sign_in(fresh, "liu")
        assert not is_in(fresh)

    def test_personal_pages_are_not_kept_by_any_cache(self, people):
        client = browser(people.liu)
        for path in (
            "/",
            "/filings/",
            "/inbox/",
            "/accounts/2fa/",
            "/accounts/sessions/",
            "/filings/nothing/",
        ):
            assert "no-store" in client.get(path).headers["Cache-Control"], path

    def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(self, people):
        client = browser()
        client.get(LOGIN)
        sign_in(client, "liu")
        for name in ("sid", "csrf"):
            assert client.cookies[name]["httponly"], name
            assert client.cookies[name]["samesite"] == "Lax", name
        assert not client.cookies["sid"]["max-age"] or client.cookies["sid"]["max-age"] <= 8 * 3600

    def test_a_request_from_another_site_is_refused(self, people):
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        client.force_login(people.liu)
        for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            answer = client.post("/filings/new/", headers=headers)
            assert answer.status_code == 403
            assert "页面" in answer.content.decode()

    def test_a_request_for_another_host_is_refused_where_hosts_are_named(self, people, settings):
        settings.ALLOWED_HOSTS = ["cqo.example"]
        assert browser().get("/rules/", headers={"Host": "evil.example"}).status_code == 400
        assert browser().get("/rules/", headers={"Host": "cqo.example"}).status_code == 200


class TestNobodySignsUp:
    def test_the_page_says_so_and_a_post_makes_nobody(self, people):
        before = User.objects.count()
        said = {"username": "new", "password1": PASSWORD, "password2": PASSWORD, "email": "x@example.com"}
        browser().get("/accounts/signup/")
        browser().post("/accounts/signup/", said)
        assert User.objects.count() == before

    def test_there_is_no_administration_site(self):
        assert browser().get("/admin/").status_code == 404
        assert browser().get("/admin/login/").status_code == 404


FORBIDDEN = (
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "https:evil.example", "http:///evil.example", "javascript:alert(1)", "data:text/html,x", "/\t/evil.example",
    "https://testserver@evil.example/", "https://testserver.evil.example/", " //evil.example", "//evil.example\\@testserver",
    "\x01https://evil.example", "https:/\\evil.example", "//%65vil.example", "ftp://testserver/",
)  # fmt: skip


class TestWhereItLeads:
    @pytest.mark.parametrize("target", FORBIDDEN)
    def test_not_to_another_site(self, people, target):
        client = browser()
        where = client.post(f"{LOGIN}", {"login": "liu", "password": PASSWORD, "next": target}).headers[
            "Location"
        ]
        assert "evil" not in where.split("?")[0].split("/")[2:3] and not where.startswith(
            ("//", "/\\", "http", "java")
        )
        client = browser()
        page = client.get(LOGIN, {"next": target})
        assert page.status_code == 200
        out = browser(people.liu).post("/accounts/logout/", {"next": target})
        assert out.headers["Location"].startswith("/") and not out.headers["Location"].startswith(
            ("//", "/\\")
        )

    def test_to_the_page_that_was_asked_for(self, people):
        client = browser()
        assert (
            client.get("/filings/?turn=all").headers["Location"]
            == "/accounts/login/?next=/filings/%3Fturn%3Dall"
        )
        answer = client.post(LOGIN, {"login": "liu", "password": PASSWORD, "next": "/filings/?turn=all"})
        assert answer.headers["Location"] == "/filings/?turn=all"


class TestTheSecondFactor:
    def enrol(self, user) -> str:
        secret = generate_totp_secret()
        TOTP.activate(user, secret)
        return secret

    def test_the_secret_lies_sealed(self, people):
        secret = self.enrol(people.liu)
        with connection.cursor() as cursor:
            cursor.execute("SELECT data::text FROM mfa_authenticator")
            kept = cursor.fetchall()[0][0]
        assert secret not in kept
        assert "v1:aesgcm:test:" in kept
        stored = Authenticator.objects.get()
        stored.data["secret"] = secret  # a secret in clear does not pass for a sealed one
        with pytest.raises(CannotOpen):
            stored.wrap().validate_code("000000")

    def test_the_password_alone_no_longer_lets_in_and_a_code_does_once(self, people):
        from allauth.mfa.totp.internal.auth import (
            format_hotp_value,
            hotp_value,
            yield_hotp_counters_from_time,
        )

        secret = self.enrol(people.liu)
        client = browser()
        assert sign_in(client, "liu").headers["Location"].startswith("/accounts/2fa/authenticate/")
        assert not is_in(client)
        code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
        assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
        assert is_in(client)
        second = browser()
        sign_in(second, "liu")
        second.post("/accounts/2fa/authenticate/", {"code": code})
        assert not is_in(second)

    def test_wrong_codes_are_limited_too(self, people):
        self.enrol(people.liu)
        client = browser()
        sign_in(client, "liu")
        answers = [client.post("/accounts/2fa/authenticate/", {"code": f"{n:06}"}) for n in range(12)]
        refused = ["登录失败次数过多" in answer.content.decode() for answer in answers]
        assert refused == [False] * 5 + [True] * 7


def test_the_address_of_the_login_is_the_one_everybody_knows():
    assert reverse("account_login") == LOGIN
