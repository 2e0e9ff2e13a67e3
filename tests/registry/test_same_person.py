"""The same identity in two enterprises: laid side by side, decided once, asked again only when something is new."""

import pytest
from django.urls import reverse

from cqo_portal.audit.models import Event
from cqo_portal.parties.models import Organisation, Person
from cqo_portal.workflow.engine import Refused, perform
from registry import draft, same_person, services
from registry.models import Filing, IdentityDecision, ReturnItem
from registry.pages.case import case_page
from registry.same_person import compared, decide
from registry.workflow import FILE, RETURN, SEND_UP, SUBMIT
from tests.cast import CODES, IDENTITY, TODAY, browser, organisation, picture, typed, user

pytestmark = pytest.mark.django_db


def filed_by(clerk, *, office: str, until: str = "at_county", people=None, **changes) -> Filing:
    """A filing of another enterprise for the same person."""
    firm = clerk.acting.organisation
    filing = services.open_filing(firm, by=clerk, today=TODAY)
    said = {
        "enterprise__credit_code": firm.credit_code,
        "enterprise__name": firm.name,
        "enterprise__office": office,
    }
    draft.save(filing, typed(**(said | changes)), version=None, by=clerk)
    services.attach_proof(filing, picture(shade=7), kind="training", by=clerk)
    for state, step, by in (
        ("at_county", SUBMIT, clerk),
        ("at_city", SEND_UP, people and people.qing),
        ("filed", FILE, people and people.meng),
    ):
        if filing.state == until:
            break
        filing = perform(step, filing, by=by, today=TODAY)
        assert filing.state == state
    return filing


@pytest.fixture
def elsewhere(people) -> Filing:
    """In office at Qing county already."""
    return filed_by(people.dan, office="130922", until="filed", people=people, officer__post="质量总监")


@pytest.fixture
def here(people, elsewhere) -> Filing:
    return people.filing(until="at_county")


def third_enterprise(people) -> Filing:
    firm = organisation(people.offices["130981"], code=CODES[2], name="泊头第三管件厂")
    return filed_by(user("san", "enterprise", organisation=firm), office="130981")


def said(filing: Filing, **changes) -> dict:
    posts = ",".join(compared(filing).keys)
    return {"verdict": "concurrent", "reason": "已与原单位核实，兼任两家。", "posts": posts} | changes


def posted(people, filing: Filing, who: str = "wang", **changes):
    path = reverse("registry:same-person", args=[filing.pk])
    return browser(getattr(people, who)).post(path, said(filing, **changes))


class TestSideBySide:
    def test_the_county_sees_enterprise_county_post_days_and_number_and_no_more(
        self, people, here, elsewhere
    ):
        page = browser(people.wang).get(here.get_absolute_url()).content.decode()
        table = page.split('id="same-person"')[1].split("</table>")[0]
        for shown in (
            "青县盛禾包装有限公司",
            "青县",
            "质量总监",
            "2026-09-21 至 今",
            elsewhere.filing_number,
            "泊头恒通管件有限公司",
        ):
            assert shown in table
        for hidden in (CODES[1], IDENTITY, "13800138000", "dan"):
            assert hidden not in table

    def test_rows_are_of_label_and_a_cell_for_each_post(self, people, here, monkeypatch):
        monkeypatch.setattr(same_person, "ROWS", list(same_person.ROWS))
        same_person.add_row("证书", lambda posts: ["AAA" for _ in posts])
        rows = compared(here).rows
        assert [(row.label, len(row.cells)) for row in rows] == [
            ("所属县（市、区）", 2), ("职务", 2), ("任职", 2), ("备案号、受理号", 2), ("学时", 2), ("评价", 2), ("证书", 2),
        ]  # fmt: skip
        assert rows[0].cells == ("泊头市", "青县")

    def test_a_filing_under_way_lies_beside_it_too_and_both_ask(self, people):
        theirs = filed_by(people.dan, office="130922")
        here = people.filing(until="at_county")
        assert compared(here).keys == compared(theirs).keys == sorted([str(here.pk), str(theirs.pk)])
        for filing, by in ((here, people.wang), (theirs, people.qing)):
            with pytest.raises(Refused, match="请先认定"):
                perform(SEND_UP, filing, by=by, today=TODAY)

    def test_a_draft_and_somebody_else_do_not(self, people):
        filing = services.open_filing(people.dan.acting.organisation, by=people.dan, today=TODAY)
        draft.save(filing, typed(), version=None, by=people.dan)
        here = people.filing(until="at_county", officer__identity_number="130981198104264928")
        assert compared(here).others == ()
        perform(SEND_UP, here, by=people.wang, today=TODAY)

    def test_the_enterprise_and_strangers_see_nothing_of_it(self, people, here):
        posted(people, here)
        for who in ("liu", "hao"):
            page = browser(getattr(people, who)).get(here.get_absolute_url()).content.decode()
            assert "同一人核对" not in page and "青县盛禾" not in page
            assert "兼任两家" not in page and "认定是否同一人" not in page
        assert "兼任两家" in browser(people.wang).get(here.get_absolute_url()).content.decode()


