"""The talent pool: on which basis, for what, free when, in and out; at most one stay at a time."""

from datetime import date
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse

from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Office
from cqo_portal.reference import expertise as fields
from cqo_portal.workflow.engine import Refused, perform
from registry.talent import services
from registry.talent.models import PoolEntry, PoolMove
from registry.talent.workflow import LEAVE, POOL
from tests.cast import IDENTITY, browser
from tests.talent.rows import TODAY, admitted, himself, post

pytestmark = pytest.mark.django_db
SAID = {
    "basis": "selected",
    "fields_of": ["spc", "machinery"],
    "entered_on": "2026-11-20",
    "reason": "连续两年标杆。",
    "agrees": "on",
    "consent_name": "王雪松",
}
OTHER = "11010119900307100X"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


def test_the_life_in_the_pool_is_one_step():
    assert [(sorted(s.source), s.name, s.target) for s in POOL.values()] == [(["in_pool"], "leave", "left")]


def test_the_fields_are_a_vocabulary_without_a_code_twice():
    codes = [code for _, members in fields.grouped() for code, _ in members]
    assert len(codes) == len(set(codes)) == 22
    assert [group for group, _ in fields.grouped()] == ["行业", "方法"]
    assert fields.named(["spc", "gone", "machinery"]) == ["机械与管道装备", "统计过程控制", "gone"]


def test_the_city_sees_what_is_on_record_and_admits(people):
    filing = people.filing(until="filed")
    officer = filing.officer
    person = himself(officer)
    path = reverse("talent:pool-admit", args=[officer.pk])
    page = browser(people.meng).get(path).content.decode()
    for words in (
        filing.filing_number,
        "110105********002X",
        "泊头恒通管件有限公司",
        "选聘专家（第十五条【人才建设】）",
    ):
        assert words in page
    assert IDENTITY not in page
    answer = browser(people.meng).post(path, SAID)
    entry = PoolEntry.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/talent/pool/{entry.pk}/")
    provenance = (entry.basis, entry.rule_edition, entry.clause, entry.cites)
    assert provenance == ("selected", "cangzhou-2023", "cz-15b", "第十五条【人才建设】")
    assert (entry.city_id, entry.office_id, entry.fields) == ("130900", "130981", ["spc", "machinery"])
    assert Message.objects.get(kind="talent-pool-entered").recipient == person
    shown = browser(people.meng).get(entry.get_absolute_url()).content.decode()
    assert "第十五条【人才建设】" in shown and IDENTITY not in shown and "110105********002X" in shown


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"agrees": ""}, "没有本人同意不能入库"),
        ({"consent_name": "孟庆生"}, "请由本人签写姓名“王雪松”"),
        ({"fields_of": []}, "请至少选一项专长"),
        ({"fields_of": ["magic"]}, "magic"),
        ({"entered_on": "2026-11-21"}, "这一天还没到"),
        ({"basis": "trained"}, "trained"),
        ({"reason": " "}, "理由"),
    ],
)
def test_a_mistake_stands_beside_the_field(people, change, said):
    officer = post(people.hengtong)
    answer = browser(people.meng).post(reverse("talent:pool-admit", args=[officer.pk]), SAID | change)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not PoolEntry.objects.exists()


@pytest.mark.parametrize(
    ("jurisdiction", "basis"), [("cangzhou", "selected"), ("fujian", "trained"), ("jiangsu", None)]
)
def test_the_edition_of_the_city_says_on_which_basis(people, jurisdiction, basis):
    Office.objects.update(jurisdiction=jurisdiction)
    officer = post(people.hengtong)
    answer = browser(people.meng).get(reverse("talent:pool-admit", args=[officer.pk]), follow=True)
    if basis:
        assert [value for value, _ in answer.context["form"].fields["basis"].choices] == [basis]
    else:
        assert "没有设人才库，不能入库" in answer.content.decode()


