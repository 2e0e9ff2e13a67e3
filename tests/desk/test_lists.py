"""Working through a list: vacancies, the next row by link, saved queues, paper and files."""

import csv
import io
from datetime import date

import openpyxl
import pytest
import time_machine
from django.http import QueryDict

from cqo_portal.audit.models import Event
from cqo_portal.desk import exporting
from cqo_portal.desk.lists import work_list
from cqo_portal.desk.models import SavedQueue
from cqo_portal.ui.paging import capped_each
from registry.models import Officer
from tests.cast import IDENTITY
from tests.desk.rows import NOON, TODAY, filing, officer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def filled(people):
    """Two in office in Botou, one next door; one enterprise whose officer left."""
    county = people.offices["130981"]
    officer(county, 1, by=people.liu, name="欧阳慕青", post="副总经理")
    officer(county, 2, by=people.liu, name="丁鹏举", term_ends=date(2026, 12, 31))
    officer(county, 3, by=people.liu, name="王雪松", ended_on=date(2026, 11, 20))
    officer(people.offices["130922"], 4, by=people.liu, name="司马晓彤")
    return people


# ── vacancies ─────────────────────────────────────────────────────────────────────────────────
def test_the_vacant_are_enterprises_whose_officer_left(client, filled):
    client.force_login(filled.meng)
    response = client.get("/desk/register/?standing=vacant")
    assert [(e.name, e.last_name, e.left_on) for e in response.context["page"]] == [
        ("泊头第3管件有限公司", "王雪松", date(2026, 11, 20))
    ]
    assert "1 家没有首席质量官的企业" in response.content.decode()


def test_one_vacancy_costs_what_three_cost(client, people, django_assert_num_queries):
    client.force_login(people.meng)
    for number in (1, 2, 3):
        officer(people.offices["130981"], number, by=people.liu, ended_on=TODAY)
        if number in (1, 3):
            with django_assert_num_queries(7):
                client.get("/desk/register/?standing=vacant")


# ── next and previous ─────────────────────────────────────────────────────────────────────────
def rows(client, address: str) -> list[str]:
    """The addresses of the rows, as the list links them."""
    text = client.get(address).content.decode().replace("&amp;", "&")
    return [part.split('"')[0] for part in text.split('<a class="name" href="')[1:]]


def links(client, address: str) -> dict[str, str]:
    text = client.get(address).content.decode().replace("&amp;", "&")
    return {
        rel: text.split(f'" rel="{rel}"')[0].rsplit('href="', 1)[1]
        for rel in ("prev", "next")
        if f'rel="{rel}"' in text
    }


def test_from_a_list_one_goes_on_to_the_next_and_back_without_a_script(client, filled):
    client.force_login(filled.meng)
    listed = rows(client, "/desk/register/?standing=active")
    assert len(listed) == 3
    first, second, third = listed
    assert links(client, first) == {"next": second}
    assert links(client, second) == {"prev": first, "next": third}
    assert links(client, third) == {"prev": second}


def test_the_way_stays_when_the_row_has_left_the_list(client, filled):
    client.force_login(filled.meng)
    first, second, third = rows(client, "/desk/register/?standing=active")
    Officer.objects.filter(pk=second.split("/")[3]).update(ended_on=TODAY)
    assert links(client, second) == {"prev": first, "next": third}


def test_a_queue_of_filings_is_walked_through_after_an_act_too(client, people):
    for number in (1, 2, 3):
        filing(people.offices["130981"], number, by=people.liu, days=4 - number)
    client.force_login(people.wang)
    second = rows(client, "/filings/?turn=mine")[1]
    acted = client.post(
        f"{second.split('?')[0]}steps/return/", headers={"Referer": f"http://testserver{second}"}
    )
    assert acted.status_code == 302
    assert acted.headers["Location"].split("?")[1] == second.split("?")[1]


def test_a_list_of_another_origin_or_page_is_not_taken_along(client, people):
    """The control of the one above."""
    case = filing(people.offices["130981"], 1, by=people.liu)
    client.force_login(people.wang)
    for referer in ("http://elsewhere/filings/?from=x&at=y", "http://testserver/filings/?from=x&at=y"):
        acted = client.post(f"/filings/{case.pk}/steps/return/", headers={"Referer": referer})
        assert acted.headers["Location"] == f"/filings/{case.pk}/"


@pytest.mark.parametrize(
    "query", ["from=nonsense", "from=register?q=x&at=%00", "from=filings?turn=mine&at=W10", "at=x"]
)
def test_an_address_that_is_none_of_ours_shows_the_dossier_alone(client, filled, query):
    client.force_login(filled.meng)
    post = Officer.objects.first()
    response = client.get(f"/desk/officers/{post.pk}/?{query}")
    assert response.status_code == 200
    assert 'rel="next"' not in response.content.decode()


# ── saved queues ──────────────────────────────────────────────────────────────────────────────
def test_a_saved_queue_of_filings_keeps_the_kind(client, people):
    client.force_login(people.meng)
    response = saved(client, page="filings", address="turn=all&kind=data&state=at_county")
    assert response.headers["Location"] == "/filings/?turn=all&state=at_county&kind=data"
    assert "变更备案（信息）" in client.get("/desk/queues/").content.decode()


