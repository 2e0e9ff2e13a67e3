"""The applicants' side: whom one may apply for, the form, the last look before both sign and it is handed in."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.digests import sha256
from cqo_portal.ui.sectioned import Chapter, chapter_of
from evaluation.applications import draft
from evaluation.applications.above import notes_on
from evaluation.applications.content import content_of, covered, said_in
from evaluation.applications.form import ApplicationForm, GroupSum
from evaluation.applications.pages.returns import answered, asked_at, asked_now
from evaluation.applications.pages.said import known_in_words, read
from evaluation.applications.rules import OF_A_PAPER, codes_of, label_of
from evaluation.applications.sections import IndicatorSection, prefix_of
from evaluation.applications.signing import SignForm, name_of, side_of, signatures
from evaluation.applications.steps import SUBMIT, judged_draft
from evaluation.models import Application, Proof
from evaluation.permissions import applies
from evaluation.scoring import gaps_in_words
from registry.facts import Judgement
from registry.models import Officer


def posts_to_apply_for(user) -> QuerySet[Officer]:
    """Officers in post: the enterprise's own, or the posts of the officer in person."""
    if user.acting is None or user.acting.role not in (Role.ENTERPRISE, Role.OFFICER):
        return Officer.objects.none()
    return Officer.objects.visible_to(user).in_office().for_list().order_by("-appointed_on", "id")


@dataclass(frozen=True)
class PapersOf:
    """The papers of one code, and whether they may change now."""

    code: str
    label: str
    papers: list[Proof]
    open: bool
    asked: str = ""

    @property
    def slot(self) -> str:
        """The code as a part of an id."""
        return prefix_of(self.code)


@dataclass(frozen=True)
class Chosen(GroupSum):
    """A first-level indicator of the form, with the papers of its rows."""

    papers: Mapping[str, PapersOf]

    @property
    def with_papers(self) -> list[tuple[IndicatorSection, PapersOf]]:
        return [(row, self.papers[row.code]) for row in self.rows]


@dataclass(frozen=True)
class Handed:
    """One paper with everything it may support: (code, label, supported now, may be changed now)."""

    paper: Proof
    choices: list[tuple[str, str, bool, bool]]
    open: bool  # all it supports may be changed: so it may go


def form_page(application: Application, user, *, typed: Mapping | None = None, checked: bool = False) -> dict:
    """The form. `checked`: the person asked to go on, so that every fault is shown."""
    today = timezone.localdate()
    form = draft.form_of(application, today=today, typed=typed)
    said = content_of(application, today=today, form=form)
    of_the_person = user.acting.role == Role.OFFICER
    judgement = judged_draft(application, said, today=today, of_the_person=of_the_person)
    _ask_for_a_plea(form, judgement, said)
    faults = list(form.faults())
    toc = [chapter_of(part, checked=checked) for part in form.parts]
    toc += [_scored(group, checked=checked) for group in form.groups]
    if not checked:
        form.forgive_what_is_empty()
    returned = asked_now(application, form.scheme)
    reasons = asked_at(returned)
    form.ask(reasons)
    papers = list(application.proofs.current())
    of_each = papers_of(application, papers, form.scheme, reasons)
    digest = sha256(said)
    return {
        "application": application,
        "form": form,
        "rules": form.rules,
        "known": list(known_in_words(said)),
        "checked": checked,
        "faults": faults,
        "judgement": judgement,
        "chapters": toc,
        "gaps": gaps_in_words(form.scheme),
        "groups": [Chosen(group.group, group.rows, of_each) for group in form.groups],
        "papers_of_basic": of_each[codes_of(form.scheme)[0]],
        "papers_of": of_each.values(),
        "handed": handed(application, papers, form.scheme),
        "covered": covered(said["proofs"], [row.code for row in form.scheme.indicators]),
        "returned": returned,
        "signatures": signatures(application, digest),
        "version": application.draft_version,
        "saved_at": application.draft_saved_at,
        "notes": notes_on(application, today),
        "today": today,
    }


def _ask_for_a_plea(form: ApplicationForm, judgement: Judgement, said: Mapping) -> None:
    if judgement.unmet and not said["plea"]:
        form.part("basic").fault("plea", "有不符合的条款，仍要申请的，请写明理由。")


def stale_page(application: Application, user, typed: Mapping) -> dict:
    """Somebody saved meanwhile: the page keeps what was typed here, and says who saved and when."""
    return form_page(application, user, typed=typed) | {"stale": True}


def papers_of(application: Application, papers: list[Proof], scheme, asked: Mapping) -> dict[str, PapersOf]:
    opened = draft.open_papers(application)
    return {
        code: PapersOf(
            code,
            label_of(code, scheme),
            [paper for paper in papers if code in paper.supports],
            opened is None or code in opened,
            asked.get(f"{OF_A_PAPER}{code}", ""),
        )
        for code in codes_of(scheme)
    }


def handed(application: Application, papers: list[Proof], scheme) -> list[Handed]:
    opened = draft.open_papers(application)

    def may_change(code: str) -> bool:
        return opened is None or code in opened

    return [
        Handed(
            paper,
            [(c, label_of(c, scheme), c in paper.supports, may_change(c)) for c in codes_of(scheme)],
            all(may_change(code) for code in paper.supports),
        )
        for paper in papers
    ]


def _scored(group: GroupSum, *, checked: bool) -> Chapter:
    code, title, count = group.group.code, f"自评：{group.group.label}", len(group.rows)
    missing = sum(bool(row.errors) for row in group.rows)
    if not missing:
        return Chapter(code, title, "done", f"{count} 项都填完了")
    return Chapter(code, title, "wrong" if checked else "none", f"{count} 项中还有 {missing} 项")


def check_page(application: Application, user, posted=None) -> dict | None:
    """The last look: everything as it will be said, both signatures; None where the form is not complete."""
    if draft.is_closed(application):
        return None
    page = form_page(application, user, checked=True)
    if page["faults"]:
        return None
    today = page["today"]
    said = content_of(application, today=today, form=page["form"])
    before = said_in(application, application.round)
    mine = next(each for each in page["signatures"] if each.side == side_of(user))
    sign = SignForm(posted, expected=name_of(user, application), initial={"digest": sha256(said)})
    return page | {
        "parts": read(said, rules=page["rules"], papers=application.proofs.current(), before=before),
        "sign": None if mine.covers else sign,
        "mine": mine,
        "blocked": SUBMIT.reasons_against(application, today),
        "untouched": _untouched(application, said, before, page["form"].scheme),
    }


def _untouched(application: Application, said: Mapping, before: Mapping | None, scheme) -> list:
    """Before a resubmission: what was asked for and stands there as it stood."""
    if before is None:
        return []
    items = draft.returned_items(application).select_related("proof", "by")
    return [each for each in answered(items, before, said, scheme) if not each.changed]


def may_write(user, application: Application) -> bool:
    return applies.test(user, application) and not draft.is_closed(application)
