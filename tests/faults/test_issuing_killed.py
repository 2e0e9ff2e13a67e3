"""Three hundred deaths while certificates are issued, at six named points: every number stays accounted for, nothing is signed
without a record, and whoever comes next brings each to its end.
"""

import hashlib

import pytest

from certificates.issuing.ordering import order
from certificates.models import Certificate, Order, Rendering, Signing
from certificates.sheet import printed
from cqo_portal.audit.models import Event
from tests.cast import cast
from tests.certificates import many
from tests.faults.issuers import Issuers, Ledger, broken
from tests.faults.issuing_process import POINTS

CERTIFICATES, TIMES = 25, 2  # each dies twice at every point: fifty deaths there
ONCE_SIGNED = ("recorded", "signed", "stored")


@pytest.fixture
def waiting(transactional_db, settings, monkeypatch):
    """Decisions that were asked for, and nobody went on with: the broker lost every word."""
    monkeypatch.setattr("certificates.tasks.go_on.delay", lambda: None)

    def asked_for(count: int) -> list[Order]:
        staff, decisions = many.decided(cast(), count)
        return list(order(decisions, by=staff).orders.order_by("id"))

    return asked_for


@pytest.fixture
def issuers(waiting, servers, tmp_path):
    started = Issuers(tmp_path)
    yield started
    started.end()


def test_certificates_survive_fifty_deaths_at_each_of_six_points(waiting, issuers):
    orders, ledger, deaths = waiting(CERTIFICATES), Ledger(), dict.fromkeys(POINTS, 0)
    for point in POINTS:
        for each in orders * TIMES:
            deaths[point] += issuers.die_at(point, each)
            assert ledger.wrong() == []
        assert Certificate.objects.count() == (0 if point == "allocated" else CERTIFICATES)
    assert deaths == dict.fromkeys(POINTS, 50)
    assert not Rendering.objects.exists()
    assert {*Certificate.objects.values_list("state", flat=True)} == {"prepared"}
    issuers.go_on()
    assert ledger.wrong() == broken(files=True) == []
    assert [each.serial for each in Certificate.objects.order_by("serial")] == list(
        range(1, CERTIFICATES + 1)
    )
    assert {*Certificate.objects.values_list("state", flat=True)} == {"valid"}
    assert Rendering.objects.count() == Event.objects.filter(action="complete").count() == CERTIFICATES
    assert Signing.objects.count() == CERTIFICATES * (TIMES * len(ONCE_SIGNED) + 1)
    assert len(issuers.asked()) == CERTIFICATES * (TIMES * 2 + 1)  # "signed", "stored", the one that lasted
    assert all(seen >= 1 for _, seen in issuers.asked())
    recorded = set(Signing.objects.values_list("unsigned", flat=True))
    assert {digest for digest, _ in issuers.asked()} <= recorded
    _the_same_words_make_the_same_paper()


def _the_same_words_make_the_same_paper() -> None:
    """What the children spared themselves: here three papers are set once more, in this process."""
    for made in Certificate.objects.order_by("serial")[:3]:
        paper = printed(made.imprint.words, made_at=made.imprint.at)
        assert {*made.signings.values_list("unsigned", flat=True)} == {hashlib.sha256(paper).hexdigest()}


@pytest.mark.parametrize("point", POINTS)
def test_after_one_death_a_fresh_process_sets_the_paper_anew_and_ends_it(waiting, issuers, point):
    [only] = waiting(1)
    assert issuers.die_at(point, only)
    before = Certificate.objects.values_list("number", flat=True).first()
    issuers.go_on(anew=True)
    made = Certificate.objects.get()
    assert (made.state, made.serial, made.trouble) == ("valid", 1, "")
    assert before in (None if point == "allocated" else made.number, made.number)
    assert made.signings.count() == (2 if point in ONCE_SIGNED else 1)
    assert Rendering.objects.count() == Event.objects.filter(action="complete").count() == 1
    assert broken(files=True) == []
    issuers.go_on(anew=True)  # whoever comes once more finds nothing to do
    assert (Rendering.objects.count(), Signing.objects.count()) == (1, made.signings.count())


def test_a_number_committed_apart_from_its_certificate_is_lost_and_found_out(waiting, issuers):
    """The control: the same death, the same checks."""
    first, second = waiting(2)
    ledger = Ledger()
    assert issuers.die_at("apart", first)
    assert ledger.wrong() == [
        f"registry_series certificate:JSZP:{first.batch.asked_at.year}：流水号发到 1，证书到 0"
    ]
    assert issuers.die_at("numbered", second)
    assert any("前一个流水号不在了" in each for each in ledger.wrong())


def test_a_signature_that_went_before_its_record_is_seen(waiting, issuers):
    """The control: the second session, asked at that moment, knows nothing of it."""
    [only] = waiting(1)
    assert issuers.die_at("unrecorded", only)
    assert [seen for _, seen in issuers.asked()] == [0]
    assert issuers.die_at("signed", only)
    assert [seen for _, seen in issuers.asked()] == [0, 1]
