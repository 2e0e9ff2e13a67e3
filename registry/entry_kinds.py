"""What can be entered in the register: the word for each fact, how its text is read, and how it is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cqo_portal.jurisdictions.vocabulary import Level, Rank, Sector, Size
from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Office
from cqo_portal.reference.queries import industry_name
from cqo_portal.wording import grouped
from registry.history import NO, YES

IN_OFFICE = "in_office"


@dataclass(frozen=True)
class EntryKind:
    """A fact of a post or of the enterprise; `read` turns the entered text into what a column holds."""

    name: str
    label: str
    sort: str  # of the input: text, yes-no, day, choice, whole, year, amount, code, office, industry, phone
    scale: Any = None  # the vocabulary of a choice
    sealed: bool = False
    foreseen: bool = False  # counts from the day it is entered, also where it takes effect later

    def read(self, text: str) -> Any:
        return _READ.get(self.sort, str)(text)

    def shown(self, text: str) -> str:
        """As people read it; the code itself where nothing better is known."""
        if not text:
            return "–"
        return _SHOWN.get(self.sort, lambda kind, said: said)(self, text)


def _labelled(kind: EntryKind, text: str) -> str:
    return next((member.label for member in kind.scale if member.value == text), text)


def _office(kind: EntryKind, text: str) -> str:
    found = Office.objects.filter(pk=text).first()
    return found.area if found else text


_READ: dict[str, Callable[[str], Any]] = {
    "yes-no": lambda text: text == YES,
    "day": date.fromisoformat,
    "whole": lambda text: int(text) if text else None,
    "year": lambda text: int(text) if text else None,
    "amount": lambda text: Decimal(text) if text else None,
}
_SHOWN: dict[str, Callable[[EntryKind, str], str]] = {
    "yes-no": lambda kind, text: {YES: "是", NO: "否"}.get(text, text),
    "whole": lambda kind, text: grouped(int(text)),
    "amount": lambda kind, text: grouped(Decimal(text)),
    "choice": _labelled,
    "office": _office,
    "industry": lambda kind, text: industry_name(text),
    "phone": lambda kind, text: identifiers.masked_phone(text),
}


OF_A_POST = {
    kind.name: kind
    for kind in (
        EntryKind(IN_OFFICE, "在任", "yes-no", foreseen=True),
        EntryKind("name", "姓名", "text"),
        EntryKind("post", "现任职务", "text"),
        EntryKind("education", "最高学历", "choice", scale=Level),
        EntryKind("title", "职称", "choice", scale=Rank),
        EntryKind("in_decision_layer", "岗位设在企业决策层", "yes-no"),
        EntryKind("is_top_manager", "最高管理者本人担任", "yes-no"),
        EntryKind("is_safety_director", "兼任质量安全总监", "yes-no"),
        EntryKind("term_ends", "任期至", "day", foreseen=True),
        EntryKind("phone", "联系电话", "phone", sealed=True),
    )
}
ALSO_OF_A_POST = {  # known from lists of offices; the register shows them, no column of the post holds them
    kind.name: kind
    for kind in (
        EntryKind("quality_since", "从事质量工作起始", "day"),
        EntryKind("training_certificate", "培训证书编号", "text"),
    )
}
OF_AN_ENTERPRISE = {
    kind.name: kind
    for kind in (
        EntryKind("name", "企业名称", "text"),
        EntryKind("credit_code", "统一社会信用代码", "code"),
        EntryKind("office", "管辖机构", "office"),
        EntryKind("industry", "行业", "industry"),
        EntryKind("persons", "从业人员（人）", "whole"),
        EntryKind("revenue", "营业收入（万元）", "amount"),
        EntryKind("assets", "资产总额（万元）", "amount"),
        EntryKind("size", "规模", "choice", scale=Size),
        EntryKind("size_year", "规模所属年度", "year"),
        EntryKind("sector", "产业", "choice", scale=Sector),
    )
}


def kind_of(name: str, *, of_a_post: bool) -> EntryKind:
    """The kind of a fact; one nobody described is shown under its own name."""
    known = OF_A_POST | ALSO_OF_A_POST if of_a_post else OF_AN_ENTERPRISE
    return known.get(name) or EntryKind(name, name, "text")


def as_text(value: Any) -> str:
    """How a value is written down: `yes`, `2026-09-21`, `8000`; nothing is the empty text."""
    match value:
        case None:
            return ""
        case bool():
            return YES if value else NO
        case date():
            return value.isoformat()
        case _:
            return str(getattr(value, "value", value))


def tidy_code(text: str) -> str:
    """A credit code as the register writes it. Raises `identifiers.Invalid` with a sentence."""
    return identifiers.credit_code(text, accept_wrong_check=True)
