"""到场证明: papers that bear the entries of a session. Added by whoever holds it, opened by whoever looks into it."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from cqo_portal.audit.models import Event
from cqo_portal.audit.record import hold_chain, look_once, record
from cqo_portal.papers.accepting import NotAccepted, accept
from cqo_portal.workflow.engine import Refused
from training import ledger
from training.models import Session, SessionEvidence
from training.permissions import is_of_the_own_house, organises

MOST_PAPERS = 20


def attach(session: Session, upload, *, by) -> SessionEvidence:
    """One more paper, before or after the posting. Raises `NotAccepted` with a sentence."""
    _insist_that_it_is_held(session, by=by)
    made = accept(upload)
    with transaction.atomic():
        locked = Session._base_manager.select_for_update(no_key=True).get(pk=session.pk)
        _insist_that_it_is_held(locked, by=by)
        if locked.evidence.current().filter(digest=made.digest).exists():
            raise NotAccepted("这份材料已经交过了。")
        if locked.evidence.current().count() >= MOST_PAPERS:
            raise NotAccepted(f"一场最多交 {MOST_PAPERS} 件，请合并成一个 PDF 后再传。")
        paper = SessionEvidence(session=locked, uploaded_by=by)
        paper.keep(made, sent_as=upload.name)
        hold_chain()  # of two sessions that take the same file at the same moment, the later one sees the other
        ledger.flag_by_its_proof(paper)
        record("attach", locked, by=by, data={"evidence": str(paper.pk), "digest": made.digest})
    return paper


def _insist_that_it_is_held(session: Session, *, by) -> None:
    if not organises.test(by, session):
        raise PermissionDenied
    if session.state == Session.State.CANCELLED:
        raise NotAccepted("这一场已经取消，不能再交材料。")


@transaction.atomic
def take_away(paper: SessionEvidence, *, by) -> None:
    """A paper attached by mistake, before anything rests on it. Its row stays. Raises `Refused`."""
    session = Session._base_manager.select_for_update(no_key=True).get(pk=paper.session_id)
    if not organises.test(by, session):
        raise PermissionDenied
    if session.state == Session.State.POSTED:
        raise Refused("已经入账，到场证明不能再拿掉；交错了的，请补交正确的。")
    if not session.evidence.current().filter(pk=paper.pk).update(removed_at=timezone.now()):
        raise Refused("这份材料已经拿掉了，不用再办。")
    record("remove", session, by=by, data={"evidence": str(paper.pk), "digest": paper.digest})


def note_opened(paper: SessionEvidence, *, by, today: date) -> None:
    """Somebody of another house opened it: everybody who came is named there."""
    if not is_of_the_own_house.test(by, paper.session):
        look_once(Event.PAPER, paper.session, by=by, what="到场证明", today=today, proof=str(paper.pk))
