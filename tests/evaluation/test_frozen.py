"""A result from what was frozen: JSON in, JSON out, the same for everybody and years later."""

import copy
import hashlib
import json
from decimal import Decimal as D
from types import SimpleNamespace

import pytest

from evaluation.frozen import (
    agreed_in,
    alternatives_of,
    as_said,
    digest_of,
    marks_in,
    read,
    result_of,
    scheme_by,
    scheme_of,
    spelled,
)
from evaluation.panel import Alternative, Basis
from evaluation.scoring import Unscorable
from tests.evaluation.sheets import ROWS, SCHEME

JUDGED = [code for code in ROWS if code != "7.2"]


def member(key: str, default: str = "0.7", **changed: str) -> dict:
    said = dict.fromkeys(ROWS, default) | {n[1:].replace("_", "."): v for n, v in changed.items()}
    return {"panellist": key, "name": key, "coefficients": said}


def frozen(*, aggregation: str = "consensus", met: bool | None = True, **agreed: str | None) -> dict:
    said = dict.fromkeys(JUDGED, "0.7") | {n[1:].replace("_", "."): v for n, v in agreed.items()}
    rows = {code: {"coefficient": None if aggregation == "mean" else value} for code, value in said.items()}
    return {
        "edition": "jiangsu-2023-draft",
        "aggregation": aggregation,
        "members": [member("a"), member("b", r7_3="0.65"), member("c", r7_3="0.85")],
        "agreed": rows,
        "integrity": {"met": met},
    }


def test_by_consensus_the_agreed_coefficients_alone_make_the_result():
    result = result_of(frozen(r7_3="0.5"))
    assert result["indicators"] == {
        "7.1.1": "56", "7.1.2": "14", "7.2": "60", "7.3": "50", "7.4.1": "28", "7.4.2": "42", "7.4.3": "56",
        "7.4.4": "42", "7.4.5": "28", "7.4.6": "42", "7.5.1": "105", "7.5.2": "42", "7.5.3": "70", "7.5.4": "35",
        "7.5.5": "28",
    }  # fmt: skip
    assert result["groups"] == {
        "awareness": "70",
        "integrity": "60",
        "knowledge": "50",
        "ability": "238",
        "results": "280",
    }
    assert (result["total"], result["grade"], result["failed"]) == ("698", "AAAA", [])
    assert set(result) == {"indicators", "groups", "total", "grade", "failed"}


def test_by_the_mean_the_sheets_make_it_and_the_finding_stands_for_integrity():
    result = result_of(frozen(aggregation="mean"))
    assert D(result["indicators"]["7.3"]).quantize(D("0.01")) == D("73.33")
    assert result["indicators"]["7.2"] == "60"  # the members gave 0.7
    assert result["grade"] == "AAAA"


def test_every_failed_condition_is_spelled_out():
    result = result_of(frozen(met=False))
    assert (result["total"], result["grade"]) == ("658", "A")
    assert result["failed"] == [
        {
            "condition": "integrity",
            "label": "诚信",
            "value": "0",
            "threshold": "60",
            "cites": "7.2、表 A.1、表 C.1",
            "sentence": "诚信 0 分，须为 60 分。",
        }
    ]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (frozen(met=None), "7.2 诚信还没有认定。"),
        (frozen(r7_3=None), "缺少 7.3 知识的系数。"),
        (frozen(r7_3="0.77"), "不在规定的取值内"),
        (frozen(r9_9="0.7"), "没有编号为“9.9”的评价指标。"),
    ],
)
def test_what_is_incomplete_has_no_result(said, why):
    with pytest.raises(Unscorable, match=why):
        result_of(said)


def test_an_edition_that_is_not_known_has_none_either():
    with pytest.raises(LookupError):
        result_of(frozen() | {"edition": "nowhere-1900"})


def test_computing_changes_nothing_of_what_was_frozen():
    said = frozen(r7_3="0.85")
    before = copy.deepcopy(said)
    result_of(said), alternatives_of(said), digest_of(said, result_of(said))
    assert said == before


def test_alternatives_say_what_would_have_come_out():
    found = alternatives_of(frozen(r7_3="0.85"))
    assert [(each["basis"], each["without"], each["changes"]) for each in found] == [
        ("panel", "", False),
        ("without", "a", False),
        ("without", "b", False),
        ("without", "c", False),
        ("mean", "", False),
        ("finding", "", True),
    ]
    assert [each["total"] for each in found[:4]] == ["733", "713", "718", "713"]
    assert [each["grade"] for each in found] == ["AAAA"] * 5 + ["A"]  # a member gave 0.7 for integrity
    assert set(found[0]) == {"basis", "without", "total", "grade", "changes"}


def test_alternatives_know_which_way_was_chosen_and_what_was_found():
    assert [each["basis"] for each in alternatives_of(frozen(aggregation="mean"))][-2:] == [
        "medians",
        "finding",
    ]
    assert [each["grade"] for each in alternatives_of(frozen(met=False))] == [
        "A"
    ] * 5  # as every member scored it


def test_a_grade_that_hangs_on_one_member_is_marked():
    """750 by the panel; what the members gave makes 718."""
    said = frozen() | {"agreed": {code: {"coefficient": "0.85"} for code in JUDGED}}
    assert [(each["grade"], each["changes"]) for each in alternatives_of(said)] == [
        ("AAAAA", False),
        ("AAAA", True),
        ("AAAA", True),
        ("AAAA", True),
        ("AAAA", True),
        ("A", True),
    ]


def test_the_digest_is_that_of_edition_frozen_and_result():
    said, result = {"edition": "x", "a": "评"}, {"total": "1"}
    whole = {"edition": "x", "frozen": said, "result": result}
    spelled_out = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert digest_of(said, result) == hashlib.sha256(spelled_out).hexdigest()
    assert digest_of(said, {"total": "2"}) != digest_of(said, result) != digest_of(said | {"b": 1}, result)


def test_what_is_read_are_the_numbers_that_were_written():
    assert read({"a": "0.70", "b": None, "c": "1"}) == {"a": D("0.70"), "c": D("1")}
    assert marks_in(frozen())["c"]["7.3"] == D("0.85")
    assert list(marks_in(frozen())) == ["a", "b", "c"]
    assert agreed_in(frozen(r7_3="0.5", r7_4_1=None)) == {
        code: D("0.5") if code == "7.3" else D("0.7") for code in JUDGED if code != "7.4.1"
    }
    assert scheme_by(frozen()["edition"]) is SCHEME


def test_numbers_are_written_without_exponent_or_idle_noughts():
    assert spelled({"a": D("60.00"), "b": D("449.5"), "c": D("1E+2")}) == {
        "a": "60",
        "b": "449.5",
        "c": "100",
    }
    one = Alternative(Basis.WITHOUT, "a", D("718.0"), SCHEME.grades[1], changes=True)
    assert as_said((one,)) == [
        {"basis": "without", "without": "a", "total": "718", "grade": "AAAA", "changes": True}
    ]


def test_a_row_is_read_by_the_edition_it_goes_by():
    assert scheme_of(SimpleNamespace(rule_edition="jiangsu-2023-draft")) is SCHEME
