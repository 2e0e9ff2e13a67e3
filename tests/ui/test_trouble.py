"""Pages for when something went wrong: what is not lost, what to do now, whom to ask — and they must not fail."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from cqo_portal.ui import pages
from cqo_portal.urls import handler400, handler403, handler404, handler500  # noqa: F401 -- Django reads them here
from cqo_portal.urls import urlpatterns as real_ones


def boom(request):
    raise RuntimeError("nobody shall read this")


def deny(request):
    raise PermissionDenied("本件由其他单位办理。")


def deny_in_english(request):
    raise PermissionDenied("You shall not pass")


def bad(request):
    raise SuspiciousOperation("odd host")


def gone(request):
    raise Http404


urlpatterns = [
    *real_ones,
    path("boom/", boom),
    path("deny/", deny),
    path("deny-en/", deny_in_english),
    path("bad/", bad),
    path("gone/", gone),
]

SAYS_WHAT_NOW = ("没有丢的", "接下来", "找谁")


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status", "title"),
    [
        ("/bad/", 400, "浏览器送来的内容读不懂"),
        ("/deny/", 403, "这一页不归您现在的岗位办"),
        ("/gone/", 404, "这里没有您要找的内容"),
        ("/no/such/page/", 404, "这里没有您要找的内容"),
        ("/boom/", 500, "系统出了问题，不是您的操作有误"),
    ],
)
def test_trouble_is_told_in_chinese_with_what_to_do(client, address, status, title):
    client.raise_request_exception = False
    response = client.get(address)
    page = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{title}</h1>" in page
    assert all(part in page for part in SAYS_WHAT_NOW)
    assert "nobody shall read this" not in page


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.django_db
def test_a_refusal_written_for_people_is_shown_and_english_is_not(client):
    assert "本件由其他单位办理。" in client.get("/deny/").content.decode()
    assert "You shall not pass" not in client.get("/deny-en/").content.decode()


def test_the_page_about_a_failure_needs_neither_request_nor_database():
    # no django_db mark: a query would fail this test
    response = pages.server_error(None)
    assert response.status_code == 500
    assert "不是您的操作有误" in response.content.decode()


def test_the_page_about_a_failure_does_not_fail(settings):
    broken = {**settings.TEMPLATES[0], "DIRS": [], "APP_DIRS": False}
    with override_settings(TEMPLATES=[broken]):
        response = pages.server_error(None)
    assert response.status_code == 500
    assert response.content.decode() == "系统出了问题，您已经保存的内容不会丢失。请稍后再试。"


def test_a_bad_request_is_answered_without_asking_the_request_anything():
    assert pages.bad_request(None, SuspiciousOperation()).status_code == 400


@pytest.mark.django_db
def test_a_page_that_stood_open_too_long_says_how_to_save_the_text():
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x", "password": "y"})
    assert response.status_code == 403
    assert "这一页开得太久，没有提交成功" in response.content.decode()


@pytest.mark.django_db
def test_who_to_call_is_said_where_it_is_known(settings):
    settings.CONTACT = "技术支持 0317-0000000"
    assert "技术支持 0317-0000000；或本单位" in pages.server_error(None).content.decode()
    del settings.CONTACT
    assert "<dd>本单位、所属" in pages.server_error(None).content.decode()


def test_only_reading_is_allowed_on_the_style_page():
    assert pages.style(RequestFactory().post("/style/")).status_code == 405
