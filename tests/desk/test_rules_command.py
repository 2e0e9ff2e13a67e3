"""`manage.py rules …`: JSON in, JSON out, exit 2 and a sentence on bad input; never a traceback."""

import ast
import json
import os
import re
import subprocess
import sys
from functools import partial
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from cqo_portal.desk.calculations import dates_of, explanation_of, hours_of, score_of, sector_of, size_of
from cqo_portal.desk.finding import find
from cqo_portal.desk.management.commands.rules import answered
from cqo_portal.desk.sources import places
from cqo_portal.jurisdictions import all_packs
from cqo_portal.jurisdictions.walk import rules
from cqo_portal.reference.files import shipped_calendar

ROOT = Path(__file__).resolve().parents[2]
dates = partial(dates_of, calendar=shipped_calendar())

SIZE = {"industry": "3311", "persons": 1200, "revenue": 250, "assets": 9999}
EXPLAIN = {
    "jurisdiction": "cangzhou",
    "on": "2026-11-21",
    "enterprise": {"industry": "3311", "persons": 350, "revenue": 8000, "assets": 5000},
    "person": {
        "education": "bachelor",
        "title": "none",
        "quality_qualification": {"level": "intermediate", "issued_on": "2012-06-01"},
        "experience": [{"from": "2023-11-21", "to": None, "kind": "management"}],
        "trained": True,
        "disqualifications": [],
    },
}
ROWS = [
    "7.1.1",
    "7.1.2",
    "7.2",
    "7.3",
    *(f"7.4.{n}" for n in range(1, 7)),
    *(f"7.5.{n}" for n in range(1, 6)),
]
SCORE = {"edition": "jiangsu-2023-draft", "coefficients": dict.fromkeys(ROWS, "0.7") | {"7.2": "1"}}


def expression_at(place) -> str:
    """The outermost call that begins on that line of a rules module."""
    text = (ROOT / "cqo_portal" / "jurisdictions" / place.file).read_text(encoding="utf-8")
    calls = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call) and n.lineno == place.line]
    return max((ast.get_source_segment(text, call) for call in calls), key=len)


def ask(calculation, given):
    return answered(json.dumps(given, ensure_ascii=False).encode(), calculation)


def told(calculation, given) -> dict:
    answer, bad = ask(calculation, given)
    assert bad == 0, answer
    return answer


def refusal(calculation, given) -> dict:
    answer, bad = ask(calculation, given)
    assert bad == 1
    assert set(answer) == {"error", "field"}
    assert answer["error"].endswith("。")
    return answer


def changed(base: dict, path: str, value) -> dict:
    """A copy with one thing changed; `...` takes it out."""
    copy = json.loads(json.dumps(base))
    *way, last = path.split("/")
    at = copy
    for step in way:
        at = at[int(step)] if isinstance(at, list) else at[step]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return copy


class TestFromTheShell:
    """The command itself, as a process, with a database that is not there."""

    def run(self, *words: str, given: bytes = b"", **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "manage.py", "rules", *words],
            input=given,
            capture_output=True,
            cwd=ROOT,
            timeout=60,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "cqo_portal.settings",
                "DATABASE_URL": "postgres://nobody:x@127.0.0.1:9/none",
                **environment,
            },
        )

    def test_a_question_is_answered_on_one_line(self):
        done = self.run("size", given=json.dumps(SIZE).encode())
        assert (done.returncode, done.stderr) == (0, b"")
        assert json.loads(done.stdout)["size"] == "micro"
        assert done.stdout.count(b"\n") == 1

    def test_dates_need_no_database_and_say_which_calendar_they_used(self):
        given = {"jurisdiction": "cangzhou", "changed_on": "2026-09-01"}
        done = self.run("dates", given=json.dumps(given).encode())
        answer = json.loads(done.stdout)
        assert (done.returncode, answer["report_by"], answer["calendar"]) == (0, "2026-10-08", "shipped")

    def test_bad_input_ends_with_2_and_a_sentence_on_both_streams(self):
        done = self.run("size", given=b'{"industry": ')
        assert done.returncode == 2
        assert json.loads(done.stdout)["field"] is None
        assert done.stderr.decode().strip() == json.loads(done.stdout)["error"]

    def test_a_poor_locale_and_half_a_character_do_no_harm(self):
        done = self.run(
            "sector", given=b'{"industry": "\\ud800"}', PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0"
        )
        assert done.returncode == 2
        assert "行业代码" in json.loads(done.stdout)["error"]
        assert b"Traceback" not in done.stderr

    def test_find_prints_value_clause_file_and_line(self):
        done = self.run("find", "reapply")
        assert done.returncode == 0
        assert re.fullmatch(
            r"jiangsu-2023-draft  certificate\.reapply_by  .+  3 个月  9\.4（推定）  jiangsu\.py:\d+\n",
            done.stdout.decode(),
        )

    def test_nothing_found_ends_with_1(self):
        done = self.run("find", "no such thing")
        assert (done.returncode, done.stdout) == (1, b"")
        assert "没有" in done.stderr.decode()

    @pytest.mark.parametrize("words", [(), ("hour",), ("find",), ("size", "extra")])
    def test_an_unknown_command_is_told_the_known_ones(self, words):
        done = self.run(*words)
        assert done.returncode == 2
        assert json.loads(done.stdout)["error"].startswith("用法")


