"""Annex D at an appointment: advised by size, compared with the certificate on record, and never a bar."""

from datetime import timedelta

import pytest
from django.utils import timezone

from certificates.advice import of_person, of_size
from cqo_portal.jurisdictions.vocabulary import Size
from registry.pages.case import case_page
from registry.pages.form import form_page
from tests.certificates import rows
from tests.talent.rows import post

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("size", "least"), [(Size.LARGE, "AAAA"), (Size.MEDIUM, "AAA"), (Size.SMALL, "AA"), (Size.MICRO, "AA")]
)
def test_the_least_grade_advised_goes_by_size(size, least):
    assert f"建议评价等级不低于 {least}；只是建议，不影响备案。" in of_size(size).text


def test_of_an_unclassified_size_nothing_is_advised():
    assert of_size(Size.UNCLASSIFIED) is None


def test_what_is_on_record_is_compared(people):
    _, made = rows.issued(people)  # AAAA
    index, today = made.person.identity_index, timezone.localdate()
    assert of_person(index, Size.LARGE, today).reached is True
    assert of_person(index, Size.MEDIUM, today).reached is True
    after = of_person(index, Size.LARGE, made.last_day + timedelta(days=1))
    assert (after.reached, "没有在有效期内的评价证书" in after.text) == (None, True)


def test_a_lower_grade_warns(people):
    _, made = rows.issued(people, coefficient="0.5")
    said = of_person(made.person.identity_index, Size.LARGE, timezone.localdate())
    assert (said.reached, f"{made.grade}，" in said.text, "低于建议" in said.text) == (False, True, True)


@pytest.fixture
def elsewhere(people):
    """Whoever hengtong appoints holds a certificate from his post at another enterprise."""
    return rows.issued(people, officer=post(people.dan.acting.organisation))[1]


def test_the_enterprise_reads_what_is_advised_and_nothing_of_the_person(people, elsewhere):
    advised = "中型组织聘用、续聘的首席质量官，建议评价等级不低于 AAA；只是建议，不影响备案。"
    filing = people.filing(until="at_county")
    assert [each.text for each in case_page(filing, people.liu, {})["advice"]] == [advised]
    assert [each.text for each in form_page(filing)["judgement"].advice] == [advised]


def test_an_office_reads_the_certificate_too(people, elsewhere):
    filing = people.filing(until="at_county")
    (said,) = case_page(filing, people.wang, {})["advice"]
    assert f"持有证书 {elsewhere.number}，AAAA，" in said.text
    assert (said.reached, "达到建议" in said.text) == (True, True)