class TestTheReadLog:
    def test_seeing_another_countys_record_is_noted_once_a_case(self, people, here):
        person = Person.objects.get(identity_index=Person.index_of("resident", IDENTITY))
        for _ in range(3):
            browser(people.wang).get(here.get_absolute_url())
        look = Event.objects.about(person).looks().get()
        assert (look.actor, look.data["what"]) == (people.wang, "同一人的其他任职")
        assert look.note == f"核对受理号 {here.receipt_number} 的申报人是否同一人"

    def test_the_city_looks_at_its_own(self, people, here):
        decide(here, posts=compared(here).keys, verdict="concurrent", reason="核实", by=people.wang)
        at_city = perform(SEND_UP, here, by=people.wang, today=TODAY)
        browser(people.meng).get(at_city.get_absolute_url())
        assert not Event.objects.looks().filter(actor=people.meng).exists()

    def test_without_another_post_nothing_is_noted(self, people):
        browser(people.wang).get(people.filing(until="at_county").get_absolute_url())
        assert not Event.objects.looks().exists()


class TestDeciding:
    def test_nothing_passes_before_somebody_decides(self, people, here):
        with pytest.raises(Refused, match="同一证件还登记在青县盛禾包装有限公司（青县），请先认定"):
            perform(SEND_UP, here, by=people.wang, today=TODAY)
        assert "请先认定" in case_page(here, people.wang, {})["blocked"]
        assert posted(people, here).status_code == 302
        made = IdentityDecision.objects.get()
        assert (made.verdict, made.by, made.posts) == ("concurrent", people.wang, compared(here).keys)
        perform(SEND_UP, here, by=people.wang, today=TODAY)

    def test_what_the_county_decided_serves_the_city(self, people, here):
        posted(people, here)
        at_city = perform(SEND_UP, here, by=people.wang, today=TODAY)
        page = browser(people.meng).get(at_city.get_absolute_url()).content.decode()
        assert "已经认定，不再重问" in page and "wang" in page
        filed = perform(FILE, at_city, by=people.meng, today=TODAY)
        assert filed.officer.organisation.name == "泊头恒通管件有限公司"

    def test_and_later_filings_of_the_same_posts(self, people, here):
        posted(people, here)
        filed = perform(
            FILE, perform(SEND_UP, here, by=people.wang, today=TODAY), by=people.meng, today=TODAY
        )
        change = services.open_filing(people.hengtong, by=people.liu, today=TODAY, kind=Filing.Kind.RENEWAL)
        change.identity_index = filed.identity_index
        found = same_person._decision(
            filed.identity_index,
            sorted({same_person._key_of_officer(post) for post in filed.officer.person.posts.all()}),
        )
        assert found == IdentityDecision.objects.get()
        assert change.post == filed.officer

    def test_a_new_post_is_asked_about_again(self, people, here):
        posted(people, here)
        third_enterprise(people)
        found = compared(here)
        assert len(found.others) == 2 and not found.settled
        with pytest.raises(Refused, match="泊头第三管件厂"):
            perform(SEND_UP, here, by=people.wang, today=TODAY)

    def test_a_mistaken_number_is_pinned_and_holds_the_case(self, people, here):
        posted(people, here, verdict="mistaken", reason="照片不是一个人")
        item = ReturnItem.objects.get()
        assert item.key == "officer.identity_number"
        assert "青县" not in item.reason and "照片" not in item.reason
        services.unpin(here, item_pk=item.pk, by=people.wang)
        with pytest.raises(Refused, match="证件号码已认定有误"):
            perform(SEND_UP, here, by=people.wang, today=TODAY)

    def test_corrected_it_is_another_person_and_passes(self, people, here):
        posted(people, here, verdict="mistaken", reason="照片不是一个人")
        asked = perform(RETURN, here, by=people.wang, today=TODAY)
        draft.save(asked, typed(officer__identity_number="130981198104264928"), version=None, by=people.liu)
        now = perform(SUBMIT, Filing.objects.get(pk=asked.pk), by=people.liu, today=TODAY)
        assert compared(now).others == ()
        perform(SEND_UP, now, by=people.wang, today=TODAY)

    def test_a_second_click_decides_nothing_more(self, people, here):
        for _ in range(2):
            assert posted(people, here).status_code == 302
        assert here.identity_decisions.count() == 1
        assert Event.objects.filter(action="same-person").count() == 1

    def test_the_last_word_counts(self, people, here):
        posted(people, here, verdict="mistaken", reason="照片不是一个人")
        ReturnItem.objects.all().delete()
        posted(people, here, verdict="moved", reason="原单位已出具离职证明")
        assert compared(here).decision.verdict == "moved"
        perform(SEND_UP, here, by=people.wang, today=TODAY)

    def test_what_lies_side_by_side_may_have_changed_meanwhile(self, people, here):
        before = ",".join(compared(here).keys)
        third_enterprise(people)
        client, path = browser(people.wang), reverse("registry:same-person", args=[here.pk])
        answer = client.post(path, said(here, posts=before), follow=True)
        assert "并列的任职刚刚有变化" in answer.content.decode()
        assert not IdentityDecision.objects.exists()

    @pytest.mark.parametrize(
        "changes",
        [
            {"verdict": "x"},
            {"verdict": ""},
            {"reason": ""},
            {"reason": "\u202e反着写"},
            {"reason": "x" * 1001},
        ],
        ids=range(5),
    )
    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, people, here, changes):
        answer = posted(people, here, **changes)
        assert answer.status_code == 422
        if changes.get("reason") is None:
            assert "已与原单位核实，兼任两家。" in answer.content.decode()
        assert not IdentityDecision.objects.exists()

    @pytest.mark.parametrize(
        ("who", "status"), [("liu", 403), ("dan", 404), ("qing", 404), ("meng", 403), ("hao", 403)]
    )
    def test_only_the_office_whose_turn_it_is_decides(self, people, here, who, status):
        assert posted(people, here, who).status_code == status
        assert not IdentityDecision.objects.exists()


@pytest.mark.parametrize("others", [1, 3])
def test_the_comparison_costs_the_same_however_many(people, others, django_assert_num_queries):
    offices = list(people.offices.values())
    for number in range(others):
        firm = Organisation.objects.create(
            credit_code=f"9113{number:014}", name=f"{number} 厂", office=offices[3]
        )
        clerk = user(f"clerk{number}", "enterprise", organisation=firm)
        Filing.objects.filter(pk=services.open_filing(firm, by=clerk, today=TODAY).pk)
        person = Person.objects.filter(identity_index=Person.index_of("resident", IDENTITY)).first()
        person = person or Person.objects.create(
            name="王雪松", identity_kind="resident", identity_number=IDENTITY
        )
        person.posts.create(
            organisation=firm,
            office=offices[3],
            name="王雪松",
            appointed_on=TODAY,
            term_ends=TODAY,
            post="总监",
        )
    here = Filing.objects.select_related("organisation", "office").get(pk=people.filing(until="at_county").pk)
    with django_assert_num_queries(4):
        assert len(compared(here).others) == others
