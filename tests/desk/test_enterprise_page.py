"""One enterprise in the register: who held the post on a day as known on another, every entry, and corrections."""

import json
import re
from datetime import date
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from registry.entries import correct, enter
from registry.models import Entry, Officer
from tests.cast import CODES
from tests.desk.rows import NOON, TODAY, officer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def story(people, noon):
    """欧阳慕青 from 1 March, left on 30 April; recorded in July, corrected in August to 31 May."""
    noon.move_to("2026-03-09T10:00:00+08:00")
    post = officer(
        people.offices["130981"],
        2,
        by=people.liu,
        name="欧阳慕青",
        appointed_on=date(2026, 3, 1),
        term_ends=date(2029, 2, 28),
    )
    Officer.objects.filter(pk=post.pk).update(organisation=people.hengtong)
    post = Officer.objects.select_related("organisation__office", "person").get(pk=post.pk)
    facts = {"in_office": "yes", "name": "欧阳慕青", "education": "bachelor", "term_ends": "2029-02-28"}
    enter(people.hengtong, facts, effective_on=date(2026, 3, 1), post=post, by=people.meng)
    noon.move_to("2026-07-20T10:00:00+08:00")
    left = enter(
        people.hengtong, {"in_office": "no"}, effective_on=date(2026, 5, 1), post=post, by=people.meng
    )
    noon.move_to("2026-08-03T10:00:00+08:00")
    correct(
        left[0],
        value="no",
        effective_on=date(2026, 6, 1),
        by=people.meng,
        reason="辞职书写明5月31日。",
        document="沧市监质〔2026〕12号",
    )
    noon.move_to(NOON)
    return post


def page(client, who, post, query: str = "") -> str:
    client.force_login(who)
    return client.get(f"/desk/enterprises/{post.organisation_id}/{query}").content.decode()


def answer(text: str) -> str:
    return re.search(r'<p class="answer">(.*?)</p>', text, re.S)[1]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?on=2026-05-20&known=2026-07-19", "欧阳慕青"),
        ("?on=2026-05-20&known=2026-07-20", "没有在任的首席质量官（空缺）"),
        ("?on=２０２６-05-20&known=2026年8月3日", "欧阳慕青"),
        ("?on=2026-06-01&known=", "没有在任的首席质量官（空缺）"),
        ("", "没有在任的首席质量官（空缺）"),
        ("?on=2026-05-20&known=2026-03-08", "还没有登记"),  # nothing had been recorded yet
        ("?on=2026-02-28&known=2026-07-20", "还没有登记"),  # nothing is said of that day
        ("?on=2026-02-28&known=", "还没有登记"),
    ],
)
def test_who_held_the_post_stands_on_the_page(client, people, story, query, said):
    assert answer(page(client, people.meng, story, query)) == said


def test_the_answer_says_what_the_record_of_that_day_was(client, people, story):
    text = page(client, people.meng, story, "?on=2026-05-20&known=2026-07-19")
    assert "2026年5月20日的情况，按 2026年7月19日日终以前登记的；以后补记和更正的不算" in text
    assert "<dt>最高学历</dt><dd>本科" in text


def test_what_was_learned_later_of_that_day_is_marked(client, people, story):
    client.force_login(people.meng)
    address = f"/desk/enterprises/{story.organisation_id}/"
    text = client.get(f"{address}?on=2026-05-20&known=2026-07-20").content.decode()
    learned = text.split('id="learned"')[1].split("</div>")[0]
    assert "后来才知道的 1 项" in learned and "按今天掌握的，这一天是：<b>欧阳慕青</b>" in learned
    assert "在任：否</a>，自 2026-06-01（欧阳慕青），2026-08-03 更正" in learned
    it = client.get(f"{address}?on=2026-05-20&known=2026-03-08").context["it"]
    assert {line.entry.name for line in it.lines if line.later} == {
        "in_office",
        "name",
        "education",
        "term_ends",
    }
    assert not any(line.later for line in client.get(address).context["it"].lines)


@pytest.mark.parametrize("query", ["?on=昨天", "?on=2026-02-30", "?known=2026-13-01", "?on=99999999999"])
def test_a_day_that_is_none_is_said_beside_its_field(client, people, story, query):
    client.force_login(people.meng)
    response = client.get(f"/desk/enterprises/{story.organisation_id}/{query}")
    assert response.status_code == 422
    assert "invalid-feedback" in response.content.decode()


def test_stretches_and_the_vacancy_after_them_are_listed(client, people, story):
    client.force_login(people.meng)
    it = client.get(f"/desk/enterprises/{story.organisation_id}/").context["it"]
    told = [(s.officer.name if s.officer else "空缺", s.spell.since, s.spell.until) for s in it.stretches]
    assert told == [
        ("欧阳慕青", date(2026, 3, 1), date(2026, 5, 31)),
        ("空缺", date(2026, 6, 1), None),
    ]


def test_a_corrected_fact_is_shown_as_such_with_reason_by_whom_and_when(client, people, story):
    text = page(client, people.meng, story)
    assert "2026-08-03 已更正" in text
    assert "辞职书写明5月31日。（沧市监质〔2026〕12号）" in text
    assert "2026-07-20 的登记" in text


def test_a_post_without_entries_is_shown_as_the_table_has_it(client, people):
    old = officer(people.offices["130981"], 1, by=people.liu, appointed_on=date(2024, 1, 1))
    text = page(client, people.meng, old)
    assert "2024-01-01" in text
    assert "还没有登记事项" in text


