"""放假安排 comes in through a page: first what it moves, then the act; a missing year is an alarm from November on."""

from datetime import date

import pytest
import time_machine
from django.utils import timezone

from cqo_portal.audit.models import Event
from cqo_portal.reference.models import CalendarYear, SpecialDay
from evaluation.models import Evaluation, Panellist
from registry import services
from registry.models import Filing
from tests.cast import browser, user
from tests.evaluation import rows

PATH = "/desk/calendar/enter/"
SAID = {
    "year": "2026",
    "source": "国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）",
    "text": "七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。",
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def departure(people) -> Filing:
    """Took effect on 1 September: without a calendar it is to be reported by 1 October, a Thursday."""
    people.filing(until="filed")
    with time_machine.travel("2026-09-10T09:00:00+08:00"):
        opened = services.open_filing(
            people.hengtong, kind="departure", on=date(2026, 9, 1), by=people.liu, today=date(2026, 9, 10)
        )
    assert opened.due_on == date(2026, 10, 1)
    Filing.objects.filter(pk=opened.pk).update(receipt_number="BG-1", round=1, submitted_on=date(2026, 9, 10))
    return rows.moved(Filing.objects.get(pk=opened.pk), "at_county")


def test_what_it_moves_is_shown_before_anything_is_written(people, departure):
    answer = browser(people.meng).post(PATH, SAID)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "2026 年：放假 7 天，1 个期限移动" in page
    assert "泊头恒通管件有限公司" in page and "2026-10-01" in page and "2026-10-08" in page
    assert "顺延至下一个工作日 2026-10-08" in page
    assert not CalendarYear.objects.exists()
    departure.refresh_from_db()
    assert departure.due_on == date(2026, 10, 1)


def test_confirmed_it_is_written_and_what_follows_is_moved_with_a_record(people, departure):
    answer = browser(people.meng).post(PATH, SAID | {"confirm": "1", "once": "a"}, follow=True)
    assert "2026 年放假安排已录入，1 个期限随之移动。" in answer.content.decode()
    assert SpecialDay.objects.filter(working=False).count() == 7
    assert SpecialDay.objects.filter(working=True).count() == 2
    departure.refresh_from_db()
    assert departure.due_on == date(2026, 10, 8)
    moved = Event.objects.get(action="move-deadline")
    assert (moved.data["from"], moved.data["to"]) == ("2026-10-01", "2026-10-08")
    assert Event.objects.get(action="announce").note == SAID["source"]


def test_what_is_filed_keeps_the_day_it_was_judged_by(people):
    filing = people.filing(until="filed")
    Filing.objects.filter(pk=filing.pk).update(due_on=date(2026, 10, 1), effective_on=date(2026, 9, 1))
    browser(people.meng).post(PATH, SAID | {"confirm": "1", "once": "a"})
    filing.refresh_from_db()
    assert filing.due_on == date(2026, 10, 1)


def test_a_year_that_stands_is_replaced_knowingly(people):
    browser(people.meng).post(PATH, SAID | {"confirm": "1", "once": "a"})
    anew = SAID | {
        "text": SAID["text"].replace("至7日（周三）放假调休，共7天", "至8日（周四）放假调休，共8天")
    }
    assert "2026 年已经录入过" in browser(people.meng).post(PATH, anew).content.decode()
    browser(people.meng).post(PATH, anew | {"confirm": "1", "once": "b"})
    assert SpecialDay.objects.filter(working=False).count() == 8
    kept = Event.objects.get(action="announce-anew").data["before"]
    assert ["2026-10-07", False] in kept and ["2026-10-08", False] not in kept


class TestWorkingDays:
    """Steps of an evaluation are counted in working days: each keeps the number it was given."""

    @pytest.fixture
    def run(self, people):
        with time_machine.travel("2026-09-25T09:00:00+08:00"):
            panel = rows.panel(people, state="scoring")
            Evaluation.objects.update(due_on=date(2026, 10, 9))  # the tenth working day by Monday to Friday
            Panellist.objects.update(moved_at=timezone.now())
        return panel.evaluation

    def test_a_step_that_spans_the_days_off_ends_later(self, people, run):
        browser(people.meng).post(PATH, SAID | {"confirm": "1", "once": "a"})
        run.refresh_from_db()
        # Five weekdays are off: five working days later, the first of which is a Saturday made up for.
        assert run.due_on == date(2026, 10, 15)
        moved = Event.objects.get(action="move-deadline", subject_type="evaluation.evaluation")
        assert (moved.data["from"], moved.data["to"]) == ("2026-10-09", "2026-10-15")

    def test_the_same_notice_a_second_time_moves_nothing_twice(self, people, run):
        browser(people.meng).post(PATH, SAID | {"confirm": "1", "once": "a"})
        browser(people.hao).post(PATH, SAID | {"confirm": "1", "once": "b"})
        run.refresh_from_db()
        assert run.due_on == date(2026, 10, 15)
        assert Event.objects.filter(action="move-deadline").count() == 1

    def test_a_day_off_of_the_year_before_is_previewed_as_it_will_be_moved(self, people, run):
        CalendarYear.objects.create(year=2026, source="国务院办公厅的通知")
        Evaluation.objects.update(due_on=date(2026, 12, 31))
        text = "一、元旦：2026年12月31日（周四）至2027年1月2日（周六）放假调休，共3天。"
        said = SAID | {"year": "2027", "text": text}
        assert "2027 年：放假 2 天，1 个期限移动" in browser(people.meng).post(PATH, said).content.decode()
        browser(people.meng).post(PATH, said | {"confirm": "1", "once": "a"})
        run.refresh_from_db()
        assert run.due_on == date(2027, 1, 4)

    def test_of_those_others_look_after_there_is_a_number_and_no_name(self, people, run):
        page = browser(people.meng).post(PATH, SAID).content.decode()
        assert "1 个期限移动" in page and " 1 个期限不归您查看" in page
        assert run.number not in page and "泊头恒通管件有限公司" not in page

    def test_the_last_day_to_appeal_stays_as_it_was_told(self, people):
        with time_machine.travel("2026-09-25T09:00:00+08:00"):
            run = rows.panel(people, state="decided").evaluation
            Evaluation.objects.update(due_on=date(2026, 10, 9))
            rows.brought_to(run, "published")
        browser(people.meng).post(PATH, SAID | {"confirm": "1", "once": "a"})
        run.refresh_from_db()
        assert run.due_on == date(2026, 10, 9)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"year": ""}, "请写明哪一年的放假安排。"),
        ({"year": "1999"}, "请填 2015 到 2100 之间的年份。"),
        ({"source": ""}, "请填写通知的名称和文号。"),
        ({"text": "放假另行通知"}, "没有认出任何节日"),
        ({"year": "2027"}, "请核对年份，或者原文。"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(people, change, sentence):
    answer = browser(people.meng).post(PATH, SAID | change)
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page
    assert "国办发明电" in page or "source" in change
    assert not CalendarYear.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"), [("liu", 403), ("wang", 403), ("meng", 200), ("hao", 200), ("dan", 403)]
)
def test_the_city_and_the_province_keep_the_calendar(people, who, status):
    assert browser(getattr(people, who)).get(PATH).status_code == status
    assert browser(getattr(people, who)).get("/desk/calendar/").status_code == status


@pytest.mark.parametrize(("day", "alarm"), [("2026-10-31", False), ("2026-11-01", True)])
def test_from_november_on_a_missing_next_year_is_an_alarm(people, day, alarm):
    CalendarYear.objects.create(year=2026, source="x")
    with time_machine.travel(f"{day}T09:00:00+08:00"):
        page = browser(people.meng).get("/").content.decode()
        assert ("2027 年的放假安排尚未录入" in page) == alarm
        doctor = browser(user("guan", "admin")).get("/doctor/").content.decode()
    assert ("2027 年的放假安排尚未录入" in doctor) == alarm
