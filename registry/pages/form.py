"""The enterprise's side: before a filing, the form, the last look before it is submitted."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.jurisdictions.requirements import Education, Title, leaves
from cqo_portal.jurisdictions.vocabulary import Sector
from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Organisation
from cqo_portal.ui.sectioned import Chapter, chapter_of, empty_in
from registry import content, deadlines, draft, facts, forms
from registry.editions import edition_for
from registry.models import Filing, Proof
from registry.pages.deadline import deadline_of, rule_for
from registry.pages.returns import Pin, asked_at, asked_now, is_of_a_paper, untouched
from registry.record import changed
from registry.sections import PREFILLED
from registry.vacancy import vacant_since


def before_filing(organisation: Organisation) -> dict:
    """What a filing needs, before one begins: the clauses in force, the papers, who decides."""
    rules = edition_for(organisation.office, timezone.localdate())
    return {
        "organisation": organisation,
        "pack": rules,
        "under_way": organisation.filings.under_way().first(),
        "officer": organisation.officers.in_office().first(),
        "vacant_since": vacant_since(organisation),
    }


@dataclass(frozen=True)
class PaperKind:
    """One kind of paper: what has been handed in, whether it is wanted, and whether it may change now."""

    kind: Proof.Kind
    papers: list[Proof]
    wanted: str  # why it is wanted, or empty
    open: bool
    asked: tuple[Pin, ...] = ()  # what the return says about it, page by page
    instead: frozenset[Proof.Kind] = frozenset()  # kinds of which one serves as well as this one
    spared: bool = False  # one of those was handed in

    @property
    def lacks(self) -> bool:
        return bool(self.wanted) and not self.papers and not self.spared


def missing(papers: list[PaperKind]) -> list[PaperKind]:
    """What is still to come; of kinds of which one suffices, that one."""
    found: list[PaperKind] = []
    for kind in sorted((kind for kind in papers if kind.lacks), key=lambda kind: len(kind.instead)):
        if kind.instead.isdisjoint(each.kind for each in found):
            found.append(kind)
    return found


def form_page(filing: Filing, *, typed: dict | None = None, checked: bool = False) -> dict:
    """The form: `form` (its sections by the kind of filing), the judgement, the papers; of a change also the clock.

    `checked`: the person asked to go on, so that every fault is shown; while one types, empty fields are no faults.
    """
    today = timezone.localdate()
    form = draft.form_of(filing, today=today, typed=typed)
    said = facts.content_from(form, today=today)
    judgement = facts.judge(filing, said, today=today)
    faults = list(form.faults())
    papers = paper_kinds(filing, said, judgement)
    toc = chapters(form, papers, checked=checked)
    if not checked:
        form.forgive_what_is_empty()
    returned = asked_now(filing)
    form.ask(asked_at(returned))
    form.remark_on_what_is_good()
    form.remark_on_what_is_new()
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
        "missing_papers": missing(papers),
        "derived": derived(said, judgement, today=today),
        "chapters": toc,
        "returned": returned,
        "asked_experience": asked_at(returned).get("experience", ""),
        "version": filing.draft_version,
        "saved_at": filing.draft_saved_at,
        "code_in_doubt": doubt,
        "on_record": form.on_record,
        "deadline": deadline_of(filing, deadlines.day_of(filing.kind, said), today=today),
        "rule": rule_for(filing.office, today=today) if filing.is_change else None,
        "changes": content.changes(filing.kind, said) if filing.kind in PREFILLED or not faults else [],
        "today": today,
    }


def _code_in_doubt(form: forms.FilingForm) -> bool:
    """Whether the page must offer to say that the licence really bears a code whose check digit is wrong."""
    if form.enterprise is None:
        return False
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
    enterprise, appointed_on = said.get("enterprise", {}), said.get("appointment", {}).get("appointed_on")
    begins, ends = term_of(said)
    return {
        "sized": judgement.sized,
        "size_problem": judgement.size_problem,
        "sector": Sector(enterprise["sector"]) if enterprise.get("sector") else None,
        "size_year": enterprise.get("size_year") or today.year - 1,
        "term_begins": begins,
        "term_ends": ends,
        "experience_on": date.fromisoformat(appointed_on) if appointed_on else today,
    }


def term_of(said: Mapping) -> tuple[date | None, date | None]:
    """First and last day of the term that is said, once enough of it is."""
    appointment, renewal = said.get("appointment", {}), said.get("renewal", {})
    if appointment.get("appointed_on") and appointment.get("term_years"):
        begins = date.fromisoformat(appointment["appointed_on"])
        return begins, Years(int(appointment["term_years"])).last_day_from(begins)
    if all(renewal.get(name) for name in ("decided_on", "runs_from", "term_years")):
        return content.term_of_renewal(renewal, old_end=said["was"]["appointment"]["term_ends"])
    return None, None


def chapters(form: forms.FilingForm, papers: list[PaperKind], *, checked: bool) -> list[Chapter]:
    found = [_chapter(part, checked=checked) for part in form.parts]
    lacking = len(missing(papers))
    status, note = ("none", f"还缺 {lacking} 件") if lacking else ("done", "已齐")
    return [*found, Chapter("papers", "证明材料", status, note)]


def _chapter(section, *, checked: bool) -> Chapter:
    """Of a table of rows, each a form: how all of them stand."""
    if not hasattr(section, "forms"):
        return chapter_of(section, checked=checked)
    if not any(row.has_changed() for row in section.forms):
        return Chapter(section.code, section.title, "none", "还没有写")
    wrong = sum(len(row.errors) - (0 if checked else len(empty_in(row))) for row in section.forms)
    if wrong:
        return Chapter(section.code, section.title, "wrong", f"{wrong} 处有误")
    empty = sum(len(row.errors) for row in section.forms)
    if empty:
        return Chapter(section.code, section.title, "none", f"还有 {empty} 处没填")
    return Chapter(section.code, section.title, "done", "已填完")


def paper_kinds(filing: Filing, said: Mapping, judgement: facts.Judgement) -> list[PaperKind]:
    opened = draft.unlocked(filing)
    handed_in = list(filing.proofs.current())
    here = {paper.kind for paper in handed_in}
    returned = asked_now(filing)
    wanted = wanted_papers(said, kind=filing.kind)
    if judgement.certificate and judgement.certificate.issued_on:
        wanted.pop(Proof.Kind.TRAINING, None)  # it is on record here: nobody proves it again
    offered = {*OFFERED_OF[filing.kind], *here, *wanted}
    offered |= {pin.item.key.removeprefix("proof.") for pin in returned if is_of_a_paper(pin.item.key)}
    serves = either_suffices(wanted, judgement)
    return [
        PaperKind(
            kind=kind,
            papers=[paper for paper in handed_in if paper.kind == kind],
            wanted=_why(kind, wanted, serves.get(kind, frozenset())),
            open=draft.is_open(f"proof.{kind}", opened),
            asked=tuple(pin for pin in returned if pin.item.key == f"proof.{kind}"),
            instead=serves.get(kind, frozenset()),
            spared=not here.isdisjoint(serves.get(kind, ())),
        )
        for kind in Proof.Kind
        if kind in offered
    ]


def _why(kind: Proof.Kind, wanted: Mapping[str, str], instead: Iterable[Proof.Kind]) -> str:
    others = "、".join(each.label for each in Proof.Kind if each in instead)
    return f"{wanted[kind]}{kind.label}和{others}交一件即可。" if others else wanted.get(kind, "")


BACKS = {Education: Proof.Kind.EDUCATION, Title: Proof.Kind.TITLE}  # which paper backs which sort of clause


def either_suffices(wanted: Collection[str], judgement: facts.Judgement) -> dict[str, frozenset[Proof.Kind]]:
    """{kind: the kinds that serve as well}: where the pack asks for one or the other, what is met best is backed."""
    paper_of = {leaf.key: BACKS.get(type(leaf)) for leaf in leaves(judgement.pack.qualification)}
    found = {}
    for clause in judgement.clauses:
        met = {paper_of[part.key]: part.verdict for part in clause.parts if paper_of[part.key] in wanted}
        best = frozenset(kind for kind, verdict in met.items() if verdict is max(met.values()))
        found |= {kind: best - {kind} for kind in met}
    return found


def wanted_papers(said: Mapping, *, kind: str = Filing.Kind.APPOINTMENT) -> dict[str, str]:
    """Which papers back what was said, and what happens without them. Missing ones never block."""
    return _WANTED_OF[kind](said)


def _for_an_appointment(said: Mapping) -> dict[str, str]:
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
        wanted[Proof.Kind.LICENCE] = CODE_IN_DOUBT
    return wanted


def _for_a_replacement(said: Mapping) -> dict[str, str]:
    return _for_an_appointment(said) | {Proof.Kind.DEPARTURE: "原任离任或免职的文件，写明最后任职日。"}


def _for_data(said: Mapping) -> dict[str, str]:
    """Only what changed is backed by a paper."""
    new = changed(said, said.get("was", {}))
    officer, enterprise = new.get("officer", {}), new.get("enterprise", {})
    wanted = {}
    if enterprise.keys() & {"name", "credit_code"}:
        wanted[Proof.Kind.LICENCE] = "变更后的营业执照。"
    if said.get("enterprise", {}).get("credit_code_as_printed"):
        wanted[Proof.Kind.LICENCE] = CODE_IN_DOUBT
    if officer.get("education"):
        wanted[Proof.Kind.EDUCATION] = "新的毕业证书。"
    if officer.get("job_title") not in (None, "none"):
        wanted[Proof.Kind.TITLE] = "新的职称证书。"
    if "name" in officer:
        wanted[Proof.Kind.OTHER] = "姓名变更的户籍或证件证明。"
    return wanted


CODE_IN_DOUBT = "信用代码的校验位不符，须附执照由市场监管部门确认。"
_WANTED_OF = {
    Filing.Kind.APPOINTMENT: _for_an_appointment,
    Filing.Kind.REPLACEMENT: _for_a_replacement,
    Filing.Kind.DATA: _for_data,
    Filing.Kind.RENEWAL: lambda said: {Proof.Kind.APPOINTMENT: "续聘的任命书，写明续聘日期和任期。"},
    Filing.Kind.DEPARTURE: lambda said: {Proof.Kind.DEPARTURE: "离任或免职的文件，写明最后任职日。"},
}
P = Proof.Kind
_FOR_A_PERSON = (P.APPOINTMENT, P.EXPERIENCE, P.EDUCATION, P.TITLE, P.TRAINING, P.LICENCE, P.OTHER)
OFFERED_OF = {  # what may be handed in with a kind of filing
    Filing.Kind.APPOINTMENT: _FOR_A_PERSON,
    Filing.Kind.REPLACEMENT: (*_FOR_A_PERSON, P.DEPARTURE),
    Filing.Kind.DATA: (P.LICENCE, P.EDUCATION, P.TITLE, P.OTHER),
    Filing.Kind.RENEWAL: (P.APPOINTMENT, P.TRAINING, P.OTHER),
    Filing.Kind.DEPARTURE: (P.DEPARTURE, P.OTHER),
}


def check_page(filing: Filing, posted) -> dict | None:
    """The last page before submission, or None where the form is not complete."""
    if draft.unlocked(filing) == frozenset():
        return None
    page = form_page(filing, checked=True)
    if page["faults"]:
        return None
    unmet = page["judgement"].unmet
    said = facts.content_of_draft(filing, today=timezone.localdate())
    same = untouched(filing, said) if filing.round else []
    form = forms.PleaForm(posted, needed=bool(unmet), untouched=bool(same), initial={"plea": filing.plea})
    parts = content.read(said, before=_last_content(filing))
    return page | {"form": form, "unmet": unmet, "untouched": same, "parts": parts}


def _last_content(filing: Filing) -> dict | None:
    return facts.content_of(filing) if filing.round else None
