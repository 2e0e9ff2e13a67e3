"""A certificate's number: `CQO-JSHZ-2026-0183-1`. Text in, text out.

The last character checks all the others (ISO 7064 MOD 37,36): it finds every slip and nearly every swap.
The grade is not in the number, and a number is never used twice; serials are given out under a row lock.
"""

import re
from typing import NamedTuple

from stdnum.iso7064 import mod_37_36

PREFIX = "CQO"
LEAST_DIGITS = 4
_NUMBER = re.compile(r"CQO-([A-Z0-9]{2,10})-([0-9]{4})-([0-9]{4,9})-[A-Z0-9]", re.ASCII | re.IGNORECASE)
_BODY = re.compile(r"[A-Z0-9]{2,10}", re.ASCII)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict.fromkeys(
    map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-"
)


class NotANumber(ValueError):
    """What was typed is no certificate number; the message says what to look at."""


class CertificateNumber(NamedTuple):
    body: str
    year: int
    serial: int

    @property
    def check(self) -> str:
        return mod_37_36.calc_check_digit(f"{PREFIX}{self.body}{self.year}{self.serial:0{LEAST_DIGITS}}")

    def __str__(self) -> str:
        return f"{PREFIX}-{self.body}-{self.year}-{self.serial:0{LEAST_DIGITS}}-{self.check}"


def numbered(*, body: str, year: int, serial: int) -> CertificateNumber:
    """The number to print; refuses what could not be read back."""
    if not _BODY.fullmatch(body):
        raise NotANumber(f"评价主体代号应为 2–10 位大写字母或数字，现为“{body}”。")
    if not 2000 <= year <= 9999:
        raise NotANumber(f"年份应为四位数，现为 {year}。")
    if not 1 <= serial < 10**9:
        raise NotANumber(f"流水号应从 1 起，至多九位，现为 {serial}。")
    return CertificateNumber(body, year, serial)


def parsed(text: str) -> CertificateNumber:
    """The number somebody typed, checked; case, blanks and full-width characters do not matter."""
    tidy = "".join(text.translate(_FULL_WIDTH).split())
    match = _NUMBER.fullmatch(tidy)
    if not match:
        raise NotANumber("证书编号的样式为 CQO-JSHZ-2026-0183-1，请对照证书逐段填写。")
    body, year, serial = match.groups()
    found = numbered(body=body.upper(), year=int(year), serial=int(serial))
    if str(found) != tidy.upper():
        raise NotANumber("证书编号的校验位对不上，至少有一个字符填错，请对照证书核对。")
    return found
