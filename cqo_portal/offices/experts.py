"""Accounts of experts: opened or linked by the body that engaged them, and nothing else of theirs.

The role is held as the person and at no institution: several bodies may engage one expert, and which do, and since
when, the engagements say. Nobody of the body learns a password: the expert sets it by a link that goes to his address.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.audit.record import record
from cqo_portal.offices import accounts
from cqo_portal.parties.models import Person
from cqo_portal.parties.people import met
from cqo_portal.ui import identity
from cqo_portal.workflow.engine import Refused
from evaluation.experts.models import Expert
from evaluation.experts.permissions import engages

THERE_IS_ONE = "此人已有评价专家账号，不用再开。"
ASK_THE_KEEPER = "此人的评价专家账号已停用或撤销，请联系系统管理员。"
NO_ADDRESS = "这个账号没有电子邮箱，签署时的一次性验证码发不出去；请系统管理员先补上邮箱。"


def roles_of(person: Person):
    """Whatever roles of expert there are or were."""
    return Assignment.objects.filter(role=Role.EXPERT, person=person).select_related("user")


def has_account(person: Person) -> bool:
    return roles_of(person).filter(active=True, user__is_active=True).exists()


def account_of(person: Person) -> User | None:
    """An account the person has in another role (as officer), to which that of expert can be added."""
    held = Assignment.objects.filter(person=person, active=True, user__is_active=True)
    first = held.exclude(role=Role.EXPERT).order_by("pk").select_related("user").first()
    return first.user if first else None


@transaction.atomic
def open_for(expert: Expert, *, username: str, email: str, by: User) -> User:
    """A new account with the role. Raises `Refused`; `ValidationError` or `IntegrityError` where the name is taken."""
    person = _free(expert, by=by)
    user, _ = accounts.open_account(username, full_name=person.name, email=email, by=by)
    _give(expert, user, by=by)
    return user


@transaction.atomic
def link(expert: Expert, *, by: User) -> User:
    """The role for the account the person has. Raises `Refused`."""
    user = account_of(_free(expert, by=by))
    if user is None:
        raise Refused("此人在平台没有别的账号，请填写用户名和邮箱，新开一个。")
    if not user.email:
        raise Refused(NO_ADDRESS)
    _give(expert, user, by=by)
    return user


def _free(expert: Expert, *, by: User) -> Person:
    """The person, held; raises `Refused` where no account may be opened."""
    if not engages.test(by, expert):
        raise PermissionDenied
    person = _hold(expert.person)
    if not Expert.objects.filter(pk=expert.pk).engaged().exists():
        raise Refused(f"{expert.name}已解聘，不能再开账号。")
    if has_account(person):
        raise Refused(THERE_IS_ONE)
    if roles_of(person).exists():  # what the administrator took away no body gives back
        raise Refused(ASK_THE_KEEPER)
    return person


def _give(expert: Expert, user: User, *, by: User) -> None:
    accounts.assign(user, Role.EXPERT, by=by, person=expert.person)
    record("open-account", expert, by=by)


# ── roles from before experts were persons ────────────────────────────────────────────────────
def needs_a_person(assignment: Assignment) -> bool:
    return assignment.role == Role.EXPERT and assignment.active and assignment.person_id is None


def name_person(assignment: Assignment, *, kind: str, number: str, by: User) -> Person:
    """Say who it is that acts in this role; for good. Raises `Refused`; the look at the name stays noted."""
    user = assignment.user
    person = identity.look_up(kind, number, by=by, why=f"给评价专家岗位写明本人（账号 {user.username}）")
    if person and person.name != user.full_name:
        raise Refused(
            f"这个号码在平台登记的不是“{user.full_name}”，请对照证件核对号码，或者先改正账号的姓名。"
        )
    with transaction.atomic():
        person = person or met(kind, number, name=user.full_name)
        _hold(person)
        held = Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
        if not needs_a_person(held):
            raise Refused("这个岗位已经写明本人，或者已经撤销。")
        if roles_of(person).exists():
            raise Refused(THERE_IS_ONE)
        held.person, held.institution = person, None
        held.save(update_fields=["person", "institution"])
        record("name-person", user, by=by, data={"role": held.role, "at": held.place})
    return person


def _hold(person: Person) -> Person:
    """Until the act is done: of two who give one person the role the second hears of the first."""
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)
