"""The life of a filing. To learn who may do what, when, and what follows, read this file only.

draft ──submit──▶ at_county ──send-up──▶ at_city ──file──▶ filed
  ▲  ◀─withdraw──────┘ │ ▲ ◀───recall───────┘ │ return-from-city
  │             return ▼ └ submit             ▼
discard            returned ◀─────────────────┘
"""

from datetime import date

from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event
from cqo_portal.parties.models import Person
from cqo_portal.workflow.engine import Transition, guard_states
from registry import deadlines, draft, effects, facts, numbers, same_person, services
from registry.editions import edition_for
from registry.held_against import identity_index
from registry.models import Filing, Submission
from registry.notices.queries import open_notice
from registry.permissions import files, is_applicant, pre_reviews

S = Filing.State


# ── guards: a sentence for refusing, or None ──────────────────────────────────────────────────
def everything_is_filled_in(filing, today):
    count = len(list(draft.form_of(filing, today=today).faults()))
    return f"还有 {count} 处没有填好，请改正后再提交。" if count else None


def the_code_is_ours(filing, today):
    """Two enterprises never share a credit code; asked when it is said, and again when it is taken over."""
    submitted = filing.state == S.AT_CITY
    content = facts.content_of(filing) if submitted else facts.content_of_draft(filing, today=today)
    said = content.get("enterprise", {})
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


def the_post_is_as_it_was(filing, today):
    """A change is of somebody in office here; an appointment is made where nobody is."""
    if filing.post_id is None:
        held = filing.organisation.officers.in_office().first()
        return f"{held.name}正在任，不能再报任职；换人请报变更备案。" if held else None
    post = filing.post
    if post.ended_on or post.organisation_id != filing.organisation_id:
        return f"{post.name}已经不在本企业任职，这件变更不能再办；请作废后重新发起。"
    return None


def the_day_follows_the_record(filing, today):
    """What took effect later than this change and is on record would stand above it, so the change would do nothing."""
    content = facts.content_of_draft(filing, today=today)
    day = deadlines.day_of(filing.kind, content)
    later = effects.facts_above(filing, content, day=day) if day and filing.post_id else []
    if not later:
        return None
    since = max(entry.effective_on for entry in later)
    return f"名录里的有关内容自 {since:%Y-%m-%d} 起已另有登记，生效日不能早于这一天；登记有误的，请联系市场监督管理局更正。"


def the_same_person_is_settled(filing, today):
    """Who serves elsewhere under the same identity passes only with an officer's decision about just these posts."""
    return same_person.unsettled(filing)


def the_number_of_the_person_is_free(filing, today):
    """The person does not already hold this very post."""
    said = facts.content_of(filing).get("officer", {})
    if "identity_number" not in said:
        return None
    held = filing.organisation.officers.in_office().select_related("person")
    index = Person.index_of(said["identity_kind"], said["identity_number"])
    if any(post.person.identity_index == index for post in held):
        return "此人已是本企业在任的首席质量官，无须再备案。"
    return None


def the_city_has_not_touched_it(filing, today):
    """Taken back is only what nobody at the city has begun: pinned, decided or looked up since it came.

    To open a paper is to read, not yet to begin.
    """
    acts = Event.objects.about(filing).filter(actor__assignments__role=Role.CITY, at__gt=filing.moved_at)
    begun = (
        _unsent(filing).exists()
        or filing.identity_decisions.filter(at__gt=filing.moved_at).exists()
        or acts.exclude(action__in=("send-up", Event.PAPER)).exists()
    )
    return "市局已经开始办理，不能撤回；需要改正的，请联系市局退回企业。" if begun else None


def _unsent(filing):
    return filing.return_items.filter(round=filing.round, sent_at=None)


# ── effects: what else changes; they name the fields they changed ─────────────────────────────
def hand_in(filing, today: date, by):
    """A filing is judged, for good, by the edition in force when it was first submitted."""
    filing.submitted_on = filing.submitted_on or today
    filing.rule_edition = filing.rule_edition or edition_for(filing.office, today).edition
    if not filing.round:  # 集中备案 or 主动备案 is settled once
        kind = "appointment" if filing.kind == Filing.Kind.APPOINTMENT else "change"
        filing.notice = open_notice(filing.organisation, kind, today)
    filing.round += 1
    content = facts.content_of_draft(filing, today=today)
    filing.office_id = content.get("enterprise", {}).get("office", filing.office_id)
    filing.effective_on = deadlines.day_of(filing.kind, content)
    filing.due_on = _last_day(filing, today)
    if not filing.receipt_number:
        filing.receipt_number = numbers.receipt_number(filing, year=today.year)
    judgement = facts.judge(filing, content, today=today)
    filing.tally = judgement.tally
    filing.identity_index = identity_index(filing, content)
    filing.name = content.get("officer", {}).get("name") or filing.name
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
        "notice",
        "rule_edition",
        "round",
        "office",
        "effective_on",
        "due_on",
        "receipt_number",
        "tally",
        "identity_index",
        "name",
        *_moved(filing),
    }


def send_back(filing, today, by):
    _unsent(filing).update(sent_at=timezone.now())
    filing.plea, filing.county_on = "", None
    return {"plea", "county_on", *_moved(filing)}


def send_up(filing, today: date, by):
    """The county brings its own record up to date and passes the filing on."""
    filing.county_on, filing.due_on = today, _last_day(filing, today)
    return {"county_on", "due_on", *_moved(filing)}


def enter(filing, today, by):
    filing.filing_number = numbers.filing_number(filing, year=today.year)
    filing.filed_on, filing.due_on = today, _last_day(filing, today)
    services.enter_register(filing, content=facts.content_of(filing), today=today, by=by)
    return {"filing_number", "filed_on", "due_on", *_moved(filing)}


def take_back(filing, today, by):
    """What is taken back from the city is not on the county's record yet."""
    filing.county_on = None
    return {"county_on", *_moved(filing)}


def move(filing, today, by):
    return _moved(filing)


def _last_day(filing, today):
    """Reckoned anew at each level: what was provisional is settled once the year's days off are announced."""
    clock = deadlines.clock_of(filing, filing.effective_on, today=today)
    return clock.due_on if clock else None


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
    guards=(
        the_post_is_as_it_was,
        everything_is_filled_in,
        the_day_follows_the_record,
        the_code_is_ours,
        the_unmet_is_argued,
    ),
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
    guards=(nothing_is_pinned, the_open_is_decided, the_same_person_is_settled),
    effect=send_up,
    announces="filing-sent-up",
)
RECALL = Transition(
    name="recall",
    label="撤回上报",
    done="已从市局撤回，回到本局预审。",
    source=frozenset({S.AT_CITY}),
    target=S.AT_COUNTY,
    allowed=pre_reviews,
    guards=(the_city_has_not_touched_it,),
    effect=take_back,
    announces="filing-recalled",
    asks_why=True,
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
    guards=(
        nothing_is_pinned,
        the_open_is_decided,
        the_same_person_is_settled,
        the_number_of_the_person_is_free,
        the_post_is_as_it_was,
        the_code_is_ours,
    ),
    effect=enter,
    announces="filing-filed",
)

FILING = {
    step.name: step for step in (SUBMIT, WITHDRAW, DISCARD, SEND_UP, RECALL, RETURN, RETURN_FROM_CITY, FILE)
}

guard_states(Filing, FILING.values())