def test_the_same_person_stays_once_on_one_basis(people):
    officer = post(people.hengtong)
    entry = admitted(people, officer)
    with pytest.raises(Refused, match="已按“选聘专家”在库"):
        admitted(people, officer)
    twin = PoolEntry.objects.get()
    twin.pk, twin._state.adding = uuid4(), True
    with pytest.raises(IntegrityError, match="poolentry_once_a_basis"), transaction.atomic():
        twin.save(force_insert=True)
    services.leave(entry, on=TODAY, reason="调离。", by=people.meng)
    assert admitted(people, officer).state == "in_pool"
    assert PoolEntry.objects.count() == 2


def test_leaving_has_its_day_and_reason_and_history(people):
    entry = admitted(people)
    person = himself(entry.officer)
    path = reverse("talent:pool-leave", args=[entry.pk])
    for said, status in (
        ({"left_on": "2026-10-31", "reason": "早了"}, 422),
        ({"left_on": "2026-11-21", "reason": "晚了"}, 422),
        ({"left_on": "2026-11-20", "reason": ""}, 422),
        ({"left_on": "2026-11-15", "reason": "到外地任职。"}, 302),
    ):
        assert browser(people.meng).post(path, said).status_code == status
    entry.refresh_from_db()
    assert (entry.state, entry.left_on) == ("left", date(2026, 11, 15))
    moves = [(m.kind, f"{m.on}", m.reason) for m in entry.moves.order_by("id")]
    assert moves == [("entered", "2026-11-01", "标杆。"), ("left", "2026-11-15", "到外地任职。")]
    assert Message.objects.get(kind="talent-pool-left").recipient == person
    again = browser(people.meng).post(path, {"left_on": "2026-11-20", "reason": "再来"}, follow=True)
    assert "已由 meng 于" in again.content.decode()
    with pytest.raises(InternalError), transaction.atomic():
        super(type(PoolMove.objects.all()), PoolMove.objects.all()).update(reason="x")


def test_only_the_city_of_the_pool_admits_and_removes(people):
    entry = admitted(people)
    for who in (people.wang, people.liu, people.hao, himself(entry.officer)):
        with pytest.raises(PermissionDenied):
            perform(LEAVE, entry, by=who, note="x")
        assert browser(who).get(reverse("talent:pool-choose")).status_code == 403
        assert (
            browser(who).post(reverse("talent:pool-admit", args=[entry.officer.pk]), SAID).status_code == 403
        )
    assert services.leave(entry, on=TODAY, reason="x", by=people.meng).state == "left"


# ── availability ──────────────────────────────────────────────────────────────────────────────
def test_the_person_himself_says_when_he_is_free(people):
    entry = admitted(people)
    person, path = himself(entry.officer), reverse("talent:availability", args=[entry.pk])
    said = {"availability": "busy", "busy_until": "2026-12-31", "reason": "年终审核"}
    assert browser(people.wang).post(path, said).status_code == 403
    assert browser(people.liu).post(path, said).status_code == 404
    assert browser(person).post(path, said).status_code == 302
    entry.refresh_from_db()
    assert (entry.availability, f"{entry.busy_until}") == ("busy", "2026-12-31")
    move = entry.moves.first()
    assert (move.said, move.reason, move.by) == ("暂时没空，到 2026-12-31", "年终审核", person)
    assert browser(person).post(path, said).status_code == 302  # a double click says it once
    assert entry.moves.count() == 2


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"availability": "busy", "busy_until": ""}, 422),
        ({"availability": "busy", "busy_until": "2026-11-19"}, 422),
        ({"availability": "busy", "busy_until": "２０２６－１１－２０"}, 302),
        ({"availability": "away", "busy_until": "2026-12-01"}, 302),
        ({"availability": "sometimes"}, 422),
    ],
)
def test_busy_needs_a_day_to_come(people, said, status):
    entry = admitted(people)
    path = reverse("talent:availability", args=[entry.pk])
    assert browser(people.meng).post(path, said).status_code == status
    if said["availability"] == "away":
        entry.refresh_from_db()
        assert entry.busy_until is None


