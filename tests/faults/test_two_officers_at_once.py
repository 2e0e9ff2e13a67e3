"""Two officers press at the same moment, 200 times, against real server processes: one decision each."""

import threading
from collections import Counter

import pytest

from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event
from cqo_portal.parties.identifiers import body_check_digit, credit_check_digit
from cqo_portal.workflow.engine import perform
from registry import draft, services
from registry.models import Filing, Officer
from registry.workflow import SEND_UP, SUBMIT
from tests.cast import TODAY, cast, organisation, typed, user
from tests.faults.conftest import signed_in

PAIRS = 200
PAIRS_WITHOUT_THE_LOCK = 50  # the control only has to show that doubles are common


@pytest.fixture
def waiting(transactional_db, request):
    """So many filings before the city, and two officers of the city with their sessions."""
    people = cast()
    second = user("meng2", Role.CITY, office=people.offices["130900"])
    filings = [_before_the_city(people, number) for number in range(request.param)]
    return filings, [signed_in(people.meng), signed_in(second)]


def _before_the_city(people, number: int) -> Filing:
    code = _code(number)
    enterprise = organisation(people.offices["130981"], code=code, name=f"泊头第{number}管件厂")
    clerk = user(f"clerk{number}", Role.ENTERPRISE, organisation=enterprise)
    filing = services.open_filing(enterprise, by=clerk, today=TODAY)
    said = typed(
        enterprise__credit_code=code,
        enterprise__name=enterprise.name,
        officer__trained="no",
        officer__identity_kind="passport",
        officer__identity_number=f"E{number:08}",
    )
    draft.save(filing, said, version=None, by=clerk)
    Filing.objects.filter(pk=filing.pk).update(plea="已报名下期培训。")
    filing = perform(SUBMIT, filing, by=clerk, today=TODAY)
    services.determine(filing, clause="training", reason="已核实报名。", by=people.wang)
    return perform(SEND_UP, filing, by=people.wang, today=TODAY)


def _code(number: int) -> str:
    head = f"91130981MA{number:06d}"
    head += body_check_digit(head)
    return head + credit_check_digit(head)


def press_together(server, paths: list[str], cookies: list[str]) -> Counter:
    """Each path is posted by both officers at the same instant; how often each pair of statuses came."""
    outcome = Counter()
    for path in paths:
        gate, statuses = threading.Barrier(2), []

        def press(cookie, *, path=path, gate=gate, statuses=statuses):
            gate.wait()
            statuses.append(server.post(path, cookies=cookie))

        threads = [threading.Thread(target=press, args=(cookie,)) for cookie in cookies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        outcome[tuple(sorted(statuses))] += 1
    return outcome


@pytest.mark.parametrize("waiting", [PAIRS], indirect=True)
def test_exactly_one_of_two_decisions_takes_effect(serve, waiting):
    filings, cookies = waiting
    outcome = press_together(serve(), [f"/filings/{f.pk}/steps/file/" for f in filings], cookies)
    assert outcome == {
        (302, 302): PAIRS
    }  # both are led back to the case: one by "filed", one by "somebody was first"
    assert Event.objects.filter(action="file").count() == PAIRS
    assert Officer.objects.count() == PAIRS
    numbers = sorted(Filing.objects.values_list("filing_number", flat=True))
    assert numbers == [f"BA-130900-2026-{n:05d}" for n in range(1, PAIRS + 1)]


@pytest.mark.parametrize("waiting", [PAIRS_WITHOUT_THE_LOCK], indirect=True)
def test_without_the_lock_decisions_double(serve, waiting):
    """The control: read, check, write. If this stays single, the test above proves nothing."""
    filings, cookies = waiting
    press_together(serve(urls="tests.faults.naive_urls"), [f"/naive/{f.pk}/" for f in filings], cookies)
    decisions = Event.objects.filter(action="naive").values_list("subject_id", flat=True)
    doubled = sum(1 for count in Counter(decisions).values() if count == 2)
    assert doubled >= PAIRS_WITHOUT_THE_LOCK // 2
