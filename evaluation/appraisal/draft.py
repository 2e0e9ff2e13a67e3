"""The draft of an appraisal: kept as typed, open until it is decided and again while it is corrected."""

from collections.abc import Mapping
from datetime import date

from cqo_portal.jurisdictions import pack
from cqo_portal.workflow import drafts
from evaluation.appraisal.facts import known_of
from evaluation.appraisal.form import AppraisalForm
from evaluation.appraisal.models import Appraisal


def is_closed(appraisal: Appraisal) -> bool:
    return appraisal.state == Appraisal.State.DECIDED


def save(appraisal: Appraisal, typed: dict[str, list[str]], *, version: int | None, by) -> Appraisal:
    return drafts.save(
        appraisal,
        typed,
        version=version,
        by=by,
        along=("post__organisation", "post__office__parent", "post__person"),
    )


def form_of(appraisal: Appraisal, *, today: date, typed: Mapping | None = None) -> AppraisalForm:
    rules = pack(appraisal.rule_edition)
    return AppraisalForm(
        drafts.as_query(appraisal.draft if typed is None else typed),
        scheme=rules.appraisal,
        known=known_of(appraisal.post, appraisal.year, rules, today=today),
    )