def test_after_leaving_nothing_is_changed(people):
    entry = admitted(people)
    services.leave(entry, on=TODAY, reason="x", by=people.meng)
    path = reverse("talent:availability", args=[entry.pk])
    answer = browser(people.meng).post(path, {"availability": "away"}, follow=True)
    assert "已于2026年11月20日出库，不用再改" in answer.content.decode()


@pytest.mark.parametrize(
    ("more", "day", "there"),
    [
        ({}, date(2026, 11, 1), True),
        ({}, date(2026, 10, 31), False),  # not yet in
        ({"availability": "away"}, date(2026, 11, 20), False),
        ({"availability": "busy", "busy_until": date(2026, 11, 30)}, date(2026, 11, 30), False),
        ({"availability": "busy", "busy_until": date(2026, 11, 30)}, date(2026, 12, 1), True),
        ({"state": "left", "left_on": date(2026, 11, 15)}, date(2026, 11, 14), True),
        ({"state": "left", "left_on": date(2026, 11, 15)}, date(2026, 11, 15), False),
    ],
)
def test_who_can_be_asked_on_a_day(people, more, day, there):
    entry = admitted(people)
    if more.get("state"):
        services.leave(entry, on=more["left_on"], reason="x", by=people.meng)
    elif more:
        services.set_availability(
            entry, **{"busy_until": None} | more, reason="", by=people.meng, today=TODAY
        )
    assert PoolEntry.objects.available(field="spc", day=day).exists() is there
    assert PoolEntry.objects.available(day=day).exists() is there
    assert not PoolEntry.objects.available(field="food", day=day).exists()


# ── who sees what ─────────────────────────────────────────────────────────────────────────────
def test_each_sees_his_part_of_the_pool(people):
    entry = admitted(people)
    person = himself(entry.officer)
    stranger = himself(post(people.dan.acting.organisation, name="丁鹏", number=OTHER), "ding")
    sees = {"wang": 200, "meng": 200, "hao": 200, "liu": 404, "dan": 404, "qing": 404}
    for name, status in sees.items():
        assert browser(getattr(people, name)).get(entry.get_absolute_url()).status_code == status, name
    assert browser(person).get(entry.get_absolute_url()).status_code == 200
    assert browser(stranger).get(entry.get_absolute_url()).status_code == 404
    assert "我在人才库" in browser(person).get("/talent/").content.decode()
    assert "我在人才库" not in browser(stranger).get("/talent/").content.decode()


def test_the_list_is_filtered_and_searched(people):
    admitted(people)
    other = post(people.dan.acting.organisation, name="丁鹏", number=OTHER)
    admitted(people, other, fields=["food"])
    client = browser(people.meng)

    def found(query: str) -> list[str]:
        return [entry.name for entry in client.get(f"/talent/pool/?{query}").context["page"]]

    assert found("") == ["丁鹏", "王雪松"]
    assert found("field=food") == ["丁鹏"]
    assert found("field=nonsense") == ["丁鹏", "王雪松"]
    assert found("office=130981") == ["王雪松"]
    assert found("basis=trained") == []
    assert found("q=wxs") == ["王雪松"]
    services.set_availability(
        PoolEntry.objects.get(name="丁鹏"),
        availability="away",
        busy_until=None,
        reason="",
        by=people.meng,
        today=TODAY,
    )
    assert found("who=free") == ["王雪松"]
    assert found("who=left") == []


def test_the_list_asks_the_same_number_of_questions_for_one_and_three(people, django_assert_num_queries):
    client = browser(people.meng)
    numbers = (IDENTITY, OTHER, "110101199003071022")
    for index, (number, name) in enumerate(zip(numbers, ("甲一", "乙二", "丙三"), strict=True)):
        admitted(people, post(people.hengtong, name=name, number=number, ended_on=TODAY))
        if index != 1:
            with django_assert_num_queries(8):
                assert client.get("/talent/pool/").status_code == 200
