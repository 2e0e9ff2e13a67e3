"""The frame of every page: where one can go, as whom one acts, what stays out of caches."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.notifications.models import Message
from cqo_portal.ui.context import NAVIGATION, PUBLIC, Frame, current
from cqo_portal.ui.middleware import no_store
from tests import cast


def frame_of(user, path="/"):
    request = RequestFactory().get(path)
    request.user = user
    return Frame(request)


def seen_as(user, **scope):
    role = Assignment.objects.create(user=user, **scope)
    user.roles = [role]
    return user.acting_as(role)


@pytest.mark.parametrize(
    "name", sorted({name for _, name in [*PUBLIC, *(e for es in NAVIGATION.values() for e in es)]})
)
def test_every_entry_of_the_navigation_leads_somewhere(name):
    assert reverse(name).startswith("/")


def test_every_role_has_a_navigation():
    assert set(NAVIGATION) == set(Role)


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/", "/"),
        ("/filings/", "/filings/"),
        ("/filings/abc/edit/", "/filings/"),
        ("/style/", ""),
        ("/rulesets/", ""),
    ],
)
def test_the_longest_address_above_a_page_is_the_current_one(path, here):
    assert current(path, ["/", "/filings/", "/rules/"]) == here


def test_a_stranger_finds_the_rules_and_nothing_personal():
    frame = frame_of(AnonymousUser())
    assert [link.label for link in frame.nav] == [
        "集中备案",
        "典型经验",
        "公开名录",
        "学时抽查",
        "评价机构",
        "证书核验",
        "规则与依据",
    ]
    assert frame.search_url == ""
    assert frame.acting is None
    assert frame.other_roles == []


def test_a_page_drawn_before_anyone_was_recognised_has_a_frame():
    assert [link.url for link in Frame(RequestFactory().get("/")).nav] == [
        "/notices/",
        "/talent/public/",
        "/desk/public/",
        "/training/draws/public/",
        "/bodies/public/",
        "/verify/",
        "/rules/",
    ]


@pytest.mark.django_db
def test_the_city_stands_beside_the_name_for_county_and_enterprise():
    offices = cast.offices()
    enterprise = cast.organisation(offices["130981"])
    clerk = seen_as(cast.user("lin", "enterprise", organisation=enterprise), role="expert")
    assert frame_of(clerk).place == ""
    county = cast.user("wang", "county", office=offices["130981"])
    assert frame_of(county.acting_as(county.assignments.get())).place == "沧州市"
    clerk.acting_as(clerk.assignments.get(role="enterprise"))
    assert frame_of(clerk).place == "沧州市"


@pytest.mark.django_db
def test_a_page_without_a_word_of_its_own_lies_under_the_one_it_is_reached_from():
    offices = cast.offices()
    county = cast.user("wang", "county", office=offices["130981"])
    clerk = cast.user("lin", "enterprise", organisation=cast.organisation(offices["130981"]))
    for who, role, marked in ((county, "county", "名录"), (clerk, "enterprise", "评价证书")):
        acting = who.acting_as(who.assignments.get(role=role))
        assert [link.label for link in frame_of(acting, "/certificates/").nav if link.current] == [marked]


@pytest.mark.django_db
def test_only_regulators_search_the_register():
    offices = cast.offices()
    county = cast.user("wang", "county", office=offices["130981"])
    expert = cast.user("gu", "expert")
    assert frame_of(county.acting_as(county.assignments.get())).search_url == "/desk/register/"
    assert frame_of(expert.acting_as(expert.assignments.get())).search_url == ""


@pytest.mark.django_db
def test_the_bell_counts_ones_own_unread_messages_in_the_inbox(django_assert_num_queries):
    me, other = cast.user("gu", "expert"), cast.user("li", "expert")
    for n, (who, channel) in enumerate([(me, "inbox"), (me, "email"), (other, "inbox"), (me, "inbox")]):
        Message.objects.create(
            kind="k",
            cause=str(n),
            subject_type="t",
            subject_id="1",
            recipient=who,
            channel=channel,
            title="题",
            body="文",
        )
    frame = frame_of(me)
    with django_assert_num_queries(1):
        assert (frame.unread, frame.unread) == (2, 2)


@pytest.mark.django_db
def test_demo_accounts_are_offered_in_a_demonstration_only(settings):
    user = cast.user("county", "expert")
    user.is_demo = True
    user.save()
    settings.DEMO = True
    assert [a.username for a in frame_of(AnonymousUser()).demo_first] == ["county"]
    settings.DEMO = False
    assert frame_of(AnonymousUser()).demo_accounts == []
    assert frame_of(AnonymousUser()).demo_password == ""


@pytest.mark.django_db
def test_the_sign_in_page_lets_a_stranger_in_with_one_click(client, settings):
    settings.DEMO = True
    user = cast.user("county", "expert")
    user.is_demo = True
    user.set_password(settings.DEMO_PASSWORD)
    user.save()
    page = client.get("/accounts/login/").content.decode()
    assert '<input type="hidden" name="login" value="county">' in page
    response = client.post("/accounts/login/", {"login": "county", "password": settings.DEMO_PASSWORD})
    assert response.status_code == 302
    assert response.url == "/"


@pytest.mark.django_db
def test_production_offers_no_accounts_and_no_banner(client, settings):
    settings.DEMO = False
    user = cast.user("county", "expert")
    user.is_demo = True
    user.save()
    page = client.get("/accounts/login/").content.decode()
    assert "演示" not in page
    assert settings.DEMO_PASSWORD not in page


@pytest.mark.parametrize(("signed_in", "header"), [(True, "no-store"), (False, None)])
def test_what_a_signed_in_person_is_sent_stays_out_of_caches(signed_in, header):
    request = RequestFactory().get("/")
    request.user = type("Someone", (), {"is_authenticated": signed_in})()
    response = no_store(lambda request: HttpResponse("x"))(request)
    assert response.headers.get("Cache-Control") == header


@pytest.mark.django_db
def test_the_page_knows_where_one_is_and_offers_a_way_past_the_navigation(client):
    page = client.get("/rules/").content.decode()
    assert '<a class="skip" href="#main">跳到正文</a>' in page
    assert '<a href="/rules/" aria-current="page">规则与依据</a>' in page
    assert '<html lang="zh-Hans">' in page
    assert (
        page.count("<main ")
        == page.count('<header class="topbar"')
        == page.count('<footer class="foot"')
        == 1
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/accounts/login/",
        "/accounts/logout/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/sessions/",
        "/accounts/reauthenticate/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/inactive/",
    ],
)
def test_every_page_of_the_account_stands_in_our_frame_and_speaks_chinese(client, address):
    user = cast.user("gu", "expert")
    if address != "/accounts/login/":
        client.force_login(user)
    response = client.get(address, follow=True)
    page = response.content.decode()
    assert response.status_code in {200, 403}
    assert 'class="topbar"' in page
    assert "css/components.css" in page
    text = page[page.index("<main") : page.index("</main>")]
    for english in (
        "Sign In",
        "Password",
        "Two-Factor",
        "Security Key",
        "Authenticator",
        "Confirm",
        "Sessions",
    ):
        assert english not in text
