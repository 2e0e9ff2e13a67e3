"""The life of an evaluation, from the panel that is convened to the grade that is published.

A step to which a later part adds what it asks or does is a function, so that it cannot be taken without; a constant is
whole as it stands here.
"""

from cqo_portal.workflow.engine import Transition, by_name, guard_states, moved
from evaluation import convening
from evaluation.frozen import scheme_of
from evaluation.models import Evaluation, Panellist, Sheet
from evaluation.permissions import leads, runs_it

E = Evaluation.State
THE_PANEL_STANDS = frozenset({E.SCORING, E.CONSENSUS, E.REPORTING, E.AT_BODY})  # begun, and not decided
BEFORE_THE_DECISION = THE_PANEL_STANDS | {E.CONVENING}


# ── guards ────────────────────────────────────────────────────────────────────────────────────
def the_panel_is_large_enough(evaluation, today):
    """Of those who declared to be impartial; who was only asked does not count yet."""
    lacking = convening.too_few(evaluation.panellists.serving().count(), rule_of(evaluation))
    return f"已声明的成员不够：{lacking}" if lacking else None


def it_has_a_leader(evaluation, today):
    return convening.without_one_leader(evaluation.panellists.serving().filter(is_leader=True).count())


def everybody_has_answered(evaluation, today):
    waiting = evaluation.panellists.filter(state__in=[Panellist.State.PROPOSED, Panellist.State.INVITED])
    names = [each.person.name for each in waiting.select_related("person")]
    return f"{'、'.join(names)}还没有答复：请等其声明，或者换下。" if names else None


def everybody_has_signed(evaluation, today):
    unsigned = evaluation.panellists.serving().exclude(sheet__state=Sheet.State.SIGNED).count()
    return f"还有 {unsigned} 份评分表没有签署，都签署以后才能打开合议。" if unsigned else None


def the_panel_is_too_small_now(evaluation, today):
    if the_panel_is_large_enough(evaluation, today) or it_has_a_leader(evaluation, today):
        return None
    return "评价组人数足够，也有组长，不用补充成员。"


def may_be_opened(evaluation: Evaluation, today) -> bool:
    """Whether it is the leader's move: nothing is missing but the step itself."""
    return not opening(moved).reasons_against(evaluation, today)


def rule_of(evaluation: Evaluation):
    """What that edition says of panels."""
    return scheme_of(evaluation).panel


# ── effects ───────────────────────────────────────────────────────────────────────────────────
def give_out_the_sheets(evaluation, today, by):
    """A sheet for everybody who has none yet; whoever signed one before the panel was completed keeps it."""
    for panellist in evaluation.panellists.serving().filter(sheet=None):
        Sheet.objects.create(
            panellist=panellist, person_id=panellist.person_id, rule_edition=evaluation.rule_edition
        )
    return moved(evaluation, today, by)


# ── the table ─────────────────────────────────────────────────────────────────────────────────
def beginning(effect, *guards) -> Transition:
    """Scoring begins; `effect` gives out the sheets."""
    return Transition(
        name="begin",
        label="开始独立评分",
        done="独立评分已经开始，成员会收到通知。",
        source=frozenset({E.CONVENING}),
        target=E.SCORING,
        allowed=runs_it,
        guards=(the_panel_is_large_enough, it_has_a_leader, everybody_has_answered, *guards),
        effect=effect,
        announces="scoring-begun",
    )


def opening(effect, *guards) -> Transition:
    """The members see one another's sheets, once all are signed."""
    return Transition(
        name="open",
        label="打开合议",
        done="评分表已向评价组打开，可以合议。",
        source=frozenset({E.SCORING}),
        target=E.CONSENSUS,
        allowed=leads,
        guards=(the_panel_is_large_enough, everybody_has_signed, *guards),
        effect=effect,
        announces="sheets-opened",
    )


def reconvening(effect, *guards) -> Transition:
    """A panel too small to go on is completed."""
    return Transition(
        name="reconvene",
        label="补充成员",
        done="请补充成员；已签署的评分表不再显示，直到新成员也签署。",
        source=THE_PANEL_STANDS,
        target=E.CONVENING,
        allowed=runs_it,
        guards=(the_panel_is_too_small_now, *guards),
        effect=effect,
    )


DELIBERATE_AGAIN = Transition(
    name="deliberate-again",
    label="重新合议",
    done="已回到合议；原来的结果仍在记录里，形成新结果以后由新的代替。",
    source=frozenset({E.REPORTING}),
    target=E.CONSENSUS,
    allowed=leads,
    effect=moved,
    asks_why=True,
    announces="sheets-opened",
)
CLOSE = Transition(
    name="close",
    label="终止评价",
    done="评价已终止，所有记录保留。",
    source=BEFORE_THE_DECISION,
    target=E.CLOSED,
    allowed=runs_it,
    effect=moved,
    asks_why=True,
    announces="evaluation-closed",
)


def concluding(effect, *guards) -> Transition:
    """Freeze what was agreed; `effect` appends the outcome."""
    return Transition(
        name="conclude",
        label="形成合议结论",
        done="合议结论已形成，请编制报告。",
        source=frozenset({E.CONSENSUS}),
        target=E.REPORTING,
        allowed=leads,
        guards=(the_panel_is_large_enough, *guards),
        effect=effect,
    )


def handing_in(effect, *guards) -> Transition:
    """The report goes to the body, once every member stands by it."""
    return Transition(
        name="hand-in",
        label="提交评价报告",
        done="评价报告已提交评价机构，等待决定。",
        source=frozenset({E.REPORTING}),
        target=E.AT_BODY,
        allowed=leads,
        guards=guards,
        effect=effect,
        announces="report-handed-in",
    )


def sending_back(effect) -> Transition:
    """The panel writes its report anew."""
    return Transition(
        name="send-back",
        label="退回评价组",
        done="报告已退回评价组。",
        source=frozenset({E.AT_BODY}),
        target=E.REPORTING,
        allowed=runs_it,
        effect=effect,
        asks_why=True,
        announces="report-sent-back",
    )


def deciding(effect, *guards) -> Transition:
    """The body adopts the report; `effect` appends the decision."""
    return Transition(
        name="decide",
        label="作出评价决定",
        done="评价决定已作出，公布以前可以先看要发出的通知。",
        source=frozenset({E.AT_BODY}),
        target=E.DECIDED,
        allowed=runs_it,
        guards=guards,
        effect=effect,
    )


def publishing(effect, *guards) -> Transition:
    """The decision is told to whom it concerns; `effect` appends the publication."""
    return Transition(
        name="publish",
        label="公布",
        done="已公布，并通知本人和所在组织。",
        source=frozenset({E.DECIDED}),
        target=E.PUBLISHED,
        allowed=runs_it,
        guards=guards,
        effect=effect,
        announces="grade-published",
    )


EVALUATION = by_name(
    beginning(moved),
    opening(moved),
    reconvening(moved),
    DELIBERATE_AGAIN,
    CLOSE,
    concluding(moved),
    handing_in(moved),
    sending_back(moved),
    deciding(moved),
    publishing(moved),
)
guard_states(Evaluation, EVALUATION.values())
