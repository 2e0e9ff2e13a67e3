"""The leader's working copy of the report: drafted once, then the leader's own words, kept under a version."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction

from evaluation.decisions.content import drafted
from evaluation.models import Evaluation, Outcome, Report
from evaluation.permissions import leads


class Stale(Exception):
    """Somebody, perhaps the leader in another window, saved after this page was opened."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.version)
        self.report = report


class Closed(Exception):
    """The report is not being written (any more)."""


def hold(evaluation: Evaluation, *, by) -> Evaluation:
    """The case under the lock of its steps, for the leader while the report is written."""
    held = Evaluation.objects.select_for_update(no_key=True).get(pk=evaluation.pk)
    if not leads.test(by, held):
        raise PermissionDenied
    if held.state != Evaluation.State.REPORTING:
        raise Closed
    return held


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
    """Keep what was typed; what is not in it stays. `version` is the page's; None overwrites knowingly."""
    with transaction.atomic():
        held = hold(evaluation, by=by)
        report = shown(held)
        after = report.sections["texts"] | dict(texts)
        if after == report.sections["texts"]:
            return report
        if version not in (None, report.version):
            raise Stale(report)
        return _written(report, {**report.sections, "texts": after})


def rests_on_the_last_outcome(report: Report, outcome: Outcome) -> bool:
    return report.sections["outcome"] == outcome.number


def follow_the_outcome(evaluation: Evaluation, *, by) -> list[str]:
    """After another result: what nobody rewrote is drafted anew, the leader's own words stay. Returns whose keys stayed."""
    with transaction.atomic():
        held = hold(evaluation, by=by)
        report, outcome = shown(held), last_outcome(held)
        if rests_on_the_last_outcome(report, outcome):
            return []
        before, fresh = report.sections, _fresh(held, outcome)
        own = [key for key, text in before["texts"].items() if text != before["drafted"].get(key, "")]
        fresh["texts"] |= {key: before["texts"][key] for key in own}
        _written(report, fresh)
    return own


def _written(report: Report, sections: dict) -> Report:
    report.sections = sections
    report.version += 1
    report.save()
    return report
