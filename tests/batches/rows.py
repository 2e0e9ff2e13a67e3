"""Filings that wait at a county, as many as a test asks for."""

from cqo_portal.accounts.models import Role
from cqo_portal.parties.identifiers import body_check_digit, credit_check_digit
from cqo_portal.parties.models import Organisation
from cqo_portal.workflow.engine import perform
from registry import draft, services
from registry.batches.services import send_up
from registry.models import Filing
from registry.workflow import SUBMIT
from tests.cast import TODAY, organisation, picture, typed, user


def code(number: int) -> str:
    head = f"91130981MA{number:06d}"
    head += body_check_digit(head)
    return head + credit_check_digit(head)


def identity(number: int) -> str:
    """Everybody their own: GB 11643, MOD 11-2."""
    head = f"1309811980{1 + number // 28 % 12:02d}{1 + number % 28:02d}{100 + number // 336:03d}"
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(head))
    return head + "10X98765432"[total % 11]


def enterprise(people, number: int, *, county: str = "130981") -> Organisation:
    return organisation(people.offices[county], code=code(number), name=f"第{number:03d}管件厂")


def waiting(people, number: int, *, trained: bool = True, **more: str) -> Filing:
    """A filing of one more enterprise in Botou; untrained it has an open clause. `more` as in `typed`."""
    held = enterprise(people, number)
    clerk = user(f"clerk{number}", Role.ENTERPRISE, organisation=held)
    filing = services.open_filing(held, by=clerk, today=TODAY)
    words = {
        "enterprise__credit_code": held.credit_code,
        "enterprise__name": held.name,
        "officer__identity_number": identity(number),
    } | more
    if not trained:
        words["officer__trained"] = "no"
    draft.save(filing, typed(**words), version=None, by=clerk)
    if trained:
        services.attach_proof(filing, picture(shade=number % 250), kind="training", by=clerk)
    else:
        Filing.objects.filter(pk=filing.pk).update(plea="已报名下期培训。")
    return perform(SUBMIT, filing, by=clerk, today=TODAY)


def some(people, count: int) -> list[Filing]:
    first = Filing.objects.count()
    return [waiting(people, first + number) for number in range(1, count + 1)]


def sent(people, filings, *, left=None, by=None, notice=None):
    """A batch of these."""
    chosen = {filing.pk: filing.round for filing in filings}
    return send_up(chosen, left=left or {}, notice=notice, by=by or people.wang, today=TODAY)
