"""Numbers printed on papers: `CQO-JSHZ-2026-0183-1`. Text in, text out.

The last character checks all the others (ISO 7064 MOD 37,36): it finds every slip and nearly every swap.
Each kind of paper has a prefix of its own, so that no two kinds are ever mixed up; who issues it has a code,
and serials count up within code and year.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from stdnum.iso7064 import mod_37_36

from cqo_portal.parties.identifiers import tidied

LEAST_DIGITS = 4
CODE = re.compile(r"[A-Z0-9]{2,10}", re.ASCII)
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")


class NotANumber(ValueError):
    """What was typed is no number of this kind; the message says what to look at."""


class Number(NamedTuple):
    prefix: str
    body: str
    year: int
    serial: int

    @property
    def check(self) -> str:
        return mod_37_36.calc_check_digit(f"{self.prefix}{self.body}{self.year}{self.serial:0{LEAST_DIGITS}}")

    def __str__(self) -> str:
        return f"{self.prefix}-{self.body}-{self.year}-{self.serial:0{LEAST_DIGITS}}-{self.check}"


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """One kind of numbers: its prefix, what people call it and its issuer, and what one looks like."""

    prefix: str
    noun: str
    issuer: str
    example: str

    def numbered(self, *, body: str, year: int, serial: int) -> Number:
        """The number to print; refuses what could not be read back."""
        if not CODE.fullmatch(body):
            raise NotANumber(f"{self.issuer}代号应为 2–10 位大写字母或数字，现为“{body}”。")
        if not 2000 <= year <= 9999:
            raise NotANumber(f"年份应为四位数，现为 {year}。")
        if not 1 <= serial < 10**9:
            raise NotANumber(f"流水号应从 1 起，至多九位，现为 {serial}。")
        return Number(self.prefix, body, year, serial)

    def parsed(self, text: str) -> Number:
        """The number somebody typed, checked; case, blanks and full-width characters do not matter."""
        shape = rf"{self.prefix}-([A-Z0-9]{{2,10}})-([0-9]{{4}})-([0-9]{{4,9}})-[A-Z0-9]"
        match = re.fullmatch(shape, _tidy(text), re.ASCII)
        if not match:
            raise NotANumber(f"{self.noun}的样式为 {self.example}，请对照证书逐段填写。")
        body, year, serial = match.groups()
        found = self.numbered(body=body, year=int(year), serial=int(serial))
        if str(found) != match.string:
            raise NotANumber(f"{self.noun}的校验位对不上，至少有一个字符填错，请对照证书核对。")
        return found

    def looks_like_one(self, text: str) -> bool:
        """Whether it was meant to be of this kind, rightly typed or not."""
        return _tidy(text).startswith(f"{self.prefix}-")

    def as_kept(self, text: str) -> str:
        """One of this kind as it is printed, whatever width and case it was typed in; any other as it was typed."""
        return _tidy(text) if self.looks_like_one(text) else text


def _tidy(text: str) -> str:
    return tidied(text).translate(_DASHES)
