"""The rules as a page reads them: nothing left out, every number from the pack, editions compared line by line."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cqo_portal.desk import rulebook
from cqo_portal.desk.templatetags.rulebook import grade_rows, indicators_of
from cqo_portal.jurisdictions import all_packs, editions, pack
from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.jurisdictions.walk import readings, rules

EDITIONS = [known.edition for known in all_packs()]


def book(edition: str) -> rulebook.Book:
    return rulebook.read(pack(edition))


def lines(edition: str) -> dict[str, rulebook.Line]:
    return {line.anchor: line for section in book(edition).sections for line in section.flat()}


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_clause_of_a_pack_has_its_line_with_label_and_article(edition):
    shown = {(line.label, line.cites) for line in lines(edition).values()}
    written = {(rule.clause.label, rule.clause.cites) for rule in rules(pack(edition))}
    in_a_sentence_of_its_own = {("大专学历", "第六条")} if edition == "cangzhou-2023" else set()
    assert written - shown == in_a_sentence_of_its_own


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_adopted_reading_is_listed_once(edition):
    written = {reading for _, reading in readings(pack(edition))}
    listed = [adopted.reading for adopted in book(edition).adopted]
    assert set(listed) == written
    assert len(listed) == len(written)


@pytest.mark.parametrize("edition", EDITIONS)
def test_no_anchor_stands_twice(edition):
    anchors = [line.anchor for section in book(edition).sections for line in section.flat() if line.anchor]
    assert len(anchors) == len(set(anchors))


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_answer_of_the_summary_leads_somewhere(edition):
    read = book(edition)
    places = {section.anchor for section in read.sections} | set(lines(edition))
    assert {answer.anchor for answer in read.summary if answer.anchor} <= places


def test_the_value_of_a_line_comes_from_the_pack():
    current = pack("cangzhou-2023")
    longer = replace(current, term=replace(current.term, normally=Years(4)))
    assert {
        line.value for s in rulebook.read(longer).sections for line in s.flat() if line.anchor == "term"
    } == {"一般 4 年，企业可以另定"}


def test_cangzhou_asks_for_experience_and_for_a_degree_or_a_title():
    shown = lines("cangzhou-2023")
    assert shown["experience"].value == "质量管理满 3 年"
    assert shown["degree-or-title"].manner == "either"
    assert [part.label for part in shown["degree-or-title"].parts] == [
        "中级以上职称",
        "本科以上学历",
        "以上都不满足，但有大专学历的",
    ]


def test_what_an_officer_decides_is_marked_as_discretion_with_its_reading():
    way_out = lines("cangzhou-2023")["college"]
    assert (way_out.manner, way_out.value) == ("discretion", "由备案人员裁量")
    assert way_out.readings[0].text.startswith("大专学历而没有中级职称的")


def test_a_key_that_stands_twice_gets_the_size_before_it():
    shown = lines("fujian-2014")
    assert shown["experience"].value == "质量工作满 5 年"
    assert shown["small-micro-experience"].value == "质量工作满 3 年"


def test_the_summary_of_cangzhou_says_conditions_procedure_and_time():
    assert {answer.question: answer.said for answer in book("cangzhou-2023").summary} == {
        "要什么条件": "质量管理经历满 3 年；本科学历或中级职称；任职培训。另有 3 条由人员裁量。",
        "由谁任命": "最高管理者、主要负责人",
        "谁来批": "企业申报 → 县级预审并集中报送 → 市级备案",
        "学什么": "任职培训",
        "多久": "任期一般 3 年；信息变更 1 个月之内报送",
    }


def test_jiangsu_shows_fifteen_rows_under_five_groups():
    scheme = pack("jiangsu-2023-draft").evaluation
    table = indicators_of(scheme)
    assert [len(row["indicators"]) for row in table] == [2, 1, 1, 6, 5]
    assert sum(each.points for row in table for each in row["indicators"]) == Decimal(1000)


def test_a_grade_ends_where_the_next_one_begins():
    table = grade_rows(pack("jiangsu-2023-draft").evaluation)
    assert [(row["grade"].code, row["least"], row["below"]) for row in table] == [
        ("AAAAA", 750, None),
        ("AAAA", 600, 750),
        ("AAA", 450, 600),
        ("AA", 300, 450),
        ("A", 0, 300),
    ]


def test_hubei_softened_its_draft():
    draft, final = (rulebook.read(each) for each in editions("hubei"))
    told = {change.label: (change.was, change.now) for change in rulebook.changes(draft, final)}
    assert told["质量管理经历"] == ("质量管理经历，质量管理满 5 年", "质量管理经历，质量管理满 3 年")
    assert told["任期"] == ("任期，一般 5 年，企业可以另定", "")
    assert told["本科学历或中级职称"][0] == ""
    assert len(told) == 8


def test_an_edition_changes_nothing_of_itself():
    assert rulebook.changes(book("hubei-2022"), book("hubei-2022")) == []


def test_a_changed_score_of_a_table_is_a_change_too():
    current = pack("jiangsu-2023-draft")
    first, *others = current.evaluation.indicators
    dearer = replace(current.evaluation, indicators=(replace(first, points=Decimal(81)), *others))
    told = rulebook.changes(rulebook.read(current), rulebook.read(replace(current, evaluation=dearer)))
    assert [(change.label, change.was, change.now) for change in told] == [
        ("质量意识", "质量意识，80", "质量意识，81")
    ]


@pytest.mark.parametrize(
    ("asked", "today", "edition"),
    [
        (None, date(2026, 11, 20), "hubei-2022"),
        (None, date(2022, 10, 23), "hubei-2021-draft"),
        (None, date(2020, 1, 1), "hubei-2022"),
        ("hubei-2021-draft", date(2026, 11, 20), "hubei-2021-draft"),
        ("nonsense", date(2026, 11, 20), "hubei-2022"),
    ],
)
def test_the_page_opens_at_the_edition_asked_for_or_applied_today(asked, today, edition):
    assert rulebook.chosen(editions("hubei"), asked=asked, today=today).edition == edition


def test_an_edition_says_when_it_was_replaced():
    shown = rulebook.editions_of(editions("hubei"), today=date(2026, 11, 20))
    assert [each.standing for each in shown] == ["2022-10-24 起由后一版代替", "今天适用"]
