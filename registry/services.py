"""Writes that are not transitions: opening a filing, papers, return items, determinations, the register itself."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from cqo_portal.accounts.permissions import is_enterprise
from cqo_portal.audit.models import Event
from cqo_portal.audit.record import look, look_once, record
from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.papers.accepting import NotAccepted, accept
from cqo_portal.parties.models import Organisation
from registry import draft, effects
from registry.deadlines import days_typed
from registry.editions import edition_for
from registry.models import Determination, Filing, Officer, Proof, ReturnItem
from registry.permissions import decides, is_applicant
from registry.record import OnRecord


class NotNow(Exception):
    """A sentence why a filing cannot be opened, and the one under way that stands in its way, if any."""

    def __init__(self, sentence: str, *, under_way: Filing | None = None) -> None:
        super().__init__(sentence)
        self.under_way = under_way


def open_filing(
    organisation: Organisation,
    *,
    by,
    today: date,
    kind: str = Filing.Kind.APPOINTMENT,
    on: date | None = None,
) -> Filing:
    """A new draft, or the one already under way: an enterprise has one filing at a time.

    `on`: the day a change took effect, where it was said. Raises `NotNow` where a change has nothing to change, or
    where another filing than the wanted one is under way.
    """
    while (standing := organisation.filings.under_way().first()) is None:
        try:
            with transaction.atomic():
                return _open(organisation, kind=kind, on=on, by=by, today=today)
        except IntegrityError as error:  # another tab was first: its draft is found in the next round
            if "filing_one_under_way" not in str(error):
                raise
    if standing.kind != kind:
        raise NotNow(_other_one_first(standing), under_way=standing)
    return standing


def _open(organisation: Organisation, *, kind: str, on: date | None, by, today: date) -> Filing:
    known = OnRecord(organisation, post=_post_of(organisation, kind))
    term = edition_for(organisation.office, today).term
    keeps_its_name = kind not in (Filing.Kind.APPOINTMENT, Filing.Kind.REPLACEMENT)
    filing = Filing(
        organisation=organisation,
        office=organisation.office,
        created_by=by,
        kind=kind,
        post=known.post,
        name=known.post.name if keeps_its_name else "",
        draft=draft.first_draft(kind, known, appointment_years=term.normally.count if term else None, on=on),
    )
    filing.effective_on, filing.due_on = days_typed(filing, filing.draft, today=today)
    filing.save(force_insert=True)
    record("open", filing, by=by, after=filing.state)
    return filing


def _post_of(organisation: Organisation, kind: str) -> Officer | None:
    """The post a change is of. Whoever appoints where somebody serves replaces them: that is a change."""
    held = organisation.officers.in_office().select_related("person").first()
    if kind == Filing.Kind.APPOINTMENT:
        if held:
            raise NotNow(f"{held.name}正在任。要换人或续聘、有信息变化或者离任，请报变更备案。")
        return None
    if held is None:
        raise NotNow("本企业现在没有在任的首席质量官，没有可以变更的；任用了新人，请报任职备案。")
    return held


def _other_one_first(standing: Filing) -> str:
    return f"已有一件{standing.get_kind_display()}在办（{standing.get_state_display()}），办结或者作废以后才能另报。"


def attach_proof(filing: Filing, upload, *, kind: str, by) -> Proof:
    """Make the paper anew and keep it. Raises `NotAccepted` with a sentence."""
    _insist_that_papers_are_open(filing, kind, by=by)
    made = accept(upload)
    with transaction.atomic():
        locked = Filing.objects.select_for_update(no_key=True).get(pk=filing.pk)
        _insist_that_papers_are_open(locked, kind, by=by)
        same = locked.proofs.current().filter(kind=kind, digest=made.digest).first()
        if same:
            raise NotAccepted(f"这份材料已经传过了：{same.name}。")
        paper = Proof(filing=locked, kind=kind, uploaded_by=by, added_in=locked.round + 1)
        paper.keep(made, sent_as=upload.name)
        record("attach", locked, by=by, data={"proof": str(paper.pk), "kind": kind, "digest": made.digest})
    return paper


def remove_proof(paper: Proof, *, by) -> None:
    """Take a paper out of the coming round; what lay before an office in earlier rounds stays."""
    with transaction.atomic():
        filing = Filing.objects.select_for_update(no_key=True).get(pk=paper.filing_id)
        _insist_that_papers_are_open(filing, paper.kind, by=by)
        paper.removed_at, paper.removed_in = timezone.now(), filing.round + 1
        paper.save(update_fields={"removed_at", "removed_in"})
        record("remove", filing, by=by, data={"proof": str(paper.pk), "kind": paper.kind})


def _insist_that_papers_are_open(filing: Filing, kind: str, *, by) -> None:
    if not is_applicant.test(by, filing):
        raise PermissionDenied
    if not draft.is_open(f"proof.{kind}", draft.unlocked(filing)):
        raise NotAccepted("这一类材料现在不能改动：备案已经提交，或者不在退回补正的范围内。")


def note_opened(paper: Proof, *, by, today: date) -> None:
    """An office opened a paper."""
    if not is_enterprise.test(by):
        what = f"proof.{paper.kind}"
        look_once(Event.PAPER, paper.filing, by=by, what=what, today=today, proof=str(paper.pk))


def pin(
    filing: Filing,
    *,
    key: str,
    reason: str,
    cites: str,
    by,
    proof: Proof | None = None,
    page: int | None = None,
    repeats: ReturnItem | None = None,
) -> ReturnItem:
    """Note one thing to correct. It is sent with the return, and can be changed until then.

    A field has one pin, beside which a page may be shown; of a paper each page may have its own.
    """
    place, shown = {"key": key}, {"proof": proof, "page": page}
    if key.startswith("proof."):
        place, shown = place | shown, {}
    said = {"reason": reason, "cites": cites, "by": by} | shown | ({"repeats": repeats} if repeats else {})
    with transaction.atomic():
        lock_for_decision(filing, by=by)
        item, _ = ReturnItem.objects.update_or_create(
            filing=filing, round=filing.round, **place, defaults=said
        )
    return item


def unpin(filing: Filing, *, item_pk: int, by) -> None:
    with transaction.atomic():
        lock_for_decision(filing, by=by)
        ReturnItem.objects.filter(filing=filing, pk=item_pk, sent_at=None).delete()


def determine(filing: Filing, *, clause: str, reason: str, by) -> Determination:
    """Decide, in writing, that an open clause counts as met in this case."""
    with transaction.atomic():
        lock_for_decision(filing, by=by)
        found, new = Determination.objects.get_or_create(
            filing=filing, round=filing.round, clause=clause, defaults={"reason": reason, "by": by}
        )
        if new:
            record(
                "determine",
                filing,
                by=by,
                note=reason,
                rule_edition=filing.rule_edition,
                data={"clause": clause},
            )
    return found


def lock_for_decision(filing: Filing, *, by) -> None:
    locked = (
        Filing.objects.select_for_update(no_key=True, of=("self",)).select_related("office").get(pk=filing.pk)
    )
    turn = {Filing.State.AT_COUNTY: "county", Filing.State.AT_CITY: "city"}.get(locked.state)
    if not decides.test(by, locked) or by.acting.role != turn:
        raise PermissionDenied


def reveal(filing: Filing, *, content: dict, key: str, why: str, by) -> str:
    """Show one sealed value in clear, and write down who looked and why."""
    section, _, name = key.partition(".")
    with transaction.atomic():
        look(filing, by=by, what=key, why=why)
    return content[section][name]


def enter_register(filing: Filing, *, content: dict, today: date, by=None) -> Officer:
    """From the accepted words to the register, as its kind of filing has it."""
    return effects.take_in(filing, content, today=today, by=by)


def term_ends(appointed_on: date, *, years: int) -> date:
    """The last day of a term that begins on `appointed_on`."""
    return Years(years).last_day_from(appointed_on)
