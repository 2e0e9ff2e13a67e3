from cqo_portal import jurisdictions
from cqo_portal.jurisdictions.walk import readings, rules


def paths(edition):
    return [rule.path for rule in rules(jurisdictions.pack(edition))]


def test_the_name_of_a_rule_is_its_attribute_path():
    found = {rule.path: rule.clause for rule in rules(jurisdictions.pack("jiangsu-2023-draft"))}
    assert str(found["certificate.reapply_by"].length) == "3 个月"
    assert found["certificate.reapply_by"].cites == "9.4"
    assert found["evaluation.indicators.7.4.4"].label == "学习能力"
    assert "qualification.experience" in found


def test_no_two_rules_share_a_name_but_an_alternative_set():
    for pack in jurisdictions.all_packs():
        names = paths(pack.edition)
        assert len(names) == len(set(names)), pack.edition


def test_the_printed_numbering_of_cangzhou_is_kept():
    keys = {getattr(rule.clause, "key", "") for rule in rules(jurisdictions.pack("cangzhou-2023"))}
    assert {"cz-10-2", "cz-15a", "cz-15b"} <= keys
    assert not any(key.startswith("cz-11") for key in keys)


def test_every_pack_shows_the_readings_it_rests_on():
    shown = {
        pack.edition: [reading.text for _, reading in readings(pack)] for pack in jurisdictions.all_packs()
    }
    assert all(shown.values())
    assert "“大学以上学历”按本科及以上理解。" in shown["cangzhou-2023"]