@pytest.mark.django_db
def test_with_a_database_the_calendar_of_the_database_counts():
    call_command("load_reference", stdout=StringIO())
    out, given = StringIO(), BytesIO(b'{"jurisdiction": "cangzhou", "changed_on": "2026-09-01"}')
    call_command("rules", "dates", stdin=given, stdout=out)
    assert json.loads(out.getvalue())["calendar"] == "database"


class TestSize:
    def test_the_answer_shows_each_indicator_with_its_thresholds(self):
        answer = told(size_of, SIZE)
        assert answer["size"] == "micro"
        assert answer["by"] == {
            "persons": {
                "value": "1200",
                "class": "large",
                "thresholds": {"large": "1000", "medium": "300", "small": "20"},
            },
            "revenue": {
                "value": "250",
                "class": "micro",
                "thresholds": {"large": "40000", "medium": "2000", "small": "300"},
            },
        }

    def test_what_the_industry_does_not_ask_may_be_left_out_or_null(self):
        assert told(size_of, {"industry": "A", "revenue": 500})["size"] == "medium"
        assert (
            told(size_of, {"industry": "85", "persons": 9, "revenue": None, "assets": None})["size"]
            == "micro"
        )

    def test_fractions_stay_exact(self):
        assert told(size_of, {"industry": "A", "revenue": 499.99})["by"]["revenue"]["value"] == "499.99"

    def test_what_is_not_covered_is_unclassified(self):
        assert told(size_of, {"industry": "P"})["size"] == "unclassified"

    @pytest.mark.parametrize(
        ("path", "value", "field"),
        [
            ("industry", ..., "industry"),
            ("industry", 3311, "industry"),
            ("industry", None, "industry"),
            ("industry", "F", "industry"),
            ("industry", "99", "industry"),
            ("persons", ..., "persons"),
            ("persons", None, "persons"),
            ("persons", True, "persons"),
            ("persons", "1200", "persons"),
            ("persons", 12.5, "persons"),
            ("persons", -1, "persons"),
            ("persons", 10**30, "persons"),
            ("revenue", [250], "revenue"),
            ("revenue", 0.123456789, "revenue"),
            ("turnover", 1, "turnover"),
        ],
    )
    def test_bad_figures_name_their_field(self, path, value, field):
        assert refusal(size_of, changed(SIZE, path, value))["field"] == field


@pytest.mark.parametrize(
    ("industry", "sector"),
    [
        ("1190", "tertiary"),
        ("05", "tertiary"),
        ("C33", "secondary"),
        ("0111", "primary"),
        ("4310", "tertiary"),
        ("C", "secondary"),
    ],
)
def test_sectors(industry, sector):
    assert told(sector_of, {"industry": industry})["sector"] == sector


