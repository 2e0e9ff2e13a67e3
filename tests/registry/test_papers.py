"""Which papers a filing wants: where the pack asks for one clause or another, one paper is enough."""

import pytest

from cqo_portal.parties.models import Office
from registry import draft, services
from registry.models import Filing
from registry.pages.form import form_page
from tests.cast import picture, typed

pytestmark = pytest.mark.django_db


def lacking(filing: Filing) -> list[str]:
    return [kind.kind.value for kind in form_page(Filing.objects.get(pk=filing.pk))["missing_papers"]]


@pytest.fixture
def filing(people) -> Filing:
    return people.filing(papers=("training", "appointment", "experience"))


def under(people, jurisdiction: str) -> Filing:
    Office.objects.update(jurisdiction=jurisdiction)
    return people.filing(papers=("training", "appointment", "experience"))


class TestEducationOrTitle:
    def test_one_of_the_two_is_missing_not_both(self, filing):
        assert lacking(filing) == ["education"]

    @pytest.mark.parametrize("kind", ["education", "title"])
    def test_either_is_enough(self, people, filing, kind):
        services.attach_proof(filing, picture(shade=77), kind=kind, by=people.liu)
        assert lacking(filing) == []
        other = {"education": "title", "title": "education"}[kind]
        (spared,) = [each for each in form_page(filing)["papers"] if each.kind == other]
        assert (spared.lacks, spared.spared) == (False, True)
        assert "交一件即可" in spared.wanted

    def test_what_does_not_reach_the_threshold_backs_nothing(self, people, filing):
        draft.save(filing, typed(officer__education="college"), version=None, by=people.liu)
        assert lacking(filing) == ["title"]
        services.attach_proof(filing, picture(shade=77), kind="education", by=people.liu)
        assert lacking(filing) == ["title"]

    def test_where_the_pack_asks_for_both_both_are_wanted(self, people):
        filing = under(people, "fujian")
        assert lacking(filing) == ["education", "title"]
        services.attach_proof(filing, picture(shade=77), kind="education", by=people.liu)
        assert lacking(filing) == ["title"]

    def test_a_title_beside_a_qualification_spares_no_diploma(self, people):
        assert lacking(under(people, "hangzhou")) == ["education", "title"]
