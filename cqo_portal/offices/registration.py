"""An enterprise registers itself: the account, the words, the licence. What follows is in `workflow`."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cqo_portal.accounts.models import User
from cqo_portal.audit.record import look, record
from cqo_portal.offices.models import Licence, Registration
from cqo_portal.offices.permissions import admits
from cqo_portal.papers.accepting import NotAccepted, accept
from cqo_portal.parties import size
from cqo_portal.parties.models import Organisation
from cqo_portal.workflow.engine import Refused


class NameTaken(Exception):
    """Somebody took the username between the check and the writing."""


def register(enterprise: Mapping, clerk: Mapping, *, today: date, user: User | None = None) -> Registration:
    """Write the registration down, with a new account where `user` is None. Raises `NameTaken`, `Refused`.

    What is said back never tells whether the enterprise is on record: only `office`, which the applicant does not
    see, differs.
    """
    try:
        with transaction.atomic():
            user = user or _account(clerk)
            registration = _write(enterprise, clerk, user=user, today=today)
    except IntegrityError as clash:
        if user is not None and user.pk:
            raise Refused("您已有一件注册正在办理。") from clash
        raise NameTaken from clash
    return registration


def _account(clerk: Mapping) -> User:
    user = User(username=clerk["username"], full_name=clerk["full_name"], email=clerk["email"])
    user.set_password(clerk["password"])
    user.save()
    record("open-account", user, by=user, data={"how": "registration"})
    return user


def _write(enterprise: Mapping, clerk: Mapping, *, user: User, today: date) -> Registration:
    known = Organisation.objects.filter(credit_code=enterprise["credit_code"]).first()
    figures = {name: enterprise.get(name) for name in ("persons", "revenue", "assets")}
    made = Registration.objects.create(
        applicant=user,
        office_id=known.office_id if known else enterprise["office"].pk,
        chosen_office=enterprise["office"],
        credit_code=enterprise["credit_code"],
        as_printed=enterprise.get("credit_code_as_printed", False),
        name=enterprise["name"],
        industry=enterprise["industry"],
        **figures,
        figures_of=today.year - 1,
        size=size.classify(enterprise["industry"], **figures).size.value,
        sector=size.sector(enterprise["industry"]).value,
        clerk_name=clerk["full_name"],
        phone=clerk["phone"],
        email=clerk["email"],
    )
    record("register", made, by=user, after=made.state)
    return made


def attach_licence(registration: Registration, upload, *, by: User) -> Licence:
    """Make the paper anew and keep it; the last one counts. Raises `NotAccepted` with a sentence."""
    if registration.applicant_id != by.pk:
        raise PermissionDenied
    made = accept(upload)
    with transaction.atomic():
        locked = Registration.objects.select_for_update(no_key=True).get(pk=registration.pk)
        if locked.state != Registration.State.OPENED:
            raise NotAccepted("注册已经提交，执照现在不能换；要换的，请先撤回，再重新填报。")
        newest = locked.licence
        if newest and newest.digest == made.digest:
            return newest  # a second click
        paper = Licence(registration=locked)
        paper.keep(made, sent_as=upload.name)
        record("attach", locked, by=by, data={"licence": str(paper.pk), "digest": made.digest})
    return paper


def pass_on(registration: Registration, *, by: User) -> Registration:
    """Hand it to the office whose enterprise it turned out to be. Raises `PermissionDenied`, `Refused`."""
    with transaction.atomic():
        locked = Registration.objects.select_for_update(no_key=True).get(pk=registration.pk)
        if not admits.test(by, locked):
            raise PermissionDenied
        known = locked.on_record
        if locked.state != Registration.State.WAITING or known is None or known.office_id == locked.office_id:
            raise Refused("这件注册不用转给别的机构。")
        data = {"from": locked.office_id, "to": known.office_id}
        locked.office = known.office
        locked.save(update_fields=["office"])
        record("pass-on", locked, by=by, after=locked.state, data=data)
    return locked


def reveal_phone(registration: Registration, *, why: str, by: User) -> str:
    with transaction.atomic():
        look(registration, by=by, what="phone", why=why)
    return registration.phone
