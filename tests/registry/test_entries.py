"""The register's only writer: facts with two dates, corrections that append, and a table that follows them."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from cqo_portal.audit.append_only import Unsayable
from cqo_portal.audit.models import Event
from cqo_portal.workflow.engine import Refused
from registry import history
from registry.entries import correct, enter, remember, take_effect
from registry.models import Entry, Officer
from registry.queries import organisations_visible_to
from tests.cast import organisation
from tests.desk.rows import NOON, TODAY, officer

pytestmark = pytest.mark.django_db
BEGAN = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def post(people):
    made = officer(
        people.offices["130981"], 1, by=people.liu, appointed_on=BEGAN, term_ends=date(2029, 2, 28)
    )
    facts = {"in_office": "yes", "name": made.name, "term_ends": made.term_ends}
    enter(made.organisation, facts, effective_on=BEGAN, post=made, by=people.meng)
    return made


def row(post: Officer) -> Officer:
    return Officer.objects.select_related("person", "organisation").get(pk=post.pk)


def test_an_entered_fact_is_an_entry_an_event_and_the_row_of_today(people, post):
    made = enter(post.organisation, {"post": "总经理"}, effective_on=TODAY, post=post, by=people.meng)
    assert [(e.name, e.value, e.effective_on, e.by) for e in made] == [("post", "总经理", TODAY, people.meng)]
    assert row(post).post == post.post == "总经理"
    event = Event.objects.about(post).latest("id")
    assert (event.action, event.data["names"], event.data["entries"]) == ("enter", ["post"], [made[0].pk])


def test_values_of_any_kind_are_written_as_text(post):
    facts = {"is_safety_director": True, "term_ends": date(2030, 1, 31), "title": None}
    enter(post.organisation, facts, effective_on=TODAY, post=post)
    assert {e.name: e.value for e in Entry.objects.order_by("-id")[:3]} == {
        "is_safety_director": "yes",
        "term_ends": "2030-01-31",
        "title": "",
    }
    assert (row(post).is_safety_director, row(post).term_ends) == (True, date(2030, 1, 31))


def test_a_departure_ends_the_post_on_the_day_before(post):
    enter(post.organisation, {"in_office": "no"}, effective_on=date(2026, 11, 1), post=post)
    assert row(post).ended_on == date(2026, 10, 31)


def test_a_departure_announced_ahead_counts_at_once_and_a_new_title_on_its_day(post, noon):
    enter(post.organisation, {"in_office": "no"}, effective_on=date(2027, 1, 1), post=post)
    enter(post.organisation, {"post": "顾问"}, effective_on=TODAY + timedelta(days=1), post=post)
    assert row(post).ended_on == date(2026, 12, 31)
    assert row(post).post == ""
    assert take_effect(today=TODAY) == 0
    noon.move_to("2026-11-21T00:10:00+08:00")
    assert take_effect(today=TODAY + timedelta(days=1)) == 1
    assert row(post).post == "顾问"


def test_the_enterprise_carries_its_posts_to_another_office_and_name(people, post):
    facts = {"name": "青县恒达管件有限公司", "office": "130922"}
    enter(post.organisation, facts, effective_on=TODAY, by=people.meng, reason="迁址")
    assert row(post).office_id == row(post).organisation.office_id == "130922"
    assert Officer.objects.matching("恒达").get() == post
    assert Officer.objects.visible_to(people.qing).get() == post
    assert not Officer.objects.visible_to(people.wang).exists()
    assert organisations_visible_to(people.qing).filter(pk=post.organisation_id).exists()


def test_a_phone_lies_sealed_and_opens_again(post):
    made = enter(post.organisation, {}, effective_on=TODAY, post=post, sealed={"phone": "13800138000"})
    read = Entry.objects.get(pk=made[0].pk)
    assert (read.value, read.sealed) == ("", "13800138000")
    assert str(Entry.objects.filter(pk=read.pk).values_list("sealed", flat=True)[0]).startswith("v1:aesgcm:")
    assert row(post).person.phone == "13800138000"
    assert "13800138000" not in str(list(Event.objects.values_list("data", flat=True)))


def test_a_phone_said_among_the_others_is_sealed_all_the_same(post):
    enter(post.organisation, {"phone": "13800138000"}, effective_on=TODAY, post=post)
    assert not Entry.objects.filter(value="13800138000").exists()


# ── corrections ───────────────────────────────────────────────────────────────────────────────
def test_a_correction_is_a_new_entry_and_the_old_one_stays(people, post):
    wrong = enter(post.organisation, {"in_office": "no"}, effective_on=date(2026, 10, 1), post=post)[0]
    made = correct(
        wrong,
        value="no",
        effective_on=date(2026, 11, 1),
        by=people.meng,
        reason="辞职书为10月31日。",
        document="沧市监质〔2026〕12号",
    )
    assert (made.corrects, made.document, made.reason) == (
        wrong,
        "沧市监质〔2026〕12号",
        "辞职书为10月31日。",
    )
    assert Entry.objects.get(pk=wrong.pk).effective_on == date(2026, 10, 1)
    assert row(post).ended_on == date(2026, 10, 31)
    event = Event.objects.about(post).latest("id")
    assert (event.action, event.note, event.data["corrects"]) == ("correct", "辞职书为10月31日。", wrong.pk)


def test_a_departure_that_never_was_is_taken_back(people, post):
    wrong = enter(post.organisation, {"in_office": "no"}, effective_on=date(2026, 10, 1), post=post)[0]
    correct(wrong, value="yes", by=people.wang, reason="登错了企业。")
    assert row(post).ended_on is None
    assert row(post).appointed_on == BEGAN


def test_the_first_day_moves_with_its_correction(people, post):
    first = Entry.objects.get(post=post, name="in_office")
    correct(first, value="yes", effective_on=date(2026, 2, 1), by=people.meng, reason="任命书为2月1日。")
    assert row(post).appointed_on == date(2026, 2, 1)


def test_an_entry_is_corrected_once_and_the_chain_goes_on_from_the_newest(people, post):
    first = Entry.objects.get(post=post, name="term_ends")
    second = correct(first, value="2029-01-31", by=people.meng, reason="抄录有误。")
    with pytest.raises(
        Refused, match="已由 meng 于 11月20日（周五）12:00 更正，请从更正后的那一条接着更正。"
    ):
        correct(first, value="2028-12-31", by=people.meng, reason="再改。")
    third = correct(second, value="2028-12-31", by=people.meng, reason="再核。")
    assert third.corrects == second
    assert row(post).term_ends == date(2028, 12, 31)


@pytest.mark.parametrize(
    ("name", "said", "sentence"),
    [
        ("term_ends", {"value": "2029-01-31", "reason": " "}, "请写明更正的理由，再更正。"),
        ("term_ends", {"value": "2029-02-28", "reason": "核"}, "内容和生效日都没有变，不用更正。"),
        (
            "term_ends",
            {"value": "2026-02-01", "reason": "核"},
            "任期至（2026-02-01）早于任职日期（2026-03-01），请先更正其中不对的一个。",
        ),
    ],
)
def test_what_cannot_stand_is_refused_with_a_sentence_and_leaves_no_trace(people, post, name, said, sentence):
    entry = Entry.objects.get(post=post, name=name)
    before = Entry.objects.count(), Event.objects.count()
    with pytest.raises(Refused) as refused:
        correct(entry, by=people.meng, **said)
    assert str(refused.value) == sentence
    assert (Entry.objects.count(), Event.objects.count()) == before
    assert row(post).term_ends == date(2029, 2, 28)


def test_nobody_comes_back_while_another_serves(people, post):
    left = enter(post.organisation, {"in_office": "no"}, effective_on=date(2026, 10, 1), post=post)[0]
    after = officer(people.offices["130981"], 2, by=people.liu, name="丁鹏举")
    Officer.objects.filter(pk=after.pk).update(organisation=post.organisation)
    with pytest.raises(Refused, match="企业现任首席质量官是丁鹏举"):
        correct(left, value="yes", by=people.meng, reason="误登。")


def test_a_code_of_another_enterprise_is_not_taken(people, post):
    other = organisation(people.offices["130922"], code="91440101MA5CJQ4N59", name="另一家")
    entry = enter(post.organisation, {"credit_code": post.organisation.credit_code}, effective_on=TODAY)[0]
    with pytest.raises(Refused, match="已经登记在另一家企业名下"):
        correct(entry, value=other.credit_code, by=people.meng, reason="核。")


@pytest.mark.parametrize("who", ["liu", "dan", "qing", "hao"])
def test_only_the_county_and_the_city_of_the_enterprise_correct(people, post, who):
    entry = Entry.objects.get(post=post, name="term_ends")
    with pytest.raises(PermissionDenied):
        correct(entry, value="2029-01-31", by=getattr(people, who), reason="核。")
    assert not Entry.objects.exclude(corrects=None).exists()


@pytest.mark.parametrize("who", ["wang", "meng"])
def test_county_and_city_may(people, post, who):
    """The control of the one above."""
    entry = Entry.objects.get(post=post, name="term_ends")
    assert correct(entry, value="2029-01-31", by=getattr(people, who), reason="核。").corrects == entry


def test_nothing_entered_is_changed_or_deleted(post):
    entry = Entry.objects.first()
    entry.value = "另一个"
    with pytest.raises(Unsayable):
        entry.save()
    with pytest.raises(Unsayable):
        Entry.objects.all().delete()


# ── what was known when, through the real acts ────────────────────────────────────────────────
def test_a_departure_recorded_late_and_corrected_twice_is_answered_for_each_day_it_was_known(people, noon):
    noon.move_to("2026-03-09T10:00:00+08:00")
    post = officer(people.offices["130981"], 1, by=people.liu, appointed_on=BEGAN)
    enter(post.organisation, {"in_office": "yes"}, effective_on=BEGAN, post=post, by=people.meng)
    noon.move_to("2026-07-20T10:00:00+08:00")
    left = enter(post.organisation, {"in_office": "no"}, effective_on=date(2026, 5, 1), post=post)[0]
    noon.move_to("2026-08-03T23:59:59+08:00")
    again = correct(left, value="no", effective_on=date(2026, 6, 1), by=people.meng, reason="核。")
    noon.move_to("2026-09-10T00:00:00+08:00")
    correct(again, value="no", effective_on=date(2026, 6, 16), by=people.meng, reason="再核。")

    table = {
        ("2026-05-20", "2026-03-08"): 0,
        ("2026-05-20", "2026-07-19"): 1,
        ("2026-05-20", "2026-07-20"): 0,
        ("2026-05-20", "2026-08-02"): 0,
        ("2026-05-20", "2026-08-03"): 1,
        ("2026-06-10", "2026-08-03"): 0,
        ("2026-06-10", "2026-09-09"): 0,
        ("2026-06-10", "2026-09-10"): 1,
        ("2026-06-15", "2026-12-31"): 1,
        ("2026-06-16", "2026-12-31"): 0,
    }
    asked = {
        (on, known): Officer.objects.in_office_on(
            date.fromisoformat(on), known=date.fromisoformat(known)
        ).count()
        for on, known in table
    }
    assert asked == table
    told = [entry.said for entry in Entry.objects.filter(post=post)]
    assert history.spells(told, known_on=TODAY) == [history.Spell(BEGAN, date(2026, 6, 15))]
    assert row(post).ended_on == date(2026, 6, 15)


# ── posts from before there were entries ──────────────────────────────────────────────────────
def test_an_old_post_is_remembered_once_as_of_its_filing_day(people):
    old = officer(people.offices["130981"], 3, by=people.liu, appointed_on=BEGAN, ended_on=date(2026, 10, 31))
    assert len(remember(old)) == 10
    assert remember(old) == []
    known = Officer.objects.in_office_on(date(2026, 10, 31), known=TODAY)
    assert known.get() == old
    assert not Officer.objects.in_office_on(date(2026, 11, 1), known=TODAY).exists()
    assert not Officer.objects.in_office_on(date(2026, 10, 31), known=TODAY - timedelta(days=1)).exists()
