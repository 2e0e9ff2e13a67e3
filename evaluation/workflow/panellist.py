"""The life of a panellist: invited, impartial by declaration, or set aside."""

from cqo_portal.workflow.engine import Transition, by_name, guard_states, moved
from evaluation.conflicts import Origin
from evaluation.models import Conflict, Evaluation, Panellist, Sheet
from evaluation.permissions import answers, runs_its_evaluation
from evaluation.workflow.evaluation import BEFORE_THE_DECISION
from evaluation.workflow.sheet import SET_ASIDE_TOO, set_aside_sheet_of

P = Panellist.State
E = Evaluation.State
AT_WORK = BEFORE_THE_DECISION - {E.AT_BODY}


def the_panel_is_being_convened(panellist, today):
    if panellist.evaluation.state == E.CONVENING:
        return None
    if panellist.evaluation.state == E.CLOSED:
        return "这次评价已经终止，不用再答复。"
    return "评价组已经组成，成员不能再换；发现回避情形的，请登记回避。"


def nothing_was_decided(panellist, today):
    if panellist.evaluation.state in BEFORE_THE_DECISION:
        return None
    return "已经作出评价决定；现在发现回避情形的，请由评价机构主动复核，另组评价组。"


def the_panel_still_works(panellist, today):
    """Once the report is handed in nobody need do anything more; if it is sent back, somebody may be missing again."""
    if panellist.evaluation.state in AT_WORK:
        return None
    if panellist.evaluation.state == E.AT_BODY:
        return "评价报告已经提交，成员没有要办的事，不用退出；有回避情形的，请登记回避。"
    return "这次评价已经不在评价组，不能再退出。"


def no_conflict_is_known(panellist, today):
    said = [each.said for each in panellist.conflicts.all()]
    return f"有回避情形：{''.join(said)}" if said else None


def nothing_was_signed(panellist, today):
    """Nobody is exchanged for what he wrote: a signed sheet goes only with a reason against its author."""
    sheet = Sheet.objects.filter(panellist=panellist).first()
    if sheet is None or sheet.state == Sheet.State.OPEN:
        return None
    return "这位成员已经签署评分表，不能换下；有回避情形的，请登记回避。"


def recusing(*, source: str, kind: str, said: str, cites: str = "8.3") -> Transition:
    """Set a panellist aside for a reason that stays on record; a sheet already written is frozen and does not count."""

    def effect(panellist, today, by):
        Conflict.objects.create(panellist=panellist, source=source, kind=kind, said=said, cites=cites, by=by)
        set_aside_sheet_of(panellist, by=by, today=today)
        return moved(panellist, today, by)

    return Transition(
        name="recuse",
        label="登记回避",
        done="已回避：不再看到这份案卷，已写的评分表封存、不计入。",
        source=frozenset({P.PROPOSED, P.INVITED, P.SERVING}),
        target=P.RECUSED,
        allowed=answers | runs_its_evaluation,
        guards=(nothing_was_decided,),
        effect=effect,
        announces="panel-recused",
    )


def inviting(effect, *guards) -> Transition:
    """Ask an expert who was named; `guards`: what else must not stand against it."""
    return Transition(
        name="invite",
        label="发出邀请",
        done="已邀请，专家会收到通知。",
        source=frozenset({P.PROPOSED}),
        target=P.INVITED,
        allowed=runs_its_evaluation,
        guards=(the_panel_is_being_convened, no_conflict_is_known, *guards),
        effect=effect,
        announces="panel-invitation",
    )


DECLINE = Transition(
    name="decline",
    label="谢绝邀请",
    done="已谢绝，评价机构会另请专家。",
    source=frozenset({P.INVITED}),
    target=P.DECLINED,
    allowed=answers,
    effect=moved,
    asks_why=True,
    announces="panel-declined",
)
RELEASE = Transition(
    name="release",
    label="换下",
    done="已换下，不再参加这次评价。",
    source=frozenset({P.PROPOSED, P.INVITED, P.SERVING}),
    target=P.RELEASED,
    allowed=runs_its_evaluation,
    guards=(the_panel_is_being_convened, nothing_was_signed),
    effect=moved,
    asks_why=True,
    announces="panel-released",
)


def _leave(panellist, today, by):
    set_aside_sheet_of(panellist, by=by, today=today, step=SET_ASIDE_TOO)
    return moved(panellist, today, by)


# Ill, away, or silent: no conflict, so that none has to be invented to go on. The body says why, and it stays on record.
LEAVE = Transition(
    name="leave",
    label="退出（非回避）",
    done="已退出：不再看到这份案卷，已写的评分表封存、不计入。",
    source=frozenset({P.SERVING}),
    target=P.LEFT,
    allowed=runs_its_evaluation,
    guards=(the_panel_still_works, no_conflict_is_known),
    effect=_leave,
    asks_why=True,
    announces="panel-left",
)


def declaring(effect, *guards) -> Transition:
    """The expert declares to be impartial; `effect` appends the statement. From here on the file is open to him."""
    return Transition(
        name="declare",
        label="签署回避声明并接受",
        done="已接受邀请，案卷已向您打开。",
        source=frozenset({P.INVITED}),
        target=P.SERVING,
        allowed=answers,
        guards=(the_panel_is_being_convened, no_conflict_is_known, *guards),
        effect=effect,
        announces="panel-accepted",
    )


PANELLIST = by_name(
    inviting(moved),
    DECLINE,
    RELEASE,
    LEAVE,
    declaring(moved),
    recusing(source=Origin.REPORTED.value, kind="", said=""),
)
guard_states(Panellist, PANELLIST.values())
