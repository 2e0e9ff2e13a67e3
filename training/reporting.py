"""Self-reports: sent by the person, with papers; whoever confirms them opens the papers."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from cqo_portal.audit.models import Event
from cqo_portal.audit.record import look_once, record
from cqo_portal.notifications.outbox import queue
from cqo_portal.papers.accepting import NotAccepted, Remade, accept
from training.models import Entry, Evidence, SelfReport
from training.permissions import withdraws_a_report

MOST_PAPERS = 10


def with_what_became_of_it(reports: QuerySet) -> QuerySet:
    """`taken_back`: it was confirmed, and what it entered was reversed; a report enters the ledger once."""
    reversal = Entry.objects.filter(self_report=OuterRef("pk"), reverses__isnull=False)
    return reports.annotate(taken_back=Exists(reversal))


@transaction.atomic
def send(report: SelfReport, papers: list[tuple[Remade, str]], *, by) -> SelfReport:
    """Hand in a report with its papers (made anew, and how they were called), and tell whoever confirms it."""
    if not withdraws_a_report.test(by, report):
        raise PermissionDenied
    report.save(force_insert=True)
    for made, name in {made.digest: (made, name) for made, name in papers}.values():
        _keep(report, made, name=name, by=by)
    event = record("send", report, by=by, after=report.state)
    queue("self-report-sent", report, cause=f"event:{event.pk}", context={"by": by})
    return report


def attach(report: SelfReport, upload, *, by) -> Evidence:
    """One more paper while the report waits. Raises `NotAccepted` with a sentence."""
    _insist_that_it_waits(report, by=by)
    made = accept(upload)
    with transaction.atomic():
        locked = SelfReport.objects.select_for_update(no_key=True).get(pk=report.pk)
        _insist_that_it_waits(locked, by=by)
        if locked.evidence.filter(digest=made.digest).exists():
            raise NotAccepted("这份材料已经交过了。")
        if locked.evidence.count() >= MOST_PAPERS:
            raise NotAccepted(f"一份自报最多交 {MOST_PAPERS} 件材料，请合并成一个 PDF 后再传。")
        return _keep(locked, made, name=upload.name, by=by)


def _insist_that_it_waits(report: SelfReport, *, by) -> None:
    if not withdraws_a_report.test(by, report):
        raise PermissionDenied
    if report.state != SelfReport.State.WAITING:
        raise NotAccepted(f"这份自报{report.get_state_display()}，不能再交材料。")


def _keep(report: SelfReport, made: Remade, *, name: str, by) -> Evidence:
    paper = Evidence(report=report, uploaded_by=by)
    paper.keep(made, sent_as=name)
    record("attach", report, by=by, data={"evidence": str(paper.pk), "digest": made.digest})
    return paper


def note_opened(paper: Evidence, *, by, today: date) -> None:
    """Somebody else than the person opened a paper."""
    if by.acting.person_id != paper.report.person_id:
        person, what = paper.report.person, "自报学时的证明材料"
        look_once(Event.PAPER, person, by=by, what=what, today=today, proof=str(paper.pk))
