"""The life of a suggestion. It ends with what the enterprise did; no step here dismisses anybody.

draft ──deliver──▶ delivered ──reply──▶ replied ──close──▶ closed (replaced · kept · withdrawn)
  discard               └───────────close───────────────────▲
"""

from dataclasses import replace

from django.utils import timezone

from cqo_portal.jurisdictions import NoSuchRule
from cqo_portal.jurisdictions.purposes import Purpose, provision_for
from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import Transition, by_name, guard_states, moved
from cqo_portal.workflow.series import next_in
from registry.editions import edition_for
from registry.models import Filing
from registry.supervision.models import Suggestion
from registry.supervision.permissions import issues, replies

S = Suggestion.State
NO_PROVISION = "本局适用的规则没有建议撤换的条款，不能发撤换建议书。"


# ── guards ────────────────────────────────────────────────────────────────────────────────────
def the_edition_knows_it(suggestion, today):
    return None if provision_on(suggestion.issuer, today) else NO_PROVISION


def the_officer_serves(suggestion, today):
    ended = suggestion.officer.ended_on
    return f"{suggestion.name}已于{day_full(ended)}离任，不用再建议更换；请作废这份草稿。" if ended else None


def there_is_time_to_reply(suggestion, today):
    if suggestion.reply_by > today:
        return None
    return f"答复期限{day_full(suggestion.reply_by)}已到，请改到以后的日期再送达。"


# ── effects ───────────────────────────────────────────────────────────────────────────────────
def hand_over(suggestion, today, by):
    suggestion.delivered_on, suggestion.delivered_at = today, timezone.now()
    suggestion.number = number_of(suggestion, year=today.year)
    return {"number", "delivered_on", "delivered_at", *moved(suggestion, today, by)}


def number_of(suggestion: Suggestion, *, year: int) -> str:
    """文号, counted by the issuing office: `CH-130981-2026-0001`."""
    series = f"CH-{suggestion.issuer_id}-{year}"
    return f"{series}-{next_in(series):04d}"


def provision_on(office, day):
    """The provision under which this office may suggest a replacement on that day, or None."""
    try:
        return provision_for(edition_for(office, day), Purpose.SUGGEST_REPLACEMENT)
    except NoSuchRule:
        return None


# ── the table ─────────────────────────────────────────────────────────────────────────────────
DELIVER = Transition(
    name="deliver",
    label="送达企业",
    done="已送达，企业收到消息；企业第一次打开的时间会记在这里。",
    source=frozenset({S.DRAFT}),
    target=S.DELIVERED,
    allowed=issues,
    guards=(the_edition_knows_it, the_officer_serves, there_is_time_to_reply),
    effect=hand_over,
    announces="suggestion-delivered",
)
DISCARD = Transition(
    name="discard",
    label="作废草稿",
    done="草稿已作废。",
    source=frozenset({S.DRAFT}),
    target=S.DISCARDED,
    allowed=issues,
    effect=moved,
)
REPLY = Transition(
    name="reply",
    label="答复",
    done="已答复，并告知市场监督管理局。",
    source=frozenset({S.DELIVERED}),
    target=S.REPLIED,
    allowed=replies,
    effect=moved,
    announces="suggestion-replied",
)
CLOSE = Transition(
    name="close",
    label="办结",
    done="已办结，并告知企业和本人。",
    source=frozenset({S.DELIVERED, S.REPLIED}),
    target=S.CLOSED,
    allowed=issues,
    effect=moved,
    announces="suggestion-closed",
    asks_why=True,
)
SUGGESTION = by_name(DELIVER, DISCARD, REPLY, CLOSE)
# Replying and closing need words of their own, so they have pages of their own.
BUTTONS = by_name(DELIVER, DISCARD)


def closing(outcome: str, *, change: Filing | None) -> Transition:
    """CLOSE with its outcome; without a reply only once its day is over, or to withdraw."""

    def it_was_heard(suggestion, today):
        if suggestion.state == S.REPLIED or outcome == Suggestion.Outcome.WITHDRAWN:
            return None
        if suggestion.is_late(today):
            return None
        return f"企业还没有答复，期限是{day_full(suggestion.reply_by)}；期限过后才能办结，或者撤回建议。"

    def effect(suggestion, today, by):
        suggestion.outcome, suggestion.change = outcome, change
        return {"outcome", "change", *moved(suggestion, today, by)}

    return replace(CLOSE, guards=(it_was_heard,), effect=effect)


guard_states(Suggestion, SUGGESTION.values())
