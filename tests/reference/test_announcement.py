"""放假安排 as it is announced, read into days; what the words say twice must agree."""

from datetime import date

import pytest

from cqo_portal.reference.announcement import SaidDay, Unreadable, by_holiday, read
from cqo_portal.reference.files import read as shipped

OF_2026 = """国务院办公厅关于2026年部分节假日安排的通知
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。"""


def test_the_words_of_a_year_are_the_days_that_are_shipped():
    days = next(year["days"] for year in shipped("working_days")["years"] if year["year"] == 2026)
    found = [[each.day.isoformat(), each.working, each.name] for each in read(OF_2026, year=2026)]
    assert found == [list(each) for each in days]


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("一、元旦：1月1日放假1天。", ["2027-01-01"]),
        ("一、元旦：1月1日放假，与周末连休。", ["2027-01-01"]),
        ("1. 元旦:1月1日-3日放假,共3天", ["2027-01-01", "2027-01-02", "2027-01-03"]),
        (
            "一、元旦：2026年12月31日至2027年1月2日放假调休，共3天。",
            ["2026-12-31", "2027-01-01", "2027-01-02"],
        ),
        ("一、国庆节：9月30日至10月2日放假，共3天。", ["2027-09-30", "2027-10-01", "2027-10-02"]),
    ],
)
def test_the_ways_it_has_been_written(words, days):
    assert [each.day.isoformat() for each in read(words, year=2027)] == days


def test_a_weekend_day_is_worked_in_place_of_a_holiday():
    found = read("一、元旦：1月1日放假。1月3日（周日）上班。", year=2027)
    assert found[1] == SaidDay(date(2027, 1, 3), True, "元旦调休上班")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("共9天", "共8天"), "“春节”写着共 8 天，2026年2月15日至2026年2月23日却是 9 天，请核对原文。"),
        (("5月9日（周六）", "5月8日（周六）"), "2026 年的这一天却是周五"),
        (("4月4日（周六）", "4月31日（周六）"), "“清明节”写着4月31日，没有这一天。"),
        (("5月9日（周六）上班", "5月8日上班"), "那天是周五，本来就上班"),
        (("10月1日（周四）至7日（周三）放假调休，共7天", "正常"), "“国庆节”没有写哪天放假"),
        (("1月4日（周日）上班", "1月3日（周六）上班"), "2026年1月3日既写着放假，又写着上班"),
    ],
)
def test_what_does_not_agree_is_said(change, sentence):
    assert read(OF_2026, year=2026)  # the control
    with pytest.raises(Unreadable) as told:
        read(OF_2026.replace(*change), year=2026)
    assert sentence in str(told.value)


def test_the_notice_of_another_year_is_found_by_its_weekdays():
    with pytest.raises(Unreadable, match="2027 年的这一天却是周五"):
        read(OF_2026, year=2027)


@pytest.mark.parametrize("text", ["", "明年放假的事另行通知。", "一、", "一、元旦", "\0" * 50, "一、" * 2000])
def test_nonsense_is_told_apart(text):
    with pytest.raises(Unreadable):
        read(text, year=2027)


def test_a_year_reads_holiday_by_holiday_in_its_order():
    found = by_holiday(read(OF_2026, year=2026))
    assert [each.name for each in found] == ["元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"]
    national = found[-1]
    assert national.spans == ((date(2026, 10, 1), date(2026, 10, 7)),)
    assert (national.count, national.worked) == (7, (date(2026, 9, 20), date(2026, 10, 10)))


def test_days_apart_are_two_spans():
    days = [SaidDay(date(2026, 5, day), False, "劳动节") for day in (1, 2, 4)]
    [found] = by_holiday(days)
    assert found.spans == ((date(2026, 5, 1), date(2026, 5, 2)), (date(2026, 5, 4), date(2026, 5, 4)))


@pytest.mark.parametrize(
    ("words", "year"), [("12月30日至2月29日放假", 2028), ("9999年12月31日至1月1日放假", 9999)]
)
def test_a_span_into_a_day_there_is_not_is_said(words, year):
    with pytest.raises(Unreadable):
        read(f"一、元旦：{words}。", year=year)


def test_not_to_work_is_not_to_work():
    found = read("一、元旦：1月1日（周四）放假1天。1月4日（周日）不上班。", year=2026)
    assert [each.day for each in found] == [date(2026, 1, 1)]
