"""The life of a filing. To learn who may do what, when, and what follows, read this file only.

draft ──submit──▶ at_county ──send-up──▶ at_city ──file──▶ filed
  ▲  ◀─withdraw──────┘ │ return             │ return-from-city
  │                    ▼                    ▼
discard            returned ◀───────────────┘
"""

from datetime import date

from django.utils import timezone

from cqo_portal.workflow.engine import Transition, guard_states
from registry import draft, facts, numbers, services
from registry.editions import edition_for
from registry.models import Filing, Submission
from registry.permissions import files, is_applicant, pre_reviews

S = Filing.State


# ── guards: a sentence for refusing, or None ──────────────────────────────────────────────────
def everything_is_filled_in(filing, today):
    count = len(list(draft.form_of(filing, today=today).faults()))
    return f"还有 {count} 处没有填好，请改正后再提交。" if count else None


def the_code_is_ours(filing, today):
    """Two enterprises never share a credit code."""
    said = facts.content_of_draft(filing, today=today).get("enterprise", {})
    other = type(filing.organisation).objects.filter(credit_code=said.get("credit_code", ""))
    if other.exclude(pk=filing.organisation_id).exists():
        return "这个统一社会信用代码已经登记在另一家企业名下，请核对；确属本企业的，请联系市场监督管理局。"
    return None


def the_unmet_is_argued(filing, today):
    """To submit: whoever misses a clause says why the filing is made all the same."""
    if filing.plea.strip():
        return None
    unmet = facts.judge_draft(filing, today=today).unmet
    return f"“{unmet[0].label}”不符合（{unmet[0].cites}）。仍要申报的，请写明理由。" if unmet else None


def something_is_pinned(filing, today):
    return None if _unsent(filing).exists() else "请至少指出一处须改正的内容，再退回。"


def nothing_is_pinned(filing, today):
    return "还有没发出的补正项：请先退回企业，或者把补正项删去。" if _unsent(filing).exists() else None


def the_open_is_decided(filing, today):
    """To pass: every clause is met, or an officer has written why it counts as met."""
    open_clauses = facts.undecided(filing)
    names = "、".join(f"“{clause.label}”（{clause.cites}）" for clause in open_clauses)
    return f"{names}尚未符合，请写下认定理由，或者退回企业。" if open_clauses else None


def the_number_of_the_person_is_free(filing, today):
    """The person does not already hold this very post."""
    said = facts.content_of(filing)["officer"]
    held = filing.organisation.officers.in_office().select_related("person")
    index = services.Person.index_of(said["identity_kind"], said["identity_number"])
    if any(post.person.identity_index == index for post in held):
        return "此人已是本企业在册的首席质量官，无须再备案。"
    return None


def _unsent(filing):
    return filing.return_items.filter(round=filing.round, sent_at=None)


# ── effects: what else changes; they name the fields they changed ─────────────────────────────
def hand_in(filing, today: date, by):
    """A filing is judged, for good, by the edition in force when it was first submitted."""
    filing.submitted_on = filing.submitted_on or today
    filing.rule_edition = filing.rule_edition or edition_for(filing.office, today).edition
    filing.round += 1
    content = facts.content_of_draft(filing, today=today)
    filing.office_id = content["enterprise"]["office"]
    if not filing.receipt_number:
        filing.receipt_number = numbers.receipt_number(filing, year=today.year)
    judgement = facts.judge(filing, content, today=today)
    filing.tally = judgement.tally
    filing.name = content["officer"]["name"]
    Submission.objects.create(
        filing=filing,
        round=filing.round,
        content=content,
        judgement=judgement.as_json(),
        plea=filing.plea,
        by=by,
    )
    return {
        "submitted_on",
        "rule_edition",
        "round",
        "office",
        "receipt_number",
        "tally",
        "name",
        *_moved(filing),
    }


def send_back(filing, today, by):
    _unsent(filing).update(sent_at=timezone.now())
    filing.plea = ""
    return {"plea", *_moved(filing)}


def enter(filing, today, by):
    filing.filing_number = numbers.filing_number(filing, year=today.year)
    filing.filed_on = today
    services.enter_register(filing, content=facts.content_of(filing), today=today)
    return {"filing_number", "filed_on", *_moved(filing)}


def move(filing, today, by):
    return _moved(filing)


def _moved(filing):
    filing.moved_at = timezone.now()
    return {"moved_at"}


# ── the table ─────────────────────────────────────────────────────────────────────────────────
SUBMIT = Transition(
    name="submit",
    label="提交备案",
    done="已提交。下一步由县级市场监督管理局预审，有结果会通知您。",
    source=frozenset({S.DRAFT, S.RETURNED}),
    target=S.AT_COUNTY,
    allowed=is_applicant,
    guards=(everything_is_filled_in, the_code_is_ours, the_unmet_is_argued),
    effect=hand_in,
    announces="filing-submitted",
)
WITHDRAW = Transition(
    name="withdraw",
    label="撤回修改",
    done="已撤回，可以修改后重新提交。",
    source=frozenset({S.AT_COUNTY}),
    target=S.DRAFT,
    allowed=is_applicant,
    guards=(nothing_is_pinned,),
    effect=move,
    announces="filing-withdrawn",
)
DISCARD = Transition(
    name="discard",
    label="作废草稿",
    done="草稿已作废。",
    source=frozenset({S.DRAFT}),
    target=S.DISCARDED,
    allowed=is_applicant,
    effect=move,
)
SEND_UP = Transition(
    name="send-up",
    label="上报市局",
    done="已上报市级市场监督管理局。",
    source=frozenset({S.AT_COUNTY}),
    target=S.AT_CITY,
    allowed=pre_reviews,
    guards=(nothing_is_pinned, the_open_is_decided),
    effect=move,
    announces="filing-sent-up",
)
RETURN = Transition(
    name="return",
    label="退回企业",
    done="已退回企业补正，只有所列各项可以改动。",
    source=frozenset({S.AT_COUNTY}),
    target=S.RETURNED,
    allowed=pre_reviews,
    guards=(something_is_pinned,),
    effect=send_back,
    announces="filing-returned",
)
RETURN_FROM_CITY = Transition(
    name="return-from-city",
    label="退回企业",
    done="已退回企业补正，重报后先回县级预审。",
    source=frozenset({S.AT_CITY}),
    target=S.RETURNED,
    allowed=files,
    guards=(something_is_pinned,),
    effect=send_back,
    announces="filing-returned",
)
FILE = Transition(
    name="file",
    label="准予备案",
    done="已备案，载入名录。",
    source=frozenset({S.AT_CITY}),
    target=S.FILED,
    allowed=files,
    guards=(nothing_is_pinned, the_open_is_decided, the_number_of_the_person_is_free),
    effect=enter,
    announces="filing-filed",
)

FILING = {step.name: step for step in (SUBMIT, WITHDRAW, DISCARD, SEND_UP, RETURN, RETURN_FROM_CITY, FILE)}

guard_states(Filing, FILING.values())
