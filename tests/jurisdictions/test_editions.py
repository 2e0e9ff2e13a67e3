from dataclasses import replace
from datetime import date

import pytest

from cqo_portal import jurisdictions
from cqo_portal.jurisdictions import NoSuchRule, edition_on, editions, pack, pack_on
from cqo_portal.jurisdictions.vocabulary import Status


def test_five_jurisdictions_and_six_editions_are_published():
    assert jurisdictions.jurisdictions() == ("cangzhou", "jiangsu", "hangzhou", "hubei", "fujian")
    assert [each.edition for each in jurisdictions.all_packs()] == [
        "cangzhou-2023",
        "jiangsu-2023-draft",
        "hangzhou-2021-draft",
        "hubei-2021-draft",
        "hubei-2022",
        "fujian-2014",
    ]


@pytest.mark.parametrize("each", jurisdictions.all_packs(), ids=lambda each: each.edition)
def test_an_edition_is_found_by_its_name_and_by_its_first_day(each):
    assert pack(each.edition) is each
    assert pack_on(each.jurisdiction, each.in_force_from) is each


@pytest.mark.parametrize(
    ("day", "edition"),
    [
        (date(2021, 1, 1), "hubei-2021-draft"),
        (date(2022, 10, 23), "hubei-2021-draft"),
        (date(2022, 10, 24), "hubei-2022"),
        (date(2026, 11, 21), "hubei-2022"),
    ],
)
def test_the_latest_edition_begun_by_then_applies(day, edition):
    assert pack_on("hubei", day).edition == edition


def test_hubei_lists_its_editions_oldest_first():
    assert [each.edition for each in editions("hubei")] == ["hubei-2021-draft", "hubei-2022"]


def test_before_the_first_edition_nothing_applies():
    with pytest.raises(NoSuchRule, match="福建省的规则自 2014-12-08 起适用，2014-12-07 没有可以适用的版本。"):
        pack_on("fujian", date(2014, 12, 7))


def test_a_repealed_edition_applies_to_its_last_day_and_not_beyond():
    repealed = (replace(pack("fujian-2014"), in_force_until=date(2026, 6, 30)),)
    assert edition_on(repealed, date(2026, 6, 30)) is repealed[0]
    with pytest.raises(NoSuchRule, match="福建省的规则适用至 2026-06-30，2026-07-01 没有可以适用的版本。"):
        edition_on(repealed, date(2026, 7, 1))


@pytest.mark.parametrize("ask", [lambda: editions("beijing"), lambda: pack_on("beijing", date(2026, 1, 1))])
def test_an_unknown_jurisdiction_is_named_with_those_there_are(ask):
    with pytest.raises(
        NoSuchRule, match="没有“beijing”的规则；现有：cangzhou、jiangsu、hangzhou、hubei、fujian。"
    ):
        ask()


def test_an_unknown_edition_is_named_with_those_there_are():
    with pytest.raises(NoSuchRule, match="没有名为“hubei-2099”的规则版本；现有：cangzhou-2023、"):
        pack("hubei-2099")


def test_drafts_call_themselves_drafts_and_the_assumed_assumed():
    said = {each.edition: each.status for each in jurisdictions.all_packs()}
    assert said == {
        "cangzhou-2023": Status.IN_FORCE,
        "jiangsu-2023-draft": Status.DRAFT,
        "hangzhou-2021-draft": Status.DRAFT,
        "hubei-2021-draft": Status.DRAFT,
        "hubei-2022": Status.ASSUMED,
        "fujian-2014": Status.TRIAL,
    }
