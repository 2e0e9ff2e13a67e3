"""Fujian art. 12: who gets a certificate of training enters the pool. In Cangzhou nothing happens and nothing is said."""

import pytest
import time_machine
from django.db import IntegrityError, transaction

from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Office
from registry.talent.models import PoolEntry
from tests.cast import TODAY, browser
from tests.talent.rows import admitted, himself, post
from tests.training import rows
from tests.training.certified import held, issued, with_code
from training import completions
from training.models import Course

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def fujian(people):
    Office.objects.update(jurisdiction="fujian")
    return people


def provider_of(people, office: str):
    made = with_code(rows.provider())
    rows.commission(made.acting.institution, people.offices[office], by=people.meng)
    return made


def certificate(tan, who, **said):
    return issued(held(tan, who, **said), who, by=tan)[0]


def test_who_serves_enters_the_pool_of_his_city(fujian):
    officer = post(fujian.hengtong)
    himself_ = himself(officer)
    tan = provider_of(fujian, "130000")
    rows.course(tan)
    Course.objects.update(fields=["spc", "gone"])
    made = certificate(tan, officer.person)
    entry = PoolEntry.objects.get()
    assert (entry.city_id, entry.office_id, entry.officer) == ("130900", "130981", officer)
    assert (entry.basis, entry.rule_edition, entry.clause, entry.cites) == (
        "trained",
        "fujian-2014",
        "fj-12",
        "第十二条",
    )
    assert (entry.fields, entry.consent_name, entry.entered_on) == (["spc"], "", TODAY)
    assert made.number in entry.moves.get().reason
    assert Message.objects.get(kind="talent-pool-entered").recipient == himself_
    page = browser(fujian.meng).get(entry.get_absolute_url()).content.decode()
    assert "按规定取得培训证书即入库，不另征求同意" in page


def test_who_serves_nowhere_enters_the_pool_of_the_authority(fujian):
    certificate(provider_of(fujian, "130000"), rows.person())
    entry = PoolEntry.objects.get()
    assert (entry.city_id, entry.office, entry.officer) == ("130000", None, None)
    assert browser(fujian.hao).get(entry.get_absolute_url()).status_code == 200
    assert "没有写明" in browser(fujian.hao).get(entry.get_absolute_url()).content.decode()
    assert browser(fujian.meng).get(entry.get_absolute_url()).status_code == 404


def test_trained_by_a_county_he_enters_the_pool_of_its_city(fujian):
    """A county keeps no pool: somebody without a post would be seen by nobody."""
    learner = rows.person()
    issued(held(fujian.wang, learner), learner, by=fujian.wang)
    entry = PoolEntry.objects.get()
    assert (entry.city_id, entry.office, entry.person) == ("130900", None, learner)
    assert browser(fujian.meng).get(entry.get_absolute_url()).status_code == 200


def test_who_is_in_stays_in_once(fujian):
    person, tan = rows.person(), provider_of(fujian, "130900")
    certificate(tan, person)
    certificate(tan, person)
    assert PoolEntry.objects.count() == 1


def test_where_experts_are_selected_nothing_happens(people):
    """The control: the same certificate, another text."""
    tan = provider_of(people, "130900")
    made = certificate(tan, post(people.hengtong).person)
    assert not PoolEntry.objects.exists()
    assert "人才库" not in browser(tan).get(made.get_absolute_url()).content.decode()


def test_with_a_refused_certificate_nobody_enters(fujian, monkeypatch):
    """One transaction: what fails after the entry takes it back."""
    tan, person = provider_of(fujian, "130900"), rows.person()
    session = held(tan, person)

    def fails(*args, **kwargs):
        raise RuntimeError("after it")

    monkeypatch.setitem(completions._consequences, "issued", [*completions._consequences["issued"], fails])
    with pytest.raises(RuntimeError), transaction.atomic():
        issued(session, person, by=tan)
    assert not PoolEntry.objects.exists()


def test_once_the_last_certificate_is_void_the_keeper_is_asked_and_nothing_moves(fujian):
    person, tan = rows.person(), provider_of(fujian, "130900")
    first, second = certificate(tan, person), certificate(tan, person)
    completions.void(first, reason="印错", by=tan, today=TODAY)
    client = browser(fujian.meng)
    assert "证书已全部作废" not in client.get("/talent/pool/").content.decode()
    completions.void(second, reason="印错", by=tan, today=TODAY)
    entry = PoolEntry.objects.get()
    assert entry.state == "in_pool"
    assert Message.objects.get(kind="talent-pool-in-doubt").recipient == fujian.meng
    assert "1 人凭培训证书入库，证书已全部作废" in client.get("/talent/pool/").content.decode()
    assert "是否移出由管理机关核对后决定" in client.get(entry.get_absolute_url()).content.decode()


def test_a_selected_expert_still_needs_a_field_and_a_word(people):
    entry = admitted(people)
    for broken in ({"fields": []}, {"consent_name": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PoolEntry.objects.filter(pk=entry.pk).update(**broken)
