"""A suggestion to replace an officer: drafted, delivered, read, answered once, followed up, closed. Never a dismissal."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import InternalError, transaction
from django.urls import reverse

from cqo_portal.accounts.models import Assignment
from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Office
from cqo_portal.workflow.engine import Refused, perform
from registry.incidents.models import Incident
from registry.models import Filing
from registry.supervision import services
from registry.supervision.models import Note, Reply, Suggestion
from registry.supervision.workflow import SUGGESTION
from tests.cast import browser
from tests.talent.rows import himself, post

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
SAID = {
    "grounds": ["not_performing"],
    "facts": "2026 年两次监督抽查不合格，未见整改。",
    "evidence": "抽查通报 冀质〔2026〕18号",
    "reply_by": "2026-12-05",
}
ANSWER = {"kind": "disagrees", "replace_by": "", "statement": "整改已在进行。"}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


def drafted(people, officer=None, *, by=None) -> Suggestion:
    by = by or people.wang
    officer = officer or post(people.hengtong)
    said = SAID | {"reply_by": date(2026, 12, 5)}
    issuer = Office.objects.get(pk=by.acting.office_id)
    return services.suggest(officer, said, issuer=issuer, by=by, today=TODAY)


def delivered(people, officer=None, *, by=None) -> Suggestion:
    by = by or people.wang
    return perform(SUGGESTION["deliver"], drafted(people, officer, by=by), by=by, today=TODAY)


def replied(people, officer=None) -> Suggestion:
    said = ANSWER | {"replace_by": None}
    return services.answer(delivered(people, officer), said, by=people.liu, today=TODAY)


def close(suggestion, *, by, outcome="kept", change=None, today=TODAY) -> Suggestion:
    return services.close(suggestion, outcome=outcome, change=change, note="谈过话。", by=by, today=today)


# ── the life ───────────────────────────────────────────────────────────────────────────────────
def test_the_life_of_a_suggestion_is_this_table():
    lines = sorted(
        f"{source} {step.name} {step.target}" for step in SUGGESTION.values() for source in step.source
    )
    assert lines == [
        "delivered close closed",
        "delivered reply replied",
        "draft deliver delivered",
        "draft discard discarded",
        "replied close closed",
    ]


def test_where_the_edition_knows_no_suggestion_nobody_drafts_one(people):
    officer = post(people.hengtong)
    Office.objects.update(jurisdiction="jiangsu")
    answer = browser(people.wang).get(reverse("supervision:new", args=[officer.pk]), follow=True)
    assert "本局适用的规则没有建议撤换的条款" in answer.content.decode()
    with pytest.raises(Refused, match="没有建议撤换的条款"):
        drafted(people, officer)
    Office.objects.update(jurisdiction="cangzhou")
    assert browser(people.wang).get(reverse("supervision:new", args=[officer.pk])).status_code == 200


# ── the whole way ─────────────────────────────────────────────────────────────────────────────
def test_drafted_delivered_read_answered_followed_up_and_closed(people):
    officer = post(people.hengtong)
    wang, liu = browser(people.wang), browser(people.liu)
    wang.post(reverse("supervision:new", args=[officer.pk]), SAID)
    suggestion = Suggestion.objects.get()
    assert (suggestion.state, suggestion.number, suggestion.cites) == ("draft", None, "第十条第二款")
    assert (suggestion.provision, suggestion.rule_edition) == ("cz-10-2", "cangzhou-2023")
    wang.post(reverse("supervision:step", args=[suggestion.pk, "deliver"]))
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.number) == ("delivered", "CH-130981-2026-0001")
    told = Message.objects.get(kind="suggestion-delivered")
    assert (told.recipient, told.url) == (people.liu, suggestion.get_absolute_url())
    assert "不是免职" in told.body
    assert suggestion.opened_at is None
    liu.get(suggestion.get_absolute_url())
    suggestion.refresh_from_db()
    assert (suggestion.opened_by, suggestion.opened_at is not None) == (people.liu, True)
    said = {"kind": "will_replace", "replace_by": "2026-12-31", "statement": "已物色人选。"}
    assert liu.post(reverse("supervision:reply", args=[suggestion.pk]), said).status_code == 302
    assert Message.objects.get(kind="suggestion-replied").recipient == people.wang
    wang.post(reverse("supervision:note", args=[suggestion.pk]), {"text": "电话催过一次。"})
    said = {"outcome": "kept", "change": "", "note": "整改通过，不再建议。"}
    assert wang.post(reverse("supervision:close", args=[suggestion.pk]), said).status_code == 302
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.outcome) == ("closed", "kept")
    page = liu.get(suggestion.get_absolute_url()).content.decode()
    for words in ("企业未更换", "整改通过，不再建议。", "已物色人选。", "2026-12-31", "CH-130981-2026-0001"):
        assert words in page
    assert "电话催过一次。" not in page  # notes are the office's own
    acts = list(Event.objects.about(suggestion).values_list("action", flat=True))
    assert acts == ["write", "deliver", "open", "reply", "follow-up", "close"]


def test_every_page_says_that_it_is_no_dismissal(people):
    officer = post(people.hengtong)
    person = himself(officer)
    suggestion = delivered(people, officer)
    pages = [
        (people.wang, reverse("supervision:index")),
        (people.wang, reverse("supervision:choose")),
        (people.wang, reverse("supervision:new", args=[officer.pk])),
        (people.wang, suggestion.get_absolute_url()),
        (people.wang, reverse("supervision:letter", args=[suggestion.pk])),
        (people.wang, reverse("supervision:close", args=[suggestion.pk])),
        (people.liu, reverse("supervision:index")),
        (people.liu, suggestion.get_absolute_url()),
        (people.liu, reverse("supervision:reply", args=[suggestion.pk])),
        (people.liu, reverse("supervision:letter", args=[suggestion.pk])),
    ]
    for who, path in pages:
        words = browser(who).get(path).content.decode()
        assert "是建议，不是免职" in words, path
    close(
        services.answer(suggestion, ANSWER | {"replace_by": None}, by=people.liu, today=TODAY), by=people.wang
    )
    assert "是建议，不是免职" in browser(person).get(suggestion.get_absolute_url()).content.decode()
    assert "是建议，不是免职" not in browser(people.wang).get("/filings/").content.decode()  # the control


# ── guards ────────────────────────────────────────────────────────────────────────────────────
def test_it_is_delivered_once(people):
    suggestion = delivered(people)
    path = reverse("supervision:step", args=[suggestion.pk, "deliver"])
    answer = browser(people.wang).post(path, follow=True)
    assert "已由 wang 于" in answer.content.decode()
    assert Message.objects.filter(kind="suggestion-delivered").count() == 1
    assert Suggestion.objects.get().number == "CH-130981-2026-0001"


def test_it_is_answered_once(people):
    suggestion, path = delivered(people), None
    path = reverse("supervision:reply", args=[suggestion.pk])
    assert browser(people.liu).post(path, ANSWER).status_code == 302
    again = browser(people.liu).post(path, ANSWER | {"statement": "改主意了。"}, follow=True)
    assert "已由 liu 于" in again.content.decode()
    assert Reply.objects.get().statement == "整改已在进行。"
    shown = browser(people.liu).get(path, follow=True).content.decode()
    assert "不用再答复" in shown
    with pytest.raises(InternalError), transaction.atomic():
        super(type(Reply.objects.all()), Reply.objects.all()).update(statement="x")


def test_only_the_first_opening_by_the_enterprise_is_the_receipt(people):
    suggestion = delivered(people)
    for who in (people.wang, people.meng, people.hao):
        browser(who).get(suggestion.get_absolute_url())
    browser(people.liu).head(suggestion.get_absolute_url())
    assert Suggestion.objects.get().opened_at is None
    browser(people.liu).get(suggestion.get_absolute_url())
    first = Suggestion.objects.get().opened_at
    with time_machine.travel("2026-11-25T09:00:00+08:00", tick=False):
        browser(people.liu).get(suggestion.get_absolute_url())
    assert Suggestion.objects.get().opened_at == first
    assert Event.objects.about(suggestion).filter(action="open").count() == 1


def test_an_officer_who_has_left_is_not_suggested_away(people):
    officer = post(people.hengtong)
    suggestion = drafted(people, officer)
    officer.ended_on = TODAY
    officer.save()
    with pytest.raises(Refused, match="已于2026年11月20日离任"):
        perform(SUGGESTION["deliver"], suggestion, by=people.wang, today=TODAY)
    officer.ended_on = None
    officer.save()
    assert perform(SUGGESTION["deliver"], suggestion, by=people.wang, today=TODAY).state == "delivered"


def test_a_day_that_has_come_is_no_day_to_reply_by(people):
    suggestion = drafted(people)
    with pytest.raises(Refused, match="答复期限2026年12月5日已到"):
        perform(SUGGESTION["deliver"], suggestion, by=people.wang, today=date(2026, 12, 5))
    assert (
        perform(SUGGESTION["deliver"], suggestion, by=people.wang, today=date(2026, 12, 4)).state
        == "delivered"
    )


def test_without_a_reply_it_is_closed_only_after_the_day_or_to_withdraw(people):
    suggestion = delivered(people)
    for outcome in ("kept", "replaced"):
        with pytest.raises(Refused, match="期限过后才能办结，或者撤回建议"):
            close(suggestion, by=people.wang, outcome=outcome, today=date(2026, 12, 5))
    assert close(suggestion, by=people.wang, outcome="kept", today=date(2026, 12, 6)).outcome == "kept"
    other = delivered(people, people.hengtong.officers.get())
    assert close(other, by=people.wang, outcome="withdrawn").outcome == "withdrawn"


def test_after_a_reply_it_is_closed_at_any_day(people):
    assert close(replied(people), by=people.wang, outcome="kept").state == "closed"


def test_closing_says_why(people):
    suggestion = replied(people)
    with pytest.raises(Refused, match="请写明理由"):
        services.close(suggestion, outcome="kept", change=None, note=" ", by=people.wang, today=TODAY)
    assert Suggestion.objects.get().outcome == ""


def test_a_replacement_names_its_change_where_there_is_one(people):
    filed = people.filing(until="filed")
    suggestion = replied(people, filed.officer)
    path = reverse("supervision:close", args=[suggestion.pk])
    said = {"outcome": "replaced", "change": "", "note": "已换人。"}
    change = Filing.objects.create(
        organisation=people.hengtong,
        office=people.hengtong.office,
        created_by=people.liu,
        name="李四",
        kind="replacement",
        post=filed.officer,
        effective_on=TODAY,
        state="at_county",
        round=1,
        receipt_number="SL-X-1",
        submitted_on=TODAY,
    )
    refused = browser(people.wang).post(path, said)
    assert refused.status_code == 422
    assert "请选是哪一件" in refused.content.decode()
    wrong = browser(people.wang).post(path, said | {"outcome": "kept", "change": str(change.pk)})
    assert "只有“企业已更换”才选变更备案" in wrong.content.decode()
    assert (
        browser(people.wang).post(path, said | {"change": str(filed.pk)}).status_code == 422
    )  # not a change of it
    assert browser(people.wang).post(path, said | {"change": str(change.pk)}).status_code == 302
    assert Suggestion.objects.get().change == change


def test_a_replacement_without_any_change_on_record_is_closed_without(people):
    path = reverse("supervision:close", args=[replied(people).pk])
    said = {"outcome": "replaced", "change": "", "note": "企业来函说已换，备案未到。"}
    assert browser(people.wang).post(path, said).status_code == 302


def test_what_was_delivered_stays_as_it_was_said(people):
    suggestion = drafted(people)
    edit = reverse("supervision:edit", args=[suggestion.pk])
    assert browser(people.wang).post(edit, SAID | {"facts": "核对后的事实。"}).status_code == 302
    assert Suggestion.objects.get().facts == "核对后的事实。"
    perform(SUGGESTION["deliver"], suggestion, by=people.wang, today=TODAY)
    answer = browser(people.wang).post(edit, SAID | {"facts": "另一回事。"}, follow=True)
    assert "送达的内容不能再改" in answer.content.decode()
    with pytest.raises(InternalError), transaction.atomic():
        Suggestion.objects.update(facts="另一回事。")
    assert Suggestion.objects.get().facts == "核对后的事实。"


def test_one_open_suggestion_for_one_officer(people):
    officer = post(people.hengtong)
    path = reverse("supervision:new", args=[officer.pk])
    assert browser(people.wang).post(path, SAID).status_code == 302
    again = browser(people.wang).post(path, SAID | {"facts": "另外写的事实。"})
    assert again.status_code == 422
    assert "已有一份建议书没有办结" in again.content.decode()
    perform(SUGGESTION["discard"], Suggestion.objects.get(), by=people.wang)
    assert browser(people.wang).post(path, SAID | {"facts": "重新写的事实。"}).status_code == 302


def test_notes_stand_between_delivery_and_the_end(people):
    suggestion = drafted(people)
    with pytest.raises(Refused, match="送达以后、办结以前"):
        services.follow_up(suggestion, "x", by=people.wang)
    perform(SUGGESTION["deliver"], suggestion, by=people.wang, today=TODAY)
    assert services.follow_up(suggestion, "催过。", by=people.wang)
    with pytest.raises(PermissionDenied):
        services.follow_up(suggestion, "我也记一条", by=people.meng)
    with pytest.raises(InternalError), transaction.atomic():
        super(type(Note.objects.all()), Note.objects.all()).update(text="x")


def test_a_fact_on_record_is_cited_and_opened_by_those_who_may(people):
    officer = post(people.hengtong)
    said = {
        "organisation": people.hengtong,
        "fault": "accident_of_organisation",
        "document_number": "沧应急〔2026〕7号",
        "issued_by": "沧州市应急管理局",
        "found_on": date(2026, 9, 1),
        "said": "负有管理责任。",
        "by": people.wang,
    }
    fact = Incident.objects.create(office=people.offices["130981"], **said)
    other = said | {"organisation": people.dan.acting.organisation, "document_number": "别家的"}
    elsewhere = Incident.objects.create(office=people.offices["130922"], **other)
    path = reverse("supervision:new", args=[officer.pk])
    assert (
        "沧州市应急管理局《沧应急〔2026〕7号》（2026-09-01）"
        in browser(people.wang).get(path).content.decode()
    )
    assert browser(people.wang).post(path, SAID | {"incidents": [str(elsewhere.pk)]}).status_code == 422
    assert browser(people.wang).post(path, SAID | {"incidents": [str(fact.pk)]}).status_code == 302
    suggestion = perform(SUGGESTION["deliver"], Suggestion.objects.get(), by=people.wang, today=TODAY)
    assert list(suggestion.incidents.all()) == [fact]
    page = browser(people.wang).get(suggestion.get_absolute_url()).content.decode()
    assert f'href="{fact.get_absolute_url()}"' in page
    letter = browser(people.liu).get(reverse("supervision:letter", args=[suggestion.pk])).content.decode()
    assert "沧应急〔2026〕7号" in letter


# ── forms ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"grounds": []}, "请至少选一项理由"),
        ({"grounds": ["dislike"]}, "dislike"),
        ({"facts": ""}, "事实"),
        ({"facts": "有\x00字"}, "事实"),
        ({"reply_by": "2026-11-20"}, "请填今天以后的日期"),
        ({"reply_by": "两周后"}, "请填日期"),
    ],
)
def test_a_mistake_of_the_office_stands_beside_the_field(people, change, said):
    path = reverse("supervision:new", args=[post(people.hengtong).pk])
    answer = browser(people.wang).post(path, SAID | change)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "冀质〔2026〕18号" in answer.content.decode()
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize(
    ("kind", "day", "status"),
    [
        ("will_replace", "2026-12-31", 302),
        ("will_replace", "２０２６年１２月３１日", 302),
        ("will_replace", "", 422),
        ("will_replace", "2026-11-19", 422),
        ("already_replaced", "2026-11-20", 302),
        ("already_replaced", "2026-11-21", 422),
        ("already_replaced", "", 422),
        ("disagrees", "", 302),
        ("disagrees", "2026-12-31", 302),
        ("maybe", "", 422),
    ],
)
def test_a_reply_names_its_day_where_it_needs_one(people, kind, day, status):
    suggestion = delivered(people)
    path = reverse("supervision:reply", args=[suggestion.pk])
    answer = browser(people.liu).post(path, {"kind": kind, "replace_by": day, "statement": "说明。"})
    assert answer.status_code == status
    if status == 302 and kind == "disagrees":
        assert Reply.objects.get().replace_by is None


# ── who ───────────────────────────────────────────────────────────────────────────────────────
STATES = {
    "draft": {"wang"},
    "delivered": {"wang", "meng", "hao", "liu"},
    "closed": {"wang", "meng", "hao", "liu", "officer"},
}


@pytest.mark.parametrize(("state", "sees"), STATES.items(), ids=STATES)
def test_each_sees_it_from_when_it_concerns_him(people, state, sees):
    officer = post(people.hengtong)
    held = {name: getattr(people, name) for name in ("liu", "dan", "wang", "qing", "meng", "hao")}
    held["officer"] = himself(officer)
    made = {"draft": drafted, "delivered": delivered, "closed": replied}[state](people, officer)
    if state == "closed":
        close(made, by=people.wang)
    answers = {name: browser(who).get(made.get_absolute_url()).status_code for name, who in held.items()}
    assert answers == {name: 200 if name in sees else 404 for name in held}
    letters = {
        n: browser(w).get(reverse("supervision:letter", args=[made.pk])).status_code for n, w in held.items()
    }
    assert letters == answers


def test_the_officer_reads_the_outcome_and_what_was_said_about_him(people):
    officer = post(people.hengtong)
    person = himself(officer)
    suggestion = replied(people, officer)
    services.follow_up(suggestion, "只给局里看。", by=people.wang)
    close(suggestion, by=people.wang)
    assert {m.recipient for m in Message.objects.filter(kind="suggestion-closed")} == {people.liu, person}
    page = browser(person).get(suggestion.get_absolute_url()).content.decode()
    for words in ("企业未更换", "整改已在进行。", "2026 年两次监督抽查不合格", "谈过话。"):
        assert words in page
    assert "只给局里看。" not in page
    assert "撤换建议书 1 份" in browser(person).get("/supervision/").content.decode()


@pytest.mark.parametrize("step", ["deliver", "close"])
def test_another_office_takes_no_step(people, step):
    suggestion = drafted(people) if step == "deliver" else replied(people)
    for who in (people.liu, people.meng, people.qing, people.hao, people.dan):
        with pytest.raises(PermissionDenied):
            perform(SUGGESTION[step], suggestion, by=who, note="x", today=TODAY)
    assert (
        perform(SUGGESTION["deliver"], suggestion, by=people.wang, today=TODAY)
        if step == "deliver"
        else close(suggestion, by=people.wang)
    )


def test_whoever_works_for_the_enterprise_suggests_nothing(people):
    officer = post(people.hengtong)
    kept = Assignment.objects.create(user=people.wang, role="enterprise", organisation=people.hengtong)
    with pytest.raises(PermissionDenied):
        drafted(people, officer)
    kept.delete()
    assert drafted(people, officer)


def test_a_city_suggests_by_itself_and_its_draft_is_its_own(people):
    suggestion = drafted(people, by=people.meng)
    assert browser(people.wang).get(suggestion.get_absolute_url()).status_code == 404
    suggestion = perform(SUGGESTION["deliver"], suggestion, by=people.meng, today=TODAY)
    assert suggestion.number == "CH-130900-2026-0001"
    assert browser(people.wang).get(suggestion.get_absolute_url()).status_code == 200
    assert browser(people.wang).post(reverse("supervision:close", args=[suggestion.pk])).status_code == 403


def test_the_county_next_door_cannot_even_draft(people):
    path = reverse("supervision:new", args=[post(people.hengtong).pk])
    assert browser(people.qing).post(path, SAID).status_code == 404
    assert browser(people.liu).post(path, SAID).status_code == 403
    assert browser(people.hao).post(path, SAID).status_code == 403


# ── lists and paper ───────────────────────────────────────────────────────────────────────────
def test_the_letter_carries_number_office_clause_and_day(people):
    draft = drafted(people)
    path = reverse("supervision:letter", args=[draft.pk])
    assert "（草稿，未编号）" in browser(people.wang).get(path).content.decode()
    perform(SUGGESTION["deliver"], draft, by=people.wang, today=TODAY)
    words = browser(people.wang).get(path).content.decode()
    for said in (
        "CH-130981-2026-0001",
        "泊头市市场监督管理局",
        "第十条第二款",
        "2026年11月20日",
        "2026年12月5日以前",
        "未有效履职",
    ):
        assert said in words


def test_the_list_says_whose_move_and_what_is_late(people):
    suggestion = delivered(people)
    client = browser(people.wang)

    def counts() -> list[int]:
        client.force_login(people.wang)
        return [number for _, _, number in client.get("/supervision/").context["query"].choices]

    assert counts() == [0, 0, 1]  # mine, late, all
    with time_machine.travel("2026-12-05T12:00:00+08:00", tick=False):
        assert counts() == [0, 0, 1]
    with time_machine.travel("2026-12-06T12:00:00+08:00", tick=False):
        assert counts() == [0, 1, 1]
        assert "逾期未答复" in client.get("/supervision/?turn=late").content.decode()
    services.answer(suggestion, ANSWER | {"replace_by": None}, by=people.liu, today=TODAY)
    assert counts() == [1, 0, 1]


def test_the_enterprise_awaits_what_it_has_not_answered(people):
    suggestion = delivered(people)
    assert list(Suggestion.objects.awaiting(people.liu)) == [suggestion]
    assert list(Suggestion.objects.awaiting(people.dan)) == []
    services.answer(suggestion, ANSWER | {"replace_by": None}, by=people.liu, today=TODAY)
    assert list(Suggestion.objects.awaiting(people.liu)) == []


def test_the_list_asks_the_same_number_of_questions_for_one_and_three(people, django_assert_num_queries):
    client = browser(people.wang)
    client.get("/supervision/")
    officer = post(people.hengtong)
    for number in range(3):
        close(replied(people, officer), by=people.wang)
        if number != 1:
            with django_assert_num_queries(10):
                assert client.get("/supervision/").status_code == 200
