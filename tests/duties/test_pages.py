"""Who sees whose hours, what a look leaves behind, and what leaves as a file."""

import csv
import io
from datetime import date

import openpyxl
import pypdfium2
import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser

from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event, Exported
from registry.duties.queries import people_visible_to
from tests.cast import IDENTITY, browser, user
from tests.duties import rows
from tests.duties.test_duties import Told
from tests.reports.world import enterprise
from tests.talent.rows import post as on_record
from tests.training.rows import person
from training import ledger

TODAY = date(2026, 11, 20)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def told():
    made = Told("hubei", appointed_on=date(2024, 5, 6))
    made.learned("12", date(2026, 3, 12), 1)
    made.learned("6.5", date(2026, 5, 16), 2)
    return made


def path(who, rest: str = "") -> str:
    return f"/hours/people/{who.pk}/{rest}"


class TestWhoSees:
    def test_the_new_employer_sees_every_line_and_the_former_one_nothing(self, told):
        former = user("former", Role.ENTERPRISE, organisation=told.post.organisation)
        assert browser(former).get(path(told.who)).status_code == 200
        told.post.ended_on = date(2026, 6, 30)
        told.post.save()
        firm = enterprise(told.county, "新东家有限公司")
        rows.post(told.county, who=told.who, appointed_on=date(2026, 7, 1), at=firm)
        now = user("now", Role.ENTERPRISE, organisation=firm)
        for rest in ("", "statement.pdf", "statement.xlsx"):
            assert browser(former).get(path(told.who, rest)).status_code == 404
            assert browser(now).get(path(told.who, rest)).status_code == 200
        assert "质量经济性" in browser(now).get(path(told.who)).content.decode()

    def test_offices_see_their_area_and_nobody_else_does(self, told):
        city = user("city", Role.CITY, office=told.county.parent)
        province = user("province", Role.PROVINCE, office=told.county.parent.parent)
        next_door = rows.clerk_of(rows.county("hubei"), "qing")
        provider = user("tan", Role.EXPERT)
        for who, sees in ((told.clerk, 1), (city, 1), (province, 1), (next_door, 0), (provider, 0)):
            assert people_visible_to(who).filter(pk=told.who.pk).count() == sees
        nobody = AnonymousUser()
        nobody.acting = None
        assert not people_visible_to(nobody).exists()

    def test_a_look_is_noted_once_a_day_and_never_of_oneself(self, told):
        for _ in range(2):
            browser(told.clerk).get(path(told.who))
            browser(told.himself).get(path(told.who))
        browser(told.clerk).head(path(told.who, "statement.pdf"))
        browser(told.clerk).get(path(told.who, "statement.pdf"))
        looks = Event.objects.about(told.who).looks().order_by("id")
        assert [(e.actor, e.data["what"]) for e in looks] == [
            (told.clerk, "学时账"),
            (told.clerk, "学时证明"),
        ]
        assert "学时账" in browser(told.himself).get(told.post.get_absolute_url()).content.decode()

    def test_the_navigation_and_the_dossier_lead_there(self, told):
        assert browser(told.himself).get("/hours/").headers["Location"] == path(told.who)
        assert browser(told.clerk).get("/hours/").headers["Location"] == "/hours/short/"
        dossier = browser(told.clerk).get(told.post.get_absolute_url()).content.decode()
        assert path(told.who) in dossier


class TestThePage:
    def test_it_says_the_year_in_words_and_draws_each_duty(self, told):
        page = browser(told.himself).get(path(told.who)).content.decode()
        assert "<h1>2026 年学时：有 3 项还没有满</h1>" in page
        assert page.count('class="ruler') == 3
        assert 'aria-label="计入 12.0 学时，须 14.0 学时"' in page
        assert "推定" in page
        assert "2025 年度" in browser(told.himself).get(path(told.who) + "?year=2025").content.decode()

    @pytest.mark.parametrize("year", ["", "x", "99999", "1000", "２０２６", "2026\0", "-2026"])
    def test_a_year_that_is_none_is_this_year(self, told, year):
        page = browser(told.himself).get(path(told.who), {"year": year})
        assert "2026 年学时" in page.content.decode()

    def test_an_empty_ledger_says_what_to_do(self):
        told = Told("hangzhou", appointed_on=date(2026, 1, 5))
        page = browser(told.himself).get(path(told.who)).content.decode()
        assert "这一年还没有记录" in page
        assert "/hours/reports/new/" in page

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_asks_the_same_for_three_lines_as_for_one(self, count, django_assert_num_queries):
        told = Told("hangzhou", appointed_on=date(2026, 1, 5))
        for number in range(count):
            rows.flagged(told.learned("3", date(2026, 2, 1 + number)), counts=False, by=told.clerk)
            told.reported("1", date(2026, 3, 1 + number))
        client = browser(told.clerk)
        client.get(path(told.who))
        with django_assert_num_queries(16):
            client.get(path(told.who))


