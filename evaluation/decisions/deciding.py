"""评价决定: the body adopts the report the panel handed in. Nobody types a grade: it is the result's."""

from datetime import date

from django.utils import timezone

from cqo_portal.audit.record import record
from cqo_portal.digests import sha256
from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import Refused, by_name, moved, perform
from evaluation.decisions.versions import STANDS, last_version
from evaluation.frozen import digest_of, result_of
from evaluation.models import Decision, Evaluation, ReportVersion
from evaluation.panels.clocks import due
from evaluation.workflow import evaluation as life
from evaluation.workflow.evaluation import deciding, the_panel_is_large_enough

MEANWHILE = "您打开这一页以后，报告有了新的一版。请看过现在的报告再决定。"


def _back_with_a_clock(evaluation, today, by):
    evaluation.due_on = due(evaluation, "report", today)
    return {"due_on", *moved(evaluation, today, by)}


SEND_BACK = life.sending_back(_back_with_a_clock)
BUTTONS = by_name(SEND_BACK)


# ── guards ────────────────────────────────────────────────────────────────────────────────────
def the_result_follows_from_what_was_frozen(evaluation, today):
    """Computed again, as anybody can: a result that does not follow is decided on by nobody."""
    outcome = last_version(evaluation).outcome
    again = result_of(outcome.frozen)
    if again == outcome.result and digest_of(outcome.frozen, again) == outcome.digest:
        return None
    return "重新计算的结果与封存的不一致，不能作出决定。请联系系统管理员核查。"


GUARDS = (the_panel_is_large_enough, *STANDS, the_result_follows_from_what_was_frozen)


# ── the step ──────────────────────────────────────────────────────────────────────────────────
def decide(
    evaluation: Evaluation, *, seen: str, present: str, said: str, on: date, by, today: date
) -> Evaluation:
    """`seen`: the digest of the version on the page; `present`, `said`, `on`: who deliberated, what, and when."""

    def adopted(evaluation, today, by):
        version = last_version(evaluation)
        if version.digest != seen:
            raise Refused(MEANWHILE)
        handed_in = timezone.localdate(evaluation.moved_at)
        if not handed_in <= on <= today:
            raise Refused(f"审议日期应在报告提交（{day_full(handed_in)}）以后、今天以前。")
        _append(evaluation, version, deliberated=f"参加审议：{present}\n审议意见：{said}", on=on, by=by)
        evaluation.due_on = None
        return {"due_on", *moved(evaluation, today, by)}

    return perform(deciding(adopted, *GUARDS), evaluation, by=by, today=today)


def _append(evaluation: Evaluation, version: ReportVersion, *, deliberated: str, on: date, by) -> Decision:
    outcome = version.outcome
    made = Decision(
        evaluation=evaluation,
        report=version,
        outcome=outcome,
        grade=outcome.grade,
        deliberated=deliberated,
        on=on,
        by=by,
    )
    made.digest = sha256(words_of(made))
    # Before the row: no decision comes past the chain of events.
    record(
        "adopt",
        evaluation,
        by=by,
        rule_edition=evaluation.rule_edition,
        data={"digest": made.digest, "grade": made.grade, "report": version.digest},
    )
    made.save()
    return made


def words_of(decision: Decision) -> dict:
    """What the digest of a decision is of."""
    return {
        "report": decision.report.digest,
        "outcome": decision.outcome.digest,
        "grade": decision.grade,
        "deliberated": decision.deliberated,
        "on": decision.on.isoformat(),
    }