class TestExplain:
    def test_three_years_are_met_on_the_day_itself(self):
        answer = told(explanation_of, EXPLAIN)
        assert (answer["edition"], answer["verdict"]) == ("cangzhou-2023", "met")
        assert [(c["key"], c["verdict"]) for c in answer["clauses"] if c["verdict"] != "discretion"] == [
            ("experience", "met"),
            ("degree-or-title", "met"),
            ("training", "met"),
        ]
        assert {"cites", "label", "verdict", "value", "threshold", "met_from"} <= set(answer["clauses"][0])

    def test_a_day_earlier_it_is_unmet_and_says_from_when_it_will_be_met(self):
        answer = told(explanation_of, changed(EXPLAIN, "on", "2026-11-20"))
        experience = next(c for c in answer["clauses"] if c["key"] == "experience")
        assert (answer["verdict"], experience["verdict"]) == ("unmet", "unmet")
        assert (experience["met_from"], experience["threshold"]) == ("2026-11-21", "3 年")

    @pytest.mark.parametrize("name", ["experience", "trained"])
    def test_null_is_not_shown(self, name):
        assert told(explanation_of, changed(EXPLAIN, f"person/{name}", None))["verdict"] == "unknown"

    def test_work_does_not_count_where_the_text_says_management(self):
        answer = told(explanation_of, changed(EXPLAIN, "person/experience/0/kind", "work"))
        assert answer["verdict"] == "unmet"

    def test_an_edition_may_be_named(self):
        named = changed(changed(EXPLAIN, "edition", "hubei-2021-draft"), "jurisdiction", "hubei")
        assert told(explanation_of, named)["edition"] == "hubei-2021-draft"

    def test_size_enters_where_the_text_asks_for_it(self):
        fujian = changed(changed(EXPLAIN, "jurisdiction", "fujian"), "person/title", "junior")
        small = changed(fujian, "enterprise/revenue", 1999)
        assert told(explanation_of, small)["size"]["size"] == "small"
        assert told(explanation_of, small)["verdict"] == "met"
        assert told(explanation_of, fujian)["verdict"] == "unmet"
        unknown = told(explanation_of, changed(fujian, "enterprise/revenue", None))
        assert (unknown["size"], unknown["verdict"]) == (None, "unknown")
        coarse = told(explanation_of, changed(fujian, "enterprise/industry", "F"))
        assert (coarse["size"], coarse["verdict"]) == (None, "unknown")

    def test_a_declared_fault_is_judged_by_the_pack(self):
        hubei = changed(changed(EXPLAIN, "jurisdiction", "hubei"), "edition", "hubei-2021-draft")
        answer = told(explanation_of, changed(hubei, "person/disqualifications", ["criminal"]))
        assert answer["verdict"] == "unmet"

    @pytest.mark.parametrize(
        ("path", "value", "field"),
        [
            ("jurisdiction", "atlantis", "jurisdiction"),
            ("jurisdiction", ..., "jurisdiction"),
            ("edition", "cangzhou-1999", "edition"),
            ("edition", "hubei-2022", "edition"),
            ("on", ..., "on"),
            ("on", "2026-02-30", "on"),
            ("on", "2026-1-1", "on"),
            ("on", "20261121", "on"),
            ("on", "２０２６-11-21", "on"),
            ("on", "2026-11-21\n", "on"),
            ("on", "1066-01-01", "on"),
            ("on", "9999-12-31", "on"),
            ("on", "1950-01-01", "jurisdiction"),
            ("on", 20261121, "on"),
            ("person", ..., "person"),
            ("person", None, "person"),
            ("person", [], "person"),
            ("person/education", "BACHELOR", "person.education"),
            ("person/education", ["bachelor"], "person.education"),
            ("person/title", True, "person.title"),
            ("person/age", 40, "person.age"),
            ("person/trained", "yes", "person.trained"),
            ("person/trained", 1, "person.trained"),
            ("person/experience", {}, "person.experience"),
            ("person/experience/0/from", None, "person.experience[0].from"),
            ("person/experience/0/from", ..., "person.experience[0].from"),
            ("person/experience/0/to", "2020-01-01", "person.experience[0].to"),
            ("person/experience/0/kind", "leisure", "person.experience[0].kind"),
            ("person/quality_qualification", "intermediate", "person.quality_qualification"),
            ("person/quality_qualification/level", "high", "person.quality_qualification.level"),
            ("person/disqualifications", ["nothing"], "person.disqualifications[0]"),
            ("enterprise", [], "enterprise"),
            ("enterprise/industry", "zz", "enterprise.industry"),
            ("enterprise/persons", True, "enterprise.persons"),
            ("enterprise/persons", -5, "enterprise.persons"),
            ("enterprise/profit", 1, "enterprise.profit"),
        ],
    )
    def test_what_does_not_fit_is_refused_with_its_field(self, path, value, field):
        assert refusal(explanation_of, changed(EXPLAIN, path, value))["field"] == field


