"""Loading the reference data, and what is asked of it."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from cqo_portal.parties.models import Office
from cqo_portal.reference.files import shipped_calendar
from cqo_portal.reference.models import CalendarYear, Division, Industry, SpecialDay
from cqo_portal.reference.queries import (
    calendar_alarm,
    industry_choices,
    industry_name,
    missing_year,
    working_calendar,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded():
    call_command("load_reference", stdout=StringIO())


def counts():
    return [model.objects.count() for model in (Division, Industry, CalendarYear, SpecialDay, Office)]


def test_loading_twice_changes_nothing(loaded):
    before = counts()
    call_command("load_reference", stdout=StringIO())
    assert counts() == before == [98, 1972, 3, 108, 78]


def test_what_an_administrator_decided_survives_the_next_start(loaded):
    Office.objects.filter(pk="130971").update(active=True)
    Division.objects.filter(pk="130971").update(active=True)
    SpecialDay.objects.filter(day=date(2026, 1, 4)).delete()
    call_command("load_reference", stdout=StringIO())
    assert Office.objects.get(pk="130971").active
    assert Division.objects.get(pk="130971").active
    assert not SpecialDay.objects.filter(day=date(2026, 1, 4)).exists()


def test_the_calendar_of_the_database_is_the_shipped_one(loaded):
    assert working_calendar().years == shipped_calendar().years


def test_a_special_day_lies_in_its_year(loaded):
    with pytest.raises(IntegrityError), transaction.atomic():
        SpecialDay.objects.create(day=date(2025, 12, 31), year_id=2026, working=False, name="元旦")


def test_parents_are_where_the_code_says(loaded):
    boiler = Industry.objects.get(pk="3411")
    assert (boiler.parent_id, boiler.parent.parent_id, boiler.parent.parent.parent_id) == ("341", "34", "C")
    assert (boiler.level, boiler.section) == (Industry.Level.CLASS, "C")


def test_choices_offer_every_part_the_rules_tell_apart(loaded):
    choices = dict(industry_choices())
    assert [code for code, _ in choices["K 房地产业"]] == ["701", "702", "703", "704", "709"]
    assert ("33", "33 金属制品业") in choices["C 制造业"]
    assert sum(len(rows) for rows in choices.values()) == 101


def test_an_industry_is_named_with_its_letter(loaded):
    assert [industry_name(code) for code in ("33", "C33", "3311", "C", "99")] == [
        "C33 金属制品业",
        "C33 金属制品业",
        "C3311 金属结构制造",
        "C 制造业",
        "99",
    ]


@pytest.mark.parametrize(
    ("known", "today", "year"),
    [
        ({2024, 2025, 2026}, date(2026, 10, 31), None),
        ({2024, 2025, 2026}, date(2026, 11, 1), 2027),
        ({2024, 2025, 2026, 2027}, date(2026, 11, 1), None),
        ({2024, 2025, 2026}, date(2027, 1, 1), 2027),
        (set(), date(2026, 11, 1), 2026),
    ],
)
def test_next_year_is_missed_from_november_on(known, today, year):
    assert missing_year(known, today=today) == year


def test_the_alarm_says_what_to_enter(loaded):
    assert calendar_alarm(today=date(2026, 10, 31)) is None
    assert calendar_alarm(today=date(2026, 11, 1)).startswith("2027 年的放假安排尚未录入")
