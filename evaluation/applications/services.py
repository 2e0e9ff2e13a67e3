"""Writes that are not steps: opening, papers, signatures, pins, determinations."""

from collections.abc import Collection
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from cqo_portal.audit.models import Event
from cqo_portal.audit.record import look_once, record
from cqo_portal.digests import sha256
from cqo_portal.papers.accepting import NotAccepted, Remade, accept
from cqo_portal.workflow.engine import Refused
from evaluation.applications import draft
from evaluation.applications.content import content_of
from evaluation.applications.signing import side_of
from evaluation.models import Application, CoSignature, Determination, Proof, ReturnItem
from evaluation.permissions import applies, is_expert, reviews_applications
from registry.models import Officer

S = Application.State
ONE_UNDER_WAY = ("draft", "submitted", "returned")


class UnderWay(Refused):
    """Another application of this person is being written or reviewed; `standing` where the user may see it."""

    def __init__(self, sentence: str, *, standing: Application | None) -> None:
        super().__init__(sentence)
        self.standing = standing


def open_application(officer: Officer, *, by, today: date) -> Application:
    """A new draft, or the one of this post that is under way. Raises `Refused`."""
    if officer.ended_on:
        raise Refused(f"{officer.name}已经离任，只有在任的首席质量官可以申请评价。")
    while (standing := _standing(officer)) is None:
        try:
            with transaction.atomic():
                return _opened(officer, by=by)
        except IntegrityError as error:  # another tab was first: its draft is found in the next round
            if "application_one_under_way" not in str(error):
                raise
    if standing.organisation_id != officer.organisation_id:
        seen = Application.objects.visible_to(by).filter(pk=standing.pk).first()
        raise UnderWay(f"{officer.name}另有一份评价申请正在办理，办结以后才能再申请。", standing=seen)
    return standing


def _standing(officer: Officer) -> Application | None:
    return Application.objects.filter(person=officer.person_id, state__in=ONE_UNDER_WAY).first()


def _opened(officer: Officer, *, by) -> Application:
    made = Application(
        name=officer.name,
        officer=officer,
        person=officer.person,
        organisation=officer.organisation,
        created_by=by,
        draft=draft.first_draft(officer),
    )
    if not applies.test(by, made):
        raise PermissionDenied
    made.save(force_insert=True)
    record("open", made, by=by, after=made.state)
    return made


# ── papers ────────────────────────────────────────────────────────────────────────────────────
def attach(application: Application, upload, *, supports: Collection[str], by) -> Proof:
    """Make the paper anew and keep it; a paper that is there already supports these as well. Raises `NotAccepted`."""
    _insist_that_papers_are_open(application, set(supports), by=by)
    return keep(application, accept(upload), sent_as=upload.name, supports=supports, by=by)


def keep(application: Application, made: Remade, *, sent_as: str, supports: Collection[str], by) -> Proof:
    """Hand in what was made anew already. Raises `NotAccepted`."""
    codes = set(supports)
    with transaction.atomic():
        locked = _locked(application)
        _insist_that_papers_are_open(locked, codes, by=by)
        same = locked.proofs.current().filter(digest=made.digest).first()
        if same:
            return _also_supports(same, codes, by=by)
        paper = Proof(application=locked, supports=sorted(codes), uploaded_by=by, added_in=locked.round + 1)
        paper.keep(made, sent_as=sent_as)
        _note("attach", locked, paper, by=by)
    return paper


def _also_supports(paper: Proof, codes: set[str], *, by) -> Proof:
    if codes <= set(paper.supports):
        raise NotAccepted(f"这份材料已经传过了：{paper.name}。")
    return _supporting(paper, codes | set(paper.supports), by=by)


def reassign(paper: Proof, *, supports: Collection[str], by) -> Proof:
    """Say anew what a paper supports. Raises `NotAccepted`."""
    with transaction.atomic():
        locked = _locked(paper.application)
        kept = locked.proofs.current().get(pk=paper.pk)
        _insist_that_papers_are_open(locked, set(supports) ^ set(kept.supports), by=by)
        return _supporting(kept, set(supports), by=by)


def _supporting(paper: Proof, codes: set[str], *, by) -> Proof:
    if not codes:
        raise NotAccepted("每份材料至少支持一项；用不上的，请移除。")
    if codes != set(paper.supports):
        paper.supports = sorted(codes)
        paper.save(update_fields={"supports"})
        _note("reassign", paper.application, paper, by=by)
    return paper


