"""What is on record is proposed with its arithmetic and where it stands; what cannot be told is left to the appraiser."""

from datetime import date

import pytest
from django.utils.html import escape

from cqo_portal.jurisdictions import all_packs, pack
from evaluation.appraisal import draft, services
from evaluation.appraisal.facts import known_of
from evaluation.appraisal.form import key_of
from evaluation.appraising import items_of
from registry.models import Officer
from tests.appraisal import rows
from tests.appraisal.rows import TODAY, YEAR, world
from tests.duties.rows import learned, named, trained

pytestmark = pytest.mark.django_db
RULES = pack("hangzhou-2021-draft")
AFTER = date(2027, 1, 10)


def known(post: Officer, *, on: date = TODAY, year: int = YEAR):
    return known_of(
        Officer.objects.select_related("filing", "office__parent").get(pk=post.pk), year, RULES, today=on
    )


def test_every_fact_that_a_table_names_has_its_answer():
    post = world().post
    for rules in (each for each in all_packs() if each.appraisal):
        named_there = {item.fact for item in items_of(rules.appraisal)} - {None}
        assert named_there == known_of(post, YEAR, rules, today=TODAY).keys(), rules.edition


class TestExperience:
    def test_years_before_the_appointment_and_in_office_add_up(self):
        here = world(appointed_on=date(2025, 5, 1))
        rows.filed(here.post, by=here.fang, begins="2023-11-20", ends="2025-04-30")
        found = known(here.post)["experience"]
        assert found.met is True
        assert found.why == "质量管理经历合计3年，已满 3 年。算到 2026年11月20日。"
        assert found.source == f"任职备案 SL-{here.county.pk}-2022-0001 所填经历，加任职以来"

    def test_a_day_less_is_too_little_and_says_so(self):
        here = world(appointed_on=date(2025, 5, 1))
        rows.filed(here.post, by=here.fang, begins="2023-11-21", ends="2025-04-30")
        found = known(here.post)["experience"]
        assert found.met is False
        assert "差" in found.why

    def test_of_somebody_imported_too_little_in_office_proves_nothing(self):
        here = world(appointed_on=date(2025, 5, 1))
        assert known(here.post)["experience"].met is None
        assert known(here.post)["experience"].source == "名录登记（只有任职以来的）"

    def test_of_somebody_imported_three_years_in_office_are_enough(self):
        here = world(appointed_on=date(2023, 11, 20))
        assert known(here.post)["experience"].met is True


class TestEducationAndTitle:
    def test_as_the_register_has_them_today(self):
        found = known(world().post)
        assert (found["education"].met, found["education"].why, found["education"].source) == (
            True,
            "学历为本科。",
            "名录登记",
        )
        assert (found["title"].met, found["title"].source) == (True, "名录登记")

    def test_less_is_unmet_and_nothing_on_record_cannot_be_told(self):
        here = world()
        Officer.objects.update(education="college", title="")
        found = known(here.post)
        assert (found["education"].met, found["title"].met) == (False, None)


class TestTraining:
    def test_hours_of_the_year_by_the_ledger(self):
        here = world()
        learned(here.post.person, "40", on=date(2026, 9, 20), by=here.lu)
        found = known(here.post)["hours"]
        assert (found.met, found.why, found.source) == (
            True,
            "2026 年计入 40 学时，要求 40 学时，已满。",
            "学时账",
        )

    def test_while_the_year_runs_too_few_propose_nothing_and_afterwards_nought(self):
        here = world()
        learned(here.post.person, "39.5", on=date(2026, 9, 20), by=here.lu)
        running, over = known(here.post)["hours"], known(here.post, on=AFTER)["hours"]
        assert (running.met, over.met) == (None, False)
        assert running.why == "2026 年计入 39.5 学时，要求 40 学时，差 0.5 学时。今年还没有过完。"
        assert over.why == "2026 年计入 39.5 学时，要求 40 学时，差 0.5 学时。"

    def test_on_the_last_day_the_year_still_runs(self):
        here = world()
        assert known(here.post, on=date(2026, 12, 31))["hours"].met is None
        assert known(here.post, on=date(2027, 1, 1))["hours"].met is False

    def test_a_certificate_of_this_portal_proves_it_and_without_one_nothing_is_proposed(self):
        here = world()
        assert known(here.post)["certificate"].met is None
        trained(here.post.person, on=date(2022, 3, 1), by=here.lu)
        assert known(here.post)["certificate"].why == "2022-03-01 取得培训证书。"

    def test_a_number_of_elsewhere_in_the_register_proves_it(self):
        here = world()
        named(here.post, "浙质培 0042")
        found = known(here.post)["certificate"]
        assert (found.met, found.source) == (True, "培训证书登记")

    def test_a_paper_an_office_accepted_with_the_appointment_proves_it(self):
        here = world()
        rows.filed(here.post, by=here.fang, begins="2015-01-01", trained=True)
        found = known(here.post)["certificate"]
        assert (found.met, found.why) == (True, "任职备案时已交培训证书。")


def test_a_source_of_strangers_words_is_text_on_the_page():
    """Help texts are markup: what stands in them is escaped, whoever typed it."""
    here = world()
    named(here.post, "<img src=x onerror=alert(1)>")
    made = services.begin(here.post, YEAR, by=here.fang, today=TODAY)
    section = next(s for s in draft.form_of(made, today=TODAY).groups if s.code == "g4")
    item = section.group.items[0]
    assert "<img" not in section.fields[f"{key_of(item)}_by"].help_text
    assert escape("<img src=x onerror=alert(1)>") in section.fields[f"{key_of(item)}_by"].help_text
