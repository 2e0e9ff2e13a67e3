"""The draft of a report: kept as typed, saved with a version, open only where a return unlocked it."""

from collections.abc import Mapping
from datetime import date

from django.http import QueryDict

from cqo_portal.workflow import drafts
from cqo_portal.workflow.drafts import Stale, as_query
from registry.lists.models import Award
from registry.reports import proposals
from registry.reports.form import ReportForm
from registry.reports.models import AnnualReport
from registry.reports.queries import posts_of
from registry.reports.schedule import schedule_for
from registry.reports.sections import SECTIONS, key_of

S = AnnualReport.State
__all__ = ["Stale", "first_draft", "form_of", "is_closed", "last_year", "merged", "save", "unlocked"]


def unlocked(report: AnnualReport) -> frozenset[str] | None:
    """The sections that may be changed now; None means all of them."""
    if report.state in (S.DRAFT, S.REOPENED):
        return None
    if report.state != S.RETURNED:
        return frozenset()
    return frozenset(report.returned_pins.values_list("section", flat=True))


def is_closed(report: AnnualReport) -> bool:
    return unlocked(report) == frozenset()


def merged(report: AnnualReport, posted: QueryDict) -> dict[str, list[str]]:
    """The draft with what the browser sent, as far as it may be changed."""
    opened = unlocked(report)

    def is_open(name: str) -> bool:
        return opened is None or name.partition("-")[0] in opened

    return drafts.merged(report.draft, posted, is_open=is_open)


def save(report: AnnualReport, typed: dict[str, list[str]], *, version: int | None, by) -> AnnualReport:
    """Keep what was typed. `version` is the one the page was opened with; None overwrites knowingly."""
    return drafts.save(report, typed, version=version, by=by, related=("organisation__office", "office"))


def form_of(report: AnnualReport, *, today: date, typed: Mapping | None = None) -> ReportForm:
    """The form over the draft, with everything that may not be changed locked."""
    return ReportForm(
        as_query(report.draft if typed is None else typed),
        schedule=schedule_for(report.organisation.office, report.year, today=today),
        posts=list(posts_of(report.organisation, report.year)),
        opened=unlocked(report),
    )


def last_year(report: AnnualReport) -> dict | None:
    """What the enterprise reported for the year before, in the last version the county took."""
    versions = report.versions.model.objects.filter(
        report__organisation=report.organisation_id, report__year=report.year - 1
    ).exclude(reception=None)
    found = versions.order_by("-number").first()
    return found.content if found else None


def first_draft(report: AnnualReport, *, today: date) -> dict[str, list[str]]:
    """What is known already: standing words of last year's report, and what a source on record proposes."""
    said = (last_year(report) or {}).get("typed", {})
    carried = [f"{section.code}-{name}" for section in SECTIONS for name in section.carried]
    known = {name: said[name] for name in carried if said.get(name)}
    awards = Award.objects.of(report.year).filter(organisation=report.organisation).order_by("name")
    if listed := "\n".join(_award_in_words(award) for award in awards):
        known["awards-awards"] = [listed]
    for post in posts_of(report.organisation, report.year):
        for name, value in proposals.hours_of(post, report.year).items():
            known[f"hours-{key_of(post)}_{name}"] = [str(value)]
    return known


def _award_in_words(award: Award) -> str:
    return "，".join(filter(None, (award.name, award.get_level_display(), award.granted_by)))
