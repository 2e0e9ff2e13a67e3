"""Two lives: an enterprise registers, an enterprise moves county. Who may do what, when, and what follows.

opened ──hand-in──▶ waiting ──admit──▶ admitted        proposed ──accept──▶ accepted ──carry-out──▶ done
   └──withdraw──▶ withdrawn ◀─┘ └──refuse──▶ refused       │ refuse · withdraw   └ withdraw
"""

from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.notifications.outbox import queue
from cqo_portal.offices import accounts, carrying
from cqo_portal.offices.models import Move, Registration
from cqo_portal.offices.permissions import accepts, admits, is_the_applicant, is_the_system, proposed_it
from cqo_portal.parties.models import Organisation
from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import Refused, Transition, guard_states
from registry.entries import enter
from registry.models import Entry

R, M = Registration.State, Move.State


# ── a registration: guards and effects ────────────────────────────────────────────────────────
def the_licence_is_there(registration, today):
    return None if registration.licences.exists() else "请先上传营业执照，再提交。"


def the_enterprise_is_ours(registration, today):
    """An enterprise that came on record meanwhile, elsewhere, is not ours to give away."""
    known = registration.on_record
    if known and known.office_id != registration.office_id:
        return f"这家企业已登记在{known.office.name}名下，请先转给该局，由该局确认。"
    return None


def hand_in(registration, today, by):
    registration.handed_in_at = timezone.now()
    queue("registration-asked", registration, cause=f"hand-in:{registration.pk}")
    return {"handed_in_at"}


def admit(registration, today, by):
    """A new enterprise comes on record; of a known one the applicant becomes a clerk, and the others are told."""
    registration.organisation, new = Organisation.objects.get_or_create(
        credit_code=registration.credit_code,
        defaults={"name": registration.name, "office": registration.office},
    )
    if new:
        enter(registration.organisation, _facts(registration), effective_on=today, by=by, reason="企业注册")
    else:
        queue("registration-joined", registration, cause=f"admit:{registration.pk}")
    accounts.assign(registration.applicant, Role.ENTERPRISE, by=by, organisation=registration.organisation)
    return {"organisation"}


def _facts(registration: Registration) -> dict:
    same = ("name", "credit_code", "industry", "persons", "revenue", "assets", "size", "sector")
    facts = {name: getattr(registration, name) for name in same}
    return facts | {"office": registration.office_id, "size_year": registration.figures_of}


# ── a move: guards and effects ────────────────────────────────────────────────────────────────
def the_day_has_come(move, today):
    return (
        None if move.effective_on <= today else f"这次迁移{day_full(move.effective_on)}起生效，到日自动办结。"
    )


def the_enterprise_is_still_there(move, today):
    if move.organisation.office_id != move.from_office_id:
        return f"这家企业现在属{move.organisation.office.name}管辖，请撤回这次迁移，另行提出。"
    return None if move.to_office.active else f"{move.to_office.name}已经停用，不能接收企业。"


def nothing_later_is_on_record(move, today):
    """The register answers by the latest day in effect: a move dated before it would not show."""
    later = Entry.objects.standing().filter(
        organisation=move.organisation, post=None, name="office", effective_on__gt=move.effective_on
    )
    if found := later.order_by("-effective_on").first():
        return f"名录里已有{day_full(found.effective_on)}起的管辖记载，迁移的生效日不能早于它；请撤回后改日期再提。"
    return None


def nothing_speaks_against_it(move, today):
    return " ".join(carrying.against(move.organisation, move.to_office)) or None


def carry_out(move, today, by):
    """The enterprise, its posts and its open cases, all in one transaction, locked in one order."""
    move.organisation = organisation = carrying.lock(move.organisation)
    if against := [
        said for guard in STILL if (said := guard(move, today))
    ]:  # asked again, now that nothing moves
        raise Refused(*against)
    move.carried = [case.as_said() for case in carrying.cases(organisation, move.to_office)]
    carrying.carry(organisation, move.to_office, by=by, move=move)
    reason = f"管辖迁移：{move.document}"
    enter(organisation, {"office": move.to_office_id}, effective_on=move.effective_on, by=by, reason=reason)
    move.done_on = today
    return {"carried", "done_on"}


STILL = (the_enterprise_is_still_there, nothing_later_is_on_record, nothing_speaks_against_it)


# ── the tables ────────────────────────────────────────────────────────────────────────────────
HAND_IN = Transition(
    name="hand-in",
    label="提交注册",
    done="已提交。市场监督管理局核对营业执照后会通知您。",
    source=frozenset({R.OPENED}),
    target=R.WAITING,
    allowed=is_the_applicant,
    guards=(the_licence_is_there,),
    effect=hand_in,
    announces="registration-waiting",
)
TAKE_BACK = Transition(
    name="withdraw",
    label="撤回注册",
    done="已撤回。账号还在，可以重新填报。",
    source=frozenset({R.OPENED, R.WAITING}),
    target=R.WITHDRAWN,
    allowed=is_the_applicant,
)
ADMIT = Transition(
    name="admit",
    label="确认注册",
    done="已确认，并已通知申请人。",
    source=frozenset({R.WAITING}),
    target=R.ADMITTED,
    allowed=admits,
    guards=(the_licence_is_there, the_enterprise_is_ours),
    effect=admit,
    announces="registration-decided",
    asks_why=True,
)
REFUSE = Transition(
    name="refuse",
    label="不予确认",
    done="已答复申请人。",
    source=frozenset({R.WAITING}),
    target=R.REFUSED,
    allowed=admits,
    announces="registration-decided",
    asks_why=True,
)
REGISTRATION = {step.name: step for step in (HAND_IN, TAKE_BACK, ADMIT, REFUSE)}

ACCEPT = Transition(
    name="accept",
    label="同意迁移",
    done="已同意。到生效日自动办结。",
    source=frozenset({M.PROPOSED}),
    target=M.ACCEPTED,
    allowed=accepts,
    guards=STILL,
    announces="move-accepted",
)
CARRY_OUT = Transition(
    name="carry-out",
    label="办结迁移",
    done="已迁移，在办的件一并转交。",
    source=frozenset({M.ACCEPTED}),
    target=M.DONE,
    allowed=is_the_system | accepts,
    guards=(the_day_has_come, *STILL),
    effect=carry_out,
    announces="move-done",
)
DECLINE = Transition(
    name="refuse",
    label="不同意",
    done="已答复提出的机构。",
    source=frozenset({M.PROPOSED}),
    target=M.REFUSED,
    allowed=accepts,
    announces="move-refused",
    asks_why=True,
)
CALL_OFF = Transition(
    name="withdraw",
    label="撤回迁移",
    done="已撤回，什么都没有变。",
    source=frozenset({M.PROPOSED, M.ACCEPTED}),
    target=M.WITHDRAWN,
    allowed=proposed_it,
    announces="move-withdrawn",
)
MOVE = {step.name: step for step in (ACCEPT, CARRY_OUT, DECLINE, CALL_OFF)}

guard_states(Registration, REGISTRATION.values())
guard_states(Move, MOVE.values())
