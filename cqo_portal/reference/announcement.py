"""放假安排 as the State Council's office words it, read into days. Text in, days out; nothing is guessed.

    一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。

What the words say twice is compared: the count with the days, each weekday with the date. A notice of another year, or
one that lost a line on the way, is found by that.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cqo_portal.jurisdictions.calendar import SATURDAY, AnnouncedYear, WorkingCalendar
from cqo_portal.wording import WEEKDAYS, day_full

_DAY = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:[（(]([^（）()]*)[）)])?"
_ONE = re.compile(_DAY)
_OFF = re.compile(
    rf"{_DAY}(?:\s*(?:至|—|-|~|到)\s*{_DAY})?\s*放假[^，。；,;]*(?:[，,]\s*共\s*(\d{{1,2}})\s*天)?"
)
_HOLIDAY = re.compile(r"(?:[一二三四五六七八九十]+、|\d+[.、])\s*([^：:\n]{2,12})[：:]")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")


class Unreadable(ValueError):
    """The sentence says what is wrong, and where."""


@dataclass(frozen=True, order=True)
class SaidDay:
    day: date
    working: bool
    name: str


def read(text: str, *, year: int) -> list[SaidDay]:
    """Every day off and every weekend day worked, in their order. Raises `Unreadable`."""
    parts = _HOLIDAY.split(text)
    if len(parts) < 3:
        raise Unreadable("没有认出任何节日。请贴通知里“一、元旦：……”开始的各条原文。")
    found: dict[date, SaidDay] = {}
    for name, words in zip(parts[1::2], parts[2::2], strict=True):
        for said in _of_one(name.strip(), words, year):
            if (known := found.get(said.day)) and known.working != said.working:
                raise Unreadable(f"{day_full(said.day)}既写着放假，又写着上班，请核对原文。")
            found.setdefault(said.day, said)
    return sorted(found.values())


def _of_one(name: str, words: str, year: int) -> Iterator[SaidDay]:
    spans = list(_OFF.finditer(words))
    if not spans:
        raise Unreadable(f"“{name}”没有写哪天放假，请核对原文。")
    for span in spans:
        yield from _days_off(name, span, year)
    rest = _OFF.sub("", words)
    for sentence in re.split(r"[。；;\n]", rest):
        if "上班" in sentence and "不上班" not in sentence:
            yield from (_worked(name, day) for day in _each(name, sentence, year))


def _days_off(name: str, span: re.Match, year: int) -> Iterator[SaidDay]:
    first = _day(name, span.groups()[:4], year, month=None)
    until = span.groups()[4:8]
    last = _day(name, until, first.year, month=first.month) if span.group(7) else first
    if last < first and span.group(5) is None:  # from December into January
        last = _day(name, (first.year + 1, *until[1:]), first.year + 1, month=first.month)
    count = (last - first).days + 1
    if count < 1 or count > 31:
        raise Unreadable(f"“{name}”的放假日期前后颠倒：{day_full(first)}至{day_full(last)}。")
    if span.group(9) and int(span.group(9)) != count:
        raise Unreadable(
            f"“{name}”写着共 {span.group(9)} 天，{day_full(first)}至{day_full(last)}却是 {count} 天，请核对原文。"
        )
    yield from (SaidDay(first + timedelta(days=n), False, name) for n in range(count))


def _each(name: str, sentence: str, year: int) -> Iterator[date]:
    month = None
    for found in _ONE.finditer(sentence):
        day = _day(name, found.groups(), year, month=month)
        month = day.month
        yield day


def _worked(name: str, day: date) -> SaidDay:
    if day.weekday() < SATURDAY:
        raise Unreadable(
            f"“{name}”写着{day_full(day)}上班，那天是周{WEEKDAYS[day.weekday()]}，本来就上班，请核对年份。"
        )
    return SaidDay(day, True, f"{name}调休上班")


def _day(name: str, said: tuple, year: int, *, month: int | None) -> date:
    own_year, own_month, number, beside = said
    if not (own_month or month):
        raise Unreadable(f"“{name}”的{number}日没有写月份，请核对原文。")
    try:
        day = date(int(own_year or year), int(own_month or month), int(number))
    except ValueError as wrong:
        raise Unreadable(f"“{name}”写着{own_month or month}月{number}日，没有这一天。") from wrong
    weekday = _WEEKDAY.search(beside or "")
    if weekday and weekday.group(1).replace("天", "日") != WEEKDAYS[day.weekday()]:
        raise Unreadable(
            f"“{name}”写着{day.month}月{day.day}日是周{weekday.group(1)}，{year} 年的这一天却是周{WEEKDAYS[day.weekday()]}。"
            "请核对年份，或者原文。"
        )
    return day


@dataclass(frozen=True)
class Holiday:
    """One holiday as people read it: from when to when, how many days, and which days are worked for it."""

    name: str
    spans: tuple[tuple[date, date], ...]
    count: int
    worked: tuple[date, ...]


def by_holiday(days: Iterable) -> list[Holiday]:
    """Of `SaidDay`s, or rows that have the same, in the order of the year."""
    off, worked = {}, {}
    for each in sorted(days, key=lambda said: said.day):
        name = each.name.removesuffix("调休上班")
        off.setdefault(name, [])
        (worked.setdefault(name, []) if each.working else off[name]).append(each.day)
    found = (
        Holiday(name, _spans(some), len(some), tuple(worked.get(name, ()))) for name, some in off.items()
    )
    return sorted(found, key=lambda holiday: holiday.spans or ((date.max, date.max),))


def _spans(days: list[date]) -> tuple[tuple[date, date], ...]:
    found: list[tuple[date, date]] = []
    for day in days:
        if found and found[-1][1] == day - timedelta(days=1):
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return tuple(found)


def with_announcement(
    calendar: WorkingCalendar, days: Iterable[SaidDay], *, year: int, source: str
) -> WorkingCalendar:
    """The calendar with this year's notice in it. Days of a neighbouring year that is known come to it; what it says stays."""
    years = calendar.years | {year: AnnouncedYear(year, source, frozenset(), frozenset())}
    for number, known in years.items():
        own = [each for each in days if each.day.year == number]
        said = known.days_off | known.make_up_days
        years[number] = replace(
            known,
            days_off=known.days_off | {each.day for each in own if not each.working and each.day not in said},
            make_up_days=known.make_up_days
            | {each.day for each in own if each.working and each.day not in said},
        )
    return WorkingCalendar(years.values())