class TestScore:
    def test_points_are_decimals_in_quotation_marks(self):
        answer = told(score_of, SCORE)
        assert (answer["total"], answer["grade"], answer["failed"]) == ("718", "AAAA", [])
        assert answer["indicators"]["7.1.1"] == "56"
        assert answer["groups"] == {
            "awareness": "70",
            "integrity": "60",
            "knowledge": "70",
            "ability": "238",
            "results": "280",
        }

    def test_half_points_show(self):
        assert told(score_of, changed(SCORE, "coefficients/7.5.1", "0.25"))["total"] == "650.5"

    def test_a_missed_minimum_is_listed(self):
        answer = told(score_of, changed(SCORE, "coefficients/7.2", "0.9"))
        assert (answer["grade"], [f["condition"] for f in answer["failed"]]) == ("A", ["integrity"])
        assert answer["failed"][0]["value"] == "54"

    @pytest.mark.parametrize("same", ["0.70", "0.700"])
    def test_the_same_number_written_otherwise_is_the_same(self, same):
        assert told(score_of, changed(SCORE, "coefficients/7.3", same)) == told(score_of, SCORE)

    @pytest.mark.parametrize(
        ("path", "value", "field"),
        [
            ("edition", "jiangsu", "edition"),
            ("edition", "cangzhou-2023", "edition"),
            ("edition", None, "edition"),
            ("coefficients", ..., "coefficients"),
            ("coefficients", [], "coefficients"),
            ("coefficients/7.3", ..., "coefficients"),
            ("coefficients/7.9", "0.7", "coefficients"),
            ("coefficients/7.3", "0.6", "coefficients"),
            ("coefficients/7.3", "1.1", "coefficients"),
            ("coefficients/7.3", 0.7, "coefficients.7.3"),
            ("coefficients/7.3", 1, "coefficients.7.3"),
            ("coefficients/7.3", True, "coefficients.7.3"),
            ("coefficients/7.3", None, "coefficients.7.3"),
            ("coefficients/7.3", "NaN", "coefficients.7.3"),
            ("coefficients/7.3", "-0.7", "coefficients.7.3"),
            ("coefficients/7.3", "7e-1", "coefficients.7.3"),
            ("coefficients/7.3", "０.７", "coefficients.7.3"),
            ("coefficients/7.3", " 0.7", "coefficients.7.3"),
            ("coefficients/7.3", "0_7", "coefficients.7.3"),
        ],
    )
    def test_other_coefficients_are_refused(self, path, value, field):
        assert refusal(score_of, changed(SCORE, path, value))["field"] == field


class TestDates:
    def test_a_certificate_issued_on_29_february(self):
        answer = told(dates, {"jurisdiction": "jiangsu", "issued_on": "2024-02-29"})
        assert {name: answer[name] for name in ("first_day", "last_day", "reapply_opens", "reapply_by")} == {
            "first_day": "2024-02-29",
            "last_day": "2027-02-28",
            "reapply_opens": "2026-08-28",
            "reapply_by": "2026-11-28",
        }

    @pytest.mark.parametrize(
        ("changed_on", "report_by", "provisional"),
        [
            ("2026-08-21", "2026-09-21", False),  # a Monday
            ("2026-08-20", "2026-09-20", False),  # a Sunday worked in place of a holiday
            ("2026-09-01", "2026-10-08", False),  # past the whole of National Day
            ("2026-01-31", "2026-02-28", False),  # no 31 February; a Saturday that is worked
            ("2024-01-31", "2024-02-29", False),
            ("2025-12-01", "2026-01-04", False),  # 1 January is off; Sunday the 4th is worked
            ("2027-01-31", "2027-02-28", True),
            ("2026-12-15", "2027-01-15", True),
        ],
    )
    def test_a_change_is_reported_within_a_month_moved_past_days_off(
        self, changed_on, report_by, provisional
    ):
        answer = told(dates, {"jurisdiction": "cangzhou", "changed_on": changed_on})
        assert (answer["report_by"], answer["provisional"]) == (report_by, provisional)
        assert bool(answer["alarm"]) == provisional
        assert changed_on in answer["arithmetic"][0]

    def test_a_term_of_three_years_ends_the_day_before(self):
        answer = told(dates, {"jurisdiction": "cangzhou", "appointed_on": "2026-09-21"})
        assert answer["term_ends"] == "2029-09-20"

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"jurisdiction": "jiangsu"}, None),
            ({"issued_on": "2024-02-29"}, "jurisdiction"),
            ({"jurisdiction": "cangzhou", "issued_on": "2024-02-29"}, "issued_on"),
            ({"jurisdiction": "jiangsu", "changed_on": "2024-02-29"}, "changed_on"),
            ({"jurisdiction": "jiangsu", "appointed_on": "2024-02-29"}, "appointed_on"),
            ({"jurisdiction": "jiangsu", "issued_on": "2023-02-29"}, "issued_on"),
            ({"jurisdiction": "jiangsu", "issued_on": None}, "issued_on"),
            ({"jurisdiction": None, "issued_on": "2024-02-29"}, "jurisdiction"),
            ({"jurisdiction": "jiangsu", "issued": "2024-02-29"}, "issued"),
        ],
    )
    def test_other_questions_are_refused(self, given, field):
        assert refusal(dates, given)["field"] == field


