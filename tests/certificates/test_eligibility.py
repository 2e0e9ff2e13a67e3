"""Why a decision has no certificate, or none yet: every reason is said, and none where there is none."""

from dataclasses import replace

import pytest

from certificates.eligibility import Facts, against

RIGHT = Facts(published=True, certifies=True, grade="AAAA", cites="表 C.2", code="JSZP")


def test_nothing_stands_against_a_published_grade_of_a_body_with_its_code():
    assert list(against(RIGHT)) == []


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ({"published": False}, "评价结果还没有公布，公布以后才能发证（8.4）。"),
        (
            {"certifies": False, "grade": "A（不予评级）"},
            "评价等级为 A（不予评级），不颁发证书（表 C.2、8.4）。",
        ),
        ({"number": "CQO-JSZP-2026-0001-S"}, "已经发过证书 CQO-JSZP-2026-0001-S。"),
        ({"later_run": "PJ-2026-0008-2"}, "另有一次评价 PJ-2026-0008-2，以那一次的结果为准。"),
        ({"under_appeal": True}, "对这个结果的申诉还没有办结，办结以前不发证。"),
        ({"another": "CQO-X1-2026-0002-1"}, "同一人的证书 CQO-X1-2026-0002-1 正在制作，做好以后再发。"),
        (
            {"lost": "CQO-JSZP-2026-0001-S"},
            "就这个决定发过的证书 CQO-JSZP-2026-0001-S 已经声明作废，不能再发；要重新评价。",
        ),
        (
            {"spoilt_until": "2029年11月29日"},
            "原证书到2029年11月29日为止，已经过了，不能再补发；要重新评价。",
        ),
        ({"waits": "证书 X 被暂停。"}, "证书 X 被暂停。"),
        ({"code": ""}, "机构代号还没有设定，证书没有编号可用。"),
        ({"unprintable": "𠮷"}, "“𠮷”在证书字体中没有，印不出来；请联系系统管理员补充字体。"),
        ({"too_long": "极长的名称"}, "“极长的名称”太长，用最小的字号也印不下。"),
    ],
)
def test_each_reason_is_a_sentence(fact, said):
    assert list(against(replace(RIGHT, **fact))) == [said]


def test_all_reasons_are_said_at_once():
    assert len(list(against(replace(RIGHT, published=False, code="", under_appeal=True)))) == 3
