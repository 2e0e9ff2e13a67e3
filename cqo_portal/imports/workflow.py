"""The life of an import. People upload, decide and discard; what lies between is the worker's.

reading ──read──▶ to_decide ──apply-all / apply-good──▶ applying ──finish──▶ done
   │ fail             │ ▲ ◀────────────put-back──────────────┘
   ▼                  ▼ discard
 failed ──discard──▶ discarded
"""

from django.db import transaction

from cqo_portal.imports.models import ImportRun
from cqo_portal.imports.permissions import decides, the_system
from cqo_portal.workflow.engine import Transition, by_name, guard_states, moved

S = ImportRun.State


# ── guards: a sentence for refusing, or None ──────────────────────────────────────────────────
def no_row_is_refused(run, today):
    refused = run.counts.get("refused", 0)
    return f"还有 {refused} 行有误：请就地改正，或者选择只导入没有问题的行。" if refused else None


def something_would_happen(run, today):
    if run.counts.get("new", 0) + run.counts.get("changed", 0):
        return None
    return "没有可以导入的行：其余各行与已登记的内容相同，或者有误。"


# ── effects: what else changes; they name the fields they changed ─────────────────────────────
def all_rows(run, today, by):
    return _handed_to_the_worker(run, today, by, good_rows_only=False)


def good_rows(run, today, by):
    return _handed_to_the_worker(run, today, by, good_rows_only=True)


def _handed_to_the_worker(run, today, by, *, good_rows_only: bool):
    from cqo_portal.imports.tasks import apply  # a task imports the worker, which takes these steps

    run.good_rows_only, run.decided_by = good_rows_only, by
    transaction.on_commit(lambda: apply.delay(str(run.pk)), robust=True)
    return {"good_rows_only", "decided_by", *moved(run, today, by)}


# ── the table ─────────────────────────────────────────────────────────────────────────────────
READ = Transition(
    name="read",
    label="读完",
    done="已读完，请看后果再确认。",
    source=frozenset({S.READING}),
    target=S.TO_DECIDE,
    allowed=the_system,
    effect=moved,
)
FAIL = Transition(
    name="fail",
    label="读取失败",
    done="没有读成。",
    source=frozenset({S.READING}),
    target=S.FAILED,
    allowed=the_system,
    effect=moved,
)
APPLY_ALL = Transition(
    name="apply-all",
    label="全部导入",
    done="已交后台导入，可以离开这一页。",
    source=frozenset({S.TO_DECIDE}),
    target=S.APPLYING,
    allowed=decides,
    guards=(no_row_is_refused, something_would_happen),
    effect=all_rows,
)
APPLY_GOOD = Transition(
    name="apply-good",
    label="只导入没有问题的行",
    done="没有问题的行已交后台导入，可以离开这一页。",
    source=frozenset({S.TO_DECIDE}),
    target=S.APPLYING,
    allowed=decides,
    guards=(something_would_happen,),
    effect=good_rows,
)
FINISH = Transition(
    name="finish",
    label="导入完成",
    done="已导入。",
    source=frozenset({S.APPLYING}),
    target=S.DONE,
    allowed=the_system,
    effect=moved,
)
PUT_BACK = Transition(
    name="put-back",
    label="放回待确认",
    done="一行也没有导入，请再看一遍。",
    source=frozenset({S.APPLYING}),
    target=S.TO_DECIDE,
    allowed=the_system,
    effect=moved,
)
DISCARD = Transition(
    name="discard",
    label="作废这次导入",
    done="已作废，什么也没有导入。",
    source=frozenset({S.TO_DECIDE, S.FAILED}),
    target=S.DISCARDED,
    allowed=decides,
    effect=moved,
)

EVERY = (READ, FAIL, APPLY_ALL, APPLY_GOOD, FINISH, PUT_BACK, DISCARD)
OF_PEOPLE = by_name(APPLY_ALL, APPLY_GOOD, DISCARD)

guard_states(ImportRun, EVERY)
