"""Codes that name people and enterprises: tidied and checked. Text in, text out; no clock, no database.

Every function returns the value to store, or raises `Invalid` with a sentence that says which character is
wrong and what is expected. Patterns are ASCII only and match the whole value: no full-width digit and no
trailing newline passes.
"""

import re
from datetime import date
from string import ascii_lowercase, ascii_uppercase
from typing import NamedTuple

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from cqo_portal.parties.invalid import Invalid
from cqo_portal.parties.names import person_name

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_UPPER = str.maketrans(ascii_lowercase, ascii_uppercase)  # `str.upper` would turn ſ into S
_BLANKS = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+E\+?|E\+)[0-9]+", re.ASCII)  # a spreadsheet's doing


def tidied(text: str) -> str:
    """Half width, upper case, no blanks: what people mean when they paste a code."""
    return _BLANKS.sub("", text.translate(_FULL_WIDTH)).translate(_UPPER)


# ── 统一社会信用代码 (GB 32100), with the body of GB 11714 in positions 9 to 17 ────────────────────────
CREDIT_CODE_LENGTH = 18
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_REGISTRARS = "123456789ANY"
_BODY_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_LOOKALIKES = {"I": "1", "O": "0", "Z": "2", "S": "5", "V": "U"}


def credit_code(text: str, *, accept_wrong_check: bool = False) -> str:
    """The tidied code. `accept_wrong_check` is an officer's decision; the caller records its reason."""
    code = tidied(text)
    _refuse_malformed_credit_code(code)
    if not accept_wrong_check:
        _refuse_wrong_check_digits(code)
    return code


def credit_check_digit(code: str) -> str:
    """Position 18 as the first 17 demand it. python-stdnum rejects letter-first codes, its sum does not."""
    return uscc.calc_check_digit(code[: CREDIT_CODE_LENGTH - 1])


def body_check_digit(code: str) -> str:
    """Position 17 as positions 9 to 16 demand it (GB 11714)."""
    total = sum(
        _BODY_ALPHABET.index(mark) * weight for mark, weight in zip(code[8:16], _BODY_WEIGHTS, strict=True)
    )
    return "0123456789X"[-total % 11]


def _refuse_malformed_credit_code(code: str) -> None:
    if not code:
        raise Invalid("请填写统一社会信用代码（18 位）。")
    if _SCIENTIFIC.fullmatch(code):
        raise Invalid("代码被表格软件改成了科学计数，后几位已经丢失；请把单元格设为文本后重新填写。")
    if len(code) != CREDIT_CODE_LENGTH:
        raise Invalid(f"统一社会信用代码应为 18 位，您填的是 {len(code)} 位。")
    for position, mark in enumerate(code, start=1):
        _refuse_mark(mark, position)


def _refuse_mark(mark: str, position: int) -> None:
    if position == 1 and mark not in _REGISTRARS:
        raise Invalid(f"第 1 位（登记管理部门）应为 1–9、A、N 或 Y，您填的是 {mark}。", position=1)
    if 3 <= position <= 8 and mark not in "0123456789":
        raise Invalid(
            f"第 {position} 位应为数字（第 3–8 位是登记机关的区划代码），您填的是 {mark}。", position=position
        )
    if mark not in _CREDIT_ALPHABET:
        hint = f"，是否应为 {_LOOKALIKES[mark]}？" if mark in _LOOKALIKES else "。"
        raise Invalid(
            f"第 {position} 位不能是 {mark}（代码只用数字和 I、O、S、V、Z 以外的大写字母）{hint}",
            position=position,
        )


def _refuse_wrong_check_digits(code: str) -> None:
    inner, outer = body_check_digit(code), credit_check_digit(code)
    if inner != code[16] and outer != code[17]:
        raise Invalid(
            "校验位对不上，第 9–17 位（主体标识码）中至少有一位填错，请对照营业执照核对。",
            position=9,
            check_digit=True,
        )
    if inner != code[16]:
        raise Invalid(
            f"第 17 位校验位应为 {inner}，您填的是 {code[16]}。请对照营业执照核对。",
            position=17,
            check_digit=True,
        )
    if outer != code[17]:
        raise Invalid(
            f"第 18 位校验位应为 {outer}，您填的是 {code[17]}。请对照营业执照核对。",
            position=18,
            check_digit=True,
        )


# ── Documents of a person: GB 11643 and its relatives ─────────────────────────────────────────────
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_OLD_FOREIGN = re.compile(r"[A-Z]{3}[0-9]{12}", re.ASCII)
_PASSPORT = re.compile(r"(?=.*[0-9])[A-Z0-9]{5,20}", re.ASCII)
_RESIDENCE_PREFIXES = ("81", "82", "83")  # Hong Kong, Macao, Taiwan


class IdentityFacts(NamedTuple):
    """What an 18-digit number says about its holder; `sex` by GB/T 2261.1: "1" male, "2" female."""

    born_on: date
    sex: str


def identity_number(text: str, *, today: date, kind: str = "resident") -> str:
    """The tidied number of an identity document: resident, hkmt, foreign or passport."""
    return _CHECKS[kind](text, today=today)


