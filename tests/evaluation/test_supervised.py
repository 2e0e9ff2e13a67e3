"""What an office reads of the bodies it supervises, on its desk: records, how far cases are, and nothing of their marks."""

from datetime import date

import pytest
import time_machine

from evaluation.supervised import supervised
from tests.bodies import rows as bodies
from tests.cast import browser
from tests.evaluation import rows
from tests.evaluation.rows import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


def desk(who) -> str:
    return browser(who).get("/").content.decode()


def test_a_province_reads_records_and_cases_and_no_grade(people):
    staff = bodies.body()
    record = bodies.filed(staff, people.meng, last_day=date(2027, 1, 31))
    assert 'id="supervised"' in desk(people.hao)
    panel = rows.panel(people, staff=staff, due_on=date(2026, 11, 19))
    told = supervised(people.hao, today=TODAY)
    assert told.lines == [
        (record.get_absolute_url(), "沧州质量评价中心的登记快到期", "到2027年1月31日为止"),
        ("/bodies/?turn=filed", "在案的评价机构", "1 家"),
        ("/evaluations/?stage=under_way", "在评", "1 个，1 个已过期限"),
    ]
    assert told.title == "在案的评价机构 1 家，在评 1 个"
    rows.brought_to(panel.evaluation, "at_body")
    page = desk(people.hao)
    assert "等机构作出评价决定" in page and "王雪松" not in page
    assert supervised(people.meng, today=TODAY).lines == supervised(people.hao, today=TODAY).lines


def test_where_no_body_is_on_record_there_is_nothing_of_it(people):
    staff = bodies.body()
    bodies.submitted(staff, people.meng.acting.office)
    rows.panel(people, staff=staff)
    assert supervised(people.hao, today=TODAY).lines == []
    assert 'id="supervised"' not in desk(people.hao)


def test_a_county_supervises_nobody(people):
    bodies.filed(bodies.body(), people.meng)
    assert 'id="supervised"' not in desk(people.wang)
