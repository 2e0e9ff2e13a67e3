"""The enterprise's side: before a filing, the form, the last look before it is submitted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.jurisdictions.vocabulary import Sector
from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Organisation
from registry import content, draft, facts, forms
from registry.editions import edition_for
from registry.models import Filing, Proof
from registry.pages.returns import asked_now


def before_filing(organisation: Organisation) -> dict:
    """What a filing needs, before one begins: the clauses in force, the papers, who decides."""
    rules = edition_for(organisation.office, timezone.localdate())
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
    said = facts.with_size(form.said(), today=today)
    judgement = facts.judge(filing, said, today=today)
    faults = list(form.faults())
    papers = paper_kinds(filing, said)
    toc = chapters(form, papers, checked=checked)
    if not checked:
        form.forgive_what_is_empty()
    returned = asked_now(filing)
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
        "sector": Sector(said["enterprise"]["sector"]) if said["enterprise"].get("sector") else None,
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
    asked = {pin.item.key: pin.item.reason for pin in asked_now(filing)}
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