def facts_of_identity(kind: str, number: str) -> IdentityFacts | None:
    """Birth date and sex where the document's number carries them."""
    birthday = None if kind == "passport" else _birthday(number)
    return birthday and IdentityFacts(birthday, "1" if int(number[16]) % 2 else "2")


def resident_number(text: str, *, today: date) -> str:
    """公民身份号码 (GB 11643). The address part is not held against today's list of counties."""
    number = tidied(text)
    if number.startswith(_RESIDENCE_PREFIXES):
        raise Invalid("以 81、82、83 开头的是港澳台居民居住证号码，请把证件类型改为港澳台居民居住证。")
    return _eighteen(number, name="身份证号", today=today)


def residence_permit(text: str, *, today: date) -> str:
    """港澳台居民居住证: a number of the same make, beginning with 81, 82 or 83."""
    number = tidied(text)
    if number and not number.startswith(_RESIDENCE_PREFIXES):
        raise Invalid("港澳台居民居住证号码以 81、82 或 83 开头，请核对证件类型和号码。", position=1)
    return _eighteen(number, name="居住证号码", today=today)


def foreign_permanent_residence(text: str, *, today: date) -> str:
    """外国人永久居留身份证: 18 digits from 9 on since 2023; three letters and 12 digits on older cards."""
    number = tidied(text)
    if _OLD_FOREIGN.fullmatch(number):
        return number
    if number and not number.startswith("9"):
        raise Invalid(
            "外国人永久居留身份证号码为 9 开头的 18 位，或旧版的 3 位字母加 12 位数字。", position=1
        )
    return _eighteen(number, name="永久居留证号码", today=today)


def passport(text: str, *, today: date) -> str:
    """护照: states number as they like, so only the shape is checked."""
    number = tidied(text)
    if not _PASSPORT.fullmatch(number):
        raise Invalid("护照号码为 5–20 位的字母和数字，不含空格和符号，请对照护照资料页填写。")
    return number


def masked(number: str) -> str:
    """What a screen shows: `130922********0426`; of other documents only the last four."""
    keep = 6 if len(number) == 18 else 0
    tail = number[-4:] if len(number) > 8 else number[-2:]
    return number[:keep] + "*" * (len(number) - keep - len(tail)) + tail


def _birthday(number: str) -> date | None:
    if not _EIGHTEEN.fullmatch(number):
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _eighteen(number: str, *, name: str, today: date) -> str:
    _refuse_malformed_number(number, name=name)
    birthday = _birthday(number)
    if birthday is None:
        raise Invalid(f"第 7–14 位应为出生日期，{number[6:14]} 不是一个日期。", position=7)
    if birthday > today:
        raise Invalid(f"第 7–14 位的出生日期 {birthday:%Y-%m-%d} 晚于今天，请核对。", position=7)
    expected = mod_11_2.calc_check_digit(number[:17])
    if number[17] != expected:
        raise Invalid(
            f"第 18 位校验位应为 {expected}，您填的是 {number[17]}。请对照证件逐位核对。",
            position=18,
            check_digit=True,
        )
    return number


def _refuse_malformed_number(number: str, *, name: str) -> None:
    if not number:
        raise Invalid(f"请填写{name}（18 位）。")
    if _SCIENTIFIC.fullmatch(number):
        raise Invalid("号码被表格软件改成了科学计数，后几位已经丢失；请把单元格设为文本后重新填写。")
    if len(number) == 15 and number.isascii() and number.isdigit():
        raise Invalid("15 位的旧号码已经停用，请填 18 位号码。")
    if len(number) != 18:
        raise Invalid(f"{name}应为 18 位，您填的是 {len(number)} 位。")
    for position, mark in enumerate(number, start=1):
        if mark not in ("0123456789X" if position == 18 else "0123456789"):
            wanted = "数字或 X" if position == 18 else "数字"
            raise Invalid(f"第 {position} 位应为{wanted}，您填的是 {mark}。", position=position)


_CHECKS = {
    "resident": resident_number,
    "hkmt": residence_permit,
    "foreign": foreign_permanent_residence,
    "passport": passport,
}


# ── Telephone ─────────────────────────────────────────────────────────────────────────────────────
_COUNTRY = re.compile(r"^(\+|00)86-?", re.ASCII)
_MOBILE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
_LANDLINE = re.compile(r"(0[1-9][0-9]{1,2})-?([2-9][0-9]{6,7})(?:(?:-|转)([0-9]{1,6}))?", re.ASCII)


def phone(text: str) -> str:
    """A mobile number, or a landline with its area code: `0317-2345678-8`."""
    number = _COUNTRY.sub("", tidied(text))
    if _MOBILE.fullmatch(number.replace("-", "")):
        return number.replace("-", "")
    if not (match := _LANDLINE.fullmatch(number)):
        raise Invalid("请填 11 位手机号码，或带区号的固定电话，例如 0317-2345678。")
    return "-".join(part for part in match.groups() if part)


def masked_phone(number: str) -> str:
    """What a screen shows: the first three and the last four digits, `138****8000`; of a short one nothing."""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 9 else "****"


__all__ = [
    "IdentityFacts",
    "Invalid",
    "body_check_digit",
    "credit_check_digit",
    "credit_code",
    "facts_of_identity",
    "identity_number",
    "masked",
    "masked_phone",
    "person_name",
    "phone",
    "tidied",
]
