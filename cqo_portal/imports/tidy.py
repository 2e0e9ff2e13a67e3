"""One cell → the value it means, or a sentence why it means none. Text and numbers in, JSON values out.

A reader is `(cell, about) → value`; it raises `Invalid` to refuse, and `about.remark(…)` to let pass with a word.
Values: text, "YYYY-MM-DD" for days, whole numbers as int, amounts as decimal text, None for a blank cell.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError

from cqo_portal.imports.headings import Heading
from cqo_portal.imports.sheets import Cell
from cqo_portal.parties import identifiers, names
from cqo_portal.parties.invalid import Invalid
from cqo_portal.ui.fields import DayField, MonthField, half_width
from cqo_portal.wording import plain_decimal

Tidied = str | int | None
CENT = Decimal("0.01")
MOST = Decimal(10) ** 12
EXACT_BELOW = 10**15  # a spreadsheet keeps fifteen digits and writes zeros for the rest
_SCIENTIFIC = re.compile(r"([0-9](?:\.[0-9]+)?)E\+?([0-9]{1,3})", re.IGNORECASE)
_LOST = "这个号码被存成了数字（科学计数法），已丢失末位，补不回来；请把这一格设为文本，照证件重新填写。"


@dataclass
class About:
    """What a reader may need to know besides the cell, and where it leaves its remarks."""

    today: date
    label: str
    since_1904: bool = False
    factor: Decimal = Decimal(1)  # 万元 per unit of the heading
    remarks: list[str] = field(default_factory=list)

    def remark(self, sentence: str) -> None:
        self.remarks.append(sentence)


Reader = Callable[[Cell, About], Tidied]


@dataclass(frozen=True, kw_only=True)
class Column(Heading):
    """A heading together with how its cells are read. `sealed`: personal, masked on pages."""

    read: Reader
    sealed: bool = False
    mask: Callable[[str], str] = identifiers.masked
    fill: str = ""  # what a template workbook shows as an example


def tidied(cell: Cell, column: Column, about: About) -> Tidied:
    """The value of a cell. Raises `Invalid`. A formula counts by its saved result, never by its text."""
    if cell.flaw == "formula":
        raise Invalid(f"这一格是公式，没有存下计算结果，不是{column.label}。请直接填写{column.label}。")
    if cell.flaw == "error":
        raise Invalid(f"这一格是表格的错误值 {cell.text}，不是{column.label}。请直接填写{column.label}。")
    if cell.is_blank:
        return None
    try:
        return column.read(cell, about)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from error


# ── Text ──────────────────────────────────────────────────────────────────────────────────────
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
_BLANKS = re.compile(r"[\s\u00a0\u3000]+")
_BLANK_IN_HAN = re.compile(r"(?<=[\u3400-\u9fff（）]) (?=[\u3400-\u9fff（）])")


def line(cell: Cell) -> str:
    """The text of a cell on one line; what nobody sees is dropped, blanks between Chinese characters too."""
    text = _BLANKS.sub(" ", _INVISIBLE.sub("", cell.text)).strip()
    return _BLANK_IN_HAN.sub("", text)


def text(*, most: int = 200) -> Reader:
    def read(cell: Cell, about: About) -> str:
        said = line(cell)
        if len(said) > most:
            raise Invalid(f"{about.label}最长 {most} 个字，这里有 {len(said)} 个。")
        return said

    return read


def organisation_name(cell: Cell, about: About) -> str:
    said = line(cell)
    if said[:1] in ("=", "+", "-", "@"):
        raise Invalid(f"以“{said[0]}”开头的是公式，不是{about.label}。请照营业执照填写。")
    if len(said) < 2 or not any(sign.isalpha() for sign in said):
        raise Invalid(f"“{said[:20]}”不是{about.label}。请照营业执照填写。")
    if len(said) > 200:
        raise Invalid(f"{about.label}最长 200 个字，这里有 {len(said)} 个。")
    return said


def person_name(cell: Cell, about: About) -> str:
    return names.person_name(_INVISIBLE.sub("", cell.text).replace("\n", " "))


# ── Identifiers: a spreadsheet that takes them for numbers keeps fifteen digits ───────────────────
def digits(cell: Cell) -> str:
    """The code as text; a number only if all its digits are still there. Raises `Invalid`."""
    value = cell.value
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) >= EXACT_BELOW and value % 1000 == 0:
            raise Invalid(_LOST)
        return str(value)
    if isinstance(value, float):
        if not value.is_integer() or abs(value) >= EXACT_BELOW:
            raise Invalid(_LOST)
        return str(int(value))
    if isinstance(value, datetime):
        raise Invalid("这一格存成了日期，不是号码；请把这一格设为文本后重新填写。")
    return _written_out(identifiers.tidied(cell.text))


def _written_out(code: str) -> str:
    """`1.3926845642E+10` says all its digits; `1.30929E+17` does not."""
    code = code.removeprefix("'").removeprefix("`")
    found = _SCIENTIFIC.fullmatch(code) if "E+" in code or "." in code else None
    if not found:
        return re.sub(r"(?<=[0-9])\.0+$", "", code)
    mantissa, exponent = found[1].replace(".", ""), int(found[2])
    if len(mantissa) != exponent + 1 or (len(mantissa) > 15 and mantissa.endswith("000")):
        raise Invalid(_LOST)
    return mantissa


def credit_code(cell: Cell, about: About) -> str:
    return identifiers.credit_code(digits(cell))


def identity_number(cell: Cell, about: About) -> str:
    """A resident's number, or one of a residence permit or a foreigner's card, which its beginning tells."""
    number = digits(cell)
    return identifiers.identity_number(number, today=about.today, kind=kind_of_identity(number))


def kind_of_identity(number: str) -> str:
    if len(number) == 18 and number.startswith(("81", "82", "83")):
        return "hkmt"
    return (
        "foreign" if len(number) in (15, 18) and (number[:1] == "9" or number[:3].isalpha()) else "resident"
    )


def phone(cell: Cell, about: About) -> str:
    return identifiers.phone(digits(cell))


def code(*, most: int = 60) -> Reader:
    """A number of a certificate or a file: any text, but never one that lost its digits."""

    def read(cell: Cell, about: About) -> str:
        said = digits(cell) if isinstance(cell.value, int | float) else line(cell)
        if len(said) > most:
            raise Invalid(f"{about.label}最长 {most} 个字，这里有 {len(said)} 个。")
        return said

    return read


# ── Numbers ───────────────────────────────────────────────────────────────────────────────────
_SEPARATORS = re.compile(r"(?<=[0-9])[,，'’ \u00a0\u2009](?=[0-9]{3}(?![0-9]))")
_NUMBER = re.compile(r"([+-]?)((?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:E[+-]?[0-9]{1,2})?)(.*)", re.IGNORECASE)
_MINUS = str.maketrans({"−": "-", "–": "-", "—": "-", "﹣": "-"})
_MONEY_UNITS = {
    "": None,
    "亿": Decimal(10_000),
    "亿元": Decimal(10_000),
    "万": Decimal(1),
    "万元": Decimal(1),
    "千元": Decimal("0.1"),
    "元": Decimal("0.0001"),
}
_COUNT_UNITS = frozenset({"", "人", "名", "个", "年", "岁", "次", "家"})


def number(cell: Cell, about: About) -> tuple[Decimal, str]:
    """The number in a cell and the unit written behind it. Raises `Invalid`."""
    value = cell.value
    if isinstance(value, bool | date | timedelta):
        raise Invalid(
            f"{about.label}不是数字：这一格是{'逻辑值' if isinstance(value, bool) else '日期'}。请填数字。"
        )
    if isinstance(value, int | float):
        return _finite(Decimal(repr(value)), about), ""
    said = _SEPARATORS.sub("", half_width(line(cell)).translate(_MINUS)).replace(" ", "")
    if said.startswith("(") and said.endswith(")"):
        said = f"-{said[1:-1]}"  # an accountant's minus
    found = _NUMBER.fullmatch(said)
    if not found or not said.isprintable():
        raise Invalid(f"{about.label}不是数字：“{cell.text[:20]}”。请填数字。")
    return _finite(Decimal(found[1] + found[2]), about), found[3]


def _finite(value: Decimal, about: About) -> Decimal:
    if not value.is_finite() or abs(value) >= MOST:
        raise Invalid(f"{about.label}过大，请核对单位。")
    return value


def amount(cell: Cell, about: About) -> str:
    """万元 with two decimals, from the unit of the cell or else of the heading."""
    value, unit = number(cell, about)
    if unit not in _MONEY_UNITS:
        raise Invalid(f"{about.label}不是数字：“{cell.text[:20]}”。请只填数字，单位是万元。")
    exact = value * (_MONEY_UNITS[unit] or about.factor)
    if exact < 0:
        raise Invalid(f"{about.label}不能是负数，这里是 {cell.text.strip()}。")
    return plain_decimal(_to_cents(_finite(exact, about), about))


def class_hours(cell: Cell, about: About) -> str:
    """学时, exact: what is finer than two decimals is refused, never rounded."""
    value, unit = number(cell, about)
    if unit not in ("", "学时", "课时"):
        raise Invalid(f"{about.label}不是数字：“{cell.text[:20]}”。请只填数字，单位是学时。")
    if value < 0:
        raise Invalid(f"{about.label}不能是负数，这里是 {cell.text.strip()}。")
    if value != value.quantize(CENT):
        raise Invalid(f"{about.label}最多两位小数，这里是 {cell.text.strip()}。请照实填写，不会替您取舍。")
    return plain_decimal(value)


def _to_cents(value: Decimal, about: About) -> Decimal:
    rounded = value.quantize(CENT, rounding=ROUND_HALF_UP)
    if abs(rounded - value) > Decimal("0.000001"):  # less is the dust of a spreadsheet's arithmetic
        about.remark(f"{about.label}按两位小数记为 {plain_decimal(rounded)}。")
    return rounded


def count(*, most: int = 10_000_000, least: int = 0) -> Reader:
    def read(cell: Cell, about: About) -> int:
        value, unit = number(cell, about)
        if unit not in _COUNT_UNITS:
            raise Invalid(f"{about.label}不是数字：“{cell.text[:20]}”。请只填数字。")
        if value < 0:
            raise Invalid(f"{about.label}不能是负数，这里是 {cell.text.strip()}。")
        if value != value.to_integral_value():
            raise Invalid(f"{about.label}应为整数，这里是 {cell.text.strip()}。")
        if not least <= value <= most:
            raise Invalid(f"{about.label}应在 {least} 到 {most} 之间，这里是 {cell.text.strip()}。")
        return int(value)

    return read


# ── Days: cells, texts of many makes, serial numbers ──────────────────────────────────────────
FIRST_SERIAL, LAST_SERIAL = 7306, 73415  # 1920 to 2100; smaller numbers are years or something else
_SERIAL = re.compile(r"[0-9]{5}(?:\.0+)?", re.ASCII)
_TIME_BEHIND = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$", re.ASCII)


def day(cell: Cell, about: About) -> str:
    return _day(cell, about, DayField())


def month(cell: Cell, about: About) -> str:
    """A day, or a month that stands for its first day."""
    found = _day(cell, about, MonthField())
    if len(_digits_of(cell)) in (5, 6) and not isinstance(cell.value, datetime | date):
        about.remark(f"{about.label}只写到月，按当月 1 日（{found}）记。")
    return found


def _digits_of(cell: Cell) -> str:
    said = half_width(cell.text)
    return "" if _SERIAL.fullmatch(said.strip()) else re.sub(r"[^0-9]", "", said)


def _day(cell: Cell, about: About, field: DayField) -> str:
    value = cell.value
    if isinstance(value, datetime):
        return _within(value.date())
    if isinstance(value, date):
        return _within(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Invalid(f"{about.label}不是日期：{cell.text[:20]}。{DayField.advice}")
    said = _TIME_BEHIND.sub("", half_width(line(cell)))
    if _SERIAL.fullmatch(said) and FIRST_SERIAL <= float(said) <= LAST_SERIAL:
        return _of_serial(float(said), about)
    if isinstance(value, float) and re.fullmatch(r"[0-9]{4}\.[0-9]", said):
        year, tenth = said.split(".")
        if tenth == "1":
            raise Invalid(
                f"{said} 可能是 {year} 年 1 月，也可能是 {year} 年 10 月（末尾的 0 丢了）；请写成 {year}-01 或 {year}-10。"
            )
    if isinstance(value, float) and FIRST_SERIAL <= value <= LAST_SERIAL:
        return _of_serial(value, about)
    return field.day_of(said.replace("号", "日").rstrip(".。 ").replace(". ", ".")).isoformat()


def _of_serial(serial: float, about: About) -> str:
    begins = date(1904, 1, 1) if about.since_1904 else date(1899, 12, 30)
    return _within(begins + timedelta(days=int(serial)))


def _within(found: date) -> str:
    if not 1900 <= found.year <= 2100:
        raise Invalid(f"{found:%Y-%m-%d} 不像是真的日期，年份应在 1900 至 2100 之间。")
    return found.isoformat()


def year(cell: Cell, about: About) -> int:
    """`2026`, `2026年`, `2026年度`."""
    said = re.sub(r"年度?$", "", half_width(line(cell)).strip())
    said = re.sub(r"\.0+$", "", said)
    if isinstance(cell.value, datetime):
        said = str(cell.value.year)
    if not re.fullmatch(r"(19|20)[0-9]{2}", said, re.ASCII):
        raise Invalid(f"{about.label}不是年份：“{cell.text[:20]}”。请填四位年份，例如 2026。")
    return int(said)


# ── Choices ───────────────────────────────────────────────────────────────────────────────────
def folded(text: str) -> str:
    """One width, one case, no blanks; brackets stay: 本科（在读） is not 本科."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text)).lower()


def choice(words: Mapping[str, Iterable[str]], *, offered: str) -> Reader:
    """One of a few meanings, each by many words: `{"bachelor": ("本科", "大学本科")}`. `offered` names them in a sentence."""
    meant = {folded(word): code for code, spelled in words.items() for word in (code, *spelled)}

    def read(cell: Cell, about: About) -> str:
        if (found := meant.get(folded(line(cell)))) is None:
            raise Invalid(f"{about.label}里没有“{cell.text.strip()[:20]}”，可填：{offered}。")
        return found

    return read


yes_no = choice(
    {
        "yes": ("是", "有", "√", "✓", "对", "Y", "TRUE", "1", "是的"),
        "no": ("否", "无", "×", "没有", "不是", "N", "FALSE", "0", "-", "/"),
    },
    offered="是、否",
)
sex = choice({"1": ("男", "男性", "M"), "2": ("女", "女性", "F")}, offered="男、女")
