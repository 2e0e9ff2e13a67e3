"""An experience case: written, agreed to by name, handed in, selected, read by everybody, taken down."""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import InternalError, transaction
from django.urls import reverse

from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from cqo_portal.workflow.engine import Refused, perform
from registry.talent import services
from registry.talent.models import Case, Consent
from registry.talent.workflow import CASE, REVOKE
from tests.cast import browser
from tests.talent.rows import TEXT, brought, himself, post, typed_case, written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


def test_the_life_of_a_case_is_this_table():
    lines = sorted(f"{source} {step.name} {step.target}" for step in CASE.values() for source in step.source)
    assert lines == [
        "at_city decline declined",
        "at_city revoke withdrawn",
        "at_city select selected",
        "at_county hand-in at_city",
        "at_county return draft",
        "at_county revoke withdrawn",
        "at_county take-back draft",
        "draft discard discarded",
        "draft hand-in at_city",
        "draft submit at_county",
        "published revoke withdrawn",
        "published withdraw withdrawn",
        "selected publish published",
        "selected revoke withdrawn",
        "selected withdraw withdrawn",
    ]


def test_from_the_first_word_to_the_public_page(people):
    officer = post(people.hengtong)
    liu = browser(people.liu)
    answer = liu.post(reverse("talent:case-write", args=[people.hengtong.pk]), typed_case(officer))
    case = Case.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/talent/cases/{case.pk}/")
    for step, who in (
        ("submit", people.liu),
        ("hand-in", people.wang),
        ("select", people.meng),
        ("publish", people.meng),
    ):
        browser(who).post(reverse("talent:case-step", args=[case.pk, step]))
    case.refresh_from_db()
    assert (case.state, f"{case.published_on}") == ("published", "2026-11-20")
    page = browser().get(reverse("talent:public-case", args=[case.pk]))
    assert page.status_code == 200
    words = page.content.decode()
    for said in ("用控制图把焊接返修率降下来", "王雪松", "每班取五件测熔深", "泊头恒通管件有限公司"):
        assert said in words
    assert "质量月报 12 份" not in words  # papers are for the offices
    assert list(Event.objects.about(case).values_list("action", flat=True)) == [
        "write",
        "consent",
        "submit",
        "hand-in",
        "select",
        "publish",
    ]
    kinds = set(Message.objects.filter(subject_id=str(case.pk)).values_list("kind", flat=True))
    assert kinds == {
        "talent-case-submitted",
        "talent-case-handed-in",
        "talent-case-selected",
        "talent-case-published",
    }


@pytest.mark.parametrize("state", ["draft", "at_county", "at_city", "selected"])
def test_the_public_reads_only_what_is_published(people, state):
    case = brought(people, until=state)
    assert browser().get(reverse("talent:public-case", args=[case.pk])).status_code == 404
    assert TEXT["name"] not in browser().get("/talent/public/").content.decode()
    case = brought(people, until="published", case=case)  # the control
    assert browser().get(reverse("talent:public-case", args=[case.pk])).status_code == 200
    assert TEXT["name"] in browser().get("/talent/public/").content.decode()


# ── consent ───────────────────────────────────────────────────────────────────────────────────
def test_nobody_is_named_in_public_without_his_own_word(people):
    officer = post(people.hengtong)
    case = written(people, officers=(officer,), agree=False)
    with pytest.raises(Refused, match="王雪松还没有同意公布这一版文字"):
        perform(CASE["submit"], case, by=people.liu)
    services.name_officers(case, [officer], signatures={officer: "王雪松"}, by=people.liu)
    assert perform(CASE["submit"], case, by=people.liu).state == "at_county"


def test_another_word_needs_another_consent(people):
    officer = post(people.hengtong)
    case = written(people, officers=(officer,))
    assert case.silent() == []
    case = services.write_case(
        case, TEXT | {"done": "做法改了。"}, organisation=people.hengtong, by=people.liu
    )
    assert case.silent() == [officer]
    with pytest.raises(Refused, match="还没有同意"):
        perform(CASE["submit"], case, by=people.liu)


def test_a_case_without_names_asks_nobody(people):
    assert perform(CASE["submit"], written(people), by=people.liu).state == "at_county"


@pytest.mark.parametrize("signs", ["", "王雪", "刘桂芳"])
def test_a_consent_is_signed_with_the_officers_own_name(people, signs):
    officer = post(people.hengtong)
    path = reverse("talent:case-write", args=[people.hengtong.pk])
    answer = browser(people.liu).post(path, typed_case(officer, signs=signs))
    assert answer.status_code == 422
    assert "请由本人签写姓名“王雪松”" in answer.content.decode()
    assert "每班取五件测熔深" in answer.content.decode()  # nothing typed is lost
    assert not Case.objects.exists()


