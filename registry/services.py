"""Writes that are not transitions: opening a filing, papers, return items, determinations, the register itself."""

from datetime import date, timedelta
from pathlib import PurePath

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from cqo_portal.audit.record import look, record
from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Organisation, Person
from registry import draft, proofs
from registry.editions import edition_for
from registry.models import Determination, Filing, Officer, Proof, ReturnItem
from registry.permissions import decides, is_applicant


def open_filing(organisation: Organisation, *, by, today: date) -> Filing:
    """A new draft, or the one already under way: an enterprise has one appointment filing at a time."""
    term = edition_for(organisation.office, today).term
    known = draft.first_draft(organisation, appointment_years=term.normally.count if term else None)
    try:
        with transaction.atomic():
            filing = Filing.objects.create(
                organisation=organisation, office=organisation.office, created_by=by, draft=known
            )
            record("open", filing, by=by, after=filing.state)
    except IntegrityError:
        return Filing.objects.under_way().get(organisation=organisation)
    return filing


def attach_proof(filing: Filing, upload, *, kind: str, by) -> Proof:
    """Make the paper anew and keep it. Raises `proofs.NotAccepted` with a sentence."""
    _insist_that_papers_are_open(filing, kind, by=by)
    proofs.refuse_by_size(upload.size)
    made = proofs.remake(upload.read())
    with transaction.atomic():
        locked = Filing.objects.select_for_update().get(pk=filing.pk)
        _insist_that_papers_are_open(locked, kind, by=by)
        same = locked.proofs.current().filter(kind=kind, digest=made.digest).first()
        if same:
            raise proofs.NotAccepted(f"这份材料已经传过了：{same.name}。")
        paper = Proof(
            filing=locked,
            kind=kind,
            name=_shown_name(upload.name, made.media_type),
            media_type=made.media_type,
            size=len(made.content),
            pages=made.pages,
            digest=made.digest,
            uploaded_by=by,
            added_in=locked.round + 1,
        )
        paper.file.save(f"{paper.pk}{_SUFFIX[made.media_type]}", ContentFile(made.content), save=False)
        paper.save()
        record("attach", locked, by=by, data={"proof": str(paper.pk), "kind": kind, "digest": made.digest})
    return paper


def remove_proof(paper: Proof, *, by) -> None:
    """Take a paper out of the coming round; what lay before an office in earlier rounds stays."""
    with transaction.atomic():
        filing = Filing.objects.select_for_update().get(pk=paper.filing_id)
        _insist_that_papers_are_open(filing, paper.kind, by=by)
        paper.removed_at, paper.removed_in = timezone.now(), filing.round + 1
        paper.save(update_fields={"removed_at", "removed_in"})
        record("remove", filing, by=by, data={"proof": str(paper.pk), "kind": paper.kind})


def _insist_that_papers_are_open(filing: Filing, kind: str, *, by) -> None:
    if not is_applicant.test(by, filing):
        raise PermissionDenied
    if not draft.is_open(f"proof.{kind}", draft.unlocked(filing)):
        raise proofs.NotAccepted("这一类材料现在不能改动：备案已经提交，或者不在退回补正的范围内。")


_SUFFIX = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}


def _shown_name(sent: str, media_type: str) -> str:
    """The sender's name for the file, without folders and with the suffix of what we made."""
    stem = PurePath(sent.replace("\\", "/")).stem
    visible = "".join(c for c in stem if c.isprintable()).strip() or "材料"
    return visible[:150] + _SUFFIX[media_type]


def pin(filing: Filing, *, key: str, reason: str, cites: str, by) -> ReturnItem:
    """Note one thing to correct. It is sent with the return, and can be changed until then."""
    with transaction.atomic():
        _lock_for_decision(filing, by=by)
        item, _ = ReturnItem.objects.update_or_create(
            filing=filing,
            round=filing.round,
            key=key,
            defaults={"reason": reason, "cites": cites, "by": by},
        )
    return item


def unpin(filing: Filing, *, item_pk: int, by) -> None:
    with transaction.atomic():
        _lock_for_decision(filing, by=by)
        ReturnItem.objects.filter(filing=filing, pk=item_pk, sent_at=None).delete()


def determine(filing: Filing, *, clause: str, reason: str, by) -> Determination:
    """Decide, in writing, that an open clause counts as met in this case."""
    with transaction.atomic():
        _lock_for_decision(filing, by=by)
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


def _lock_for_decision(filing: Filing, *, by) -> None:
    locked = Filing.objects.select_for_update(of=("self",)).select_related("office").get(pk=filing.pk)
    turn = {Filing.State.AT_COUNTY: "county", Filing.State.AT_CITY: "city"}.get(locked.state)
    if not decides.test(by, locked) or by.acting.role != turn:
        raise PermissionDenied


def reveal(filing: Filing, *, content: dict, key: str, why: str, by) -> str:
    """Show one sealed value in clear, and write down who looked and why."""
    section, _, name = key.partition(".")
    with transaction.atomic():
        look(filing, by=by, what=key, why=why)
    return content[section][name]


def enter_register(filing: Filing, *, content: dict, today: date) -> Officer:
    """From the accepted words to the register: the organisation, the person, the post."""
    organisation = _bring_up_to_date(filing, content["enterprise"])
    person = _person_of(content["officer"])
    appointed_on = date.fromisoformat(content["appointment"]["appointed_on"])
    _relieve_the_predecessor(organisation, on=appointed_on)
    officer, appointment = content["officer"], content["appointment"]
    return Officer.objects.create(
        name=person.name,
        person=person,
        organisation=organisation,
        office=filing.office,
        filing=filing,
        post=officer["post"],
        education=officer["education"],
        title=officer["job_title"],
        in_decision_layer=appointment["in_decision_layer"],
        is_top_manager=appointment["is_top_manager"],
        is_safety_director=appointment["is_safety_director"],
        appointed_on=appointed_on,
        term_ends=term_ends(appointed_on, years=int(appointment["term_years"])),
        filing_number=filing.filing_number,
        filed_on=today,
    )


def term_ends(appointed_on: date, *, years: int) -> date:
    """The last day of a term that begins on `appointed_on`."""
    return Years(years).last_day_from(appointed_on)


def _bring_up_to_date(filing: Filing, said: dict) -> Organisation:
    organisation = filing.organisation
    organisation.name = said["name"]
    organisation.credit_code = said["credit_code"]
    organisation.office_id = said["office"]
    organisation.industry = said["industry"]
    organisation.persons = said["persons"]
    organisation.revenue = said["revenue"]
    organisation.assets = said["assets"]
    organisation.size, organisation.size_year = said["size"], said["size_year"]
    organisation.sector = said["sector"]
    organisation.save()
    return organisation


def _person_of(said: dict) -> Person:
    """The same identity number is the same person, wherever they serve."""
    kind, number = said["identity_kind"], said["identity_number"]
    known = Person.objects.filter(identity_index=Person.index_of(kind, number)).first()
    person = known or Person(identity_kind=kind, identity_number=number)
    person.name, person.phone = said["name"], said["phone"]
    if facts := identifiers.facts_of_identity(kind, number):
        person.born_on, person.sex = facts.born_on, facts.sex
    person.save()
    return person


def _relieve_the_predecessor(organisation: Organisation, *, on: date) -> None:
    before = organisation.officers.in_office().first()
    if before:
        before.ended_on = max(before.appointed_on, on - timedelta(days=1))
        before.save(update_fields={"ended_on"})