class TestInput:
    def test_a_list_in_gives_a_list_out_and_one_bad_one_is_counted(self):
        answer, bad = ask(sector_of, [{"industry": "33"}, {"industry": "zz"}, 7, {"industry": "43"}])
        assert bad == 2
        assert [each.get("sector") for each in answer] == ["secondary", None, None, "tertiary"]

    def test_an_empty_list_is_an_empty_answer(self):
        assert ask(size_of, []) == ([], 0)

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"   ",
            b"{",
            b"null",
            b'"3311"',
            b"{'industry': '33'}",
            b'{"industry": "33"} {"industry": "33"}',
            b'{"industry": "A", "revenue": NaN}',
            b'{"industry": "A", "revenue": Infinity}',
            b'{"industry": "A", "revenue": -Infinity}',
            b'{"industry": "A", "revenue": 1e999999999}',
            b'{"industry": "A", "revenue": 1e99999999999999999999}',
            b'{"industry": "A", "revenue": ' + b"9" * 5000 + b"}",
            b'{"industry": "A", "industry": "B", "revenue": 1}',
            b"\xff\xfe{",
            b"[" * 100_000,
        ],
    )
    def test_what_is_no_question_is_refused_in_a_sentence(self, raw):
        answer, bad = answered(raw, size_of)
        assert bad == 1
        assert answer["error"].endswith("。")

    def test_a_byte_order_mark_does_no_harm(self):
        assert answered(b'\xef\xbb\xbf{"industry": "P"}', size_of)[1] == 0

    json_values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("2026-01-01"),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*SIZE, *EXPLAIN, *EXPLAIN["person"], *SCORE, "issued_on", "changed_on"])
                | st.text(max_size=4),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )

    @settings(max_examples=400)
    @given(json_values, st.sampled_from([size_of, sector_of, explanation_of, score_of, dates]))
    def test_whatever_comes_in_an_answer_or_a_sentence_goes_out(self, value, calculation):
        answer, bad = answered(json.dumps(value).encode(), calculation)
        each = answer if isinstance(answer, list) else [answer]
        assert bad == sum("error" in one for one in each)
        json.dumps(answer)

    @settings(max_examples=400)
    @given(st.data())
    def test_a_right_question_with_one_thing_spoiled_is_answered_or_refused(self, data):
        paths = [
            "on",
            "jurisdiction",
            "edition",
            "enterprise",
            *(f"person/{name}" for name in EXPLAIN["person"]),
        ]
        spoiled = changed(EXPLAIN, data.draw(st.sampled_from(paths)), data.draw(self.json_values))
        answer, _ = ask(explanation_of, spoiled)
        assert ("error" in answer) != ("verdict" in answer)


class TestFind:
    def test_every_rule_of_every_pack_is_found_where_its_key_is_written(self):
        strayed = []
        for pack in all_packs():
            for path, clause in rules(pack):
                place = places(pack)[id(clause)]
                name = str(next(getattr(clause, n) for n in ("key", "code", "number") if hasattr(clause, n)))
                if not re.search(rf"[\"(]{re.escape(name)}[\",]", expression_at(place)):
                    strayed.append((pack.edition, path, str(place)))
        assert strayed == []

    @pytest.mark.parametrize(
        ("wanted", "expected"),
        [
            ("certificate.valid_for", {"jiangsu-2023-draft": "valid_for=Span("}),
            ("route.change", {"cangzhou-2023": "change=ChangeReport("}),
            ("evaluation.grades.AAA", {"jiangsu-2023-draft": 'Grade("AAAAA"'}),
        ],
    )
    def test_the_line_is_the_one_the_value_is_written_on(self, wanted, expected):
        found = next(each for each in find(wanted))
        text = (ROOT / "cqo_portal" / "jurisdictions" / found.place.file).read_text(encoding="utf-8")
        assert expected[found.edition] in text.splitlines()[found.place.line - 1]

    def test_an_edition_made_from_another_points_to_what_it_changed_itself(self):
        places = {
            f.edition: f.place for f in find("qualification.experience") if f.edition.startswith("hubei")
        }
        assert len(set(places.values())) == 2

    @pytest.mark.parametrize("wanted", ["继续教育", "9.4", "REAPPLY", "推定之外没有的词"])
    def test_names_labels_and_clauses_are_searched(self, wanted):
        assert any(find(wanted)) == (wanted != "推定之外没有的词")


