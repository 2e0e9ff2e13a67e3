"""The pages of an appraisal, for the enterprise and for the officer in person."""

import re

import pytest
import time_machine

from evaluation.appraisal.models import Appraisal, Decision, Remark
from tests.appraisal.rows import YEAR, typed, world
from tests.cast import browser
from tests.duties.rows import post as another_post
from tests.test_query_counts import questions
from tests.training.rows import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def here():
    return world()


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def begin(client, here, year=YEAR):
    return client.post("/appraisals/begin/", {"post": str(here.post.pk), "year": str(year)})


class TestOwnPage:
    def test_the_years_of_whoever_served_and_the_basis(self, here):
        said = text(browser(here.fang).get("/appraisals/"))
        assert "2026 王雪松 还没有评价 – – 开始评价" in said
        assert "2025 王雪松 还没有评价 – – 补作评价" in said
        assert "没有等级和及格线" in said

    def test_a_decided_one_shows_points_known_part_and_outcome(self, here):
        here.appraisal(p5_1="0")
        said = text(browser(here.fang).get("/appraisals/"))
        assert "95 / 100 已知部分 75 / 75" in said
        assert "续聘" in said and "已办结" in said

    def test_where_the_text_has_no_table_it_says_so(self):
        elsewhere = world(jurisdiction="hubei")
        client = browser(elsewhere.fang)
        assert "所在地的规定没有要求企业评价首席质量官" in text(client.get("/appraisals/"))
        answer = client.post(
            "/appraisals/begin/", {"post": str(elsewhere.post.pk), "year": "2026"}, follow=True
        )
        assert "2026 年所在地的规定没有要求企业评价首席质量官。" in text(answer)
        assert "首席质量官评价" not in text(client.get("/reports/"))

    def test_the_yearly_report_leads_there(self, here):
        assert "/appraisals/" in browser(here.fang).get("/reports/").content.decode()

    def test_a_second_click_finds_the_first(self, here):
        client = browser(here.fang)
        assert begin(client, here).url == begin(client, here).url
        assert Appraisal.objects.count() == 1

    @pytest.mark.parametrize("post", ["", "x", "00000000-0000-0000-0000-000000000000"])
    def test_nobody_else_is_appraised(self, here, post):
        answer = browser(here.fang).post("/appraisals/begin/", {"post": post, "year": "2026"}, follow=True)
        assert "只能评价本年和上一年任职的首席质量官" in text(answer)

    def test_nor_a_year_long_gone_nor_one_to_come(self, here):
        for year in (2024, 2027):
            assert begin(browser(here.fang), here, year).url == "/appraisals/"
        assert not Appraisal.objects.exists()

    def test_as_many_questions_for_three_as_for_one(self, here):
        client = browser(here.fang)
        here.appraisal(year=2025)
        client.get("/appraisals/")
        one = questions(client, lambda c: c.get("/appraisals/"))
        for _ in range(2):
            served = another_post(
                here.county,
                who=person(),
                appointed_on=here.post.appointed_on,
                ended_on=here.post.appointed_on.replace(year=2026),
                at=here.firm,
            )
            other = type(here)(here.county, served, here.fang, here.wei, here.lu)
            other.appraisal(year=2025)
        three = questions(client, lambda c: c.get("/appraisals/"))
        assert (one, three) == (8, 8)


class TestForm:
    def test_a_fact_is_shown_with_its_arithmetic_and_asked(self, here):
        client = browser(here.fang)
        page = client.get(begin(client, here).url)
        said = text(page)
        assert "1.1 质量管理经历满 3 年 认可，3 分 不认可，另行给分 满分 3 分。质量管理经历合计" in said
        assert "推定 0.0 / 20" in said and "0.0 / 100 分 已知部分 0.0 / 75；还有 23 项没有打分" in said
        assert "checked" not in page.content.decode()

    def test_what_is_typed_is_kept_and_adds_up_while_one_types(self, here):
        client = browser(here.fang)
        where = begin(client, here).url
        made = Appraisal.objects.get()
        answer = client.post(
            f"/appraisals/{made.pk}/autosave/",
            {"version": "1", "g3-3_1": "4.5", "g5-5_1": "2", "g3-3_2": "9"},
        )
        assert "6.5 / 100 分 已知部分 4.5 / 75" in text(answer)
        assert "这一项是 0 至 5 分，请核对。" in text(answer)
        assert 'value="9"' in client.get(where).content.decode()

    def test_an_older_window_is_told_and_keeps_its_words(self, here):
        client = browser(here.fang)
        where = begin(client, here).url
        client.post(where, {"version": "1", "g3-3_1": "4"})
        stale = client.post(where, {"version": "1", "g3-3_1": "2"})
        assert stale.status_code == 409
        assert "在另一个窗口" in text(stale) and 'name="g3-3_1" value="2"' in stale.content.decode()
        answer = client.post(where.replace("/edit/", "/autosave/"), {"version": "1", "g3-3_1": "2"})
        assert "data-stale" in answer.content.decode()
        assert Appraisal.objects.get().draft["g3-3_1"] == ["4"]

    def test_checking_names_every_fault_and_keeps_what_was_typed(self, here):
        client = browser(here.fang)
        where = begin(client, here).url
        answer = client.post(where, {"version": "1", "g3-3_1": "9", "action": "check"})
        assert answer.status_code == 422
        assert "有 25 处需要改正" in text(answer)
        assert 'value="9"' in answer.content.decode()