def test_a_consent_is_never_changed(people):
    officer = post(people.hengtong)
    written(people, officers=(officer,))
    with pytest.raises(TypeError):
        Consent.objects.update(given=False)
    with pytest.raises(InternalError), transaction.atomic():
        super(type(Consent.objects.all()), Consent.objects.all()).update(given=False)


def test_the_officer_takes_his_word_back_and_the_page_is_gone(people):
    officer = post(people.hengtong)
    case = brought(people, until="published", officers=(officer,))
    person = himself(officer)
    public = reverse("talent:public-case", args=[case.pk])
    assert browser().get(public).status_code == 200
    path = reverse("talent:case-revoke", args=[case.pk])
    assert browser(people.liu).post(path, {"note": "替他"}).status_code == 403
    browser(person).post(path, {"note": ""})
    assert Case.objects.get().state == "published"  # without a reason nothing happens
    browser(person).post(path, {"note": "已换单位。"})
    assert Case.objects.get().state == "withdrawn"
    assert browser().get(public).status_code == 404
    assert [row.given for row in Consent.objects.order_by("id")] == [True, False]
    assert {m.recipient.username for m in Message.objects.filter(kind="talent-case-withdrawn")} >= {
        "liu",
        "wang",
        "meng",
        "wangxs",
    }


def test_an_officer_nobody_named_revokes_nothing(people):
    case = brought(people, until="published", officers=(post(people.hengtong),))
    other = himself(post(people.dan.acting.organisation, name="丁鹏", number="11010119900307100X"), "ding")
    assert (
        browser(other).post(reverse("talent:case-revoke", args=[case.pk]), {"note": "x"}).status_code == 404
    )
    with pytest.raises(PermissionDenied):
        perform(REVOKE, case, by=other, note="x")


# ── guards and permissions ────────────────────────────────────────────────────────────────────
def test_the_text_is_fixed_once_it_left_the_author(people):
    case = brought(people, until="at_county")
    with pytest.raises(Refused, match="文字不能再改"):
        services.write_case(case, TEXT | {"done": "另一句"}, organisation=people.hengtong, by=people.liu)
    with pytest.raises(InternalError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(done="另一句")
    back = perform(CASE["take-back"], case, by=people.liu)  # the control
    assert services.write_case(back, TEXT | {"done": "另一句"}, organisation=people.hengtong, by=people.liu)


@pytest.mark.parametrize(
    ("state", "step"), [("at_county", "return"), ("at_city", "decline"), ("published", "withdraw")]
)
def test_whoever_says_no_says_why(people, state, step):
    case = brought(people, until=state)
    by = people.wang if step == "return" else people.meng
    with pytest.raises(Refused, match="请写明理由"):
        perform(CASE[step], case, by=by)
    assert perform(CASE[step], case, by=by, note="数字没有出处。").state in ("draft", "declined", "withdrawn")
    assert "数字没有出处" in Message.objects.filter(kind__startswith="talent-case").first().body


@pytest.mark.parametrize(
    ("state", "step", "wrong"),
    [
        ("at_county", "hand-in", ("liu", "qing", "meng", "hao", "dan")),
        ("at_city", "select", ("liu", "wang", "qing", "hao", "dan")),
        ("at_city", "decline", ("liu", "wang", "qing", "hao", "dan")),
        ("selected", "publish", ("liu", "wang", "qing", "hao", "dan")),
        ("draft", "submit", ("wang", "meng", "dan")),
    ],
)
def test_nobody_else_takes_the_step(people, state, step, wrong):
    case = brought(people, until=state)
    for name in wrong:
        with pytest.raises(PermissionDenied):
            perform(CASE[step], case, by=getattr(people, name), note="x")
    right = {"submit": people.liu, "hand-in": people.wang}.get(step, people.meng)
    assert perform(CASE[step], case, by=right, note="x").state != state


def test_a_city_clerk_who_works_for_the_enterprise_does_not_select_its_case(people):
    from cqo_portal.accounts.models import Assignment

    case = brought(people, until="at_city")
    kept = Assignment.objects.create(user=people.meng, role="enterprise", organisation=people.hengtong)
    with pytest.raises(PermissionDenied):
        perform(CASE["select"], case, by=people.meng)
    kept.delete()
    assert perform(CASE["select"], case, by=people.meng).state == "selected"


def test_a_second_decision_hears_who_was_first(people):
    case = brought(people, until="at_city")
    perform(CASE["select"], case, by=people.meng)
    with pytest.raises(Refused, match="已由 meng 于"):
        perform(CASE["decline"], case, by=people.meng, note="晚了")


def test_a_county_writes_and_hands_in_by_itself(people):
    path = reverse("talent:case-write", args=[people.hengtong.pk])
    assert browser(people.qing).post(path, typed_case()).status_code == 404  # not her county
    browser(people.wang).post(path, typed_case())
    case = Case.objects.get()
    assert case.by_county
    assert browser(people.liu).get(case.get_absolute_url()).status_code == 404  # a draft is its author's
    browser(people.wang).post(reverse("talent:case-step", args=[case.pk, "hand-in"]))
    assert Case.objects.get().state == "at_city"
    assert browser(people.liu).get(case.get_absolute_url()).status_code == 200


def test_an_enterprise_does_not_hand_in_past_its_county(people):
    case = written(people)
    with pytest.raises(PermissionDenied):
        perform(CASE["hand-in"], case, by=people.wang)  # the enterprise has not submitted it


# ── the form ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"result": "返修大大减少。"}, "请用数字写明成效"),
        ({"done": "联系 13800138000 可取资料"}, "像是证件号码或手机号码"),
        ({"summary": "本人 11010519491231002X 主导"}, "像是证件号码或手机号码"),
        ({"situation": "１３８００１３８０００"}, "像是证件号码或手机号码"),
        ({"field": "nonsense"}, "nonsense"),
        ({"name": ""}, "标题"),
        ({"name": "题目\x00四字"}, "标题"),
        ({"done": ""}, "做法"),
    ],
)
def test_a_mistake_is_shown_beside_the_field_and_nothing_is_lost(people, change, said):
    path = reverse("talent:case-write", args=[people.hengtong.pk])
    answer = browser(people.liu).post(path, typed_case(**change))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "靠老师傅凭经验调机" in answer.content.decode() or "situation" in change
    assert not Case.objects.exists()