def remove(paper: Proof, *, by) -> None:
    """Take a paper out of the coming round; what lay before the body in earlier rounds stays."""
    with transaction.atomic():
        locked = _locked(paper.application)
        _insist_that_papers_are_open(locked, set(paper.supports), by=by)
        kept = locked.proofs.current().filter(pk=paper.pk).first()
        if kept is None:  # a second click
            return
        kept.removed_at, kept.removed_in = timezone.now(), locked.round + 1
        kept.save(update_fields={"removed_at", "removed_in"})
        _note("remove", locked, kept, by=by)


def _insist_that_papers_are_open(application: Application, codes: set[str], *, by) -> None:
    if not applies.test(by, application):
        raise PermissionDenied
    if application.state not in (S.DRAFT, S.RETURNED):
        raise NotAccepted("申请已经提交，材料不能再改动。")
    opened = draft.open_papers(application)
    if opened is not None and not codes <= opened:
        raise NotAccepted("这项材料不在退回补充的范围内，不能改动。")


def _note(action: str, application: Application, paper: Proof, *, by) -> None:
    data = {"proof": str(paper.pk), "supports": paper.supports, "digest": paper.digest}
    record(action, application, by=by, data=data)


def note_opened(paper: Proof, *, by, today: date) -> None:
    """The body or an expert opened a paper of an application; one that is practised on is nobody's."""
    if paper.application and not applies.test(by, paper.application):
        as_what = "评审材料" if is_expert.test(by) else "申请材料"
        look_once(Event.PAPER, paper.application, by=by, what=as_what, today=today, proof=str(paper.pk))


# ── signatures ────────────────────────────────────────────────────────────────────────────────
class Changed(Exception):
    """What is to be signed is not what lay on the page any more."""


def sign(application: Application, *, name: str, digest: str, by, today: date) -> CoSignature:
    """Sign for just the words with this digest. Raises `Refused`, or `Changed` where the words are others now."""
    with transaction.atomic():
        locked = _locked(application)
        if not applies.test(by, locked):
            raise PermissionDenied
        if locked.state not in (S.DRAFT, S.RETURNED):
            raise Refused("申请已经提交，不用再签写。")
        if count := len(list(draft.form_of(locked, today=today).faults())):
            raise Refused(f"还有 {count} 处没有填好，填好以后再签写。")
        if sha256(content_of(locked, today=today)) != digest:
            raise Changed
        side = side_of(by)
        known = locked.co_signatures.filter(side=side).order_by("-id").first()
        if known and (known.digest, known.by_id) == (digest, by.pk):
            return known  # a second click
        record("sign", locked, by=by, data={"side": side, "digest": digest})
        return CoSignature.objects.create(application=locked, side=side, name=name, digest=digest, by=by)


# ── the body's side ───────────────────────────────────────────────────────────────────────────
def pin(
    application: Application,
    *,
    key: str,
    reason: str,
    cites: str,
    by,
    proof: Proof | None = None,
    page: int | None = None,
) -> ReturnItem:
    """Note one thing to complete. It is sent with the return, and can be changed until then."""
    with transaction.atomic():
        locked = lock_for_review(application, by=by)
        said = {"reason": reason, "cites": cites, "by": by}
        place = {"key": key, "proof": proof, "page": page}
        item, _ = ReturnItem.objects.update_or_create(
            application=locked, round=locked.round, **place, defaults=said
        )
    return item


def unpin(application: Application, *, item_pk: int, by) -> None:
    with transaction.atomic():
        lock_for_review(application, by=by)
        ReturnItem.objects.filter(application=application, pk=item_pk, sent_at=None).delete()


def determine(application: Application, *, clause: str, reason: str, by) -> Determination:
    """Decide, in writing, that an open clause counts as met in this case."""
    with transaction.atomic():
        locked = lock_for_review(application, by=by)
        found, new = Determination.objects.get_or_create(
            application=locked, round=locked.round, clause=clause, defaults={"reason": reason, "by": by}
        )
        if new:
            record(
                "determine",
                locked,
                by=by,
                note=reason,
                rule_edition=locked.rule_edition,
                data={"clause": clause},
            )
    return found


def lock_for_review(application: Application, *, by) -> Application:
    """The application while it is reviewed. Raises `PermissionDenied` for the person, `Refused` for the state."""
    locked = _locked(application)
    if not reviews_applications.test(by, locked):
        raise PermissionDenied
    if locked.state != S.SUBMITTED:
        raise Refused(no_review(locked))
    return locked


def no_review(application: Application) -> str:
    return f"现在的状态是“{application.get_state_display()}”，这一步办不了。"


def _locked(application: Application) -> Application:
    rows = Application.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("organisation", "officer", "person").get(pk=application.pk)