def saved(client, *, name="泊头到期", page="register", address="standing=ending&office=130981"):
    return client.post("/desk/queues/save/", {"name": name, "page": page, "address": address})


def test_a_query_is_saved_under_a_name_and_stands_on_the_desk_with_its_count(client, filled):
    client.force_login(filled.meng)
    response = saved(client)
    assert response.headers["Location"] == "/desk/register/?office=130981&standing=ending"
    desk = client.get("/").context["desk"]
    assert [(one.queue.name, one.count, one.words) for one in desk.queues] == [
        ("泊头到期", "1", "泊头市 · 90 天内到期")
    ]


def test_a_saved_queue_keeps_a_question_and_no_foreign_words(client, filled):
    client.force_login(filled.meng)
    saved(client, address="standing=nonsense&evil=1&office=999&q=欧阳&after=W10")
    assert SavedQueue.objects.get().address == "q=%E6%AC%A7%E9%98%B3"


def test_a_list_of_filings_is_saved_too(client, filled):
    filing(filled.offices["130981"], 9, by=filled.liu)
    client.force_login(filled.wang)
    saved(client, name="待办", page="filings", address="turn=mine&state=at_county")
    shown = client.get("/desk/queues/").context["queues"]
    assert [(one.words, one.count) for one in shown] == [("轮到我局 · 待县级预审", "1")]


def test_a_name_is_given_once_and_never_empty(client, filled):
    client.force_login(filled.meng)
    saved(client)
    again = saved(client, address="standing=active")
    assert again.status_code == 422
    assert "已经有一个叫这个名称的常用查询" in again.content.decode()
    assert "请给这个常用查询起一个名称" in saved(client, name=" ").content.decode()
    assert SavedQueue.objects.count() == 1


def test_renamed_unpinned_deleted_and_twice_deleted(client, filled):
    client.force_login(filled.meng)
    saved(client)
    queue = SavedQueue.objects.get()
    client.post(f"/desk/queues/{queue.pk}/rename/", {"name": "本季"})
    client.post(f"/desk/queues/{queue.pk}/pin/")
    queue.refresh_from_db()
    assert (queue.name, queue.pinned) == ("本季", False)
    assert client.get("/").context["desk"].queues == []
    assert client.post(f"/desk/queues/{queue.pk}/delete/").status_code == 302
    assert client.post(f"/desk/queues/{queue.pk}/delete/").status_code == 302
    assert not SavedQueue.objects.exists()


def test_many_lists_are_counted_as_each_by_itself(filled):
    asked = [
        ("register", "standing=ending"),
        ("register", "standing=vacant"),
        ("filings", "turn=all"),
        ("filings", ""),
    ]
    lists = [work_list(kind, QueryDict(query), user=filled.meng, today=TODAY) for kind, query in asked]
    rows = [each.query.rows() for each in lists] + [SavedQueue.objects.none()]
    assert capped_each(rows, beside=filled.meng) == [each.count for each in lists] + ["0"]
    assert capped_each([], beside=filled.meng) == []


def test_only_so_many_stand_on_the_desk(client, filled):
    client.force_login(filled.meng)
    for number in range(7):
        saved(client, name=f"第{number}个")
    assert SavedQueue.objects.filter(pinned=True).count() == 6
    last = SavedQueue.objects.get(pinned=False)
    text = client.post(f"/desk/queues/{last.pk}/pin/", {"onto": "yes"}, follow=True).content.decode()
    assert "工作台上最多放 6 个常用查询" in text


def test_taken_off_twice_it_stays_off(client, filled):
    client.force_login(filled.meng)
    saved(client)
    queue = SavedQueue.objects.get()
    for _ in range(2):
        client.post(f"/desk/queues/{queue.pk}/pin/", {"onto": "no"})
        assert not SavedQueue.objects.get().pinned
    client.post(f"/desk/queues/{queue.pk}/pin/", {"onto": "yes"})
    assert SavedQueue.objects.get().pinned


def test_nobody_touches_the_queue_of_another(client, filled):
    client.force_login(filled.meng)
    saved(client)
    queue = SavedQueue.objects.get()
    client.force_login(filled.wang)
    assert client.post(f"/desk/queues/{queue.pk}/rename/", {"name": "我的"}).status_code == 404
    client.post(f"/desk/queues/{queue.pk}/delete/")
    assert client.get("/desk/queues/").context["queues"] == []
    queue.refresh_from_db()
    assert queue.name == "泊头到期"


# ── paper ─────────────────────────────────────────────────────────────────────────────────────
def test_paper_says_the_query_the_office_and_the_day(client, filled):
    client.force_login(filled.meng)
    text = client.get("/desk/register/print/?standing=active&office=130981").content.decode()
    assert "范围：泊头市 · 在任 · 2 人 · 2026年11月20日 · 沧州市市场监督管理局" in text
    assert "欧阳慕青" in text and "司马晓彤" not in text


