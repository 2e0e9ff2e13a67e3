"""场次学时登记表: the same lines on the page, in the document and in the workbook; and who took it away is on record."""

import io
from datetime import date

import openpyxl
import pypdfium2
import pytest

from cqo_portal.audit.models import Event, Exported
from tests.cast import browser, picture
from tests.duties import rows as duties
from tests.training import rows
from training import attendance, evidence, flagging, ledger

pytestmark = pytest.mark.django_db
OUTSIDE = date(2025, 12, 31)  # the day before the commission of `rows` begins


@pytest.fixture
def told(people):
    """Three came: one stands, one was reversed, one was settled as not counting; and one paper."""
    tan = rows.provider()
    rows.commission(tan.acting.institution, people.offices["130900"], by=people.meng)
    held = rows.session(tan, day=OUTSIDE, hours={1: "4", 2: "1.5"})
    evidence.attach(held, picture(), by=tan)
    for name, course_class in (("王雪松", 1), ("李四", 1), ("赵六", 2)):
        rows.came(held, rows.person(name), course_class=course_class)
    rows.posted(held, by=tan)
    of = {entry.person.name: entry for entry in held.entries.select_related("person")}
    ledger.reverse(of["李四"], reason="=没有到场", by=tan)
    for name, counts in (("王雪松", True), ("赵六", False)):
        flagging.settle([of[name].flags.get()], counts=counts, reason="核查过", by=people.meng)
    return tan, held, of


def path(held, form: str) -> str:
    return f"/training/sessions/{held.pk}/attendance.{form}"


def workbook(answer):
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def test_the_workbook_has_every_line_with_its_reason(told):
    tan, held, of = told
    head, *lines = workbook(browser(tan).get(path(held, "xlsx")))["名录"].iter_rows(values_only=True)
    assert head == attendance.HEADERS
    assert [(line[0], line[1], line[3], line[4], line[5], line[7], line[8]) for line in lines] == [
        (of["李四"].number, "李四", "第一类", "4", "按证件号码登记", "已冲正", "=没有到场"),
        (of["王雪松"].number, "王雪松", "第一类", "4", "按证件号码登记", "有效", None),
        (of["赵六"].number, "赵六", "第二类", "1.5", "按证件号码登记", "核定不计入", "核查过"),
    ]


def test_the_document_says_the_same_and_no_number_in_full(told):
    tan, held, of = told
    answer = browser(tan).get(path(held, "pdf"))
    assert answer.headers["Content-Type"] == "application/pdf"
    book = pypdfium2.PdfDocument(answer.content)
    text = "".join(page.get_textpage().get_text_range() for page in book)
    for said in (
        "场次学时登记表",
        held.number,
        "王雪松",
        of["赵六"].number,
        "已冲正",
        "核定不计入",
        held.evidence.get().digest[:16],
    ):
        assert said in text
    assert of["王雪松"].person.identity_number not in text


def test_who_was_on_it_reads_who_took_it_away(told, people):
    _, held, _ = told
    browser(people.meng).head(path(held, "pdf"))
    assert not Event.objects.filter(action=Event.EXPORT).exists()
    browser(people.meng).get(path(held, "pdf"))
    event = Event.objects.get(action=Event.EXPORT)
    assert (event.actor, event.data["said"], event.data["rows"]) == (people.meng, str(held), 3)
    assert {key for row in Exported.objects.filter(event=event) for key in row.keys} == {
        entry.person_id for entry in held.entries.all()
    }


def test_one_who_serves_finds_it_in_his_own_log(told):
    tan, held, of = told
    post = duties.post(duties.county("cangzhou"), who=of["王雪松"].person)
    browser(tan).get(path(held, "xlsx"))
    himself = browser(duties.himself(of["王雪松"].person))
    page = himself.get(post.get_absolute_url()).content.decode()
    assert "导出场次学时登记表" in page


def test_a_long_list_is_a_workbook_only(told, monkeypatch):
    tan, held, _ = told
    monkeypatch.setattr(attendance, "MOST_PRINTED", 2)
    answer = browser(tan).get(path(held, "pdf"), follow=True)
    assert "超过 2 笔的不排成 PDF" in answer.content.decode()
    assert browser(tan).get(path(held, "xlsx")).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_the_same_for_three_as_for_one(people, count, django_assert_num_queries):
    tan = rows.provider()
    held = rows.session(tan)
    for number in range(count):
        rows.came(held, rows.person(f"甲{number}"))
    rows.posted(held, by=tan)
    client = browser(tan)
    client.get(path(held, "xlsx"))
    with django_assert_num_queries(15):
        answer = client.get(path(held, "xlsx"))
    assert workbook(answer)["名录"].max_row == count + 1