@pytest.mark.parametrize(
    ("who", "status"), [("liu", 200), ("wang", 200), ("hao", 200), ("dan", 404), ("qing", 404)]
)
def test_who_may_see_an_enterprise_in_the_register(client, people, story, who, status):
    client.force_login(getattr(people, who))
    assert client.get(f"/desk/enterprises/{story.organisation_id}/").status_code == status


def test_one_entry_costs_what_many_cost(client, people, django_assert_num_queries):
    post = officer(people.offices["130981"], 1, by=people.liu)
    client.force_login(people.meng)
    enter(post.organisation, {"in_office": "yes"}, effective_on=TODAY, post=post, by=people.meng)
    address = f"/desk/enterprises/{post.organisation_id}/"
    with django_assert_num_queries(13):
        client.get(address)
    for n in range(3):
        enter(post.organisation, {"post": f"职务{n}"}, effective_on=TODAY, post=post, by=people.meng)
    with django_assert_num_queries(13):
        client.get(address)


# ── corrections on the page ───────────────────────────────────────────────────────────────────
def form(**said) -> dict:
    return {
        "value": "master",
        "effective_on": "2026-03-01",
        "document": "",
        "reason": "学位证书为硕士。",
    } | said


@pytest.fixture
def education(story):
    return Entry.objects.get(name="education")


def at(entry) -> str:
    return f"/desk/entries/{entry.pk}/correct/"


def test_first_one_sees_what_would_change_and_nothing_is_kept(client, people, education):
    client.force_login(people.meng)
    response = client.post(at(education), form(do="preview"))
    changes = [(c.label, c.before, c.after) for c in response.context["changes"]]
    assert changes == [("最高学历", "本科", "硕士")]
    assert not Entry.objects.filter(name="education").exclude(corrects=None).exists()
    assert Officer.objects.get().education == "bachelor"


def test_then_it_is_one_act(client, people, education):
    client.force_login(people.wang)
    response = client.post(at(education), form(do="correct", document="泊市监〔2026〕3号"))
    made = Entry.objects.get(corrects=education)
    assert response.headers["Location"] == f"/desk/enterprises/{education.organisation_id}/#entry-{made.pk}"
    assert (made.value, made.by, made.document) == ("master", people.wang, "泊市监〔2026〕3号")
    assert Officer.objects.get().education == "master"


def test_a_second_click_is_told_that_it_is_done(client, people, education):
    client.force_login(people.wang)
    client.post(at(education), form(do="correct"))
    again = client.post(at(education), form(do="correct"))
    assert again.status_code == 409
    assert "这一条“最高学历”已经更正过" in again.content.decode()
    assert Entry.objects.filter(name="education").count() == 2


def test_without_a_reason_what_was_typed_stays(client, people, education):
    client.force_login(people.wang)
    response = client.post(at(education), form(do="preview", reason=" ", document="泊市监〔2026〕3号"))
    assert response.status_code == 422
    assert "请写明更正的理由。" in response.content.decode()
    assert "泊市监〔2026〕3号" in response.content.decode()


def test_what_the_register_cannot_hold_is_said_on_the_page(client, people, story):
    entry = Entry.objects.get(name="term_ends")
    client.force_login(people.wang)
    response = client.post(at(entry), form(do="preview", value="2025-01-01"))
    assert response.status_code == 422
    assert "任期至（2025-01-01）早于任职日期（2026-03-01）" in response.content.decode()


def test_a_phone_is_corrected_without_being_shown(client, people, story):
    made = enter(story.organisation, {}, effective_on=TODAY, post=story, sealed={"phone": "13800138000"})[0]
    client.force_login(people.wang)
    assert "13800138000" not in client.get(at(made)).content.decode()
    client.post(at(made), form(do="correct", value="１３９００１３９０００", effective_on=TODAY.isoformat()))
    assert Officer.objects.get().person.phone == "13900139000"
    assert "139****9000" in page(client, people.wang, story)


@pytest.mark.parametrize(
    ("who", "status"), [("wang", 200), ("meng", 200), ("liu", 403), ("hao", 403), ("qing", 404)]
)
def test_who_may_correct(client, people, education, who, status):
    client.force_login(getattr(people, who))
    assert client.get(at(education)).status_code == status
    assert ("/correct/" in page(client, getattr(people, who), education)) == (status == 200)


# ── in the shell ──────────────────────────────────────────────────────────────────────────────
def told(*arguments: str) -> dict:
    out = StringIO()
    call_command("register", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_the_shell_answers_the_same_question(story):
    assert told("who", "--organisation", CODES[0], "--on", "2026-05-20", "--known", "2026-08-03") == {
        "organisation": CODES[0],
        "name": "泊头恒通管件有限公司",
        "on": "2026-05-20",
        "known": "2026-08-03",
        "standing": "held",
        "officers": [{"name": "欧阳慕青", "filing_number": "BA-00002", "post": str(story.pk)}],
    }
    for known, standing in (("2026-07-20", "vacant"), ("2026-03-08", "unrecorded")):
        answer = told("who", "--organisation", CODES[0], "--on", "2026-05-20", "--known", known)
        assert (answer["standing"], answer["officers"]) == (standing, [])


@pytest.mark.parametrize(
    "arguments",
    [("who", "--organisation", "91130981"), ("who", "--organisation", CODES[0], "--on", "2026-5-1")],
    ids=["code", "day"],
)
def test_the_shell_refuses_bad_input_with_a_sentence(people, arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("register", *arguments)
    assert ended.value.code == 2
    assert "error" in json.loads(capsys.readouterr().out)


def test_posts_from_before_are_remembered_once(people):
    officer(people.offices["130981"], 1, by=people.liu)
    assert told("remember") == {"remembered": 1}
    assert told("remember") == {"remembered": 0}
