"""What each text asks and how far it is met: literal tables, through real rows of the ledger."""

from datetime import date

import pytest
import time_machine

from registry.duties.page import ledger_of
from registry.reports import proposals
from tests.duties import rows
from training import ledger
from training.sources import Certified

TODAY = date(2026, 11, 20)

pytestmark = pytest.mark.django_db


class Told:
    """One officer of a jurisdiction, and the ledger as he himself sees it."""

    def __init__(self, jurisdiction: str, *, appointed_on: date, **more) -> None:
        self.county = rows.county(jurisdiction)
        self.clerk = rows.clerk_of(self.county)
        self.post = rows.post(self.county, appointed_on=appointed_on, **more)
        self.who = self.post.person
        self.himself = rows.himself(self.who)

    def learned(self, hours: str, on: date, course_class: int | None = None, **more):
        return rows.learned(self.who, hours, on=on, by=self.clerk, course_class=course_class, **more)

    def reported(self, hours: str, on: date, **more):
        return rows.report(self.who, hours, to=self.county, by=self.himself, on=on, **more)

    def page(self, *, year: int = 2026, today: date = TODAY, user=None):
        return ledger_of(self.who, user=user or self.himself, year=year, today=today)

    def table(self, **more) -> list[str]:
        """Of each duty: title, what counts of what, the word, when."""
        return [
            " · ".join(filter(None, (p.title, f"{p.counted} {p.of}" if p.found.due else "", p.word, p.when)))
            for each in self.page(**more).posts
            for p in each.panels
        ]


class TestHubei:
    def test_twenty_one_at_the_appointment_then_fourteen_and_thirty_a_year(self):
        told = Told("hubei", appointed_on=date(2024, 5, 6))
        told.learned("24", date(2024, 4, 19), 1)
        told.learned("12", date(2026, 3, 12), 1)
        told.learned("18", date(2026, 4, 22), 2)
        told.learned("9", date(2026, 10, 17), 2)
        with time_machine.travel("2026-09-06T09:00:00+08:00"):
            told.reported("3", date(2026, 9, 5), course_class=1)
        assert told.table() == [
            "任职培训 · 24.0 / 21 学时 · 已完成",
            "第一类 · 2026 年 · 12.0 / 14 学时 · 还差 2.0 学时 · 还有 42 天，至 12月31日（周四）",
            "第二类 · 2026 年 · 27.0 / 30 学时 · 还差 3.0 学时 · 还有 42 天，至 12月31日（周四）",
        ]
        page = told.page()
        assert page.title == "2026 年学时：两类都还没有满"
        first = page.posts[0].panels[1]
        assert first.sums == "得 15.0 学时，计入 12.0 学时。"
        assert [(r.amount, r.why) for r in first.reasons] == [
            ("3.0 学时", "自报，等东湖区市场监督管理局确认（9月6日起）。")
        ]
        assert first.afterwards == "都计入以后为 15.0 学时，即满足。"
        assert page.columns == ["第一类", "第二类"]
        assert [str(each) for each in page.counted] == ["12.00", "27.00"]
        assert [str(each) for each in page.uncounted] == ["3.00", "0"]
        assert [row.line.year for row in page.rows_of_other_years] == [2024]

    def test_the_first_partial_year_asks_for_the_second_class_alone(self):
        told = Told("hubei", appointed_on=date(2026, 7, 1))
        told.learned("7", date(2026, 8, 1), 1)
        assert told.table() == [
            "任职培训 · 0.0 / 21 学时 · 还差 21.0 学时 · 2026-07-01 任职以前的学时计入，任职以后以任职培训证书为凭。",
            "第一类 · 2026 年 · 不要求 · 2026 年任职，首个不完整年度不计。",
            "第二类 · 2026 年 · 0.0 / 30 学时 · 还差 30.0 学时 · 还有 42 天，至 12月31日（周四）",
        ]
        (row,) = told.page().rows
        assert (row.verdict.word, row.verdict.said) == (
            "不计入",
            ("继续教育（第一类内容）：2026 年任职，首个不完整年度不计。",),
        )

    def test_the_certificate_proves_the_appointment_training(self):
        told = Told("hubei", appointed_on=date(2026, 7, 1))
        rows.trained(told.who, on=date(2026, 9, 1), by=told.clerk)
        assert told.table()[0] == "任职培训 · 21.0 / 21 学时 · 已完成 · 2026-09-01 的培训证书为凭。"

    def test_hours_on_record_are_proposed_to_the_yearly_report_and_none_is_invented(self):
        told = Told("hubei", appointed_on=date(2025, 5, 1))
        assert proposals.hours_of(told.post, 2026) == {}
        told.learned("13.5", date(2026, 3, 12), 1)
        told.reported("3", date(2026, 9, 5), course_class=1)
        assert {k: str(v) for k, v in proposals.hours_of(told.post, 2026).items()} == {
            "continuing-class-1": "13.5"
        }


