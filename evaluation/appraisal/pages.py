"""What the pages of an appraisal show: an enterprise's years, the form, the last look, the result."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch
from django.utils import timezone

from cqo_portal.audit.models import Event
from cqo_portal.jurisdictions import pack
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.parties.models import Organisation
from cqo_portal.ui.sectioned import chapter_of
from cqo_portal.workflow.engine import open_to
from evaluation.appraisal import content, draft
from evaluation.appraisal.form import AppraisalForm, ConfirmForm, RemarkForm
from evaluation.appraisal.models import Appraisal, Decision
from evaluation.appraisal.permissions import appraises, remarks
from evaluation.appraisal.workflow import BUTTONS, CORRECT
from evaluation.appraising import so_far
from registry.editions import editions_on, judged_on
from registry.models import Officer
from registry.reports.sections import DECISIONS

DAYS_AHEAD = (
    92  # as of the annual report, which it goes into: from a quarter before the year's end it is asked for
)


# ── an enterprise's years ─────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Row:
    """An officer in a year: the appraisal there is, its last decision, or that there is none yet."""

    year: int
    post: Officer
    appraisal: Appraisal | None
    decision: Decision | None
    possible: bool  # by the text of that year, and of the running or the last year

    @property
    def to_do(self) -> bool:
        return self.possible and self.decision is None


def own_page(organisation: Organisation, *, today: date) -> dict:
    """This year and the last with everybody who served in them, and whatever was appraised before."""
    posts = (
        organisation.officers.select_related("person")
        .defer("search", "haystack")
        .order_by("appointed_on", "id")
    )
    known = _known(Appraisal.objects.filter(post__organisation=organisation))
    begun = {(each.appraisal.post_id, each.year): each for each in known}
    recent = (today.year, today.year - 1)
    editions = editions_on(organisation.office, {judged_on(year, today=today) for year in recent})
    rules = {year: editions[judged_on(year, today=today)] for year in recent}
    rows = [each for each in known if each.year not in recent]
    for year in recent:
        asked = bool(rules[year] and rules[year].appraisal)
        for post in posts:
            row = begun.get((post.pk, year))
            if row or (asked and _served(post, year)):
                rows.append(Row(year, post, row and row.appraisal, row and row.decision, asked))
    rows.sort(key=lambda row: -row.year)
    return {"organisation": organisation, "rows": rows, "rules": rules[today.year], "today": today}


def owed(organisation: Organisation, rules: RulePack | None, *, today: date) -> list[Row]:
    """For the enterprise's desk: whoever serves and is not appraised yet, from a quarter before the year's end."""
    if rules is None or rules.appraisal is None or (date(today.year, 12, 31) - today).days > DAYS_AHEAD:
        return []
    rows = own_page(organisation, today=today)["rows"]
    return [row for row in rows if row.year == today.year and row.to_do and not row.post.ended_on]


def _served(post: Officer, year: int) -> bool:
    return post.appointed_on.year <= year and (post.ended_on is None or post.ended_on.year >= year)


def _known(appraisals) -> list[Row]:
    last = Prefetch("decisions", Decision.objects.order_by("-number"))
    found = appraisals.for_list().prefetch_related(last).order_by("-year", "post__appointed_on", "id")
    return [Row(each.year, each.post, each, next(iter(each.decisions.all()), None), False) for each in found]


def decided_rows(user) -> list[Row]:
    """What was decided of the officer in person."""
    return _known(Appraisal.objects.visible_to(user))


# ── the form ──────────────────────────────────────────────────────────────────────────────────
def form_page(appraisal: Appraisal, *, typed: Mapping | None = None, checked: bool = False) -> dict:
    """The form. `checked`: the person asked to go on, so that every fault is shown."""
    today = timezone.localdate()
    form = draft.form_of(appraisal, today=today, typed=typed)
    given, faults = form.points, list(form.faults())
    chapters = [chapter_of(section, checked=checked) for section in form.sections]
    if not checked:
        form.forgive_what_is_empty()
    return {
        "appraisal": appraisal,
        "form": form,
        "scheme": form.scheme,
        "rules": pack(appraisal.rule_edition),
        "sums": _sums(form, given),
        "faults": faults,
        "checked": checked,
        "chapters": chapters,
        "version": appraisal.draft_version,
        "saved_at": appraisal.draft_saved_at,
        "year_runs": today <= date(appraisal.year, 12, 31),
    }


@dataclass(frozen=True)
class Sums:
    """What was given up to now, group by group: (label, points, of, assumed, items still open)."""

    groups: list[tuple[str, Decimal, Decimal, bool, int]]
    total: Decimal
    known: Decimal
    open: int


def _sums(form: AppraisalForm, given: Mapping[str, Decimal]) -> Sums:
    result, rows = so_far(given, form.scheme), []
    for group in form.scheme.groups:
        left = sum(item.code not in given for item in group.items)
        rows.append((group.label, result.groups[group.code], group.points, bool(group.assumed), left))
    return Sums(rows, result.total, result.known, sum(row[-1] for row in rows))


def check_page(appraisal: Appraisal, posted) -> dict | None:
    """The last page before the decision, or None where the form is not complete."""
    if draft.is_closed(appraisal):
        return None
    page = form_page(appraisal, checked=True)
    if page["faults"]:
        return None
    return page | {"said": content.content_of(page["form"], appraisal), "confirm": ConfirmForm(posted)}


# ── the result ────────────────────────────────────────────────────────────────────────────────
def result_page(appraisal: Appraisal, user, params: Mapping, *, remark: RemarkForm | None = None) -> dict:
    """What was decided, for the enterprise and for the officer in person."""
    decisions = list(appraisal.decisions.select_related("by").prefetch_related("remarks__by"))
    shown = chosen(decisions, params)
    steps = open_to(user, appraisal, steps=BUTTONS.values())
    return {
        "appraisal": appraisal,
        "rules": pack(appraisal.rule_edition),
        "decisions": decisions,
        "shown": shown,
        "said": shown.content if shown else None,
        "stands": content.stands(shown) if shown else None,
        "dismisses": bool(shown) and shown.content["outcome"] == DECISIONS["dismissed"],
        "is_last": bool(shown) and shown.number == appraisal.round,
        "may_edit": appraises.test(user, appraisal) and not draft.is_closed(appraisal),
        "correct": next((step for step in steps if step is CORRECT), None),
        "steps": [step for step in steps if step is not CORRECT],
        "remark": (remark or RemarkForm()) if remarks.test(user, appraisal) else None,
        "timeline": timeline(appraisal),
    }


def chosen(decisions: Iterable[Decision], params: Mapping) -> Decision | None:
    """The decision an address asks for (`version`), else the last."""
    asked, last = params.get("version", ""), None
    for last in decisions:
        if str(last.number) == asked:
            break
    return last


def timeline(appraisal: Appraisal) -> list[Event]:
    return list(Event.objects.about(appraisal).order_by("-id"))
