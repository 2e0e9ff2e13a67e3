"""What the pages of a session show: the list as its address says, where a session stands, what speaks against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event
from cqo_portal.wording import day_full, day_long, grouped, since
from training import doubts, ledger
from training.models import Entry, Flag, RosterLine, Session, Source, class_label

S = Session.State
TONES = {S.PLANNED: "mine", S.POSTED: "met", S.CANCELLED: "ended"}
STEPS = ("筹备", "上课", "入账")
ACTS = {
    "plan": "新建场次",
    "change": "修改",
    "enter-roster": "登记名单",
    "correct-roster": "改正名单",
    "settle-roster": "核对姓名",
    "drop-roster": "从名单去掉",
    "sign-in": "扫码签到",
    "attach": "交到场证明",
    "open-paper": "查看到场证明",
    "remove": "拿掉一件到场证明",
    "post": "入账",
    "cancel": "取消场次",
    "settle-flags": "核查",
    "reverse": "冲正",
    "reverse-posting": "整次冲正",
    "export": "下载登记表",
}


# ── the list ──────────────────────────────────────────────────────────────────────────────────
class SessionQuery:
    """`?when=to-post|coming|posted|all`, `?whose=ours|all`, `?q=`; what is not one of ours counts as not said."""

    WHEN = {"to-post": "待入账", "coming": "还没结束", "posted": "已入账", "all": "全部"}
    WHOSE = {"ours": "本局举办", "all": "辖区内"}
    order = ("-last_day", "-id")

    def __init__(self, params: Mapping, *, user, today: date) -> None:
        self.user, self.today = user, today
        self.text = params.get("q", "").strip()[:60]
        self.when = params.get("when") if params.get("when") in self.WHEN else "all"
        asked = params.get("whose") if params.get("whose") in self.WHOSE else "ours"
        self.whose = "ours" if user.acting.role == Role.PROVIDER else asked

    @property
    def of_an_office(self) -> bool:
        return self.user.acting.role != Role.PROVIDER

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.when != "all")

    @cached_property
    def waiting(self) -> int:
        return Session.objects.of_organiser(self.user.acting).to_post(self.today).count()

    def rows(self) -> QuerySet:
        seen = Session.objects.visible_to(self.user)
        seen = seen.of_organiser(self.user.acting) if self.whose == "ours" else seen
        match self.when:
            case "to-post":
                seen = seen.to_post(self.today)
            case "coming":
                seen = seen.coming(self.today)
            case "posted":
                seen = seen.filter(state=S.POSTED)
        return seen.for_list().matching(self.text)


def standing_of(session: Session, *, now: datetime, undone: bool = False) -> tuple[str, str]:
    """(tone, word) of a row: whose move it is shows before the bare state.

    `undone`: of what was posted nothing stands any more.
    """
    today = timezone.localdate(now)
    if undone:
        return "ended", "入账已冲正"
    if session.state != S.PLANNED:
        return TONES[session.state], session.get_state_display()
    if session.is_over(today) and not session.still_runs(now):
        return "soon", "待入账"
    if session.is_over(today):
        return "active", "上课中"
    return ("active", "进行中") if session.first_day <= today else ("none", "未开始")


# ── one session ───────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Given:
    """How many entries a session gave, reversals aside, and how many of them were not taken back."""

    entries: int
    standing: int

    @property
    def undone(self) -> bool:
        return bool(self.entries) and not self.standing

    @property
    def said(self) -> str:
        """Behind the number of entries."""
        back = self.entries - self.standing
        return "，有效 0 笔" if self.undone else f"，已冲正 {grouped(back)} 笔" if back else ""


def given_by(session: Session) -> Given:
    found = Entry.objects.filter(session=session, reverses=None)
    return Given(**found.aggregate(entries=Count("pk"), standing=Count("pk", filter=Q(reversal=None))))


def still_to_come(session: Session, *, now: datetime) -> str:
    """From when it may be posted; empty once that is so. The guards of the posting say the same."""
    if not session.is_over(timezone.localdate(now)):
        return f"{day_full(session.last_day)}结束以后才能入账。"
    ends = session.still_runs(now)
    return f"{timezone.localtime(ends):%H:%M} 以后入账" if ends else ""


def head(session: Session, *, people: int, given: Given, now: datetime) -> dict:
    """For `components/case_head.html`: where it stands, whose move, what comes next."""
    today, until = timezone.localdate(now), still_to_come(session, now=now)
    place = 1 if until and session.first_day <= today else 0 if until else 2
    done, cancelled = session.state == S.POSTED and not given.undone, session.state == S.CANCELLED
    what, note = _next(session, people=people, until=until, given=given, today=today)
    return {
        "steps": [
            _step(name, n, place=-1 if cancelled else place, done=done) for n, name in enumerate(STEPS)
        ],
        "turn": "办结" if done and not people else "已取消" if cancelled else str(session.organiser),
        "turn_note": since(timezone.localtime(session.moved_at), today=today),
        "due": _days(session),
        "due_note": _till(session, today=today),
        "next": what,
        "next_note": note,
    }


def _step(name: str, number: int, *, place: int, done: bool) -> tuple[str, str]:
    return name, "done" if done or number < place else "now" if number == place else ""


def _next(session: Session, *, people: int, until: str, given: Given, today: date) -> tuple[str, str]:
    if session.state == S.CANCELLED:
        return "可以另建场次", ""
    if until and session.is_over(today):
        return f"上课中，{until}", "现在登记到场的人；最后一次课结束以前不能入账。"
    if until:
        return "上课，登记到场的人", until
    if people:
        return f"核对后入账 {grouped(people)} 人", "入账后名单清空，学时进入每个人的学时账。"
    if given.undone:
        return "入账的都已冲正", "登错了的，重新登记再入账。"
    if session.state == S.POSTED:
        return "不用再办", "登错了的，在入账记录里冲正；漏登的，登记以后再入账一次。"
    return "登记到场的人，再入账", "按证件号码登记，或者导入名单。"


def _days(session: Session) -> str:
    first, last = day_long(session.first_day), day_long(session.last_day)
    return first if first == last else f"{first}至{last}"


def _till(session: Session, *, today: date) -> str:
    if session.state != S.PLANNED:
        return ""
    left, past = (session.first_day - today).days, (today - session.last_day).days
    if left > 0:
        return f"还有 {grouped(left)} 天开始。"
    if past > 0:
        return f"结束已 {grouped(past)} 天。入账不设期限，早入账，本人早看到。"
    return "今天结束。" if past == 0 else "正在进行。"


def warnings(session: Session) -> list[str]:
    """What somebody should know before it is held; none of it is forbidden."""
    return [*_more_than_its_clock_holds(session), *_not_commissioned(session)]


def _more_than_its_clock_holds(session: Session) -> list[str]:
    said = doubts.more_than_its_clock_holds(session)
    return [f"{said}不改的，入账时学时会标出核查，监管机关核定以前不计入。"] if said else []


def _not_commissioned(session: Session) -> list[str]:
    if not doubts.uncommissioned(session):
        return []
    return [f"{_days(session)}没有覆盖这几天的委托。入账时学时会标出核查，委托机关核定以前不计入。"]


@dataclass(frozen=True)
class Marked:
    """A line of the roster, and what stands against it."""

    line: RosterLine
    marks: list[str]
    attended: str  # "" where everybody was at everything


def marked(session: Session, lines: list[RosterLine]) -> list[Marked]:
    clashes = ledger.clashes(session, lines)
    standing = ledger.standing_in(session, [line.person_id for line in lines])
    times = {each.pk: str(each) for each in session.meetings.all()}
    return [
        Marked(line, list(_marks(line, clashes=clashes, standing=standing)), _attended(line, times))
        for line in lines
    ]


def _marks(line: RosterLine, *, clashes: dict, standing: set):
    if line.in_doubt:
        yield "签到时写的姓名与证件号码对不上，请当面核对证件"
    if line.pk in clashes:
        begins, ends = (timezone.localtime(each) for each in _ends(clashes[line.pk].during))
        yield f"{begins:%Y-%m-%d %H:%M}–{ends:%H:%M} 已有别的培训入账"
    if (line.person_id, line.course_class) in standing:
        yield "在本场已经入账"


def _ends(during) -> tuple:
    return during.lower, during.upper


def _attended(line: RosterLine, times: dict[int, str]) -> str:
    return "；".join(words for key, words in times.items() if key in line.meetings)


def timeline(session: Session) -> list[dict]:
    """What was done, newest first; looks, and who signed or was entered one by one, are not repeated here.

    What was taken back is on record about the entry or the posting: a union, so that each part goes by the index.
    """
    single = (Event.LOOK, "enter-roster", "correct-roster", "settle-roster", "drop-roster", "sign-in")
    mirrors = Entry.objects.filter(session=session, reverses__isnull=False)
    own = Event.objects.about(session).exclude(action__in=single)
    events = own.union(
        _events_about(mirrors, "reverse"), _events_about(session.postings.all(), "reverse-posting")
    ).order_by("-id")
    return [{"said": _said(event), "event": event} for event in events]


def _events_about(rows: QuerySet, action: str) -> QuerySet:
    keys = rows.order_by().annotate(key=Cast("pk", CharField())).values("key")
    return Event.objects.filter(subject_type=rows.model._meta.label_lower, subject_id__in=keys, action=action)


def _said(event: Event) -> str:
    word = ACTS.get(event.action, event.action)
    match event.action:
        case "reverse":
            return f"{word} {Entry.number_of(event.data['reverses'])}"
        case "reverse-posting":
            return f"{word} {grouped(len(event.data['entries']))} 笔"
    return word


# ── before and after posting ──────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Preview:
    """What posting would do, as the roster stands now."""

    session: Session
    lines: list[RosterLine]
    reasons: list[str]
    flagged: list[doubts.Foreseen]

    without_papers: bool  # nothing bears what was not signed

    @property
    def people(self) -> int:
        return len({line.person_id for line in self.lines})

    @property
    def digest(self) -> str:
        return ledger.digest_of(self.session, self.lines)

    @property
    def by_class(self) -> list[tuple[str, int, object]]:
        """(class, lines, hours)."""
        found: dict = {}
        for line in self.lines:
            number, hours = found.get(line.course_class, (0, 0))
            found[line.course_class] = (number + 1, hours + line.hours)
        return [(class_label(key), *each) for key, each in found.items()]

    @property
    def by_flag(self) -> list[tuple[str, list[doubts.Foreseen]]]:
        kinds = dict(Flag.Kind.choices)
        found: dict[str, list] = {}
        for each in self.flagged:
            found.setdefault(str(kinds[each.kind]), []).append(each)
        return list(found.items())


def preview(session: Session, step, *, today: date) -> Preview:
    lines = list(session.roster.select_related("person").order_by("id"))
    written = any(line.source != Source.SIGNED for line in lines)
    return Preview(
        session,
        lines,
        step.reasons_against(session, today),
        doubts.foreseen(session, lines) if lines else [],
        without_papers=written and not session.evidence.current().exists(),
    )


def entries_of(session: Session) -> QuerySet:
    return (
        Entry.objects.filter(session=session, reverses=None)
        .for_ledger()
        .select_related("person", "reversal__by")
    )


def postings_of(session: Session) -> QuerySet:
    """`stands`: whether anything of it is left to take back."""
    left = Entry.objects.standing().filter(posting=OuterRef("pk"))
    return session.postings.select_related("by").annotate(stands=Exists(left))
