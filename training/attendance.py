"""场次学时登记表: what one session gave to whom, as a document and as a workbook."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from cqo_portal.audit.record import exported
from cqo_portal.printing.documents import pdf_of
from cqo_portal.wording import plain_decimal
from training.models import Entry, Session, class_label
from training.session_pages import entries_of

TITLE = "场次学时登记表"
MOST_PRINTED = 300  # lines of a document (some seconds to set); a longer list is a workbook
HEADERS = ("记录号", "姓名", "证件", "类", "学时", "来源", "入账", "是否有效", "说明")
VERIFY = "核对办法：凭记录号（E-…）向主办单位或者委托它的市场监督管理局查询；以平台学时账为准，记录被冲正的以冲正后为准。"


def as_pdf(session: Session, *, made_at: datetime) -> bytes:
    words = {
        "title": TITLE,
        "organisation": str(session.organiser),
        "number": session.number,
        "made_at": made_at,
        "session": session,
        "hours": list(session.hours.all()),
        "meetings": list(session.meetings.all()),
        "papers": list(session.evidence.current()),
        "lines": [(entry, *standing_of(entry)) for entry in lines_of(session)],
        "balance": balance_of(session),
        "verify": VERIFY,
    }
    return pdf_of("attendance.html", words)


def lines_of(session: Session):
    """Every entry, by name; what was reversed is there with its reason."""
    return entries_of(session).order_by("person__pinyin", "person", "course_class", "id")


def balance_of(session: Session) -> list[tuple[str, int, object]]:
    """(class, people, hours) of what counts: neither reversed nor held back by a question."""
    counting = Entry.objects.counting().filter(session=session).order_by("course_class")
    sums = counting.values_list("course_class").annotate(people=Count("person"), hours=Sum("hours"))
    return [(class_label(course_class), people, hours) for course_class, people, hours in sums]


def standing_of(entry: Entry) -> tuple[str, str]:
    """(word, why) of whether it counts."""
    if reversal := getattr(entry, "reversal", None):
        return "已冲正", reversal.reason
    for flag in entry.flags.all():
        if (settlement := getattr(flag, "settlement", None)) is None:
            return "待核查", flag.said
        if not settlement.counts:
            return "核定不计入", settlement.reason
    return "有效", ""


def rows(session: Session) -> Iterator[list]:
    for entry in lines_of(session):
        word, why = standing_of(entry)
        yield [
            entry.number,
            entry.person.name,
            entry.person.masked_identity,
            entry.class_label,
            plain_decimal(entry.hours),
            entry.get_source_display(),
            timezone.localdate(entry.at),
            word,
            why,
        ]


def notes(session: Session, *, made_at: datetime) -> list[tuple[str, str]]:
    days = f"{session.first_day.isoformat()} 至 {session.last_day.isoformat()}"
    told = [("场次", str(session)), ("主办单位", str(session.organiser)), ("日期", days)]
    told += [("授课人", session.trainer), ("地点或网址", session.place)]
    told += [
        (f"有效（{label}）", f"{people} 人，{plain_decimal(hours)} 学时")
        for label, people, hours in balance_of(session)
    ]
    return [*told, ("制表时间", f"{made_at:%Y-%m-%d %H:%M}"), ("核对", VERIFY)]


@transaction.atomic
def note_taken(session: Session, *, by, as_what: str) -> None:
    """The list left as a file: each person on it may read that."""
    people = list(
        Entry.objects.filter(session=session).order_by().values_list("person", flat=True).distinct()
    )
    said = {"what": TITLE, "said": str(session), "rows": len(people), "format": as_what}
    exported(session, by=by, why="从场次页下载", keys=people, data=said)
