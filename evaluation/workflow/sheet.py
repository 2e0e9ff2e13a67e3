"""The life of a sheet: written alone, signed once, and set aside if its author turns out to be partial."""

from dataclasses import replace

from cqo_portal.workflow.engine import Transition, by_name, guard_states, moved, perform
from evaluation.models import Evaluation, Panellist, Sheet
from evaluation.permissions import may_set_it_aside, scores

S = Sheet.State


def the_panel_scores(sheet, today):
    if sheet.calibration_id or sheet.panellist.evaluation.state == Evaluation.State.SCORING:
        return None
    return "这次评价现在不在独立评分阶段，不能签署。"


def its_author_was_found_to_be_partial(sheet, today):
    """Asked within the step that sets the panellist aside; nothing else reaches it."""
    if sheet.panellist.conflicts.exists():
        return None
    return "没有回避情形的评分表不能搁置。"


SET_ASIDE = Transition(
    name="set-aside",
    label="不予计入",
    done="这份评分表不再计入，记录仍在。",
    source=frozenset({S.OPEN, S.SIGNED}),
    target=S.SET_ASIDE,
    allowed=may_set_it_aside,
    guards=(its_author_was_found_to_be_partial,),
    effect=moved,
)


def signing(effect, *guards) -> Transition:
    """Sign what was looked at: `effect` appends the signed version, in the transaction of the step."""
    return Transition(
        name="sign",
        label="签署评分表",
        done="已签署，不能再改动。",
        source=frozenset({S.OPEN}),
        target=S.SIGNED,
        allowed=scores,
        guards=(the_panel_scores, *guards),
        effect=effect,
    )


SHEET = by_name(signing(moved), SET_ASIDE)
guard_states(Sheet, SHEET.values())


# Of whoever leaves without being partial; the step of the panellist is what asks for the reason.
SET_ASIDE_TOO = replace(SET_ASIDE, guards=())


def set_aside_sheet_of(panellist: Panellist, *, by, today, step: Transition = SET_ASIDE) -> None:
    """The sheet of whoever is on the panel no more is frozen as it is, and does not count."""
    sheet = Sheet.objects.filter(panellist=panellist).exclude(state=S.SET_ASIDE).first()
    if sheet:
        perform(step, sheet, by=by, today=today)
