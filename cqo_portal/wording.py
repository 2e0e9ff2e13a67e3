"""How days and numbers are written, once for tags, sentences and files. Pure; instants come in Beijing time.

In tables and fields a day is written 2026-11-20, as `isoformat` has it; here is how it stands in sentences.
"""

from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal

NBSP = "\u00a0"
MINUS = "\u2212"
BLANKS = frozenset(
    "\u115f\u1160\u2800\u3164\uffa0"
)  # letters and signs by their class, with nothing to be seen
WEEKDAYS = "一二三四五六日"
_FIGURES = "〇一二三四五六七八九十"


def day_long(day: date) -> str:
    """11月20日（周五）."""
    return f"{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def day_full(day: date) -> str:
    """Where the year matters: 2026年11月20日."""
    return f"{day.year}年{day.month}月{day.day}日"


def in_characters(day: date) -> str:
    """On papers, where one signs or seals: 二〇二六年十一月二十日."""
    year = "".join(_FIGURES[int(digit)] for digit in str(day.year))
    return f"{year}年{_counted(day.month)}月{_counted(day.day)}日"


def _counted(number: int) -> str:
    """1 to 31 as one says it."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _FIGURES[ones]
    return f"{_FIGURES[tens] if tens > 1 else ''}十{_FIGURES[ones] if ones else ''}"


def moment_long(local: datetime) -> str:
    """11月20日（周五）14:58."""
    return f"{day_long(local)}{local:%H:%M}"


def moment_full(local: datetime) -> str:
    """Of what is over, perhaps for years: 2026年11月20日14:58."""
    return f"{day_full(local)}{local:%H:%M}"


def since(local: datetime, *, today: date) -> str:
    """How long something lies where it is: 11月20日（周五）14:58 起，已 3 天。"""
    days = (today - local.date()).days
    return f"{moment_long(local)} 起，{f'已 {grouped(days)} 天。' if days > 0 else '今天到。'}"


def days_after(what: str, days: int) -> str:
    """受理后 12 天, and on the day itself 受理当天."""
    return f"{what}后 {grouped(days)} 天" if days > 0 else f"{what}当天"


def grouped(value: int | Decimal) -> str:
    """Groups of three from 1 000 on, parted so that no line breaks inside: 41 200."""
    return f"{Decimal(value):,f}".replace(",", NBSP).replace("-", MINUS)


def plain_decimal(value: Decimal) -> str:
    """As people write an amount, exact: 350.00 → 350; 0.50 → 0.5; never an exponent."""
    said = f"{value:f}"
    return said.rstrip("0").rstrip(".") if "." in said else said


def cut_decimal(value: Decimal) -> str:
    """Exact up to two places; what goes on is cut there and says so, lest 449.996 be read as 450: 449.99…"""
    cut = value.quantize(Decimal("0.01"), ROUND_FLOOR)
    return plain_decimal(value) if cut == value else f"{cut}…"
