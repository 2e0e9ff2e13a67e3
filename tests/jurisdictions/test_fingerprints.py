"""Published means frozen: records are judged, for good, by the edition they were filed under."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from cqo_portal.jurisdictions import all_packs, pack
from cqo_portal.jurisdictions.fingerprint import fingerprint

PUBLISHED = {
    "cangzhou-2023": "73d1ac7191df55ed7a48684e3f1e97204d2d5313689c49d90739697a9f83a0ba",
    "jiangsu-2023-draft": "02ad8cc237dddcfd9729ee33f56c646ae309a66121a28e6ea6de8fc3261a95cb",
    "hangzhou-2021-draft": "da444d7d30153f3719be56e5c32b1f182ef29aacc4b9129926c3ab3f5a51e0ba",
    "hubei-2021-draft": "ac86d38e733c850188e6bcc18ed80b8b51fce0001b3ca51bf70b75624f71780f",
    "hubei-2022": "730ac91733184391ea3040e152167609b65ca6be6de9d92e8bd55970c6b9b515",
    "fujian-2014": "4dcc8254bc6c857dd404ed67401a524840d855ffae94cfc4b3727ff28dccb4b3",
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
