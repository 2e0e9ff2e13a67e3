"""The rules from the shell: JSON on standard input, JSON on standard output, exit 2 on bad input.

Works without a database: then the working calendar shipped with the product is used, and the answer says so.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error as DatabaseTrouble

from cqo_portal.desk.calculations import dates_of, explanation_of, hours_of, score_of, sector_of, size_of
from cqo_portal.desk.finding import find
from cqo_portal.desk.reading import Refused, parsed
from cqo_portal.jurisdictions.calendar import WorkingCalendar
from cqo_portal.reference.files import shipped_calendar
from cqo_portal.reference.queries import working_calendar

Calculation = Callable[[Any], dict[str, Any]]

CALCULATIONS: dict[str, Calculation] = {
    "size": size_of,
    "sector": sector_of,
    "explain": explanation_of,
    "score": score_of,
    "hours": hours_of,
}
BAD_INPUT, NOTHING_FOUND = 2, 1
USAGE = "用法：manage.py rules size|sector|explain|score|hours|dates（从标准输入读 JSON），或 rules find 词。"


class Command(BaseCommand):
    help = "从命令行使用规则：size、sector、explain、score、hours、dates 读写 JSON；find 查找规则所在。"
    requires_system_checks: list[str] = []
    stealth_options = ("stdin",)

    def add_arguments(self, parser) -> None:
        parser.add_argument("what", nargs="?", help="size、sector、explain、score、hours、dates 或 find")
        parser.add_argument("words", nargs="*", help="find 要找的词")

    def handle(self, *, what: str | None, words: list[str], stdin=None, **options) -> None:
        _speak_utf8()
        if what == "find" and words:
            self._find(" ".join(words))
        elif words or what not in {*CALCULATIONS, "dates"}:
            self._answer(_error(Refused(USAGE)), bad=1)
        else:
            calculation = _dates() if what == "dates" else CALCULATIONS[what]
            self._answer(*answered(_input(stdin), calculation))

    def _find(self, wanted: str) -> None:
        found = [each.line() for each in find(wanted)]
        if not found:
            self.stderr.write(f"没有名称、标签或条款含有“{wanted}”的规则。")
            sys.exit(NOTHING_FOUND)
        self.stdout.write("\n".join(found))

    def _answer(self, answer: Any, bad: int) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if bad:
            self.stderr.write(answer["error"] if isinstance(answer, dict) else f"{bad} 项输入不合格。")
            sys.exit(BAD_INPUT)


def answered(raw: bytes, calculation: Calculation) -> tuple[Any, int]:
    """The answer to write, and how many inputs were bad. A list in gives a list out."""
    try:
        given = parsed(raw)
    except Refused as refused:
        return _error(refused), 1
    if not isinstance(given, list):
        answer = _calculated(given, calculation)
        return answer, int("error" in answer)
    answers = [_calculated(each, calculation) for each in given]
    return answers, sum("error" in answer for answer in answers)


def _calculated(given: Any, calculation: Calculation) -> dict[str, Any]:
    try:
        return calculation(given)
    except Refused as refused:
        return _error(refused)


def _error(refused: Refused) -> dict[str, Any]:
    return {"error": refused.sentence, "field": refused.field}


def _dates() -> Calculation:
    """One look at the calendar for the whole input, and the answer says which one it was."""
    calendar, which = _calendar()

    def calculated(given: Any) -> dict[str, Any]:
        return dates_of(given, calendar=calendar) | {"calendar": which}

    return calculated


def _calendar() -> tuple[WorkingCalendar, str]:
    try:
        entered = working_calendar()
    except DatabaseTrouble:
        return shipped_calendar(), "shipped"
    return (entered, "database") if entered.years else (shipped_calendar(), "shipped")


def _input(stdin) -> bytes:
    stream = stdin or sys.stdin
    raw = getattr(stream, "buffer", stream).read()
    return raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogatepass")


def _speak_utf8() -> None:
    """Whatever the locale; half a character from the input is written as its JSON escape."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(encoding="utf-8", errors="backslashreplace")