class TestHours:
    ASKED = {
        "jurisdiction": "hubei",
        "year": 2026,
        "appointed_on": "2025-05-01",
        "entries": [{"class": "1", "hours": "14", "on": "2026-05-02"}],
        "certificate_on": "2025-04-01",
    }

    def test_every_duty_apart_and_why_the_rest_does_not_count(self):
        duties = told(hours_of, self.ASKED)["duties"]
        assert [(d["duty"], d["due"], d["required"], d["counted"], d["missing"]) for d in duties] == [
            ("initial-class-1", True, "21", "21", "0"),
            ("continuing-class-1", True, "14", "14", "0"),
            ("continuing-class-2", True, "30", "0", "30"),
        ]
        assert [d["cites"] for d in duties] == ["三（二）"] * 3
        assert duties[2]["uncounted"] == [
            {"hours": "14", "why": "属于第一类，各类分别计算。", "on": "2026-05-02", "reason": "other_class"}
        ]

    @pytest.mark.parametrize(
        ("changes", "counted"),
        [
            ({"entries/0/class": None}, "0"),
            ({"entries/0/hours": "0.25"}, "0.25"),
            ({"entries/0/hours": "13.999"}, "13.999"),
            ({"entries/0/on": "2027-01-01"}, "0"),
            ({"entries/0/year": 2026, "entries/0/on": "2027-01-01"}, "14"),
            ({"entries/0/held": "等确认。"}, "0"),
            ({"entries/0/activity": "teaching"}, "0"),
            ({"appointed_on": "2026-01-01"}, "14"),
            ({"appointed_on": "2026-01-02"}, "0"),
        ],
        ids=str,
    )
    def test_what_changes_the_answer(self, changes, counted):
        asked = self.ASKED
        for path, value in changes.items():
            asked = changed(asked, path, value)
        assert told(hours_of, asked)["duties"][1]["counted"] == counted

    @pytest.mark.parametrize(
        ("jurisdiction", "expected"),
        [
            ("hangzhou", [("initial", "1", "1"), ("continuing", "40", "14")]),
            ("fujian", [("initial", "1", "1")]),
            ("cangzhou", [("initial", "1", "1")]),
            ("jiangsu", [("continuing", "1", "1")]),
        ],
    )
    def test_each_text_asks_its_own(self, jurisdiction, expected):
        duties = told(hours_of, changed(self.ASKED, "jurisdiction", jurisdiction))["duties"]
        assert [(d["duty"], d["required"], d["counted"]) for d in duties] == expected

    @pytest.mark.parametrize(("year", "due"), [(2025, True), (2027, True), (2028, False)])
    def test_certificate_years_end_with_the_certificate(self, year, due):
        asked = changed(changed(self.ASKED, "jurisdiction", "jiangsu"), "year", year)
        assert told(hours_of, asked)["duties"][0]["due"] is due

    @pytest.mark.parametrize(
        ("path", "value", "field"),
        [
            ("year", 1, "year"),
            ("year", "2026", "year"),
            ("entries/0/hours", 14, "entries[0].hours"),
            ("entries/0/hours", "1e3", "entries[0].hours"),
            ("entries/0/class", "3", "entries[0].class"),
            ("entries/0/class", [], "entries[0].class"),
            ("entries/0/class", {}, "entries[0].class"),
            ("entries/0/year", 0, "entries[0].year"),
            ("left_on", "2025-04-30", "left_on"),
            ("entries/0/on", "2026-02-30", "entries[0].on"),
            ("jurisdiction", "mars", "jurisdiction"),
            ("appointed_on", ..., "appointed_on"),
        ],
    )
    def test_bad_input_is_a_sentence(self, path, value, field):
        assert refusal(hours_of, changed(self.ASKED, path, value))["field"] == field
