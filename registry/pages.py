"""What each page of a filing shows. Reads only; every function returns the context of one template."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import QuerySet
from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event
from cqo_portal.jurisdictions import pack_on
from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.jurisdictions.requirements import leaves
from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Organisation
from cqo_portal.workflow.engine import open_to
from registry import content, draft, facts, forms
from registry.models import Filing, Proof
from registry.permissions import decides
from registry.workflow import FILING, RETURN, RETURN_FROM_CITY

S = Filing.State

# Which clause a return pinned to this address usually rests on; the pack gives the article.
CLAUSE_KEYS = {
    "experience": "experience",
    "officer.education": "education",
    "officer.job_title": "title",
    "officer.trained": "training",
    "proof.training": "training",
    "proof.experience": "experience",
    "proof.education": "education",
    "proof.title": "title",
    "proof.appointment": "appointed-by",
    "appointment.appointed_by": "appointed-by",
    "appointment.term_years": "term",
}


# ── lists ─────────────────────────────────────────────────────────────────────────────────────
class FilingQuery:
    """A list of filings as its address says: `?turn=mine|others|all`, `?state=`, `?q=`."""

    TURNS = (("mine", "轮到我"), ("others", "等别人"), ("all", "全部"))

    def __init__(self, params: Mapping) -> None:
        self.text = params.get("q", "").strip()[:60]
        self.state = params.get("state") if params.get("state") in S.values else ""
        asked = params.get("turn", "")
        self.turn = asked if asked in dict(self.TURNS) else ("all" if self.text or self.state else "mine")

    @property
    def order(self) -> tuple[str, ...]:
        return ("moved_at", "id") if self.turn == "mine" else ("-moved_at", "-id")

    def apply(self, filings: QuerySet, *, user) -> QuerySet:
        mine = Filing.objects.awaiting(user).order_by().values("pk")
        if self.turn == "mine":
            filings = filings.filter(pk__in=mine)
        elif self.turn == "others":
            filings = filings.under_way().exclude(pk__in=mine)
        if self.state:
            filings = filings.filter(state=self.state)
        return filings.matching(self.text)


# ── the enterprise's side ─────────────────────────────────────────────────────────────────────
def before_filing(organisation: Organisation) -> dict:
    """What a filing needs, before one begins: the clauses in force, the papers, who decides."""
    rules = pack_on(organisation.office.jurisdiction, timezone.localdate())
    return {
        "organisation": organisation,
        "pack": rules,
        "under_way": organisation.filings.under_way().first(),
        "officer": organisation.officers.in_office().first(),
    }


@dataclass(frozen=True)
class Chapter:
    """One entry of the table of contents beside the form."""

    anchor: str
    title: str
    status: str  # wrong | done | now | none
    note: str


@dataclass(frozen=True)
class PaperKind:
    """One kind of paper: what has been handed in, whether it is wanted, and whether it may change now."""

    kind: Proof.Kind
    papers: list[Proof]
    wanted: str  # why it is wanted, or empty
    open: bool
    asked: str = ""  # what the return says about it


def form_page(filing: Filing, *, typed: dict | None = None, checked: bool = False) -> dict:
    """The form: `form` (sections enterprise, officer, experience, appointment), the judgement, the papers.

    `checked`: the person asked to go on, so that every fault is shown; while one types, empty fields are no faults.
    """
    today = timezone.localdate()
    form = draft.form_of(filing, today=today, typed=typed)
    said = form.said()
    judgement = facts.judge(filing, said, today=today)
    faults = list(form.faults())
    papers = paper_kinds(filing, said)
    toc = chapters(form, papers, checked=checked)
    if not checked:
        form.forgive_what_is_empty()
    returned = [Pin(n, content.label_of(i.key), i) for n, i in enumerate(returned_items(filing), start=1)]
    form.ask({pin.item.key: pin.item.reason for pin in returned})
    form.remark_on_what_is_good()
    doubt = _code_in_doubt(form)
    form.mask()
    return {
        "filing": filing,
        "form": form,
        "pack": form.pack,
        "checked": checked,
        "faults": faults,
        "judgement": judgement,
        "papers": papers,
        "missing_papers": [kind for kind in papers if kind.wanted and not kind.papers],
        "derived": derived(said, judgement, today=today),
        "chapters": toc,
        "returned": returned,
        "asked_experience": next((p.item.reason for p in returned if p.item.key == "experience"), ""),
        "version": filing.draft_version,
        "saved_at": filing.draft_saved_at,
        "code_in_doubt": doubt,
    }


def _code_in_doubt(form: forms.FilingForm) -> bool:
    """Whether the page must offer to say that the licence really bears a code whose check digit is wrong."""
    if form.enterprise["credit_code_as_printed"].value():
        return True
    try:
        identifiers.credit_code(form.enterprise["credit_code"].value() or "")
    except identifiers.Invalid as invalid:
        return invalid.check_digit
    return False


def stale_page(filing: Filing, typed: dict) -> dict:
    """Somebody saved meanwhile: the page keeps what was typed here, and says who saved and when."""
    return form_page(filing, typed=typed) | {"stale": True}


def derived(said: Mapping, judgement: facts.Judgement, *, today: date) -> dict:
    """What follows from the input, with its arithmetic: size, length of experience, end of the term."""
    appointment = said.get("appointment", {})
    appointed_on = appointment.get("appointed_on")
    years = appointment.get("term_years")
    ends = None
    if appointed_on and years:
        ends = Years(int(years)).last_day_from(date.fromisoformat(appointed_on))
    return {
        "sized": judgement.sized,
        "size_problem": judgement.size_problem,
        "size_year": today.year - 1,
        "term_ends": ends,
        "experience_on": date.fromisoformat(appointed_on) if appointed_on else today,
    }


def chapters(form: forms.FilingForm, papers: list[PaperKind], *, checked: bool) -> list[Chapter]:
    found = []
    for section in (form.enterprise, form.officer, form.experience, form.appointment):
        found.append(_chapter(section, checked=checked))
    missing = sum(1 for kind in papers if kind.wanted and not kind.papers)
    status, note = ("none", f"还缺 {missing} 件") if missing else ("done", "已齐")
    return [*found, Chapter("papers", "证明材料", status, note)]


def _chapter(section, *, checked: bool) -> Chapter:
    rows = section.forms if hasattr(section, "forms") else [section]
    if hasattr(section, "forms") and not any(row.has_changed() for row in rows):
        return Chapter(section.code, section.title, "none", "还没有写")
    wrong = sum(len(row.errors) if checked else _wrong_now(row) for row in rows)
    if wrong:
        return Chapter(section.code, section.title, "wrong", f"{wrong} 处有误")
    empty = sum(len(row.errors) for row in rows)
    if empty:
        return Chapter(section.code, section.title, "none", f"还有 {empty} 处没填")
    return Chapter(section.code, section.title, "done", "已填完")


def _wrong_now(form) -> int:
    """Faults in fields that hold something: an empty field is not wrong while one is still typing."""
    return sum(1 for name in form.errors if name in form.fields and form[name].value() not in (None, "", []))


def paper_kinds(filing: Filing, said: Mapping) -> list[PaperKind]:
    opened = draft.unlocked(filing)
    handed_in = list(filing.proofs.current())
    asked = {item.key: item.reason for item in returned_items(filing)}
    wanted = wanted_papers(said)
    return [
        PaperKind(
            kind=kind,
            papers=[paper for paper in handed_in if paper.kind == kind],
            wanted=wanted.get(kind, ""),
            open=draft.is_open(f"proof.{kind}", opened),
            asked=asked.get(f"proof.{kind}", ""),
        )
        for kind in Proof.Kind
    ]


def wanted_papers(said: Mapping) -> dict[str, str]:
    """Which papers back what was said, and what happens without them. Missing ones never block."""
    officer, enterprise = said.get("officer", {}), said.get("enterprise", {})
    wanted = {
        Proof.Kind.APPOINTMENT: "由最高管理者签署，写明任命日期和任期。",
        Proof.Kind.EXPERIENCE: "每段经历一份，写明部门、岗位、起止月份。",
    }
    if officer.get("education") not in (None, "none"):
        wanted[Proof.Kind.EDUCATION] = "最高学历的毕业证书。"
    if officer.get("job_title") not in (None, "none"):
        wanted[Proof.Kind.TITLE] = "所填职称的证书。"
    if officer.get("trained") == "yes":
        wanted[Proof.Kind.TRAINING] = "没有这份材料，“任职培训”无法判定。"
    if enterprise.get("credit_code_as_printed"):
        wanted[Proof.Kind.LICENCE] = "信用代码的校验位不符，须附执照由市场监管部门确认。"
    return wanted


def returned_items(filing: Filing) -> list:
    """What the last return asked for, while it is being corrected."""
    return list(filing.returned_items.select_related("by")) if filing.state == S.RETURNED else []


def check_page(filing: Filing, posted) -> dict | None:
    """The last page before submission, or None where the form is not complete."""
    if draft.unlocked(filing) == frozenset():
        return None
    page = form_page(filing, checked=True)
    if page["faults"]:
        return None
    unmet = page["judgement"].unmet
    form = forms.PleaForm(posted, needed=bool(unmet), initial={"plea": filing.plea})
    said = facts.content_of_draft(filing, today=timezone.localdate())
    return page | {"form": form, "unmet": unmet, "parts": content.read(said, before=_last_content(filing))}


def _last_content(filing: Filing) -> dict | None:
    return facts.content_of(filing) if filing.round else None


# ── the case ──────────────────────────────────────────────────────────────────────────────────
def case_page(filing: Filing, user, params: Mapping) -> dict:
    """The case for whoever may see it: what was said, the papers, the clauses, what may be done now."""
    if not filing.round:
        return _draft_case(filing, user)
    said = facts.content_of(filing)
    judgement = facts.judge_submitted(filing)
    steps = open_to(user, filing, steps=FILING.values())
    deciding = any(step in steps for step in (RETURN, RETURN_FROM_CITY)) and decides.test(user, filing)
    papers = list(
        filing.proofs.at_round(filing.round).select_related("uploaded_by").order_by("kind", "uploaded_at")
    )
    pinned = pins(filing) if deciding else []
    asked = params.get("pin", "")
    return {
        "filing": filing,
        "head": case_head(filing, user),
        "parts": content.read(said, before=_content_before(filing)),
        "judgement": judgement,
        "clauses": clauses_with_decisions(filing, judgement),
        "submission": filing.submissions.get(round=filing.round),
        "papers": papers,
        "viewed": _viewed(papers, params),
        "viewed_page": _page_number(params),
        "steps": steps,
        "deciding": deciding,
        "blocked": _blocked(filing, pinned) if deciding else "",
        "return_step": next((step for step in steps if step in (RETURN, RETURN_FROM_CITY)), None),
        "pins": pinned,
        "pinned": {pin.item.key for pin in pinned},
        "pin_key": asked if deciding and asked in content.known_keys() else "",
        "pin_label": content.label_of(asked) if asked in content.known_keys() else "",
        "revealable": True,
        "last_return": last_return(filing),
        "timeline": timeline(filing),
    }


def _blocked(filing: Filing, pinned: list) -> str:
    """Why the case cannot go on yet, beside the disabled button."""
    if pinned:
        return f"有 {len(pinned)} 个补正项没有发出：先退回企业，或者删去补正项，才能往下办。"
    left = facts.undecided(filing)
    names = "、".join(f"“{clause.label}”" for clause in left)
    return f"{names}尚未符合：请在条款下写认定理由，或者退回企业。" if left else ""


def _draft_case(filing: Filing, user) -> dict:
    return {
        "filing": filing,
        "head": case_head(filing, user),
        "steps": open_to(user, filing, steps=FILING.values()),
        "timeline": timeline(filing),
    }


def latest_content(filing: Filing) -> dict:
    return facts.content_of(filing)


def _content_before(filing: Filing) -> dict | None:
    if filing.round < 2:
        return None
    return filing.submissions.get(round=filing.round - 1).content


@dataclass(frozen=True)
class ClauseWithDecision:
    clause: object
    determination: object | None
    open: bool


def clauses_with_decisions(filing: Filing, judgement: facts.Judgement) -> list[ClauseWithDecision]:
    decided = {d.clause: d for d in filing.determinations.filter(round=filing.round).select_related("by")}
    still_open = {clause.key for clause in judgement.open}
    return [
        ClauseWithDecision(c, decided.get(c.key), c.key in still_open and c.key not in decided)
        for c in judgement.clauses
    ]


def is_open_clause(filing: Filing, key: str) -> bool:
    return any(clause.key == key for clause in facts.undecided(filing))


@dataclass(frozen=True)
class Pin:
    number: int
    label: str
    item: object


def pins(filing: Filing) -> list[Pin]:
    """The return being composed: numbered, in the order in which it was written."""
    unsent = filing.return_items.filter(round=filing.round, sent_at=None)
    return [Pin(n, content.label_of(item.key), item) for n, item in enumerate(unsent, start=1)]


@dataclass(frozen=True)
class Answered:
    """One item of the last return, and whether the enterprise changed what it was pinned to."""

    label: str
    item: object
    changed: bool


def last_return(filing: Filing) -> list[Answered]:
    """After a resubmission: what had been asked, and whether it was touched at all."""
    if filing.round < 2 or filing.state == S.RETURNED:
        return []
    items = filing.return_items.filter(round=filing.round - 1).exclude(sent_at=None)
    now, then = facts.content_of(filing), _content_before(filing)
    return [Answered(content.label_of(i.key), i, _touched(filing, i.key, now, then)) for i in items]


def _touched(filing: Filing, key: str, now: Mapping, then: Mapping) -> bool:
    section, _, name = key.partition(".")
    if section == "proof":
        return filing.proofs.filter(kind=name, added_in=filing.round).exists()
    if not name:
        return now.get(section) != then.get(section)
    return now[section].get(name) != then[section].get(name)


def clause_of(filing: Filing, key: str) -> str:
    """The article a return pinned to this address usually rests on; empty where the pack names none."""
    rules = facts.judge_submitted(filing).pack
    clauses = [*leaves(rules.qualification), rules.appointed_by, *([rules.term] if rules.term else [])]
    return next((clause.cites for clause in clauses if clause.key == CLAUSE_KEYS.get(key)), "")


def _viewed(papers: list[Proof], params: Mapping) -> Proof | None:
    asked = params.get("proof", "")
    return next((paper for paper in papers if str(paper.pk) == asked), papers[0] if papers else None)


def _page_number(params: Mapping) -> int:
    typed = params.get("page", "1")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 1


@dataclass(frozen=True)
class CaseHead:
    """Where, whose move, by when with the arithmetic, what next."""

    filing: Filing
    user: object

    STEPS = (
        ("企业申报", (S.DRAFT, S.RETURNED)),
        ("县级预审", (S.AT_COUNTY,)),
        ("市级备案", (S.AT_CITY,)),
        ("载入名录", (S.FILED,)),
    )

    @cached_property
    def steps(self) -> list[tuple[str, str]]:
        now = next((n for n, (_, states) in enumerate(self.STEPS) if self.filing.state in states), -1)
        if self.filing.state == S.FILED:
            return [(label, "done") for label, _ in self.STEPS]
        return [
            (label, "done" if n < now else "now" if n == now else "")
            for n, (label, _) in enumerate(self.STEPS)
        ]

    @property
    def turn(self) -> str:
        match self.filing.state:
            case S.DRAFT | S.RETURNED:
                return self.filing.organisation.name
            case S.AT_COUNTY:
                return self.filing.office.name
            case S.AT_CITY:
                return self.filing.office.parent.name
            case S.FILED:
                return "已办结"
        return "已作废"

    @property
    def turn_note(self) -> str:
        if self.filing.state in (S.FILED, S.DISCARDED):
            return f"{timezone.localtime(self.filing.moved_at):%Y-%m-%d %H:%M} 办结。"
        days = (timezone.localdate() - timezone.localdate(self.filing.moved_at)).days
        since = f"{timezone.localtime(self.filing.moved_at):%Y-%m-%d %H:%M} 起"
        mine = "您可以办理。" if self.is_mine else ""
        return f"{since}，{f'已 {days} 天。' if days else '今天到。'}{mine}"

    @property
    def is_mine(self) -> bool:
        turn = {
            S.DRAFT: Role.ENTERPRISE,
            S.RETURNED: Role.ENTERPRISE,
            S.AT_COUNTY: Role.COUNTY,
            S.AT_CITY: Role.CITY,
        }
        return self.user.acting is not None and self.user.acting.role == turn.get(self.filing.state)

    due = ""
    due_tone = ""
    arithmetic: tuple[str, ...] = ()

    @property
    def due_note(self) -> str:
        if self.filing.state in (S.FILED, S.DISCARDED):
            return ""
        way = pack_on(self.filing.jurisdiction, timezone.localdate()).route
        voluntary = [w for w in way.ways if not w.announced_yearly] if way else []
        return f"{voluntary[0].label}（{voluntary[0].cites}）。" if voluntary else ""

    @property
    def next(self) -> str:
        return {
            S.DRAFT: "提交 → 县级预审",
            S.RETURNED: "补正后重报 → 县级预审",
            S.AT_COUNTY: "上报 → 市局赋备案号",
            S.AT_CITY: "准予备案 → 赋备案号、入册",
            S.FILED: f"备案号 {self.filing.filing_number}",
            S.DISCARDED: "可以重新发起",
        }[self.filing.state]

    @property
    def next_note(self) -> str:
        return {
            S.DRAFT: "草稿自动保存，随时可以离开。",
            S.RETURNED: "只有退回的各项可以改动，其余内容锁定。",
            S.AT_COUNTY: f"退回 → 企业只能改所列各项，重报后为第 {self.filing.round + 1} 轮。",
            S.AT_CITY: f"退回 → 企业补正后先回县级预审，为第 {self.filing.round + 1} 轮。",
            S.FILED: "人员或信息有变化时，请按规定报送。",
            S.DISCARDED: "",
        }[self.filing.state]


def case_head(filing: Filing, user) -> CaseHead:
    return CaseHead(filing, user)


def timeline(filing: Filing) -> list[Event]:
    """Everything that was done with the filing, newest first; looks at personal data are not acts."""
    done = Event.objects.about(filing).exclude(action=Event.LOOK)
    return [event for event in done.order_by("-id") if event.after or event.action == "determine"]
