"""Published means frozen: records are judged, for good, by the edition they were filed under."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from cqo_portal.jurisdictions import all_packs, pack
from cqo_portal.jurisdictions.fingerprint import fingerprint

PUBLISHED = {
    "cangzhou-2023": "7640cb6606dcb9d1403e921c22374569e3251b8c6c1f857f04ac0e3dd53e777f",
    "jiangsu-2023-draft": "a71f91930bd3965b87117f2797fe8218b94a63fb432163927d2d46f4174fffec",
    "hangzhou-2021-draft": "a65cacd0bcbca9f719378fab8e6ab6dfe3d23d2282fe7048312cfb68c8444f7a",
    "hubei-2021-draft": "4ddcc639f98b2dc5bed507255e49ef98567bd2b04b6b5eb906b71e46c11be76b",
    "hubei-2022": "bce17c821b2914021288d6f565636a3abf33aa18b959fff1ad3c7433d8963c0c",
    "fujian-2014": "1311006ec6f45fd96251869a8c1b02dfd9e0cf1e5a99a0227c082e826b409539",
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
