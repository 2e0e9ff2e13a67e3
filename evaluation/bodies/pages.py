"""What the pages of bodies show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Q, QuerySet
from django.urls import reverse

from cqo_portal.accounts.permissions import is_body
from cqo_portal.audit.models import Event
from cqo_portal.parties.models import Institution
from cqo_portal.ui.acts import Act, acts_of
from cqo_portal.wording import day_full, grouped
from evaluation.bodies.models import SAID, BodyPaper, BodyRecord, Clocks, Submission
from evaluation.bodies.queries import ENDS_SOON
from evaluation.bodies.workflow import RECORD_LIFE

S = BodyRecord.State
WORDS = {name: step.label for name, step in RECORD_LIFE.items()} | {
    "draft": "起草",
    "edit": "修改",
    "attach": "上传材料",
    "remove": "拿掉材料",
}
OF_THE_DRAFT = ("draft", "edit", "attach", "remove")  # how the body worked at it
LOOKS = {  # of a standing: a state of the frame, and the word
    "coming": ("waiting", "还没开始"),
    "holding": ("active", "在案"),
    "soon": ("soon", "快到期"),
    "suspended": ("late", "已暂停"),
    "over": ("ended", "已届满"),
}
ASKED = {S.DRAFT: ("draft", "草稿"), S.SUBMITTED: ("mine", "等待登记"), S.RETURNED: ("returned", "已退回")}


def look(record: BodyRecord, today: date) -> tuple[str, str]:
    """(state of the frame, word)."""
    standing = record.standing_on(today)
    if standing == "asked":
        return ASKED[record.state]
    if record.state == S.ENDED:
        return "ended", "已终止"
    return LOOKS["soon" if standing == "holding" and ends_soon(record, today) else standing]


def ends_soon(record: BodyRecord, today: date) -> bool:
    """Within three months of its last day."""
    return record.last_day is not None and ENDS_SOON.before(record.last_day) <= today


def said_of(record: BodyRecord, today: date) -> str:
    """Where it stands, as a sentence."""
    match record.standing_on(today):
        case "asked":
            return {
                S.DRAFT: f"还没有提交{record.office}。",
                S.SUBMITTED: f"已提交，等{record.office}登记。",
                S.RETURNED: f"{record.office}退回了，改好以后重新提交。",
            }[record.state]
        case "coming":
            return f"{record.office}登记（{record.document}），{day_full(record.first_day)}起在案。"
        case "suspended":
            return "暂停期间不能受理新的评价申请。"
        case "over":
            return f"{day_full(record.holds_until)}是最后一天。"
    filed = f"{record.office}登记（{record.document}），{day_full(record.first_day)}起在案，"
    if record.holds_until is None:
        return f"{filed}没有截止日期，到终止为止。"
    return f"{filed}到{day_full(record.holds_until)}为止，连今天还有 {grouped(record.days_left(today))} 天。"


# ── on the desk ───────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Reminder:
    """What a body has to do about its record now."""

    title: str
    waits: str
    url: str


def reminder(user, *, today: date) -> Reminder | None:
    """For a body: nothing holds and nothing was submitted, it came back, or it ends within three months."""
    records = list(BodyRecord.objects.visible_to(user).select_related("office").order_by("-created_at"))
    url = reverse("bodies:index")
    asked = next((each for each in records if each.first_day is None), None)
    if asked and asked.state == S.RETURNED:
        return Reminder(f"{asked.office}退回了登记", "请改好再提交", asked.get_absolute_url())
    if asked and asked.state == S.SUBMITTED:
        return None  # the office has it
    filed = [each for each in records if each.standing_on(today) in ("holding", "coming", "suspended")]
    if not filed:
        waits = "草稿还没有提交" if asked else "请申请登记"
        return Reminder(
            "贵机构还没有在案，不能受理评价申请", waits, asked.get_absolute_url() if asked else url
        )
    if all(each.last_day and ends_soon(each, today) for each in filed):
        last = max(each.last_day for each in filed)
        return Reminder(
            f"贵机构的登记到{day_full(last)}为止",
            "请申请新的登记",
            asked.get_absolute_url() if asked else url,
        )
    return None


# ── one record ────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Condition:
    """One of the four things the chapter asks."""

    title: str
    lines: tuple[tuple[str, str], ...]
    papers: tuple[BodyPaper, ...]


def conditions(record: BodyRecord, papers: list[BodyPaper], *, user) -> list[Condition]:
    """What the body said, to an office as it was submitted: it does not see corrections while they are being typed."""
    said = {name: getattr(record, name) for name in SAID}
    if record.state == S.RETURNED and not is_body.test(user):
        said = record.submissions.first().said
    kinds = BodyPaper.Kind
    rows = (
        ("法人资质", [("统一社会信用代码", said["credit_code"])], kinds.LEGAL),
        ("评价管理制度", [("名称", said["rules_title"])], kinds.RULES),
        ("场所、设备和资源", [("情况", said["resources"])], kinds.RESOURCES),
        (
            "接受指导和监督",
            [("主管部门", said["authority"]), ("联系方式", said["authority_contact"])],
            kinds.SUPERVISION,
        ),
    )
    return [
        Condition(title, tuple(lines), tuple(paper for paper in papers if paper.kind == kind))
        for title, lines, kind in rows
    ]


def timeline(record: BodyRecord, *, user) -> list[Act]:
    events = Event.objects.about(record).order_by("-id")
    if not is_body.test(user):
        events = events.exclude(action__in=OF_THE_DRAFT)
    return acts_of(events, WORDS)


LABELS = {
    "office_id": "登记机关",
    "jurisdiction": "所依据的规则",
    "credit_code": "统一社会信用代码",
    "rules_title": "评价管理制度",
    "resources": "场所、设备和资源",
    "authority": "主管部门",
    "authority_contact": "主管部门的联系方式",
}


def submissions(record: BodyRecord) -> list[tuple[Submission, list[str]]]:
    """Newest first, each with what it says otherwise than the one before it."""
    found = list(record.submissions.select_related("by"))
    return [
        (each, _changed(each, found[n + 1]) if n + 1 < len(found) else []) for n, each in enumerate(found)
    ]


def _changed(after: Submission, before: Submission) -> list[str]:
    changed = [label for name, label in LABELS.items() if after.said[name] != before.said[name]]
    return changed + (["材料"] if after.papers != before.papers else [])


# ── clocks ────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Change:
    clocks: Clocks
    said: list[tuple[str, str, str]]  # (label, before, after)


def clocks_history(institution: Institution) -> list[Change]:
    """Newest first; the first one ever changed the usual clocks."""
    rows = list(Clocks.objects.filter(institution=institution).select_related("by"))
    before = [*rows, Clocks(institution=institution)][1:]
    return [Change(after, _differences(was, after)) for after, was in zip(rows, before, strict=True)]


def _differences(before: Clocks, after: Clocks) -> list[tuple[str, str, str]]:
    was, now = dict(shown_clocks(before)), dict(shown_clocks(after))
    return [(label, was[label], now[label]) for label in now if was[label] != now[label]]


def shown_clocks(clocks: Clocks) -> list[tuple[str, str]]:
    """[(what, how much)], in the order of the work."""
    days = [(label, f"{count} 个工作日") for label, count in clocks.days.values()]
    return [
        *days,
        ("多份评分的合成办法", clocks.get_aggregation_display()),
        ("评价组人数（连组长）", f"{clocks.panel_size} 人"),
        ("每个证书年的继续教育活动", f"{clocks.activities} 次"),
    ]


# ── lists ─────────────────────────────────────────────────────────────────────────────────────
class RecordQuery:
    """`?turn=waiting|filed|over|all`, `?q=`; what is not one of ours counts as not said."""

    WORDS = {"waiting": "等本局登记", "filed": "在案", "over": "已终止、届满", "all": "全部"}

    def __init__(self, params: Mapping, *, user, today: date) -> None:
        self.user, self.today = user, today
        self.text = params.get("q", "").strip()[:60]
        asked = params.get("turn", "")
        self.turn = asked if asked in self.WORDS else "all"

    @cached_property
    def choices(self) -> list[tuple[str, str, int]]:
        return [(code, word, self._of(code).order_by().count()) for code, word in self.WORDS.items()]

    def rows(self) -> QuerySet:
        found = self._of(self.turn).for_list()
        return found.filter(institution__in=Institution.objects.matching(self.text)) if self.text else found

    def _of(self, turn: str) -> QuerySet:
        seen = BodyRecord.objects.visible_to(self.user)
        over = Q(state=S.ENDED) | Q(last_day__lt=self.today)
        match turn:
            case "waiting":
                return BodyRecord.objects.awaiting(self.user)
            case "filed":
                return seen.filter(state__in=[S.IN_FORCE, S.SUSPENDED]).exclude(last_day__lt=self.today)
            case "over":
                return seen.filter(over)
        return seen