def test_paper_stops_where_it_would_be_a_book(client, filled, monkeypatch):
    monkeypatch.setattr("cqo_portal.desk.register_views.PRINTED_AT_MOST", 2)
    client.force_login(filled.meng)
    response = client.get("/desk/register/print/")
    assert len(response.context["rows"]) == 2
    assert "只列前 2 行" in response.content.decode()


# ── files ─────────────────────────────────────────────────────────────────────────────────────
def exported(client, query: str = "", **said):
    return client.post(
        f"/desk/register/export/?{query}", {"format": "xlsx", "purpose": "报省局年度统计"} | said
    )


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_a_workbook_holds_exactly_what_is_filtered_cell_by_cell(client, people):
    post = people.filing(until="filed").officer
    officer(people.offices["130922"], 4, by=people.liu, name="司马晓彤")
    client.force_login(people.meng)
    response = exported(client, "office=130981")
    assert response.streaming
    book = openpyxl.load_workbook(io.BytesIO(body(response)))
    sheet = book["名录"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        [
            "企业名称", "统一社会信用代码", "所属县（市、区）", "行业代码", "规模", "首席质量官姓名", "性别", "学历", "职称",
            "现任职务", "是否决策层", "聘任日期", "任期至", "离任日期", "任职情况", "备案号", "备案日期", "联系电话",
        ],
        [
            "泊头恒通管件有限公司", "91130981MAYG58BR3P", "泊头市", "33", "中型", "王雪松", "女", "本科", "中级",
            "副总经理", "是", sheet["L2"].value, sheet["M2"].value, None, "在任", post.filing_number, sheet["Q2"].value,
            "138****8000",
        ],
    ]  # fmt: skip
    assert [sheet[c].value.date() for c in ("L2", "M2")] == [date(2026, 9, 21), date(2029, 9, 20)]
    assert {sheet[c].number_format for c in ("B2", "P2")} == {"@"}
    assert {sheet[c].data_type for c in ("B2", "D2", "P2")} == {"s"}
    told = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert (told["范围"], told["行数"], told["用途"]) == ("泊头市", "1", "报省局年度统计")


def test_no_identity_number_and_no_phone_leaves(client, people):
    people.filing(until="filed")
    client.force_login(people.meng)
    for as_format in ("xlsx", "csv"):
        data = body(exported(client, format=as_format))
        text = data.decode("utf-8-sig") if as_format == "csv" else str(_cells(data))
        assert IDENTITY not in text and "13800138000" not in text
        assert "138****8000" in text


def _cells(data: bytes) -> list:
    return [c.value for s in openpyxl.load_workbook(io.BytesIO(data)) for row in s.iter_rows() for c in row]


def test_csv_begins_with_its_mark_and_runs_nothing(client, people):
    made = officer(people.offices["130981"], 1, by=people.liu, post="=HYPERLINK(1)")
    client.force_login(people.meng)
    response = exported(client, format="csv")
    data = body(response)
    assert data.startswith(b"\xef\xbb\xbf")
    head, line = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert line[head.index("现任职务")] == "'=HYPERLINK(1)"
    assert line[head.index("备案号")] == made.filing_number
    assert "attachment" in response.headers["Content-Disposition"]


def test_a_vacancy_is_exported_as_an_enterprise(client, filled):
    client.force_login(filled.meng)
    data = body(exported(client, "standing=vacant", format="csv")).decode("utf-8-sig")
    head, line = csv.reader(io.StringIO(data))
    assert dict(zip(head, line, strict=True))["上一任首席质量官"] == "王雪松"
    assert dict(zip(head, line, strict=True))["离任日期"] == "2026-11-20"


def test_the_purpose_is_asked_and_stands_in_the_record(client, filled):
    client.force_login(filled.meng)
    response = exported(client, purpose="")
    assert response.status_code == 422
    assert "请写明导出的用途。" in response.content.decode()
    assert not Event.objects.filter(action="export").exists()
    body(exported(client, "standing=active"))
    event = Event.objects.get(action="export")
    assert (event.note, event.data["query"], event.data["rows"]) == ("报省局年度统计", "standing=active", 3)
    assert event.subject == "沧州市市场监督管理局"


def test_too_many_rows_are_not_written(client, filled, monkeypatch):
    monkeypatch.setattr(exporting, "ROWS_AT_MOST", 2)
    client.force_login(filled.meng)
    response = exported(client)
    assert response.status_code == 422
    assert "请缩小范围" in response.content.decode()


def test_rows_are_read_in_one_stream_however_many(client, people, django_assert_max_num_queries):
    client.force_login(people.meng)
    for number in (1, 2, 3):
        officer(people.offices["130981"], number, by=people.liu)
    with django_assert_max_num_queries(14):
        body(exported(client))


@pytest.mark.parametrize(("who", "status"), [("liu", 403), ("wang", 200), ("hao", 200)])
def test_exporting_is_the_offices_business(client, filled, who, status):
    client.force_login(getattr(filled, who))
    assert client.get("/desk/register/export/").status_code == status
