"""Accounts: opened, given roles, taken roles, disabled. Rights are given here and nowhere else, each on record."""

import secrets

from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.audit.record import record
from cqo_portal.offices import handover
from cqo_portal.offices.models import HandOver
from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Office, Organisation
from cqo_portal.workflow.engine import Refused
from registry.entries import enter


@transaction.atomic
def open_account(username: str, *, full_name: str, email: str = "", by=None) -> tuple[User, str]:
    """A user without any role, and the initial password, which is told once and kept nowhere."""
    password = secrets.token_urlsafe(12)
    user = User(username=username, full_name=full_name, email=email)
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    record("open-account", user, by=by)
    return user, password


@transaction.atomic
def assign(user: User, role: Role, *, by=None, **scope) -> Assignment:
    """Give a role at a place; one that was withdrawn is given back. The database refuses a role without its place."""
    if (held_at := scope.get("institution")) and held_at._state.adding:
        held_at.save()
    withdrawn = Assignment.objects.select_for_update(no_key=True, of=("self",)).filter(
        user=user, role=role, active=False, **_whole(scope)
    )
    assignment = withdrawn.first() or Assignment(user=user, role=role, **scope)
    assignment.active = True
    assignment.save()
    record("assign", user, by=by, data={"role": role, "at": assignment.place})
    return assignment


def _whole(scope: dict) -> dict:
    nowhere = {"office": None, "organisation": None, "person": None, "institution": None}
    return nowhere | scope


def enterprise(credit_code: str, *, name: str, office: Office) -> Organisation:
    """The enterprise of that code, entered with its name and office if it is not known yet."""
    code = identifiers.credit_code(credit_code)
    with transaction.atomic():
        found, new = Organisation.objects.get_or_create(
            credit_code=code, defaults={"name": name, "office": office}
        )
        if new:  # what the register shows of it is an entry from the beginning
            told = {"name": name, "credit_code": code, "office": office.pk}
            enter(found, told, effective_on=timezone.localdate(), by=None, reason="开通账号时登记")
    return found


# ── passwords ─────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def one_time_password(user: User, *, by) -> str:
    """A new password, told once; whoever was signed in with the old one is out."""
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions(user)
    record("reset-password", user, by=by, data={"how": "told-once"})
    return password


def send_link(user: User, *, link: str, by) -> None:
    """Mail a link to set a password. A secret: it goes out directly and is kept in no message row. Raises OSError."""
    words = {"subject": user, "link": link, "by": by}
    title = " ".join(render_to_string("mail/account-link/subject.txt", words).split())
    body = render_to_string("mail/account-link/body.txt", words).strip()
    EmailMessage(subject=title, body=body, to=[user.email]).send()
    with transaction.atomic():
        record("reset-password", user, by=by, data={"how": "link"})


def end_sessions(user: User) -> int:
    """Sign `user` out everywhere, at once. Sessions carry no column for whose they are, so each is opened."""
    user.usersession_set.all().delete()
    theirs = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()
    return len(theirs)


# ── taking rights away ────────────────────────────────────────────────────────────────────────
def disable(user: User, *, by, reason: str, nobody: str = "") -> list[HandOver]:
    """Close an account: its sessions end, its roles stop acting, and what it had in hand is listed. Raises `Refused`."""
    with transaction.atomic():
        _lock_keepers(by)
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if user.pk == by.pk:
            raise Refused("不能停用自己的账号；请另一位系统管理员办理。")
        if not user.is_active:
            raise Refused("这个账号已经停用。")
        held = list(_active(user))
        if any(a.role == Role.ADMIN for a in held):
            _insist_on_another_keeper(user)
        kept = [
            handover.keep(a, cause=HandOver.Cause.DISABLED, reason=reason, nobody=nobody, by=by) for a in held
        ]
        user.is_active = False
        user.save(update_fields=["is_active"])
        ended = end_sessions(user)
        data = {"roles": [str(a) for a in held], "sessions_ended": ended}
        record("disable-account", user, by=by, note=reason, data=data)
    return kept


def enable(user: User, *, by) -> None:
    """Open an account again, with the roles it had. Raises `Refused`."""
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if user.is_active:
            raise Refused("这个账号正在使用，不用启用。")
        user.is_active = True
        user.save(update_fields=["is_active"])
        record("enable-account", user, by=by, data={"roles": [str(a) for a in _active(user)]})


def withdraw(assignment: Assignment, *, by, reason: str, nobody: str = "") -> HandOver:
    """Take one role away, and list what was in hand in it. Raises `Refused`."""
    with transaction.atomic():
        _lock_keepers(by)
        User.objects.select_for_update(no_key=True).get(pk=assignment.user_id)
        assignment = Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
        if not assignment.active:
            raise Refused("这个岗位已经撤销。")
        if assignment.role == Role.ADMIN:
            if assignment.user_id == by.pk:
                raise Refused("不能撤销自己的管理员岗位；请另一位系统管理员办理。")
            _insist_on_another_keeper(assignment.user)
        kept = handover.keep(assignment, cause=HandOver.Cause.WITHDRAWN, reason=reason, nobody=nobody, by=by)
        assignment.active = False
        assignment.save(update_fields=["active"])
        data = {"role": assignment.role, "at": assignment.place}
        record("withdraw-assignment", assignment.user, by=by, note=reason, data=data)
    return kept


def _active(user: User):
    return user.assignments.filter(active=True).select_related("office", "organisation", "person")


def _keepers():
    return Assignment.objects.filter(role=Role.ADMIN, active=True, user__is_active=True)


def _lock_keepers(by: User) -> None:
    """Two administrators who disable each other go one after the other, and the second is asked again who he is."""
    rows = Assignment.objects.select_for_update(no_key=True).filter(role=Role.ADMIN).order_by("pk")
    if not rows.exists() or by.pk not in [row.user_id for row in rows]:
        raise PermissionDenied
    if not _keepers().filter(user=by).exists():
        raise PermissionDenied


def _insist_on_another_keeper(user: User) -> None:
    if not _keepers().exclude(user=user).exists():
        raise Refused("这是最后一位系统管理员，不能停用或撤销；请先把管理员岗位交给另一个账号。")
