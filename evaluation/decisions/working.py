"""The leader's working copy of the report: drafted once, then the leader's own words, kept under a version."""

from collections.abc import Mapping

from django.db import transaction

from cqo_portal.workflow.drafts import Stale
from evaluation.decisions.content import drafted
from evaluation.models import Evaluation, Outcome, Report
from evaluation.permissions import leads
from evaluation.workflow.holding import held

CLOSED = "报告已经提交，或者案卷不在编制报告的环节，没有存上。"


def _held(evaluation: Evaluation, *, by) -> Evaluation:
    return held(evaluation, by=by, allowed=leads, states=(Evaluation.State.REPORTING,), otherwise=CLOSED)


def last_outcome(evaluation: Evaluation) -> Outcome | None:
    return evaluation.outcomes.order_by("number").last()


def shown(evaluation: Evaluation) -> Report:
    """The working copy; before anything was saved the draft itself, which is not kept yet."""
    return Report.objects.filter(evaluation=evaluation).first() or Report(
        evaluation=evaluation, sections=_fresh(evaluation, last_outcome(evaluation))
    )


def _fresh(evaluation: Evaluation, outcome: Outcome) -> dict:
    texts = drafted(evaluation, outcome)
    return {"outcome": outcome.number, "drafted": texts, "texts": dict(texts)}


def save(evaluation: Evaluation, texts: Mapping[str, str], *, version: int | None, by) -> Report:
    """Keep what was typed; what is not in it stays. `version` is the page's; None overwrites knowingly.

    Raises `Stale`, `Refused` and `PermissionDenied`.
    """
    with transaction.atomic():
        case = _held(evaluation, by=by)
        report = shown(case)
        after = report.sections["texts"] | dict(texts)
        if after == report.sections["texts"]:
            return report
        if version not in (None, report.version):
            raise Stale(report)
        return _written(report, {**report.sections, "texts": after})


def texts_of(evaluation: Evaluation) -> frozenset[str]:
    """Everything that is kept of the report: in the working copy, or printed in the last version."""
    kept = [report.sections["texts"] for report in Report.objects.filter(evaluation=evaluation)]
    if last := evaluation.report_versions.order_by("number").last():
        kept += [last.content["sections"], {row["code"]: row["comment"] for row in last.content["rows"]}]
    return frozenset(text for texts in kept for text in texts.values())


def rests_on_the_last_outcome(report: Report, outcome: Outcome) -> bool:
    return report.sections["outcome"] == outcome.number


def follow_the_outcome(evaluation: Evaluation, *, by) -> list[str]:
    """After another result: what nobody rewrote is drafted anew, the leader's own words stay. Returns whose keys stayed."""
    with transaction.atomic():
        case = _held(evaluation, by=by)
        report, outcome = shown(case), last_outcome(case)
        if rests_on_the_last_outcome(report, outcome):
            return []
        before, fresh = report.sections, _fresh(case, outcome)
        own = [key for key, text in before["texts"].items() if text != before["drafted"].get(key, "")]
        fresh["texts"] |= {key: before["texts"][key] for key in own}
        _written(report, fresh)
    return own


def _written(report: Report, sections: dict) -> Report:
    report.sections = sections
    report.version += 1
    report.save()
    return report
