"""Form fields that take what people really type, and store one clean spelling.

Full-width digits are folded, because they mean the same; anything else that looks like a digit
(Arabic, underscores, invisible characters) is refused with a sentence. Nothing is changed silently:
the cleaned value is what the page shows from then on.
"""

import calendar
import re
import unicodedata
from datetime import date, time
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from cqo_portal.parties import identifiers, names
from cqo_portal.wording import BLANKS

MONEY = "41200 或 41200.50"  # an example of an amount of 万元
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?|\s*月)?")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_CLOCK = re.compile(r"(\d{1,2})[:.点时](\d{2})分?")
_WHOLE = re.compile(r"\d{1,9}")
_AMOUNT = re.compile(r"\d{1,12}(?:\.\d{1,2})?")
_SEPARATORS = re.compile(r"(?<=\d)[,\u00a0 ](?=\d{3}(?!\d))")


def half_width(text: str) -> str:
    return text.translate(FULL_WIDTH)


def slug_of(code: str) -> str:
    """`7.5.1` as a part of the name of an input and of a selector: 7_5_1."""
    return code.replace(".", "_")


class TypedField(forms.CharField):
    """One input in which something is typed; too much or too little of it is said with both numbers."""

    default_error_messages = {
        "max_length": "最多 %(limit_value)d 个字，现在有 %(show_value)d 个，请缩短。",
        "min_length": "至少 %(limit_value)d 个字，现在有 %(show_value)d 个，请写完整。",
    }


class PlainField(TypedField):
    """One line of visible text."""

    def clean(self, value):
        text = super().clean(value)
        for place, character in enumerate(text, start=1):
            unseen = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"} or character in BLANKS
            if unseen and character not in "\r\n\t":
                raise ValidationError(
                    f"第 {place} 个字符看不见或不是通用字符（U+{ord(character):04X}），请删去后重新输入。"
                )
        return text


class ProseField(PlainField):
    """Several lines of text; `rows`: how many stand open from the start."""

    widget = forms.Textarea

    def __init__(self, *, rows: int | None = None, **kwargs) -> None:
        super().__init__(**kwargs)
        if rows is not None:
            self.widget.attrs["rows"] = rows


class PersonNameField(TypedField):
    """`names.person_name` says of every sign that cannot stand in a name why, and what to do."""

    def clean(self, value):
        text = super().clean(value)
        return checked(names.person_name, text) if text else text


class OwnNameField(PersonNameField):
    """A signature: the own name, typed. The form says whose: `self.fields["name"].expected = …`."""

    expected = ""

    def __init__(self, *, label: str = "签写本人姓名", max_length: int = 100, **kwargs) -> None:
        super().__init__(label=label, max_length=max_length, **kwargs)

    def clean(self, value):
        text = super().clean(value)
        if text and text != self.expected:
            raise ValidationError(f"请签写您本人的姓名“{self.expected}”。")
        return text


class PhoneField(TypedField):
    def clean(self, value):
        text = super().clean(value)
        return checked(identifiers.phone, text) if text else text


class WholeNumberField(TypedField):
    """A count, as `386`, `１，２００` or `1,200`; `example`: one that fits what is asked."""

    def __init__(self, *, example: str = "386", **kwargs) -> None:
        self.example = example
        super().__init__(**kwargs)

    def clean(self, value):
        text = _SEPARATORS.sub("", half_width(super().clean(value)))
        if not text:
            return None
        if not _WHOLE.fullmatch(text) or not text.isascii():
            raise ValidationError(f"请填整数，例如 {self.example}。")
        return int(text)


class AmountField(TypedField):
    """An amount with at most two decimals, exact; `example`: such as one would type here."""

    def __init__(self, *, example: str = "6 或 6.5", **kwargs) -> None:
        self.example = example
        super().__init__(**kwargs)

    def clean(self, value):
        text = _SEPARATORS.sub("", half_width(super().clean(value)))
        if not text:
            return None
        if not _AMOUNT.fullmatch(text) or not text.isascii():
            raise ValidationError(f"请填数字，最多两位小数，例如 {self.example}。")
        return Decimal(text)


class DayField(TypedField):
    """A day: `2026-09-21`, `2026/9/21`, `2026年9月21日`, `20260921`."""

    advice = "请填日期，例如 2026-09-21。"

    def clean(self, value):
        text = half_width(super().clean(value))
        return self.day_of(text) if text else None

    def day_of(self, text: str) -> date:
        year, month, day = self._parts(text)
        if day is None:
            raise ValidationError("请写到日，例如 2026-09-21。")
        return _existing_day(year, month, day)

    def _parts(self, text: str) -> tuple[int, int, int | None]:
        found = (text.isascii() and _COMPACT_DAY.fullmatch(text)) or _DAY.fullmatch(text)
        if not found or not all(part is None or part.isascii() for part in found.groups()):
            raise ValidationError(self.advice)
        year, month, day = found.groups()
        return int(year), int(month), int(day) if day else None


class ClockField(TypedField):
    """A time of day: `09:00`, `9：00`, `9点30分`."""

    def clean(self, value):
        text = half_width(super().clean(value))
        if not text:
            return None
        found = _CLOCK.fullmatch(text)
        if not found or not all(part.isascii() for part in found.groups()):
            raise ValidationError("请填时间，例如 09:00。")
        hour, minute = map(int, found.groups())
        if hour > 23 or minute > 59:
            raise ValidationError(f"没有 {text} 这个时间，请填 00:00 至 23:59。")
        return time(hour, minute)


class MonthField(DayField):
    """A day, or a month that stands for its first (or, with `ends`, its last) day."""

    advice = "请填年月，例如 2022-05。"

    def __init__(self, *, ends: bool = False, **kwargs) -> None:
        self.ends = ends
        super().__init__(**kwargs)

    def day_of(self, text: str) -> date:
        year, month, day = self._parts(text)
        if day is None and 1 <= month <= 12 and year >= 1:
            day = calendar.monthrange(year, month)[1] if self.ends else 1
        return _existing_day(year, month, day or 0)


def _existing_day(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise ValidationError(f"没有 {year}年{month}月{day}日 这一天，请核对。") from error
    if not 1900 <= year <= 2100:
        raise ValidationError("年份请填 1900 至 2100 之间的四位数。")
    return found


def checked(check, text: str, **kwargs) -> str:
    """Run a check of `parties.identifiers` or `parties.names`; its sentence becomes the field's error."""
    try:
        return check(text, **kwargs)
    except identifiers.Invalid as invalid:
        raise ValidationError(str(invalid)) from invalid
