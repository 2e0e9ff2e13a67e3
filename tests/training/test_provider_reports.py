"""The yearly report of a provider: counted from what stands, frozen when signed, received or returned."""

import re
from datetime import date

import pypdfium2
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Office
from cqo_portal.workflow.engine import Refused, perform
from tests.cast import browser
from tests.training import rows
from tests.training.certified import held, issued, with_code
from training import completions, ledger, provider_reports
from training.models import Entry, ProviderReport, ProviderReportVersion
from training.workflow import RECEIVE, RETURN

pytestmark = pytest.mark.django_db
NEXT_YEAR = date(2027, 1, 11)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def tan(people):
    made = with_code(rows.provider())
    rows.commission(made.acting.institution, people.offices["130900"], by=people.meng)
    return made


@pytest.fixture
def year(tan):
    """Two courses, three sessions; of six attendances one reversed; two certificates, one void."""
    wang, li, zhao = (rows.person(name) for name in ("王雪松", "李四", "赵六"))
    first = held(tan, wang, li, hours={1: "7", 2: "3.5"}, day=date(2026, 3, 1))
    held(tan, zhao, hours={None: "6"}, day=date(2026, 5, 1))
    held(tan, zhao, hours={None: "6"}, day=date(2025, 12, 31))  # of the year before
    wrong = held(tan, li, hours={None: "4"}, day=date(2026, 6, 1))
    ledger.reverse(li.entries.get(session=wrong), reason="未到", by=tan)
    papers = issued(first, wang, li, by=tan)
    completions.void(papers[0], reason="印错", by=tan, today=date(2026, 11, 20))
    return tan


def report_of(tan, people) -> ProviderReport:
    office = people.offices["130900"]
    return provider_reports.open_report(tan.acting.institution, office, 2026, by=tan)


def sent(tan, people, **said) -> ProviderReport:
    shown = provider_reports.counted(tan.acting.institution, 2026).digest
    words = {"remarks": "另办讲座两次。", "signed_name": "tan", "shown": shown} | said
    return provider_reports.hand_in(report_of(tan, people), by=tan, today=NEXT_YEAR, **words)


def test_counted_is_what_stands(year):
    assert provider_reports.counted(year.acting.institution, 2026).figures == {
        "courses": [["首席质量官任职培训", 3, 3, "27.00"]],
        "sessions": 3,
        "people": 3,
        "attendances": 3,
        "hours": [["第一类", "14.00"], ["第二类", "7.00"], ["不分类", "6.00"]],
        "total": "27.00",
        "issued": 2,
        "void": 1,
    }


def test_what_is_signed_stays_whatever_is_reversed_later(year, people):
    report = sent(year, people)
    version = report.versions.get()
    assert (version.figures["total"], len(version.keys["entries"]), len(version.keys["completions"])) == (
        "27.00",
        5,
        2,
    )
    assert version.digest == provider_reports.Counted(version.figures, version.keys).digest
    ledger.reverse(Entry.objects.get(pk=version.keys["entries"][0]), reason="核查", by=year)
    assert provider_reports.counted(year.acting.institution, 2026).figures["total"] == "20.00"
    assert ProviderReportVersion.objects.get().figures["total"] == "27.00"
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        ProviderReportVersion.objects.raw(
            "UPDATE training_providerreportversion SET id = id RETURNING id"
        )._fetch_all()


def test_not_before_the_year_is_over(tan, people):
    with pytest.raises(Refused, match="2026 年还没有过完"):
        provider_reports.hand_in(
            report_of(tan, people),
            shown="",
            remarks="",
            signed_name="tan",
            by=tan,
            today=date(2026, 12, 31),
        )


def test_returned_with_a_reason_sent_again_and_received(year, people):
    report = sent(year, people)
    assert Message.objects.get(kind="provider-report-handed-in").recipient == people.meng
    with pytest.raises(Refused, match="请写明理由"):
        perform(RETURN, report, by=people.meng)
    report = perform(RETURN, report, by=people.meng, note="讲座请列入课程")
    assert Message.objects.get(kind="provider-report-returned").recipient == year
    report = sent(year, people, remarks="已补。")
    assert [version.number for version in report.versions.all()] == [2, 1]
    report = perform(RECEIVE, report, by=people.meng)
    assert report.state == "received"
    with pytest.raises(Refused):
        sent(year, people)


def test_nobody_else_receives_it(year, people):
    report = sent(year, people)
    for stranger in (people.hao, people.wang, year):
        with pytest.raises(PermissionDenied):
            perform(RECEIVE, report, by=stranger)


