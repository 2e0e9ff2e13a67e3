"""JSON from a stranger, read strictly: what does not fit is refused with a sentence and the field's name.

A reader takes a value and the name of its field; it returns what was meant or raises `Refused`.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from cqo_portal.jurisdictions.vocabulary import Labelled

Reader = Callable[..., Any]

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_DECIMAL = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?", re.ASCII)
_YEARS = range(1900, 2101)
_LARGEST = Decimal(10) ** 15
_SHOWN = 40  # of a value repeated in a sentence


class Refused(ValueError):
    """Bad input: a sentence for people, and the field it is about (None: the input as a whole)."""

    def __init__(self, sentence: str, *, field: str | None = None):
        super().__init__(sentence)
        self.sentence, self.field = sentence, field


def parsed(raw: bytes) -> Any:
    """The JSON value in these bytes; numbers with a fraction become Decimal, never float."""
    try:
        return json.loads(
            raw.decode("utf-8-sig"),
            object_pairs_hook=_without_duplicates,
            parse_float=Decimal,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError as error:
        raise Refused("输入不是 UTF-8 编码。") from error
    except json.JSONDecodeError as error:
        raise Refused(f"输入不是合格的 JSON：第 {error.lineno} 行第 {error.colno} 个字符处有误。") from error
    except RecursionError as error:
        raise Refused("输入嵌套过深。") from error
    except Refused:
        raise
    except (ValueError, ArithmeticError) as error:
        raise Refused("输入中有过长的数字。") from error


def record(
    value: Any,
    field: str | None,
    *,
    required: Mapping[str, Reader],
    optional: Mapping[str, Reader] | None = None,
) -> dict[str, Any]:
    """An object with exactly these keys; an optional one that is absent reads as None."""
    if not isinstance(value, dict):
        raise Refused(f"{_named(field)}应为 JSON 对象，您给的是{_kind(value)}。", field=field)
    readers = {**required, **(optional or {})}
    for name in value:
        if name not in readers:
            raise Refused(
                f"不认识的字段“{name[:_SHOWN]}”；可用：{'、'.join(readers)}。", field=_path(field, name)
            )
    for name in required:
        if name not in value:
            raise Refused(f"缺少字段“{_path(field, name)}”。", field=_path(field, name))
    return {
        name: reader(value[name], _path(field, name)) if name in value else None
        for name, reader in readers.items()
    }


def text(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise Refused(f"{field} 应为文字，您给的是{_kind(value)}。", field=field)
    return value


def flag(value: Any, field: str) -> bool:
    if not isinstance(value, bool):
        raise Refused(f"{field} 应为 true 或 false，您给的是{_kind(value)}。", field=field)
    return value


def whole(value: Any, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(f"{field} 应为整数，您给的是{_kind(value)}。", field=field)
    return _in_range(value, field)


def amount(value: Any, field: str) -> Decimal:
    """A JSON number, exact."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Refused(f"{field} 应为数字，您给的是{_kind(value)}。", field=field)
    return Decimal(_in_range(value, field))


def decimal_text(value: Any, field: str) -> Decimal:
    """A decimal in quotation marks: `"0.7"`."""
    if not isinstance(value, str):
        raise Refused(f'{field} 应写成带引号的小数，例如 "0.7"，您给的是{_kind(value)}。', field=field)
    if not _DECIMAL.fullmatch(value):
        raise Refused(f"{field} 不是小数：“{value[:_SHOWN]}”。", field=field)
    return Decimal(value)


def day(value: Any, field: str) -> date:
    match = _DAY.fullmatch(text(value, field))
    if not match:
        raise Refused(f"{field} 应为日期，例如 2026-11-21，您给的是“{value[:_SHOWN]}”。", field=field)
    try:
        found = date(*map(int, match.groups()))
    except ValueError as error:
        raise Refused(f"{field}：没有 {value} 这一天。", field=field) from error
    if found.year not in _YEARS:
        raise Refused(f"{field} 的年份应在 {_YEARS[0]} 至 {_YEARS[-1]} 之间。", field=field)
    return found


def word(vocabulary: type[Labelled]) -> Reader:
    """One of a closed list of words."""

    def read(value: Any, field: str) -> Labelled:
        known = {member.value: member for member in vocabulary}
        if not isinstance(value, str) or value not in known:
            shown = f"“{value[:_SHOWN]}”" if isinstance(value, str) else _kind(value)
            raise Refused(f"{field} 应为 {'、'.join(known)} 之一，您给的是{shown}。", field=field)
        return known[value]

    return read


def maybe(reader: Reader) -> Reader:
    """`null` stands for: not shown."""
    return lambda value, field: None if value is None else reader(value, field)


def list_of(reader: Reader) -> Reader:
    def read(value: Any, field: str) -> list[Any]:
        if not isinstance(value, list):
            raise Refused(f"{field} 应为列表，您给的是{_kind(value)}。", field=field)
        return [reader(item, f"{field}[{index}]") for index, item in enumerate(value)]

    return read


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Refused(f"字段“{name[:_SHOWN]}”出现了两次。", field=name)
        found[name] = value
    return found


def _no_constant(name: str) -> None:
    raise Refused(f"{name} 不是数字。")


def _in_range(value: int | Decimal, field: str) -> int | Decimal:
    if not -_LARGEST < value < _LARGEST or (isinstance(value, Decimal) and value.as_tuple().exponent < -6):
        raise Refused(f"{field} 的数值过大，或小数超过六位。", field=field)
    return value


def _path(field: str | None, name: str) -> str:
    return f"{field}.{name}" if field else name


def _named(field: str | None) -> str:
    return f"{field} " if field else "输入"


def _kind(value: Any) -> str:
    match value:
        case None:
            return " null"
        case bool():
            return " true/false"
        case str():
            return "文字"
        case list():
            return "列表"
        case dict():
            return "对象"
        case _:
            return "数字"
