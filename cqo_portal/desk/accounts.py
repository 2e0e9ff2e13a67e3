"""Opening accounts. Rights are given here and nowhere else, and each gift is on record."""

import secrets

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.audit.record import record
from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Office, Organisation


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
    """Give a role at a place; the database refuses a role without the place it is held at."""
    assignment = Assignment.objects.create(user=user, role=role, **scope)
    record("assign", user, by=by, data={"role": role, "at": assignment.place})
    return assignment


def enterprise(credit_code: str, *, name: str, office: Office) -> Organisation:
    """The enterprise of that code, entered with its name and office if it is not known yet."""
    code = identifiers.credit_code(credit_code)
    found, _ = Organisation.objects.get_or_create(credit_code=code, defaults={"name": name, "office": office})
    return found