def test_result_may_say_its_numbers_in_characters(people):
    path = reverse("talent:case-write", args=[people.hengtong.pk])
    assert browser(people.liu).post(path, typed_case(result="返修减少三成。")).status_code == 302


def test_the_same_title_twice_is_refused_with_a_sentence(people):
    path = reverse("talent:case-write", args=[people.hengtong.pk])
    assert browser(people.liu).post(path, typed_case()).status_code == 302
    again = browser(people.liu).post(path, typed_case(summary="另外写的一句话。"))
    assert again.status_code == 422
    assert "本企业已有一篇《用控制图把焊接返修率降下来》" in again.content.decode()
    assert browser(people.liu).post(path, typed_case(name="换个标题就行")).status_code == 302


# ── who sees what ─────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("state", "sees"),
    [
        ("draft", {"liu"}),
        ("at_county", {"liu", "wang"}),
        ("at_city", {"liu", "wang", "meng", "hao"}),
        ("published", {"liu", "wang", "meng", "hao"}),
    ],
)
def test_each_sees_what_reached_him(people, state, sees):
    case = brought(people, until=state)
    held = ("liu", "dan", "wang", "qing", "meng", "hao")
    assert {n for n in held if Case.objects.visible_to(getattr(people, n)).filter(pk=case.pk)} == sees
    answers = {n: browser(getattr(people, n)).get(case.get_absolute_url()).status_code for n in held}
    assert answers == {n: 200 if n in sees else 404 for n in held}


def test_the_public_list_is_searched_and_filtered(people):
    brought(people, until="published")
    other = written(people, name="供应商一次交验合格率", field="supplier")
    brought(people, until="published", case=other)
    client = browser()

    def found(query: str) -> int:
        return client.get(f"/talent/public/?{query}").context["page"].total

    assert [
        found(q) for q in ("", "q=控制图", "q=kzt", "field=supplier", "field=x", "q=没有的", "q=%00")
    ] == [
        2,
        1,
        1,
        1,
        2,
        0,
        0,
    ]


@pytest.mark.parametrize(
    ("path", "who"), [("/talent/", "meng"), ("/talent/public/", None), ("/talent/", "liu")]
)
def test_a_list_asks_the_same_number_of_questions_for_one_and_three(
    people, path, who, django_assert_num_queries
):
    client = browser(getattr(people, who) if who else None)
    officer = post(people.hengtong)
    cost = {("/talent/", "meng"): 7, ("/talent/public/", None): 2, ("/talent/", "liu"): 8}[path, who]
    client.get(path)  # the session of a first visit
    for number in range(3):
        brought(
            people, until="published", case=written(people, name=f"第 {number} 篇经验", officers=(officer,))
        )
        if number != 1:
            with django_assert_num_queries(cost):
                assert client.get(path).status_code == 200
