"""A fact on record weighs by the clauses of the pack: level, responsibility, time. Literal days and words."""

from dataclasses import replace
from datetime import date

import pytest

from cqo_portal.jurisdictions import editions, pack
from cqo_portal.jurisdictions.vocabulary import AccidentLevel, Fault
from registry.qualification import explain
from registry.shown import Declared, Facts

DOCUMENT = "沧州市应急管理局《沧应急认〔2026〕7号》（2026-05-06）"
NOTHING_DECLARED = Facts(on=date(2026, 9, 21), disqualifications=())


def fact(fault=Fault.ACCIDENT, *, level=None, responsible=True, found_on=date(2026, 5, 6)) -> Declared:
    return Declared(
        fault, found_on=found_on, accident_level=level, responsible=responsible, document=DOCUMENT
    )


def grounds(edition: str, *recorded: Declared, facts: Facts = NOTHING_DECLARED) -> dict[str, str]:
    rules = pack(edition)
    keys = {ground.key for ground in rules.disqualifications}
    found = explain(rules, replace(facts, recorded=recorded))
    return {clause.key: clause.verdict.value for clause in found.clauses if clause.key in keys}


def clause(edition: str, key: str, *recorded: Declared, facts: Facts = NOTHING_DECLARED):
    found = explain(pack(edition), replace(facts, recorded=recorded))
    return next(each for each in found.clauses if each.key == key)


class TestHubei:
    @pytest.mark.parametrize(
        ("level", "responsible", "verdict"),
        [
            (AccidentLevel.ORDINARY, True, "met"),
            (AccidentLevel.LARGER, True, "unmet"),
            (AccidentLevel.MAJOR, True, "unmet"),
            (AccidentLevel.ESPECIALLY_MAJOR, True, "unmet"),
            (AccidentLevel.LARGER, False, "met"),
            (AccidentLevel.LARGER, None, "unknown"),
            (AccidentLevel.ORDINARY, None, "met"),
        ],
        ids=range(7),
    )
    def test_from_a_larger_accident_on_and_only_who_is_responsible(self, level, responsible, verdict):
        found = grounds("hubei-2022", fact(level=level, responsible=responsible))
        assert found == {"hb-2-2-1": "met", "hb-2-2-2": "met", "hb-2-2-3": verdict}

    def test_the_line_names_the_fact_and_its_document(self):
        line = clause("hubei-2022", "hb-2-2-3", fact(level=AccidentLevel.LARGER))
        assert line.why == (
            "已登记的事实：本人涉及的质量安全事故，较大事故，负有责任，文书 "
            "沧州市应急管理局《沧应急认〔2026〕7号》（2026-05-06）。不得担任首席质量官。"
        )
        assert line.cites == "二（二）第二款第三项"
        assert line.met_from is None

    def test_time_does_not_heal_where_the_text_sets_none(self):
        long_ago = fact(level=AccidentLevel.LARGER, found_on=date(1999, 1, 1))
        assert grounds("hubei-2022", long_ago)["hb-2-2-3"] == "unmet"

    def test_what_is_on_record_does_not_wait_for_a_declaration(self):
        undeclared = replace(NOTHING_DECLARED, disqualifications=None)
        found = grounds("hubei-2022", fact(level=AccidentLevel.LARGER), facts=undeclared)
        assert found == {"hb-2-2-1": "unknown", "hb-2-2-2": "unknown", "hb-2-2-3": "unmet"}

    def test_declared_and_on_record_are_both_named(self):
        declared = replace(NOTHING_DECLARED, disqualifications=(Declared(Fault.CRIMINAL),))
        line = clause("hubei-2022", "hb-2-2-1", fact(Fault.GRAVE_ERROR_DISCIPLINED), facts=declared)
        assert line.why.startswith(
            "已登记的事实：违法违规，在质量岗位造成重大失误并受纪律处分，负有责任，文书 "
        )
        assert line.why.endswith("声明了“受过刑事处分”，不得担任首席质量官。")


class TestFujian:
    @pytest.mark.parametrize(
        ("fault", "barred"),
        [
            (Fault.GRAVE_ERROR, {"fj-6-1"}),
            (Fault.PRIVATE_GAIN, {"fj-6-1", "fj-6-2"}),
            (Fault.ABUSE_OF_OFFICE, {"fj-6-3"}),
            (Fault.DISCLOSURE, {"fj-6-4"}),
            (Fault.OTHER_HARM, {"fj-6-5"}),
            (Fault.MISCONDUCT, set()),
            (Fault.ACCIDENT, set()),
        ],
        ids=range(7),
    )
    def test_each_item_of_article_six_holds_its_own(self, fault, barred):
        edition = editions("fujian")[-1].edition
        found = grounds(edition, fact(fault, level=AccidentLevel.ESPECIALLY_MAJOR))
        assert {key for key, verdict in found.items() if verdict == "unmet"} == barred
        assert {verdict for key, verdict in found.items() if key not in barred} == {"met"}


class TestJiangsu:
    @pytest.fixture
    def edition(self):
        return editions("jiangsu")[-1].edition

    @pytest.mark.parametrize(
        ("on", "verdict"),
        [
            (date(2026, 5, 5), "unmet"),  # the last day that still lies within three years
            (date(2026, 5, 6), "met"),  # three years are over on the day itself
            (date(2023, 5, 6), "unmet"),
        ],
        ids=range(3),
    )
    def test_misconduct_counts_for_three_years_from_its_finding(self, edition, on, verdict):
        found = grounds(
            edition,
            fact(Fault.MISCONDUCT, found_on=date(2023, 5, 6)),
            facts=replace(NOTHING_DECLARED, on=on),
        )
        assert found == {"js-8-2-a": verdict, "js-8-2-b": "met", "js-8-2-c": "met"}

    def test_the_line_says_from_when_it_no_longer_counts(self, edition):
        line = clause(edition, "js-8-2-a", fact(Fault.MISCONDUCT, found_on=date(2024, 2, 29)))
        assert line.met_from == date(2027, 2, 28)
        assert line.why.endswith("不予受理评价申请。自认定之日起满 3 年后不再计，2027-02-28 起符合。")

    def test_accidents_count_from_the_major_ones_on_and_without_limit_of_time(self, edition):
        old = date(2001, 1, 1)
        larger = fact(level=AccidentLevel.LARGER, found_on=old)
        major = fact(level=AccidentLevel.MAJOR, found_on=old)
        at_work = fact(Fault.ACCIDENT_OF_ORGANISATION, level=AccidentLevel.MAJOR, found_on=old)
        assert grounds(edition, larger)["js-8-2-b"] == "met"
        assert grounds(edition, major)["js-8-2-b"] == "unmet"
        assert grounds(edition, at_work) == {"js-8-2-a": "met", "js-8-2-b": "met", "js-8-2-c": "unmet"}


def test_cangzhou_has_no_such_clause_so_nothing_changes():
    for rules in editions("cangzhou"):
        everything = tuple(fact(fault, level=AccidentLevel.ESPECIALLY_MAJOR) for fault in Fault)
        assert explain(rules, replace(NOTHING_DECLARED, recorded=everything)) == explain(
            rules, NOTHING_DECLARED
        )
