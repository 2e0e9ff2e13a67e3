"""The life of a notice. It closes by its date; no job and no step is needed for that.

draft ──publish──▶ published ──withdraw──▶ withdrawn
  └──────discard─────────────────────────▶ withdrawn (never published: nobody but the city ever saw it)
"""

from django.utils import timezone

from cqo_portal.workflow.engine import Transition, guard_states
from registry.notices.audience import audience
from registry.notices.clause import announced_way, rules_for
from registry.notices.models import Notice
from registry.notices.permissions import issues

S = Notice.State


# ── guards ────────────────────────────────────────────────────────────────────────────────────
def the_rules_know_it(notice, today):
    if announced_way(rules_for(notice, today)) is None:
        return "本地现行规则没有设集中备案，企业随时主动备案即可，不用发布通告。"
    return None


def it_says_something(notice, today):
    return None if notice.title.strip() and notice.text.strip() else "请写好标题和正文，再发布。"


def the_window_is_ahead(notice, today):
    return "截止日期已经过去，请改正后再发布。" if notice.closes_on < today else None


def somebody_is_addressed(notice, today):
    if audience(notice).exists():
        return None
    return "按现在的面向范围，没有一家企业：请放宽范围，或者先导入相应名单。"


# ── effects ───────────────────────────────────────────────────────────────────────────────────
def make_public(notice, today, by):
    notice.published_at = timezone.now()
    notice.rule_edition = rules_for(notice, today).edition
    return {"published_at", "rule_edition"}


PUBLISH = Transition(
    name="publish",
    label="发布通告",
    done="通告已发布，已通知各县（市、区）局和面向的企业。",
    source=frozenset({S.DRAFT}),
    target=S.PUBLISHED,
    allowed=issues,
    guards=(the_rules_know_it, it_says_something, the_window_is_ahead, somebody_is_addressed),
    effect=make_public,
    announces="notice-published",
)
WITHDRAW = Transition(
    name="withdraw",
    label="撤回通告",
    done="通告已撤回，已通知原来的收件人。已经提交的备案照常办理。",
    source=frozenset({S.PUBLISHED}),
    target=S.WITHDRAWN,
    allowed=issues,
    announces="notice-withdrawn",
    asks_why=True,
)
DISCARD = Transition(
    name="discard",
    label="作废草稿",
    done="通告草稿已作废。",
    source=frozenset({S.DRAFT}),
    target=S.WITHDRAWN,
    allowed=issues,
)

NOTICE = {step.name: step for step in (PUBLISH, WITHDRAW, DISCARD)}
BY_BUTTON = {step.name: step for step in (WITHDRAW, DISCARD)}  # publishing goes by its preview

guard_states(Notice, NOTICE.values())
