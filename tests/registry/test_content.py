"""What was said, put for reading: as words, masked where it must be, and with what changed."""

from copy import deepcopy

import pytest

from registry import content, facts
from registry.forms import Proof
from tests.cast import IDENTITY, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(people) -> dict:
    return facts.content_of(people.filing(until="at_county"))


def lines(said, before=None) -> dict:
    return {line.key or line.label: line for part in content.read(said, before=before) for line in part.lines}


def test_codes_are_read_as_words(said):
    words = {key: line.value for key, line in lines(said).items()}
    assert words["enterprise.office"] == "泊头市市场监督管理局"
    assert words["enterprise.persons"] == "350 人"
    assert words["enterprise.revenue"] == "8\u00a0000 万元"
    assert words["officer.education"] == "本科"
    assert words["officer.graduated"] == "已毕业"
    assert words["appointment.in_decision_layer"] == "是"
    assert words["appointment.term_years"] == "3 年"
    assert words["任期至"] == "2029-09-20"
    assert words["experience"].startswith("2019-03-01 至 今")
    assert "appointment.is_top_manager" not in words  # an unticked box says nothing


def test_sealed_values_are_masked_now_and_before(said):
    before = deepcopy(said)
    before["officer"] |= {"identity_number": "110105194912310046", "phone": "13900139000"}
    shown = lines(said, before)
    assert shown["officer.identity_number"].value == "110105********002X"
    assert shown["officer.identity_number"].was == "110105********0046"
    assert shown["officer.phone"].changed
    everything = str(content.read(said, before=before))
    for secret in (IDENTITY, "13800138000", "13900139000", "110105194912310046"):
        assert secret not in everything


def test_a_change_behind_the_same_mask_is_a_change(said):
    """Two numbers that differ only where the mask hides it: compared in clear, shown masked."""
    before = deepcopy(said)
    before["officer"]["identity_number"] = IDENTITY[:8] + "0" + IDENTITY[9:]
    assert lines(said, before)["officer.identity_number"].changed
    assert lines(said, before)["officer.identity_number"].was == lines(said)["officer.identity_number"].value


def test_what_did_not_change_has_no_before(said):
    assert [key for key, line in lines(said, deepcopy(said)).items() if line.changed] == []
    assert [key for key, line in lines(said).items() if line.changed] == []


def test_what_was_empty_is_said_to_have_been_empty(said):
    before = deepcopy(said)
    before["officer"]["post"] = ""
    before["experience"] = []
    shown = lines(said, before)
    assert shown["officer.post"].was == "（空）"
    assert shown["experience"].changed
    gone = deepcopy(said)
    gone["appointment"]["document_number"] = ""
    assert lines(gone, said)["appointment.document_number"].was == "恒质〔2026〕9号"


def test_every_address_has_its_words(said):
    for key in content.known_keys():
        assert content.label_of(key), key
    assert content.known_keys() >= {
        "experience",
        "officer.name",
        *(f"proof.{kind}" for kind in Proof.Kind.values),
    }


def test_every_sealed_address_is_one_that_is_known(said):
    assert content.known_keys() >= content.SEALED.keys() == {"officer.identity_number", "officer.phone"}


def test_what_was_said_then_is_read_by_todays_words(people):
    """A submission holds codes; a code that was never there is shown as it is, not hidden."""
    said = facts.content_of(people.filing(until="at_county"))
    said["appointment"]["faults"] = ["ground-no-longer-known"]
    assert lines(said)["appointment.faults"].value == "ground-no-longer-known"
    assert TODAY.year == 2026