@pytest.mark.parametrize(
    ("jurisdiction", "asked", "waits"),
    [
        ("fujian", "第十条", "2026 年已过去 11 天，还没有报送；条文没有写期限。"),
        ("cangzhou", None, ""),
    ],
)
def test_where_a_text_asks_it_is_owed_and_elsewhere_voluntary(people, tan, jurisdiction, asked, waits):
    Office.objects.update(jurisdiction=jurisdiction)
    (row,) = provider_reports.owed_to(Office.objects.all(), year=2026, today=NEXT_YEAR)
    assert (row.clause and row.clause.cites, row.waits, row.is_voluntary) == (asked, waits, asked is None)
    assert provider_reports.owed_to(Office.objects.all(), year=2025, today=NEXT_YEAR) == []


def test_the_pages_from_the_draft_to_the_reception(year, people):
    with time_machine.travel("2027-01-11T12:00:00+08:00", tick=False):
        provider, city = browser(year), browser(people.meng)
        assert "2026 年度" in provider.get("/training/provider-reports/").content.decode()
        begun = provider.post("/training/provider-reports/start/", {"year": "2026", "office": "130900"})
        path = begun.url
        assert city.get(path).status_code == 404  # a draft is the provider's
        assert "27.0" in provider.get(path).content.decode()
        wrong = provider.post(f"{path}hand-in/", {"remarks": "讲座两次。", "signed_name": "别人"})
        assert wrong.status_code == 422
        assert "请签写您本人的姓名" in wrong.content.decode() and "讲座两次。" in wrong.content.decode()
        provider.post(f"{path}hand-in/", signing(provider, path))
        assert "讲座两次。" in city.get(path).content.decode()
        assert "等待接收" in city.get("/training/provider-reports/?year=2026").content.decode()
        city.post(f"{path}steps/receive/")
        assert "已接收" in provider.get(path).content.decode()
        made = provider.get(f"{path}pdf/1/")
        again = city.get(f"{path}pdf/1/")
        assert made.content == again.content
        read = pypdfium2.PdfDocument(made.content)
        text = "".join("".join(page.get_textpage().get_text_range() for page in read).split())
        read.close()
        for words in (
            "2026年度首席质量官培训工作报告",
            "参训人次3",
            "学时合计27.0",
            "其中已作废1",
            "讲座两次。",
        ):
            assert words in text
        assert city.get(f"{path}pdf/2/").status_code == 404


def signing(client, path: str) -> dict:
    """The form as the page draws it, filled in."""
    shown = re.search('name="shown" value="([0-9a-f]{64})"', client.get(path).content.decode())[1]
    return {"remarks": "讲座两次。", "signed_name": "tan", "shown": shown}


def test_what_changed_since_the_page_was_opened_is_shown_again_before_it_is_signed(year, people):
    report = report_of(year, people)
    path = report.get_absolute_url()
    with time_machine.travel("2027-01-11T12:00:00+08:00", tick=False):
        provider = browser(year)
        form = signing(provider, path)
        ledger.reverse(Entry.objects.standing().filter(course_class=1).first(), reason="未到", by=people.meng)
        again = provider.post(f"{path}hand-in/", form)
        page = again.content.decode()
        assert (again.status_code, report.versions.count()) == (409, 0)
        assert "数字在您打开这一页以后变了" in page and "讲座两次。" in page and "20.0" in page
        told = re.search('name="shown" value="([0-9a-f]{64})"', page)[1]
        assert provider.post(f"{path}hand-in/", form | {"shown": told}).status_code == 302
    assert report.versions.get().figures["total"] == "20.00"


def test_what_is_signed_is_counted_while_the_report_is_locked_and_nobody_waits_for_a_record(year, people):
    report, shown = report_of(year, people), provider_reports.counted(year.acting.institution, 2026).digest
    with CaptureQueriesContext(connection) as questions:
        provider_reports.hand_in(report, shown=shown, remarks="", signed_name="tan", by=year, today=NEXT_YEAR)
    asked = [each["sql"] for each in questions]
    locked = next(n for n, sql in enumerate(asked) if "FOR NO KEY UPDATE" in sql)
    recorded = next(n for n, sql in enumerate(asked) if "pg_advisory_xact_lock" in sql)
    counted = [n for n, sql in enumerate(asked) if 'FROM "training_entry"' in sql]
    assert len(counted) == 1 and locked < counted[0] < recorded


def test_figures_come_from_one_reading_of_each_kind_of_row(year):
    with CaptureQueriesContext(connection) as questions:
        provider_reports.counted(year.acting.institution, 2026)
    assert len(questions) == 3


def test_the_list_asks_the_same_for_three_rows_as_for_one(people, tan):
    client = browser(people.meng)
    path = reverse("training:provider-reports") + "?year=2026"
    client.get(path)

    def asked() -> int:
        with CaptureQueriesContext(connection) as questions:
            assert client.get(path).status_code == 200
        return len(questions)

    one = asked()
    for number in range(2):
        other = rows.provider(f"机构{number}", username=f"other{number}")
        rows.commission(other.acting.institution, people.offices["130900"], by=people.meng)
    assert (one, asked()) == (7, 7)
