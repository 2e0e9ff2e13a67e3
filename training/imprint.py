"""What a certificate of training says, word for word, and the sheet it is printed on."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from cqo_portal.jurisdictions.schema import Duty, RulePack
from cqo_portal.jurisdictions.vocabulary import DutyKind
from cqo_portal.printing.documents import pdf_of
from cqo_portal.printing.fonts import missing_glyphs
from cqo_portal.ui.templatetags.ui import hours as hours_shown
from cqo_portal.wording import day_full, in_characters
from training.models import Session, class_label
from training.ornament import frame

TITLE = "培训证书"
NOTE = "本证书只证明参加并学完上述培训，由举办机构颁发；不是聘任证书，也不是评价证书，不含等级。"


def duty_behind(kind: DutyKind, pack: RulePack | None) -> Duty | None:
    """The duty such a certificate proves, where the text of the place has one."""
    duties = pack.training if pack else ()
    return next((duty for duty in duties if duty.kind is kind and duty.certificate), None)


def words_of(
    session: Session,
    *,
    name: str,
    number: str,
    hours: Mapping[int | None, Decimal],
    issued_on: date,
    pack: RulePack | None,
) -> dict:
    """Everything that is printed; JSON-ready."""
    duty = duty_behind(session.kind, pack)
    return {
        "title": TITLE,
        "number": number,
        "name": name,
        "text": f"参加{session.organiser}举办的培训，\n学完规定的全部课程，特发此证。",
        "course": session.name,
        "kind": f"首席质量官{session.kind.label}",
        "days": _days(session.first_day, session.last_day),
        "session": session.number,
        "hours": [[_class(each), hours_shown(amount)] for each, amount in _in_order(hours)],
        "organiser": str(session.organiser),
        "issued": in_characters(issued_on),
        "basis": f"{pack.title}{duty.cites}" if pack and duty else "",
        "note": NOTE,
    }


def printed(words: Mapping, *, made_at: datetime) -> bytes:
    return pdf_of("completion.html", {"words": words, "made_at": made_at}, drawn={"frame.svg": frame()})


def unprintable(*texts: str) -> str:
    """The signs of these texts our fonts lack, one after the other; "" where all can be printed."""
    return "".join(sorted(missing_glyphs("".join(texts))))


def _days(first: date, last: date) -> str:
    return day_full(first) if first == last else f"{day_full(first)}至{day_full(last)}"


def _class(course_class: int | None) -> str:
    return "" if course_class is None else f"{class_label(course_class)} "


def _in_order(hours: Mapping[int | None, Decimal]) -> list:
    return sorted(hours.items(), key=lambda each: each[0] or 0)