class TestStatements:
    def test_the_document_says_duties_lines_and_how_to_verify(self, told):
        entry = told.who.entries.order_by("id").first()
        answer = browser(told.himself).get(path(told.who, "statement.pdf"))
        read = pypdfium2.PdfDocument(answer.content)
        text = "".join(page.get_textpage().get_text_range() for page in read).replace("\r\n", "")
        for said in (
            "2026 年度学时证明",
            "王雪松",
            entry.number,
            "继续教育（第一类内容）",
            "还差 2.0 学时",
            "核对办法",
        ):
            assert said in text
        assert told.who.identity_number not in text

    def test_the_workbook_has_the_same_lines(self, told):
        ledger.reverse(told.who.entries.get(course_class=2), reason="=1+1", by=told.clerk)
        answer = browser(told.himself).get(path(told.who, "statement.xlsx"))
        book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        head, *lines = book["名录"].iter_rows(values_only=True)
        assert head[4:6] == ("第一类", "第二类")
        assert [(line[4], line[5], line[7], line[8]) for line in lines] == [
            (None, "-6.5", None, "冲正"),
            (None, "6.5", "按证件号码登记", "已冲正"),
            ("12", None, "按证件号码登记", "计入"),
        ]
        assert lines[0][2].endswith("：=1+1")


