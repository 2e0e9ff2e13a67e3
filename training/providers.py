"""Writing who trains: institutions on record, and their commissions."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cqo_portal.audit.record import record
from cqo_portal.notifications.outbox import queue
from cqo_portal.parties.models import Institution
from cqo_portal.workflow.engine import Refused, perform
from training.ledger import flag_after_the_end
from training.models import Commission
from training.packs import commissioning_of
from training.permissions import commissions_providers, keeps_the_institution
from training.workflow import ending

WORDS = ("name", "credit_code", "code", "contact", "phone")
TAKEN = {
    "institution_name_once": "在案的另一家机构刚刚用了这个名称。",
    "credit_code": "这个信用代码刚刚登记在另一家机构名下。",
    "code": "这个代号刚刚给了另一家机构。",
}


@transaction.atomic
def enter(said: dict, *, by) -> Institution:
    """A new institution on record. Raises `Refused` where somebody was quicker."""
    if not commissions_providers.test(by):
        raise PermissionDenied
    made = Institution(**{name: said[name] for name in WORDS})
    _saved(made)
    record("enter", made, by=by, data={"after": _words(made)})
    return made


@transaction.atomic
def correct(institution: Institution, said: dict, *, by) -> Institution:
    """Other data than before; both stay in the record of the act."""
    institution = Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)
    if not keeps_the_institution.test(by, institution):
        raise PermissionDenied
    before = _words(institution)
    for name in WORDS:
        setattr(institution, name, said[name])
    if (after := _words(institution)) == before:
        return institution
    _saved(institution)
    record("correct", institution, by=by, data={"before": before, "after": after})
    return institution


def _words(institution: Institution) -> dict[str, str]:
    return {name: getattr(institution, name) or "" for name in WORDS}


def _saved(institution: Institution) -> None:
    try:
        with transaction.atomic():
            institution.save()
    except IntegrityError as error:
        taken = next((said for name, said in TAKEN.items() if name in str(error)), None)
        if taken is None:
            raise
        raise Refused(taken) from error


@transaction.atomic
def commission(institution: Institution, said: dict, *, by) -> Commission:
    """Raises `Refused` where the text names another tier of offices, or this document was entered already."""
    if not commissions_providers.test(by):
        raise PermissionDenied
    rule = commissioning_of(by.acting.office, said["first_day"])
    if rule and rule.tier.value != by.acting.office.level:
        raise Refused(f"培训机构由{rule.tier.label}机关委托（{rule.cites}），本局不能委托。")
    made = Commission(institution=institution, office=by.acting.office, by=by, **said)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        if "commission_document_once" not in str(error):
            raise
        raise Refused("这份文件的委托刚刚登记过了。") from error
    event = record("commission", made, by=by, after=made.state)
    queue("provider-commissioned", made, cause=f"event:{event.pk}")
    return made


@transaction.atomic
def end(held: Commission, *, on: date, reason: str, by, today: date) -> Commission:
    """From the day after `on` it holds no more; what was posted of such days is to be looked at."""
    ended = perform(ending(on), held, by=by, note=reason, today=today)
    flag_after_the_end(ended)
    return ended
