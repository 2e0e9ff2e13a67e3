"""评价报告 put to the members as a version, signed off by each of them, and handed in to the body.

A version is a PDF fixed before anybody signs: its SHA-256 is what they stand by. The sheet of signatures is made from
the rows and bound before it (`printed.signed`); the bytes that were signed stay as they are.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from cqo_portal.audit.models import Event
from cqo_portal.audit.record import record
from cqo_portal.digests import sha256
from cqo_portal.notifications.outbox import queue
from cqo_portal.printing.fonts import missing_glyphs
from cqo_portal.workflow.engine import Refused, by_name, moved
from evaluation.decisions import printed, working
from evaluation.decisions.content import content_of, lacking
from evaluation.models import Evaluation, Panellist, Report, ReportVersion, SignOff
from evaluation.panels.clocks import due
from evaluation.permissions import leads, serves
from evaluation.workflow.evaluation import handing_in, the_panel_is_large_enough
from evaluation.workflow.holding import held

E = Evaluation.State

CLOSED = "报告已经提交，或者案卷不在编制报告的环节。"
MEANWHILE = "报告在您打开这一页以后又改过，或者合议有了新的结论。请看过现在的内容，再请成员会签。"
ANOTHER = "这一版报告不是最后一版，请看最后一版再会签。"


def last_version(evaluation: Evaluation) -> ReportVersion | None:
    return evaluation.report_versions.defer("pdf").order_by("number").last()


# ── put to the members ────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Printed:
    """A version, printed and not yet on record."""

    number: int
    content: dict
    pdf: bytes

    @property
    def pdf_digest(self) -> str:
        return hashlib.sha256(self.pdf).hexdigest()


def put(evaluation: Evaluation, *, seen: int | None, after: int, by) -> ReportVersion:
    """Fix the report as version `after` + 1 and ask every member. `seen`: the version of the working copy on the page."""
    if evaluation.state != E.REPORTING:
        raise Refused(CLOSED)
    report, outcome = working.shown(evaluation), working.last_outcome(evaluation)
    _refuse_unripe(evaluation, report, outcome)
    printing = _printed(evaluation, report, outcome, number=after + 1)
    with transaction.atomic():  # printed before: an event holds the chain until this ends
        case = held(evaluation, by=by, allowed=leads, states=(E.REPORTING,), otherwise=CLOSED)
        report = working.shown(case)
        same = report.version == seen and working.last_outcome(case) == outcome
        if not same or case.report_versions.count() != after:
            raise Refused(MEANWHILE)
        _refuse_unripe(case, report, outcome)
        return _recorded(case, outcome, printing, by=by)


def _refuse_unripe(evaluation: Evaluation, report: Report, outcome) -> None:
    against = the_result_rests_on_who_serves(evaluation, timezone.localdate())
    if not working.rests_on_the_last_outcome(report, outcome):
        against = "合议有了新的结论，请先按新的结论更新报告。"
    if against:
        raise Refused(against)


def _printed(evaluation: Evaluation, report: Report, outcome, *, number: int) -> Printed:
    content = content_of(evaluation, outcome, report.sections["texts"])
    if missing := lacking(content):
        raise Refused(*missing)
    if signs := "".join(sorted(missing_glyphs("".join(_texts_in(content))))):
        raise Refused(f"“{signs}”在字体中没有，印不出来，请换一种写法。")
    return Printed(number, content, printed.report(content, number=number, made_at=timezone.now()))


def _texts_in(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts_in(each)


def _recorded(evaluation: Evaluation, outcome, printing: Printed, *, by) -> ReportVersion:
    digest = digest_of(outcome.digest, printing.content, printing.pdf_digest)
    said = {"digest": digest, "pdf": printing.pdf_digest, "number": printing.number}
    event = record("put-to-members", evaluation, by=by, rule_edition=evaluation.rule_edition, data=said)
    made = ReportVersion.objects.create(
        evaluation=evaluation,
        outcome=outcome,
        number=printing.number,
        content=printing.content,
        pdf=printing.pdf,
        pdf_digest=printing.pdf_digest,
        digest=digest,
        by=by,
    )
    queue("report-to-sign", evaluation, cause=f"event:{event.pk}", context={"version": printing.number})
    return made


def digest_of(outcome: str, content: Mapping, pdf: str) -> str:
    """What a version is known by, from the digests of the result and of the PDF."""
    return sha256({"outcome": outcome, "content": content, "pdf": pdf})


# ── signed off ────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def sign_off(version: ReportVersion, *, name: str, reservation: str, by) -> SignOff:
    """A member stands by this version, `reservation` "" or what he would have said otherwise."""
    case = held(version.evaluation, by=by, allowed=serves, states=(E.REPORTING,), otherwise=CLOSED)
    if last_version(case).pk != version.pk:
        raise Refused(ANOTHER)
    seat = Panellist.objects.serving().get(evaluation=case, person=by.acting.person_id)
    try:
        with transaction.atomic():
            made = SignOff.objects.create(
                version=version, panellist=seat, name=name, reservation=reservation, by=by
            )
    except IntegrityError as error:
        raise Refused(f"第 {version.number} 版您已经会签过。") from error
    said = {"digest": version.digest, "number": version.number, "reserved": bool(reservation)}
    record("sign-off", case, by=by, data=said)
    return made


# ── guards: of handing in, and asked again when the body decides ──────────────────────────────
def there_is_a_report(evaluation, today):
    return None if last_version(evaluation) else "报告还没有请成员会签。"


def the_report_rests_on_the_last_result(evaluation, today):
    version = last_version(evaluation)
    if version is None or version.outcome_id == working.last_outcome(evaluation).pk:
        return None
    return f"第 {version.number} 版报告写的是以前的结论，请按新的结论出一版。"


def the_result_rests_on_who_serves(evaluation, today):
    """Nobody was set aside since, nobody joined."""
    outcome = working.last_outcome(evaluation)
    scored = {each["panellist"] for each in outcome.frozen["members"]} if outcome else set()
    serving = {str(key) for key in evaluation.panellists.serving().values_list("pk", flat=True)}
    return None if scored == serving else "评价组成员在结论以后有变化，请重新合议，形成新的结论。"


def everybody_stands_by_it(evaluation, today):
    version = last_version(evaluation)
    if version is None:
        return None
    missing = evaluation.panellists.serving().exclude(sign_offs__version=version)
    names = "、".join(missing.values_list("person__name", flat=True))
    return f"{names}还没有会签第 {version.number} 版报告。" if names else None


def it_was_written_since_it_came_back(evaluation, today):
    """What the body sent back for a reason comes again as another version, which everybody signs."""
    version = last_version(evaluation)
    back = Event.objects.about(evaluation).filter(action="send-back").order_by("-id").first()
    if version is None or back is None or version.at > back.at:
        return None
    return "评价机构退回以后还没有新的一版：请修改报告，再请成员会签。"


STANDS = (
    there_is_a_report,
    the_report_rests_on_the_last_result,
    the_result_rests_on_who_serves,
    everybody_stands_by_it,
)


# ── handed in ─────────────────────────────────────────────────────────────────────────────────
def _to_the_body(evaluation, today, by):
    evaluation.due_on = due(evaluation, "decision", today)
    return {"due_on", *moved(evaluation, today, by)}


HAND_IN = handing_in(_to_the_body, the_panel_is_large_enough, *STANDS, it_was_written_since_it_came_back)
STEPS = by_name(HAND_IN)