class TestWhoIsShort:
    def test_the_list_its_counts_and_the_page_say_the_same(self, told):
        full = rows.post(told.county, who=person("李四"), appointed_on=date(2025, 1, 10))
        for course_class, hours in ((1, "14"), (2, "30")):
            rows.learned(
                full.person,
                hours,
                on=date(2026, 1 + course_class, 25),
                by=told.clerk,
                course_class=course_class,
            )
        rows.trained(full.person, on=date(2025, 1, 1), by=told.clerk)
        page = browser(told.clerk).get("/hours/short/").content.decode()
        everybody = browser(told.clerk).get("/hours/short/?which=all").content.decode()
        assert "2026 年还没有满的 1 人" in page
        assert "王雪松" in page
        assert "李四" not in page
        assert "还差 23.5 学时" in page
        assert everybody.count("data-row") == 2

    def test_it_is_narrowed_by_duty_and_by_what_waits(self, told):
        second = rows.post(told.county, who=person("李四"), appointed_on=date(2026, 2, 1))
        rows.report(
            second.person,
            "3",
            to=told.county,
            by=rows.himself(second.person, "lisi"),
            on=date(2026, 9, 5),
            course_class=2,
        )
        client = browser(told.clerk)
        first_class = client.get("/hours/short/?duty=hubei-2022.continuing-class-1").content.decode()
        assert "王雪松" in first_class
        assert "李四" not in first_class  # not due in his first year
        waits = client.get("/hours/short/?which=pending").content.decode()
        assert "李四" in waits
        assert "王雪松" not in waits
        for which in ("short", "pending", "all"):
            found = client.get("/hours/short/", {"q": "李四", "which": which})
            assert found.content.decode().count("data-row") == 1
        for nonsense in ("duty=x", "which=x", "order=x", "office=x", "year=x", "after=eyJ4", "q=%00"):
            assert client.get(f"/hours/short/?{nonsense}").status_code == 200

    def test_an_empty_list_says_what_that_means(self, told):
        def read(by, address: str = "") -> str:
            return browser(by).get(f"/hours/short/{address}").content.decode()

        assert "<h1>2026 年还没有满的 1 人</h1>" in read(told.clerk)  # the control
        nobody = rows.clerk_of(rows.county("hubei"), "nobody")
        for address in ("", "?which=pending", "?which=all"):
            page = read(nobody, address)
            assert "<h1>还没有在任的首席质量官</h1>" in page and "换一个范围" not in page
        waits = read(told.clerk, "?which=pending")
        assert "<h1>没有待确认或核查的学时</h1>" in waits and "换一个范围" not in waits
        assert "换一个范围，或者少写几个字。" in read(told.clerk, "?q=没有这个人")

    def test_where_everybody_is_full_that_is_said(self):
        told = Told("hangzhou", appointed_on=date(2025, 1, 5))
        told.learned("40", date(2026, 5, 1), None)
        rows.trained(told.who, on=date(2025, 1, 1), by=told.clerk)
        page = browser(told.clerk).get("/hours/short/").content.decode()
        assert "<h1>2026 年都满了</h1>" in page and "<b>都满了</b>" in page
        assert "换一个范围" not in page and "没有不满的" not in page

    @pytest.mark.parametrize("order", ["missing", "name"])
    def test_page_by_page_everybody_comes_once_those_with_most_missing_first(self, order, monkeypatch):
        monkeypatch.setattr("registry.duties.listing.PER_PAGE", 2)
        told = Told("hangzhou", appointed_on=date(2025, 1, 5))
        hours = {told.post.organisation.name: 40}
        for number in range(1, 7):
            post = rows.post(told.county, who=person(f"丁{number}"), appointed_on=date(2025, 1, 5))
            rows.learned(post.person, str(number), on=date(2026, 5, 1), by=told.clerk)
            hours[post.organisation.name] = 40 - number
        client, seen, params = browser(told.clerk), [], {"order": order}
        while True:
            answer = client.get("/hours/short/", params)
            seen += [row.post.organisation.name for row in answer.context["rows"]]
            if not (after := answer.context["page"].after):
                break
            params = {"order": order, "after": after}
        assert sorted(seen) == sorted(hours)
        if order == "missing":
            assert [hours[name] for name in seen] == sorted(hours.values(), reverse=True)

    def test_an_enterprise_sees_its_own_officer_alone(self, told):
        rows.post(told.county, who=person("李四"))
        clerk = user("liu", Role.ENTERPRISE, organisation=told.post.organisation)
        page = browser(clerk).get("/hours/short/?which=all").content.decode()
        assert "王雪松" in page
        assert "李四" not in page

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_asks_the_same_for_three_as_for_one(self, count, django_assert_num_queries):
        told = Told("hubei", appointed_on=date(2025, 1, 5))
        for number in range(count):
            post = rows.post(told.county, who=person(f"丁{number}"))
            rows.learned(post.person, "3", on=date(2026, 5, 1), by=told.clerk, course_class=1)
        client = browser(told.clerk)
        client.get("/hours/short/")
        with django_assert_num_queries(17):
            client.get("/hours/short/")

    @pytest.mark.parametrize("as_format", ["xlsx", "csv"])
    def test_the_file_is_noted_with_its_purpose_before_it_leaves(self, told, as_format):
        clerk = browser(told.clerk)
        refused = clerk.post("/hours/short/export/", {"format": as_format, "purpose": ""})
        assert (refused.status_code, Exported.objects.count()) == (422, 0)
        answer = clerk.post("/hours/short/export/", {"format": as_format, "purpose": "报市局年度统计"})
        body = b"".join(answer.streaming_content)
        if as_format == "xlsx":
            sheet = openpyxl.load_workbook(io.BytesIO(body))["名录"]
            lines = [list(map(str, line)) for line in sheet.iter_rows(values_only=True)]
        else:
            lines = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
        assert lines[0][5:7] == ["计入：任职培训（第一类内容）", "还差：任职培训（第一类内容）"]
        assert lines[1][5:11] == ["0.0", "21.0", "12.0", "2.0", "6.5", "23.5"]
        event = Event.objects.get(action=Event.EXPORT)
        assert (event.note, event.data["what"], event.data["rows"]) == ("报市局年度统计", "学时情况", 1)
        assert Exported.objects.get().keys == [told.post.pk]
        assert "导出学时情况" in browser(told.himself).get(told.post.get_absolute_url()).content.decode()


def test_the_deciding_office_sees_hours_of_the_same_identity_beside_the_posts(people):
    elsewhere = on_record(people.dan.acting.organisation, number=IDENTITY)
    rows.learned(elsewhere.person, "6", on=date(2026, 5, 1), by=people.qing)
    rows.learned(elsewhere.person, "3.5", on=date(2025, 5, 1), by=people.wang)
    filing = people.filing(until="at_county")
    page = browser(people.wang).get(filing.get_absolute_url()).content.decode()
    assert "2026 年 6 学时（1 家主办单位）；2025 年 3.5 学时（1 家主办单位）" in page
    assert Event.objects.about(elsewhere.person).looks().filter(actor=people.wang).count() == 1
