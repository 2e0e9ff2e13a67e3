"""The draft of a report: kept as typed, saved with a version, open only where a return unlocked it."""

from collections.abc import Mapping
from datetime import date

from django.http import QueryDict

from cqo_portal.wording import plain_decimal
from cqo_portal.workflow import drafts
from cqo_portal.workflow.drafts import as_query
from registry.lists.models import Award
from registry.reports import proposals
from registry.reports.form import ReportForm
from registry.reports.models import AnnualReport
from registry.reports.queries import posts_of
from registry.reports.schedule import schedule_for
from registry.reports.sections import DECISIONS, SECTIONS, key_of

S = AnnualReport.State


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
    return drafts.save(report, typed, version=version, by=by, along=("organisation__office", "office"))


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
    return known | appraised(report, today=today)


def appraised(report: AnnualReport, *, today: date) -> dict[str, list[str]]:
    """The enterprise's own appraisals of the year, as the form would say them; nothing where its text has none."""
    pack = schedule_for(report.organisation.office, report.year, today=today).pack
    if pack is None or pack.appraisal is None:
        return {}
    known = {}
    for post in posts_of(report.organisation, report.year):
        if found := proposals.appraisal_of(post, report.year):
            known |= _appraisal_in_words(f"appraisal-{key_of(post)}", found)
    return known


def _appraisal_in_words(prefix: str, found: proposals.Appraised) -> dict[str, list[str]]:
    points = {f"{prefix}_g{code}": [plain_decimal(given)] for code, given in found.groups.items()}
    decision = [code for code, word in DECISIONS.items() if word == found.outcome]
    return points | {f"{prefix}_decision": decision, f"{prefix}_result": [found.result]}


def to_take_over(report: AnnualReport, *, today: date) -> dict[str, list[str]]:
    """What was decided and the draft does not say so, as far as it may be changed."""
    if "appraisal" not in (unlocked(report) or {"appraisal"}):
        return {}
    decided = appraised(report, today=today)
    return {name: values for name, values in decided.items() if report.draft.get(name) != values}


def _award_in_words(award: Award) -> str:
    return "，".join(filter(None, (award.name, award.get_level_display(), award.granted_by)))
