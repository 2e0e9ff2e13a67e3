"""Lists of people as files: for a purpose, on record, written by the worker without filling the memory, gone after a week."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError, connection, transaction

from cqo_portal.audit.models import Event, Exported
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Organisation
from cqo_portal.sealed import CannotOpen
from cqo_portal.statistics import orders, tasks
from cqo_portal.statistics.asked import AsOf
from cqo_portal.statistics.models import Order
from cqo_portal.statistics.publishing import lock_year
from cqo_portal.statistics.roster import COLUMNS, USUAL, LockedRows, Roster
from cqo_portal.workflow.engine import Refused
from tests.cast import browser
from tests.certificates import rows as certificates
from tests.duties.rows import learned
from tests.reports.world import office
from tests.statistics.small import firm, moment, officer, said, small

pytestmark = pytest.mark.django_db
TODAY = date(2027, 2, 10)
AT = AsOf(date(2026, 12, 31), date(2027, 1, 31))


@pytest.fixture(autouse=True)
def february():
    with time_machine.travel(moment(TODAY)):
        yield


def ordered(made, by=None, *, area=None, columns=None, as_format="csv") -> Order:
    by = by or made.gao
    return orders.order(
        area or made.city, AT, columns=columns or USUAL, as_format=as_format, purpose="报省局年度统计", by=by
    )


def written(order: Order) -> Order:
    orders.write(order.pk)
    return Order.objects.get(pk=order.pk)


def content(order: Order) -> bytes:
    return b"".join(orders.opened(order))


def rows(order: Order) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(order).decode("utf-8-sig"))))


# ── what is in it ─────────────────────────────────────────────────────────────────────────────
def test_the_usual_columns_are_those_of_the_annual_roster():
    assert [COLUMNS[code].label for code in USUAL] == [
        "企业名称", "统一社会信用代码", "所属县（市、区）", "行业门类", "规模", "是否规上", "质量奖情况", "首席质量官姓名",
        "性别", "出生年月", "学历", "职称", "现任职务", "是否决策层", "从事质量工作年限", "聘任日期", "任期至", "备案号",
        "备案日期", "培训证书编号", "本年学时", "评价等级", "证书编号", "证书有效期至", "联系电话（遮盖）",
    ]  # fmt: skip


def test_a_roster_row_by_row():
    made = small()
    said(made.firms["jia"], made.posts["zhao"], on=date(2023, 3, 1), quality_since="2010-07-01")
    zhao = made.posts["zhao"].person
    zhao.phone = "13800138000"
    zhao.save()
    found = rows(written(ordered(made)))
    assert found[0] == ["序号", *(COLUMNS[code].label for code in USUAL)]
    assert [row[:9] for row in found[1:]] == [
        ["1", "甲机械有限公司", made.firms["jia"].credit_code, "东湖区", "C 制造业", "大型", "是", "省长质量奖（2020）", "赵一"],
        ["2", "乙食品有限公司", made.firms["yi"].credit_code, "东湖区", "C 制造业", "小型", "是", "", "孙三"],
        ["3", "丙软件有限公司", made.firms["bing"].credit_code, "东湖区", "I 信息传输、软件和信息技术服务业", "小型", "是", "", "李四"],
        ["4", "己商贸有限公司", made.firms["ji"].credit_code, "西山区", "F 批发和零售业", "小型", "否", "省长质量奖（2024）", "吴六"],
    ]  # fmt: skip
    assert found[1][9:] == [
        "未知", "1980-06", "本科", "中级", "质量总监", "是", "16", "2023-03-01", "2028-03-01",
        made.posts["zhao"].filing_number, "2023-03-01", "", "0", "", "", "", "138****8000",
    ]  # fmt: skip


def test_a_certificate_stands_in_it_only_while_it_is_valid(people):
    """An identity number never does."""
    _, held = certificates.issued(people)
    roster = Roster(
        people.offices["130900"], AsOf(TODAY, TODAY), ["name", "grade", "certificate", "certificate_ends"]
    )
    found = [roster.values(row) for row in roster.rows() if row.post.person == held.person_id]
    expected = {"grade": held.grade, "certificate": held.number, "certificate_ends": held.last_day}
    assert [{k: v for k, v in row.items() if k != "name"} for row in found] == [expected]
    late = Roster(
        people.offices["130900"], AsOf(held.last_day + timedelta(days=1), date(2031, 1, 1)), ["certificate"]
    )
    assert {roster.values(row)["certificate"] for row in late.rows() for roster in [late]} == {""}


def test_the_workbook_is_the_same_roster_in_the_official_look():
    made = small()
    page = openpyxl.load_workbook(io.BytesIO(content(written(ordered(made, as_format="xlsx"))))).worksheets[0]
    cells = [[cell.value for cell in row] for row in page.iter_rows()]
    assert cells[0][0] == "首席质量官名册"
    assert cells[2][0].startswith("用途：报省局年度统计　　gao 于 2027年2月10日")
    assert cells[3][:3] == ["序号", "企业名称", "统一社会信用代码"]
    assert [row[8] for row in cells[4:8]] == ["赵一", "孙三", "李四", "吴六"]
    assert page.freeze_panes == "B5"


def test_only_the_columns_that_were_chosen_are_in_it():
    found = rows(written(ordered(small(), columns=["name", "size"])))
    assert found[0] == ["序号", "规模", "首席质量官姓名"] or found[0] == ["序号", "首席质量官姓名", "规模"]


# ── for a purpose, and on record ──────────────────────────────────────────────────────────────
def test_the_order_and_whose_rows_left_are_on_record():
    made = small()
    order = written(ordered(made))
    assert [e.action for e in Event.objects.about(order).order_by("id")] == ["order", "finish", "export"]
    export = Event.objects.about(order).get(action="export")
    assert (export.note, export.actor, export.data["rows"]) == ("报省局年度统计", made.gao, 4)
    keys = {key for row in Exported.objects.filter(event=export) for key in row.keys}
    assert keys == {made.posts[name].pk for name in ("zhao", "sun", "li", "wu")}


def test_every_download_is_on_record():
    made = small()
    order = written(ordered(made))
    client = browser(made.gao)
    for _ in range(2):
        answer = client.post(f"{order.get_absolute_url()}file/")
        assert answer.getvalue() == content(order)
    assert Event.objects.about(order).filter(action="fetch", actor=made.gao).count() == 2


def test_it_arrives_in_the_inbox_of_whoever_ordered_it():
    made = small()
    order = written(ordered(made))
    message = Message.objects.inbox_of(made.gao).get(kind="order-ready")
    assert "江城市首席质量官名册（截至 2026-12-31）可以下载了" in message.title
    assert order.get_absolute_url() in message.body
    assert not Message.objects.inbox_of(made.lin).filter(kind="order-ready").exists()


def test_nobody_else_finds_it():
    made = small()
    order = written(ordered(made))
    for other in (made.chen, made.lin):
        assert browser(other).get(order.get_absolute_url()).status_code == 404
        assert browser(other).post(f"{order.get_absolute_url()}file/").status_code == 404
    assert browser(made.gao).get(order.get_absolute_url()).status_code == 200


def test_an_area_beyond_the_own_one_is_not_ordered():
    made = small()
    with pytest.raises(PermissionDenied):
        ordered(made, made.chen, area=made.west)
    assert ordered(made, made.gao, area=made.west).office == made.west


# ── the file ──────────────────────────────────────────────────────────────────────────────────
def test_the_file_lies_sealed_and_opens_in_its_place_only():
    made = small()
    one, other = written(ordered(made)), written(ordered(made, columns=["name"]))
    stored = Path(settings.MEDIA_ROOT, one.file.name).read_bytes()
    assert "赵一".encode() not in stored
    assert "赵一".encode() in content(one)
    Order.objects.filter(pk=one.pk).update(file=other.file.name)
    one = Order.objects.get(pk=one.pk)
    with pytest.raises(CannotOpen):
        content(one)


def test_after_its_days_the_file_is_gone_and_the_record_stays(django_capture_on_commit_callbacks):
    order = written(ordered(small()))
    name = order.file.name
    assert order.expires_on == TODAY + timedelta(days=7)
    assert orders.expire(today=order.expires_on) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert orders.expire(today=order.expires_on + timedelta(days=1)) == 1
        assert default_storage.exists(name)  # not before it is on record for good
    order = Order.objects.get(pk=order.pk)
    assert (order.state, order.file.name) == ("expired", "")
    assert not default_storage.exists(name)
    assert Event.objects.about(order).filter(action="expire").exists()


def test_an_expired_file_is_not_handed_over():
    made = small()
    order = written(ordered(made))
    client = browser(made.gao)
    with time_machine.travel(moment(TODAY + timedelta(days=8))):
        client.force_login(made.gao)
        answer = client.post(f"{order.get_absolute_url()}file/")
        assert answer.status_code == 302
        tasks.sweep()
        assert "已到期删除" in client.get(order.get_absolute_url()).content.decode()


# ── the worker ────────────────────────────────────────────────────────────────────────────────
def test_the_page_shows_how_far_it_is(monkeypatch):
    made = small()
    monkeypatch.setattr("cqo_portal.statistics.roster.AT_ONCE", 1)
    order = ordered(made)
    seen = []
    plain = Roster.parts

    def watched(self):
        for part in plain(self):
            yield part
            seen.append(Order.objects.filter(pk=order.pk).values_list("done", "total").get())

    monkeypatch.setattr(Roster, "parts", watched)
    written(order)
    assert seen == [(n, 5) for n in range(1, 6)]  # 丁 never had anybody and is not looked at
    assert Order.objects.get(pk=order.pk).done == 4  # rows, once it is ready


def test_a_worker_that_died_is_made_up_for_and_a_second_one_does_nothing(monkeypatch):
    made = small()
    order = ordered(made)

    class Killed(BaseException):
        pass

    def dies(self):
        raise Killed

    with monkeypatch.context() as during:
        during.setattr(Roster, "parts", dies)
        with pytest.raises(Killed):
            orders.write(order.pk)
    assert Order.objects.get(pk=order.pk).state == "waiting"
    assert tasks.sweep() == 1
    assert tasks.sweep() == 0
    assert Event.objects.about(order).filter(action="export").count() == 1


def test_what_cannot_be_written_is_said_and_not_tried_for_ever(monkeypatch):
    made = small()
    order = ordered(made)

    def fails(self):
        raise ValueError("nobody thought of this")

    monkeypatch.setattr(Roster, "parts", fails)
    orders.write(order.pk)
    assert Order.objects.get(pk=order.pk).state == "failed"
    assert Message.objects.inbox_of(made.gao).filter(kind="order-failed").exists()
    assert not Event.objects.about(order).filter(action="export").exists()


def test_parts_of_any_size_make_the_same_roster(monkeypatch):
    made = small()
    whole = content(written(ordered(made)))
    monkeypatch.setattr("cqo_portal.statistics.roster.AT_ONCE", 1)
    monkeypatch.setattr("cqo_portal.statistics.orders.PIECE", 64)
    assert content(written(ordered(made))) == whole


def test_a_roster_asks_as_much_for_three_rows_as_for_one(django_assert_num_queries):
    made = small()
    for area, lines in ((made.west, 1), (made.east, 3)):
        roster = Roster(area, AT, USUAL)
        roster.world.counties, roster.sections, roster.world.listing  # noqa: B018 -- asked once for all parts
        with django_assert_num_queries(16):
            assert len(list(roster.rows())) == lines


def test_the_page_of_a_day_before_anybody_served_looks_at_no_enterprise(django_assert_max_num_queries):
    made = small()
    client = browser(made.gao)
    client.get("/statistics/roster/")  # what is looked up once in a process
    with django_assert_max_num_queries(30):
        page = client.get("/statistics/roster/?on=2010-06-01&known=2027-01-31").content.decode()
    assert "赵一" not in page
    assert "赵一" in client.get("/statistics/roster/?on=2026-12-31&known=2027-01-31").content.decode()


def test_whether_above_scale_is_not_claimed_where_no_list_was_entered():
    """江城 has its list, 山城 none: there nobody is told to be below scale."""
    made = small()
    hill = office("420200", "山城市", "city", made.province, "hubei")
    county = office("420201", "北山区", "county", hill, "hubei")
    there = firm(county, "庚机械有限公司", size="large", industry="C33", sector="secondary")
    officer(there, "郑七", since=date(2024, 1, 1))
    order = ordered(made, made.lin, area=made.province, columns=["name", "above_scale"])
    said_of = {name: said for _, name, said in rows(written(order))[1:]}
    assert said_of == {"赵一": "是", "孙三": "是", "李四": "是", "吴六": "否", "郑七": ""}
    # One of 江城's list moves to 山城 afterwards: of that day it still says the same.
    said(made.firms["bing"], on=date(2027, 2, 1), known=date(2027, 2, 1), office=county.pk)
    Organisation.objects.filter(pk=made.firms["bing"].pk).update(office=county)
    again = ordered(made, made.lin, area=made.province, columns=["name", "above_scale"])
    assert {name: said for _, name, said in rows(written(again))[1:]} == said_of


def test_hours_stand_in_it_as_they_are():
    made = small()
    with time_machine.travel(moment(date(2026, 11, 20))):
        learned(made.posts["zhao"].person, "2.75", on=date(2026, 6, 10), by=made.gao, course_class=2)
    order = ordered(made, columns=["name", "hours"], as_format="xlsx")
    page = openpyxl.load_workbook(io.BytesIO(content(written(order)))).worksheets[0]
    assert [cell.value for cell in page[5]] == [1, "赵一", 2.75]
    book = lock_year(
        made.east, 2026, known=date(2027, 1, 31), statement="x", absences={}, by=made.chen, today=TODAY
    )
    place = book.roster.columns.index("hours")
    assert book.roster.rows[0][place] == "2.75"
    [(_, kept)] = LockedRows([book], ["name", "hours"]).parts()
    assert kept[0].values["hours"] == Decimal("2.75")


# ── what goes wrong ───────────────────────────────────────────────────────────────────────────
def test_an_order_whose_question_is_cut_off_fails_and_is_not_asked_again_and_again(monkeypatch):
    """The control: where the database was only busy the sweep comes again."""
    made = small()

    def asks_too_long(self):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '50ms'")
            cursor.execute("SELECT pg_sleep(5)")

    def is_away(self):
        raise OperationalError("server closed the connection unexpectedly")

    states = []
    for what in (asks_too_long, is_away):
        order = ordered(made)
        monkeypatch.setattr(Roster, "parts", what)
        try:
            orders.write(order.pk)
        except OperationalError:
            states.append("raised")
        states.append(Order.objects.get(pk=order.pk).state)
    assert states == ["failed", "raised", "waiting"]


def test_half_a_file_of_last_month_is_found_and_written_over():
    order = ordered(small())
    name = order.file.field.generate_filename(order, f"{order.pk}.sealed")
    assert name == f"exports/2027/02/{order.pk}.sealed"
    with time_machine.travel(moment(date(2027, 3, 1))):
        assert order.file.field.generate_filename(order, f"{order.pk}.sealed") == name


# ── the page ──────────────────────────────────────────────────────────────────────────────────
def test_without_a_purpose_nothing_is_ordered_and_nothing_typed_is_lost():
    made = small()
    answer = browser(made.gao).post(
        "/statistics/roster/order/",
        {"on": "2026-12-31", "known": "2027-01-31", "office": made.city.pk, "columns": ["name"], "format": "csv", "purpose": "报"},
    )  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请把用途写得具体一些" in page
    assert 'value="2026-12-31"' in page
    assert not Order.objects.exists()


def test_a_double_click_orders_once():
    made = small()
    client = browser(made.gao)
    form = {
        "on": "2026-12-31", "known": "2027-01-31", "office": made.city.pk, "columns": ["name"], "format": "csv",
        "purpose": "报省局年度统计", "once": "abc",
    }  # fmt: skip
    first, second = (client.post("/statistics/roster/order/", form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Order.objects.count() == 1


def test_what_a_worker_left_that_died_before_it_could_say_so_is_written_over():
    made = small()
    order = ordered(made)
    left = default_storage.save(
        order.file.field.generate_filename(order, f"{order.pk}.sealed"), ContentFile(b"half")
    )
    order = written(order)
    assert order.file.name == left
    assert "赵一".encode() in content(order)


def test_nobody_keeps_the_worker_busy_with_more_than_three():
    made = small()
    for _ in range(3):
        ordered(made)
    with pytest.raises(Refused, match="已有 3 份名册正在准备"):
        ordered(made)
    assert ordered(made, made.chen, area=made.east).state == "waiting"


def test_the_page_shows_five_rows_and_no_telephone(monkeypatch):
    made = small()
    made.posts["zhao"].person.phone = "13800138000"
    made.posts["zhao"].person.save()
    page = browser(made.gao).get("/statistics/roster/?on=2026-12-31&known=2027-01-31").content.decode()
    assert "赵一" in page
    assert "8000" not in page
    monkeypatch.setattr("cqo_portal.statistics.views.PREVIEWED", 2)
    page = browser(made.gao).get("/statistics/roster/?on=2026-12-31&known=2027-01-31").content.decode()
    assert "孙三" in page
    assert "李四" not in page
