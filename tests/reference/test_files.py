"""The shipped reference data: complete, sourced, and in agreement with independent tables. No database."""

from collections import Counter
from datetime import date, timedelta

import chinese_calendar
import pytest

from cqo_portal.jurisdictions import jurisdictions
from cqo_portal.jurisdictions.enterprise_size import SECTIONS
from cqo_portal.jurisdictions.vocabulary import Level, Rank
from cqo_portal.parties.size import industry_of, sector
from cqo_portal.reference.files import FIXTURES, read, shipped_calendar

TABLES = ["divisions", "industries", "offices", "working_days", "titles", "educations", "sexes"]


@pytest.mark.parametrize("name", TABLES)
def test_every_file_names_its_source(name):
    assert read(name)["source"].strip()
    assert (FIXTURES / f"{name}.json").is_file()


class TestWorkingDays:
    @pytest.mark.parametrize("year", [2024, 2025, 2026])
    def test_every_day_agrees_with_chinesecalendar(self, year):
        calendar, day, differing = shipped_calendar(), date(year, 1, 1), []
        while day.year == year:
            if calendar.is_day_off(day) == chinese_calendar.is_workday(day):
                differing.append(day)
            day += timedelta(days=1)
        assert differing == []

    def test_each_year_names_the_announcement(self):
        assert {
            entry["year"]: entry["source"].partition("（")[2] for entry in read("working_days")["years"]
        } == {
            2024: "国办发明电〔2023〕7号，2023-10-25）",
            2025: "国办发明电〔2024〕12号，2024-11-12）",
            2026: "国办发明电〔2025〕7号，2025-11-04）",
        }

    def test_days_off_and_made_up_days_are_as_many_as_announced(self):
        counted = {
            entry["year"]: Counter(working for _, working, _ in entry["days"])
            for entry in read("working_days")["years"]
        }
        assert counted == {
            2024: {False: 28, True: 8},
            2025: {False: 28, True: 5},
            2026: {False: 33, True: 6},
        }

    def test_a_year_that_was_not_announced_is_not_guessed(self):
        calendar = shipped_calendar()
        assert not calendar.knows(date(2027, 1, 1))
        with pytest.raises(LookupError, match="2027"):
            calendar.is_day_off(date(2027, 1, 1))


class TestIndustries:
    def test_the_classification_is_whole(self):
        codes = [code for code, _ in read("industries")["industries"]]
        assert len(set(codes)) == len(codes)
        by_length = Counter(len(code) for code in codes if code.isdigit())
        assert (sum(code.isalpha() for code in codes), dict(by_length)) == (20, {2: 97, 3: 473, 4: 1382})

    def test_every_code_has_its_parent_before_it_and_a_place_in_the_rules(self):
        seen = set()
        for code, name in read("industries")["industries"]:
            parent = code[:-1] if len(code) > 2 else industry_of(code).section.letter
            assert len(code) == 1 or parent in seen, code
            assert name == name.strip() != ""
            assert sector(code)
            seen.add(code)

    def test_sections_are_named_alike_in_file_and_rules(self):
        named = {code: name for code, name in read("industries")["industries"] if code.isalpha()}
        assert {section.letter: section.label for section in SECTIONS} | {"T": "国际组织"} == named

    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("33", "金属制品业"),
            ("339", "铸造及其他金属制品制造"),
            ("3311", "金属结构制造"),
            ("6431", "互联网生产服务平台"),
            ("702", "物业管理"),
            ("704", "房地产租赁经营"),
            ("9231", "监察委员会"),
        ],
    )
    def test_some_names_as_printed(self, code, name):
        assert dict(read("industries")["industries"])[code] == name


class TestDivisionsAndOffices:
    def test_cangzhou_has_its_sixteen_counties_and_three_zones_switched_off(self):
        counties = [row for row in read("divisions")["divisions"] if row[3] == "130900"]
        assert [code for code, _, _, _, active in counties if active] == (
            "130902 130903 130921 130922 130923 130924 130925 130926 130927 130928 130929 130930 "
            "130981 130982 130983 130984"
        ).split(" ")
        assert [code for code, _, _, _, active in counties if not active] == ["130971", "130972", "130973"]

    def test_the_offices_of_cangzhou_are_open_and_named_after_their_county(self):
        offices = {row[0]: row for row in read("offices")["offices"] if row[4] == "cangzhou"}
        assert offices["130981"][1:] == [
            "泊头市市场监督管理局",
            "泊头市",
            "county",
            "cangzhou",
            "130900",
            True,
        ]
        assert sum(row[3] == "county" and row[6] for row in offices.values()) == 16
        assert offices["130900"][5] == "130000"

    def test_every_office_lies_in_a_division_under_its_parent_and_some_rules(self):
        divisions = {row[0]: row for row in read("divisions")["divisions"]}
        seen = set()
        for code, _, area, level, jurisdiction, parent, _ in read("offices")["offices"]:
            assert divisions[code][1:4] == [area, level, parent]
            assert parent is None or parent in seen
            assert jurisdiction in jurisdictions()
            seen.add(code)


def test_titles_and_educations_speak_the_words_of_the_rules():
    assert [code for code, _ in read("titles")["levels"]] == [rank.value for rank in Rank]
    assert {level for _, level, _ in read("titles")["titles"]} == {rank.value for rank in Rank} - {"none"}
    levels = {level for _, _, level in read("educations")["educations"] if level}
    assert levels == {level.value for level in Level}


def test_only_what_one_graduated_from_has_a_level():
    by_name = {name: level for _, name, level in read("educations")["educations"]}
    assert by_name["大学本科毕业"] == "bachelor"
    assert {by_name[f"大学本科{end}"] for end in ("结业", "肄业")} == {None}
