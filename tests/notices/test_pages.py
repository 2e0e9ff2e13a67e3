"""Pages of notices: public to read, composed and previewed by the city, answered by the enterprise."""

import re

import pytest
import time_machine

from registry.notices.models import Answer, Notice
from tests.cast import browser
from tests.notices.rows import draft, published

pytestmark = pytest.mark.django_db

FORM = {
    "title": "关于2026年度集中备案的通告",
    "number": "沧市监通〔2026〕8号",
    "year": "２０２６",
    "opens_on": "2026年11月1日",
    "closes_on": "2026/11/30",
    "text": "请在时间内报送。",
    "kinds": ["appointments", "changes"],
    "counties": ["130981", "130922"],
    "addressed": "all",
}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-20 10:00:00+08:00"):
        yield


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


class TestReading:
    def test_anybody_reads_what_was_published_and_nothing_else(self, people):
        draft(people, title="还在拟的通告")
        notice = published(people)
        visitor = browser()
        assert "关于2026年度集中备案的通告" in text(visitor.get("/notices/"))
        assert "还在拟的通告" not in text(visitor.get("/notices/"))
        page = text(visitor.get(f"/notices/{notice.pk}/"))
        assert "正在进行，还有 10 天" in page and "第十三条" in page and "登录" in page

    def test_a_draft_exists_for_its_city_only(self, people):
        notice = draft(people)
        for who, status in (
            (None, 404),
            (people.liu, 404),
            (people.wang, 404),
            (people.hao, 404),
            (people.meng, 200),
        ):
            assert browser(who).get(f"/notices/{notice.pk}/").status_code == status

    @pytest.mark.parametrize(
        ("day", "words"),
        [
            ("2026-10-31", "还没有开始，1 天后开始"),
            ("2026-11-01", "正在进行，还有 29 天"),
            ("2026-11-30", "正在进行，今天截止"),
            ("2026-12-01", "已经截止，仍可以随时主动备案"),
        ],
    )
    def test_where_the_window_stands_is_said_in_words(self, people, day, words):
        notice = published(people)
        with time_machine.travel(f"{day} 10:00:00+08:00"):
            assert words in text(browser().get(f"/notices/{notice.pk}/"))

    @pytest.mark.parametrize(
        ("who", "title"),
        [
            ("liu", "轮到您答复 1 份通告"),
            ("wang", "集中备案通告 1 份"),
            ("meng", "集中备案通告 1 份"),
            ("hao", "集中备案通告 1 份"),
        ],
    )
    def test_everybody_finds_the_own_side_of_it(self, people, who, title):
        published(people)
        assert title in text(browser(getattr(people, who)).get("/notices/"))

    def test_an_empty_list_says_what_will_come(self, people):
        assert "市级市场监督管理局发布以后会列在这里" in text(browser().get("/notices/"))

    @pytest.mark.parametrize(("who", "needed"), [(None, 2), ("liu", 10), ("wang", 6), ("meng", 6)])
    def test_a_list_costs_a_fixed_number_of_queries(self, people, who, needed, django_assert_num_queries):
        reader = browser(getattr(people, who) if who else None)
        published(people)
        with django_assert_num_queries(needed):
            reader.get("/notices/")
        published(people), published(people)
        with django_assert_num_queries(needed):
            reader.get("/notices/")