class TestHangzhou:
    def test_forty_a_calendar_year_and_a_certificate(self):
        told = Told("hangzhou", appointed_on=date(2026, 9, 1))
        told.learned("25.25", date(2026, 1, 1))
        told.learned("14.75", date(2026, 11, 19))
        told.learned("40", date(2025, 12, 31))
        assert told.table() == [
            "任职培训 · 0 / 1 证书 · 还没有证书 · 取得以后由发证的培训机构登记。",
            "继续教育 · 2026 年 · 40.0 / 40 学时 · 已满",
        ]
        assert told.page().title == "2026 年学时：还没有任职培训证书"
        rows.trained(told.who, on=date(2026, 8, 1), by=told.clerk)
        assert told.table()[0] == "任职培训 · 1 / 1 证书 · 已完成 · 2026-08-01 取得培训证书。"
        assert told.page().title == "2026 年学时：要求的都满了"

    def test_after_the_year_is_over_it_says_so(self):
        told = Told("hangzhou", appointed_on=date(2025, 9, 1))
        last_day, next_day = (told.table(today=day)[1] for day in (date(2026, 12, 31), date(2027, 1, 1)))
        assert (
            last_day == "继续教育 · 2026 年 · 0.0 / 40 学时 · 还差 40.0 学时 · 还有 1 天，至 12月31日（周四）"
        )
        assert next_day == "继续教育 · 2026 年 · 0.0 / 40 学时 · 还差 40.0 学时 · 2026年12月31日已过"


@pytest.mark.parametrize("jurisdiction", ["fujian", "cangzhou"])
def test_fujian_and_cangzhou_ask_for_the_certificate_alone(jurisdiction):
    told = Told(jurisdiction, appointed_on=date(2025, 5, 1))
    told.learned("8", date(2026, 3, 12))
    assert told.table() == ["任职培训 · 0 / 1 证书 · 还没有证书 · 取得以后由发证的培训机构登记。"]
    (row,) = told.page().rows
    assert (row.verdict.word, row.verdict.said) == ("不计入", ("所在地的规定没有学时要求，只作记录。",))
    assert {k: str(v) for k, v in proposals.hours_of(told.post, 2026).items()} == {"total": "8"}
    rows.trained(told.who, on=date(2025, 4, 1), by=told.clerk)
    assert told.table() == ["任职培训 · 1 / 1 证书 · 已完成 · 2025-04-01 取得培训证书。"]


class TestJiangsu:
    def test_one_activity_each_certificate_year(self):
        told = Told("jiangsu", appointed_on=date(2024, 5, 1))
        told.learned("6", date(2026, 3, 9))
        certified = {told.who.pk: Certified(date(2024, 3, 10), date(2027, 3, 9))}
        assert told.table() == ["继续教育 · 2026 年 · 不要求 · 没有评价证书，不计证书年。"]
        with rows.known(certified):
            assert told.table(year=2025) == ["继续教育 · 2025 年 · 1 / 1 次活动 · 已满"]
            assert told.table() == [
                "继续教育 · 2026 年 · 0 / 1 次活动 · 还差 1 次活动 · 还有 110 天，至 2027年3月9日"
            ]
            told.learned("6", date(2026, 3, 10))
            assert told.table() == ["继续教育 · 2026 年 · 1 / 1 次活动 · 已满"]


class TestLines:
    def test_what_is_reversed_stands_in_the_table_and_counts_for_nothing(self):
        told = Told("hangzhou", appointed_on=date(2025, 5, 1))
        entry = told.learned("6", date(2026, 5, 16))
        mirror = ledger.reverse(entry, reason="上午未签到", by=told.clerk)
        page = told.page()
        assert [(r.line.number, r.line.title, r.verdict.word, r.verdict.said) for r in page.rows] == [
            (mirror.number, f"冲正 {entry.number}：上午未签到", "冲正", ()),
            (entry.number, "质量经济性", "已冲正", (f"见 {mirror.number}。",)),
        ]
        assert (page.earned, page.counted, page.uncounted) == (0, [0], [0])

    def test_a_question_holds_hours_back_and_its_answer_decides(self):
        told = Told("hangzhou", appointed_on=date(2025, 5, 1))
        asked, no, yes = (told.learned("5", date(2026, 5, day)) for day in (3, 2, 1))
        rows.flagged(asked)
        rows.flagged(no, counts=False, by=told.clerk)
        rows.flagged(yes, counts=True, by=told.clerk)
        page = told.page()
        assert [(r.verdict.word, r.verdict.said) for r in page.rows] == [
            ("待核查", ("请核对。",)),
            ("不计入", ("核查后不计入：未到场",)),
            ("计入", ("每年培训累计不少于 40 学时",)),
        ]
        panel = page.posts[0].panels[1]
        assert [(r.amount, r.why) for r in panel.reasons] == [
            ("5.0 学时", "请核对。"),
            ("5.0 学时", "核查后不计入：未到场"),
        ]
        assert panel.afterwards == "都计入以后为 10.0 学时，还差 30.0 学时。"

    def test_somebody_with_two_posts_has_two_sets_of_duties(self):
        told = Told("hangzhou", appointed_on=date(2025, 5, 1))
        other = rows.county("hubei")
        second = rows.post(other, who=told.who, appointed_on=date(2025, 6, 1))
        told.learned("12", date(2026, 3, 12))
        page = told.page()
        assert {each.asked.post: len(each.panels) for each in page.posts} == {second: 3, told.post: 2}
        assert page.title == "2026 年学时：有 5 项还没有满"
        (row,) = page.rows
        assert row.verdict.said == (f"{told.post.organisation.name}：每年培训累计不少于 40 学时",)
        clerk = rows.clerk_of(other, "other")
        assert [each.asked.post for each in told.page(user=clerk).posts] == [second]

    def test_without_a_post_there_are_hours_only(self):
        told = Told("hangzhou", appointed_on=date(2024, 5, 1), ended_on=date(2025, 6, 30))
        told.learned("12", date(2026, 3, 12))
        page = told.page()
        assert (page.posts, page.title) == ([], "2026 年学时：已得 12.0 学时")
        assert page.rows[0].verdict.said == ("没有在任的岗位，只作记录。",)
        assert len(told.page(year=2025).posts) == 1