class TestDeciding:
    def check(self, here, **said):
        made = here.appraisal(until="draft", **said)
        return made, browser(here.fang), f"/appraisals/{made.pk}/check/"

    def test_the_last_look_shows_everything_and_asks_for_a_confirmation(self, here):
        made, client, where = self.check(here, p1_1_by="own", p1_1="2", p1_1_why="有一年是兼职。")
        said = text(client.get(where))
        assert "按记录 3 分，不认可：有一年是兼职。" in said and "合计 100 99" in said
        version = str(made.draft_version)
        assert client.post(where, {"version": version}).status_code == 422
        assert client.post(where, {"version": "1", "considered": "on"}).status_code == 409
        assert not Decision.objects.exists()
        done = client.post(where, {"version": version, "considered": "on"})
        assert done.url == f"/appraisals/{made.pk}/"
        assert Decision.objects.get().content["total"] == "99"

    def test_sent_twice_it_is_decided_once(self, here):
        made, client, where = self.check(here)
        said = {"version": str(made.draft_version), "considered": "on"}
        client.post(where, said), client.post(where, said)
        assert Decision.objects.count() == 1

    def test_an_incomplete_one_leads_back_to_the_form(self, here):
        client = browser(here.fang)
        where = begin(client, here).url
        assert client.get(where.replace("/edit/", "/check/")).url == where


class TestResult:
    def test_the_enterprise_sees_points_readings_and_that_the_record_stands(self, here):
        said = text(browser(here.fang).get(here.appraisal().get_absolute_url()))
        assert "5 研究成果 推定 表 A.1 第 5 项（续表）；四个小项各 5 分，共 20 分。" in said
        assert "其中已知部分 第 1、2、3 项，条文写到每一小项的分值 75 75" in said
        assert "按所列各项重新计算，与决定时一字不差。" in said

    def test_a_dismissal_points_to_the_departure_filing_and_does_nothing_itself(self, here):
        client = browser(here.fang)
        made = here.appraisal(decision__outcome="解聘")
        page = client.get(made.get_absolute_url())
        assert (
            "这个决定不会自动改动名录" in text(page)
            and 'href="/filings/changes/new/"' in page.content.decode()
        )
        here.post.refresh_from_db()
        assert here.post.ended_on is None
        assert "不会自动改动名录" not in text(browser(here.wei).get(made.get_absolute_url()))

    def test_a_corrected_version_is_still_read_and_says_what_counts_now(self, here):
        made = here.appraisal(until="reopened")
        client = browser(here.fang)
        client.post(f"/appraisals/{made.pk}/edit/", {k: v[0] for k, v in typed(made, p3_1="4").items()})
        made.refresh_from_db()
        client.post(f"/appraisals/{made.pk}/check/", {"version": made.draft_version, "considered": "on"})
        first = text(client.get(made.get_absolute_url(), {"version": "1"}))
        assert "这是第 1 版，后来更正过" in first and "合计 100 100" in first
        assert "更正的理由 学时记错了" in text(client.get(made.get_absolute_url()))

    def test_the_officer_reads_it_and_adds_a_remark_once(self, here):
        made, client = here.appraisal(), browser(here.wei)
        page = client.get(made.get_absolute_url())
        key = re.search(r'name="once" value="([^"]+)"', page.content.decode())[1]
        said = {"text": "3.2 的分偏低。\n有记录可查。", "once": key}
        where = f"/appraisals/{made.pk}/remark/"
        client.post(where, said), client.post(where, said)
        assert Remark.objects.get().text == "3.2 的分偏低。\n有记录可查。"
        assert "3.2 的分偏低。 有记录可查。 wei · 2026-11-20 12:00" in text(
            browser(here.fang).get(made.get_absolute_url())
        )
        assert "您可以附上意见" in text(client.get("/appraisals/"))

    def test_an_empty_remark_is_named_beside_its_field(self, here):
        made = here.appraisal()
        answer = browser(here.wei).post(f"/appraisals/{made.pk}/remark/", {"text": " "})
        assert answer.status_code == 422 and "请写下意见，再提交。" in text(answer)

    def test_the_document_is_a_pdf_and_the_same_whenever_it_is_made(self, here):
        made = here.appraisal(p1_1_by="own", p1_1="2", p1_1_why="有一年是兼职。")
        where = f"/appraisals/{made.pk}/appraisal.pdf"
        one, two = browser(here.fang).get(where), browser(here.wei).get(where)
        assert one.content == two.content and one.content.startswith(b"%PDF")
        assert one["Content-Type"] == "application/pdf"
        assert browser(here.fang).get(where, {"version": "7"}).content == one.content

    def test_of_a_draft_there_is_no_document(self, here):
        made = here.appraisal(until="draft")
        assert browser(here.fang).get(f"/appraisals/{made.pk}/appraisal.pdf").status_code == 404


class TestDesks:
    def test_late_in_the_year_the_enterprise_is_reminded_until_it_decided(self, here):
        client = browser(here.fang)
        waiting = text(client.get("/"))
        assert "2026 年度评价 · 王雪松" in waiting and "无待办" not in waiting
        here.appraisal()
        settled = text(client.get("/"))
        assert "2026 年度评价 · 王雪松" not in settled and "无待办" in settled

    def test_earlier_in_the_year_it_is_not(self, here):
        with time_machine.travel("2026-09-29T12:00:00+08:00", tick=False):
            assert "年度评价 ·" not in text(browser(here.fang).get("/"))
        with time_machine.travel("2026-09-30T12:00:00+08:00", tick=False):
            assert "年度评价 ·" in text(browser(here.fang).get("/"))

    def test_the_officers_own_page_lists_what_was_decided(self, here):
        client = browser(here.wei)
        assert "企业对我的评价" not in text(client.get("/"))
        here.appraisal()
        assert "2026 年度评价" in text(client.get("/")) and "100 / 100 分，已知部分 75 / 75" in text(
            client.get("/")
        )