class TestComposing:
    def test_the_form_begins_with_the_clause_and_the_year(self, people):
        page = browser(people.meng).get("/notices/new/").content.decode()
        assert "第十三条" in page and "2026年度" in page

    def test_a_draft_is_previewed_with_numbers_and_announcement_and_then_published(self, people):
        city = browser(people.meng)
        page = city.post("/notices/new/", FORM, follow=True)
        assert "面向 2 家企业" in text(page)
        assert "关于2026年度集中备案的通告（11月30日（周一）截止）" in text(page)
        assert "发给县级 2 个账号、企业 2 个账号（2 家）" in text(page)
        notice = Notice.objects.get()
        assert (notice.counties, str(notice.until)) == ([], "2026-11-30")
        page = city.post(f"/notices/{notice.pk}/publish/", {"version": "1"}, follow=True)
        assert "通告已发布" in text(page)
        again = city.post(f"/notices/{notice.pk}/publish/", {"version": "1"}, follow=True)
        assert "已由 meng 于" in text(again)

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"title": ""}, "这个字段是必填项"),
            ({"closes_on": "2026-10-31"}, "截止日期早于开始日期（2026-11-01）"),
            ({"opens_on": "2026-02-30"}, "没有 2026年2月30日 这一天"),
            ({"opens_on": "2026-01-01", "closes_on": "2026-02-01"}, "截止日期已经过去"),
            ({"kinds": []}, "请至少选一项要报送的内容"),
            ({"counties": []}, "请至少选一个县（市、区）"),
            ({"counties": ["999999"]}, "999999"),
            ({"year": "1999"}, "年度请填 2000 至 2027"),
            ({"addressed": "nobody"}, "nobody"),
        ],
        ids=[
            "title",
            "order",
            "no-such-day",
            "past",
            "kinds",
            "counties",
            "strange-county",
            "year",
            "addressed",
        ],
    )
    def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(self, people, change, words):
        page = browser(people.meng).post("/notices/new/", FORM | {"text": "我写的正文"} | change)
        assert page.status_code == 422
        assert words in text(page) and "我写的正文" in text(page)
        assert not Notice.objects.exists()

    def test_a_second_tab_does_not_overwrite_and_keeps_what_was_typed(self, people):
        notice, city = draft(people), browser(people.meng)
        city.post(f"/notices/{notice.pk}/edit/", FORM | {"title": "先存的", "version": "1"})
        page = city.post(f"/notices/{notice.pk}/edit/", FORM | {"title": "后存的", "version": "1"})
        assert page.status_code == 409
        assert "同事刚刚存过" in text(page) and 'value="后存的"' in page.content.decode()
        assert Notice.objects.get().title == "先存的"

    def test_an_amendment_without_words_is_asked_for_them(self, people):
        notice = published(people)
        page = browser(people.meng).post(f"/notices/{notice.pk}/amend/", {"until": "2026-12-15", "text": ""})
        assert page.status_code == 422
        assert "请写明补充什么" in text(page) and 'value="2026-12-15"' in page.content.decode()

    def test_an_extension_stands_below_the_first_words(self, people):
        notice = published(people)
        said = {"until": "2026-12-15", "text": "企业反映时间紧。"}
        page = text(browser(people.meng).post(f"/notices/{notice.pk}/amend/", said, follow=True))
        assert "延期至 2026年12月15日" in page and "原定 2026-11-30 截止，已延期" in page


class TestTheEnterprise:
    def test_it_is_told_on_its_desk_what_it_owes_until_when_and_where_to_go(self, people):
        published(people)
        page = text(browser(people.liu).get("/"))
        assert "还有 10 天（11月30日（周一）截止）" in page and "去备案" in page
        assert "没有贵企业在任的首席质量官" in page

    def test_it_answers_once_and_the_answer_stands(self, people):
        people.filing(until="filed")
        notice, clerk = published(people), browser(people.liu)
        assert "确认没有变化" in text(clerk.get("/notices/"))
        page = clerk.post(f"/notices/{notice.pk}/unchanged/", follow=True)
        assert "已答复：没有变化" in text(page) and "确认没有变化" not in text(page)
        clerk.post(f"/notices/{notice.pk}/unchanged/")
        assert Answer.objects.count() == 1

    def test_who_is_not_addressed_is_told_so(self, people):
        notice = published(people, counties=["130922"])
        assert "没有面向贵企业" in text(browser(people.liu).get(f"/notices/{notice.pk}/"))
