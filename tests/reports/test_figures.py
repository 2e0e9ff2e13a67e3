"""The arithmetic of the roll-up: a city is the sum of its counties, and the same rows give the same bytes."""

import json

from hypothesis import given
from hypothesis import strategies as st

from cqo_portal.digests import canonical
from registry.reports import figures

HANDFUL = st.integers(min_value=0, max_value=3)


@st.composite
def enterprise_row(draw) -> dict:
    officers = draw(st.integers(min_value=1, max_value=4))
    standing = draw(st.sampled_from(["received", "late", "missing"]))
    met = draw(st.integers(min_value=0, max_value=officers))
    unmet = draw(st.integers(min_value=0, max_value=officers - met))
    renewed = draw(st.integers(min_value=0, max_value=officers))
    summary = {
        "hours_met": met,
        "hours_unmet": unmet,
        "renewed": renewed,
        "dismissed": draw(st.integers(min_value=0, max_value=officers - renewed)),
        "rewarded": 0,
        "incidents": draw(HANDFUL),
    }
    return {
        "standing": standing,
        "officers": officers,
        "summary": summary if standing == "received" else None,
    }


COUNTY = st.lists(enterprise_row(), max_size=4)  # drawing a row takes long, and four say what eight would


def as_signed(code: str, rows: list[dict]) -> dict:
    return {"office": code, "standing": "signed", "figures": figures.of_enterprises(rows)}


@given(st.lists(COUNTY, max_size=5))
def test_a_city_is_the_sum_of_its_counties_in_every_figure(counties):
    city = figures.of_offices([as_signed(str(n), rows) for n, rows in enumerate(counties)])
    whole = figures.of_enterprises([row for rows in counties for row in rows])
    assert city == whole
    assert set(city) == set(figures.FIGURES)


@given(COUNTY)
def test_the_parts_of_a_county_add_up(rows):
    found = figures.of_enterprises(rows)
    assert found["received"] + found["late"] + found["missing"] == found["expected"]
    assert found["hours_met"] + found["hours_unmet"] + found["hours_unknown"] == found["officers"]
    decided = found["renewed"] + found["dismissed"] + found["rewarded"] + found["undecided"]
    assert decided == found["officers"]
    assert min(found.values()) >= 0


@given(COUNTY, COUNTY)
def test_an_office_that_did_not_sign_adds_nothing(rows, others):
    absent = {"office": "x", "standing": "missing", "reason": "停电", "figures": None}
    assert figures.of_offices([as_signed("a", rows), absent]) == figures.of_enterprises(rows)
    both = figures.of_offices([as_signed("a", rows), as_signed("b", others)])
    assert both["expected"] == len(rows) + len(others)


@given(COUNTY)
def test_one_canonical_spelling_survives_a_store_that_reorders(rows):
    said = figures.body(rows, office="1", year=2026, cut_off="2026-12-31", edition="e", roster="")
    stored = json.loads(json.dumps({key: said[key] for key in sorted(said, reverse=True)}))
    assert canonical(stored) == canonical(said)


def test_a_hand_made_county():
    rows = [
        {
            "standing": "received",
            "officers": 2,
            "summary": {
                "hours_met": 1, "hours_unmet": 0, "incidents": 3, "renewed": 1, "dismissed": 1, "rewarded": 0,
            },
        },
        {"standing": "late", "officers": 1, "summary": None},
        {"standing": "missing", "officers": 1, "summary": None},
    ]  # fmt: skip
    assert figures.of_enterprises(rows) == {
        "expected": 3, "received": 1, "late": 1, "missing": 1, "officers": 4,
        "hours_met": 1, "hours_unmet": 0, "hours_unknown": 3, "incidents": 3,
        "renewed": 1, "dismissed": 1, "rewarded": 0, "undecided": 2,
    }  # fmt: skip
    assert canonical({"b": 1, "a": "县"}) == '{"a":"县","b":1}'.encode()
