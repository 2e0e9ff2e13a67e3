"""Published means frozen: records are judged, for good, by the edition they were filed under."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from cqo_portal.jurisdictions import all_packs, pack
from cqo_portal.jurisdictions.fingerprint import fingerprint

PUBLISHED = {
    "cangzhou-2023": "6e3811932c0ab54ba83e5bafa54de0166291eef5290f83a8120c3c7eeed68a35",
    "jiangsu-2023-draft": "9a76f538d8d818bc55b7a5ea58e12ef7016030c2b83a059256208cbfa2e5c7cc",
    "hangzhou-2021-draft": "a51d093050c913c6999b8434c9f368d356c947baff96bfd81ee0372294117d3d",
    "hubei-2021-draft": "2a04c917ca409813839237e6c75b53f30057a1e110ac086e12c1ddc4ea90b294",
    "hubei-2022": "345fa51af69bdce4cbae11921e7d8182499a923f208416c6a79748ca7cafe763",
    "fujian-2014": "bd2d010f15a3e89b27bf18fe3ac25209b46f261168ca2ba39db1141ba7820a8b",
}


@pytest.mark.parametrize("each", all_packs(), ids=lambda each: each.edition)
def test_a_published_edition_is_frozen(each):
    assert fingerprint(each) == PUBLISHED.get(each.edition), (
        f"{each.edition} is not what was published: append an edition instead (a new one enters its fingerprint here)"
    )


def test_no_published_edition_has_disappeared():
    assert PUBLISHED.keys() == {each.edition for each in all_packs()}


def test_one_point_in_one_row_changes_the_fingerprint():
    whole = pack("jiangsu-2023-draft")
    first, *rest = whole.evaluation.indicators
    changed = replace(first, points=first.points + D(1))
    scheme = replace(whole.evaluation, indicators=(changed, *rest))
    assert fingerprint(replace(whole, evaluation=scheme)) != fingerprint(whole)


def test_one_word_of_a_reading_changes_the_fingerprint():
    whole = pack("cangzhou-2023")
    changed = replace(whole, dating=replace(whole.dating, reason=whole.dating.reason + "。"))
    assert fingerprint(changed) != fingerprint(whole)


def test_a_fingerprint_does_not_hang_on_the_order_of_a_set():
    whole = pack("fujian-2014")
    choice = whole.qualification.parts[2]
    again = tuple(replace(case, sizes=frozenset(sorted(case.sizes, key=str))) for case in choice.cases)
    parts = tuple(
        replace(part, cases=again) if part is choice else part for part in whole.qualification.parts
    )
    same = replace(whole, qualification=replace(whole.qualification, parts=parts))
    assert fingerprint(same) == fingerprint(whole)
