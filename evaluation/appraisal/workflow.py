"""The life of an appraisal. Who may do what, when, and what follows: read this file only.

draft ──decide──▶ decided ──correct──▶ reopened ──decide──▶ decided
                     ▲ ◀─────keep──────────┘

A decision stays as it was said: a correction is another one, with its reason.
"""

from cqo_portal.audit.models import Event
from cqo_portal.workflow.engine import Transition, by_name, guard_states, moved
from evaluation.appraisal import content, draft
from evaluation.appraisal.models import Appraisal, Decision
from evaluation.appraisal.permissions import appraises

S = Appraisal.State


# ── guards ────────────────────────────────────────────────────────────────────────────────────
def everything_is_filled_in(appraisal, today):
    count = len(list(draft.form_of(appraisal, today=today).faults()))
    return f"还有 {count} 处没有填好，或者记录有变动，请改正后再作决定。" if count else None


# ── effects ───────────────────────────────────────────────────────────────────────────────────
def append_the_decision(appraisal, today, by):
    form = draft.form_of(appraisal, today=today)
    said = content.content_of(form, appraisal)
    number, edition = appraisal.round + 1, appraisal.rule_edition
    Decision.objects.create(
        appraisal=appraisal,
        number=number,
        rule_edition=edition,
        content=said,
        digest=content.digest_of(said, appraisal=appraisal, number=number, edition=edition),
        reason=_reason(appraisal),
        on=today,
        by=by,
    )
    appraisal.round = number
    return {"round", *moved(appraisal, today, by)}


def _reason(appraisal) -> str:
    """Why it was opened again: said at that step, kept with the decision that follows."""
    last = Event.objects.about(appraisal).exclude(after="").order_by("-id").first()
    return last.note if last is not None and last.action == "correct" else ""


def restore(appraisal, today, by):
    """What was typed since is given up; the draft says again what was decided last."""
    appraisal.draft = appraisal.decisions.get(number=appraisal.round).content["typed"]
    appraisal.draft_version += 1
    return {"draft", "draft_version", *moved(appraisal, today, by)}


# ── the table ─────────────────────────────────────────────────────────────────────────────────
DECIDE = Transition(
    name="decide",
    label="作出决定",
    done="已作出决定，并通知本人。",
    source=frozenset({S.DRAFT, S.REOPENED}),
    target=S.DECIDED,
    allowed=appraises,
    guards=(everything_is_filled_in,),
    effect=append_the_decision,
    announces="appraisal-decided",
)
CORRECT = Transition(
    name="correct",
    label="更正",
    done="可以更正了；原来的一版留着，新的决定作出以前仍以它为准。",
    source=frozenset({S.DECIDED}),
    target=S.REOPENED,
    allowed=appraises,
    effect=moved,
    asks_why=True,
)
KEEP = Transition(
    name="keep",
    label="不改了",
    done="仍以原来的决定为准，刚才的改动没有保留。",
    source=frozenset({S.REOPENED}),
    target=S.DECIDED,
    allowed=appraises,
    effect=restore,
)
BUTTONS = by_name(CORRECT, KEEP)  # a decision is made on the page that shows it whole

guard_states(Appraisal, [DECIDE, CORRECT, KEEP])
