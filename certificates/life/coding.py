"""机构代号: a body takes one, once; it is in every number from then on."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from cqo_portal.accounts.permissions import is_body
from cqo_portal.audit.record import record
from cqo_portal.parties.models import Institution
from cqo_portal.workflow.engine import Refused
from evaluation.bodies.standing import why_not


@transaction.atomic
def take_code(code: str, *, by) -> Institution:
    """Raises `Refused` where there is one already, the body is not on record, or another took it a moment ago."""
    if not is_body.test(by):
        raise PermissionDenied
    if against := why_not(by.acting.institution, timezone.localdate(), doing="取机构代号"):
        raise Refused(against)
    house = Institution.objects.select_for_update(no_key=True).get(pk=by.acting.institution_id)
    if house.code:
        raise Refused(f"机构代号已经是 {house.code}，不能再改。")
    house.code = code
    try:
        with transaction.atomic():
            house.save(update_fields=["code"])
    except IntegrityError as error:
        raise Refused("这个代号刚刚被别的机构取走了，请另取一个。") from error
    record("take-code", house, by=by, data={"code": code})
    return house
