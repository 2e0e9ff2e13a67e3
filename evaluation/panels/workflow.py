"""The steps of a panel with what they ask of the record: no conflict, an account, a practised hand; and their clocks."""

from dataclasses import replace

from cqo_portal.workflow.engine import Transition, by_name, moved
from evaluation.experts.models import Expert
from evaluation.models import Evaluation
from evaluation.panels import clocks
from evaluation.panels.facts import Found, detected, words_of
from evaluation.panels.practice import unpractised
from evaluation.workflow import evaluation as of_evaluations
from evaluation.workflow import panellist as of_panellists
from evaluation.workflow.evaluation import CLOSE, give_out_the_sheets


# ── guards ────────────────────────────────────────────────────────────────────────────────────
def nothing_is_detected(panellist, today):
    found = detected(panellist.evaluation, [panellist.person], day=today)[panellist.person_id]
    return _against(panellist, found)


def nothing_was_found(found: Found):
    """The same of a comparison made before: for many at once, and before the record is held for one of them."""
    return lambda panellist, today: _against(panellist, found[panellist.person_id])


def nothing_is_detected_now(evaluation, today):
    """Asked again before scoring: what was said and filed since the invitation counts too."""
    serving = list(evaluation.panellists.serving().select_related("person"))
    found = detected(evaluation, [each.person for each in serving], day=today)
    return "".join(filter(None, (_against(each, found[each.person_id]) for each in serving))) or None


def _against(panellist, found) -> str | None:
    if not found:
        return None
    return f"比对发现{panellist.person.name}有应当回避的情形：{words_of(found)}请登记回避。"


def it_is_an_expert_of_the_body(panellist, today):
    there = Expert.objects.filter(person=panellist.person_id, institution=panellist.evaluation.body_id)
    if there.engaged().exists():
        return None
    return f"{panellist.person.name}已不是贵机构在聘的专家，请换下。"


def everybody_is_practised(evaluation, today):
    serving = evaluation.panellists.serving()
    new = serving.filter(
        person__in=unpractised(serving.values_list("person", flat=True), evaluation.rule_edition)
    )
    names = "、".join(new.order_by("person__pinyin").values_list("person__name", flat=True))
    return f"{names}还没有完成校准案例：第一次参加评价以前要先评一遍。" if names else None


# ── steps ─────────────────────────────────────────────────────────────────────────────────────
def _ask(panellist, today, by):
    panellist.answer_by = clocks.answer_by(panellist.evaluation, today)
    return {"answer_by", *moved(panellist, today, by)}


def _due(step: str, effect):
    """The effect, and by when the step it leads to is to be done."""

    def with_its_clock(evaluation, today, by):
        evaluation.due_on = clocks.due(evaluation, step, today)
        return {"due_on", *effect(evaluation, today, by)}

    return with_its_clock


def inviting(found: Found) -> Transition:
    """`found`: what `detected` says of everybody who is asked; whoever is missing in it cannot be."""
    return of_panellists.inviting(_ask, it_is_an_expert_of_the_body, nothing_was_found(found))


# A name that was never asked goes without a reason and without a letter.
FORGET: Transition = replace(of_panellists.RELEASE, asks_why=False, announces="")
BEGIN = of_evaluations.beginning(
    _due("scoring", give_out_the_sheets), nothing_is_detected_now, everybody_is_practised
)
RECONVENE = of_evaluations.reconvening(_due("convening", moved))
BUTTONS = by_name(BEGIN, RECONVENE, CLOSE)


def is_being_convened(evaluation: Evaluation) -> bool:
    return evaluation.state == Evaluation.State.CONVENING
