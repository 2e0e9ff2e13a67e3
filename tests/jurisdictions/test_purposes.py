"""What is done with a provision that carries no number, found by its key."""

from cqo_portal.jurisdictions import all_packs
from cqo_portal.jurisdictions.purposes import GROUNDS, SERVES, Purpose, grounds_of, provision_for


def test_only_cangzhou_knows_the_suggestion_and_its_three_grounds():
    found = {p.edition: provision_for(p, Purpose.SUGGEST_REPLACEMENT) for p in all_packs()}
    assert {edition for edition, provision in found.items() if provision} == {"cangzhou-2023"}
    provision = found["cangzhou-2023"]
    assert (provision.key, provision.cites) == ("cz-10-2", "第十条第二款")
    assert [ground.label for ground in grounds_of(provision)] == [
        "违反操守",
        "未有效履职",
        "不再符合任职标准",
    ]


def test_every_purpose_and_ground_hangs_on_a_provision_that_exists():
    keys = {provision.key for p in all_packs() for provision in p.provisions}
    assert SERVES.keys() <= keys
    assert GROUNDS.keys() == {key for key, use in SERVES.items() if use is Purpose.SUGGEST_REPLACEMENT}
