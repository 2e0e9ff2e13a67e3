"""The words of an evaluation certificate: literally what is printed, and nothing but strings."""

import json
from datetime import date

import pytest

from certificates.words import printed_text, words_of
from training.imprint import NOTE as NOTE_OF_THE_OTHER
from training.imprint import TITLE as TITLE_OF_THE_OTHER

FACTS = {
    "number": "CQO-JSHZ-2026-0183-1",
    "holder": "周𬭎之",
    "organisation": "江苏汇龙达智能装备股份有限公司",
    "grade": "AAAA",
    "body": "江苏衡准质量评价中心",
    "evaluated_on": date(2026, 6, 12),
    "first_day": date(2026, 6, 18),
    "last_day": date(2029, 6, 17),
    "basis": "《首席质量官评价规范》（DB32/T 4570 草案文本）",
    "address": "https://cqo.example.cn/c/Zk3vXq0uTtS9dKx2mBf1Yw",
    "host": "cqo.example.cn",
}
WORDS = {
    "title": "首席质量官评价证书",
    "title_en": "CERTIFICATE OF CHIEF QUALITY OFFICER EVALUATION",
    "number": "CQO-JSHZ-2026-0183-1",
    "holder": "周𬭎之",
    "organisation": "江苏汇龙达智能装备股份有限公司",
    "text": "经独立评价，符合规范对首席质量官等级的要求，评定等级为",
    "grade": "AAAA",
    "body": "江苏衡准质量评价中心",
    "evaluated": "2026年6月12日",
    "valid": "2026年6月18日至2029年6月17日",
    "issued": "二〇二六年六月十八日",
    "basis": "依据《首席质量官评价规范》（DB32/T 4570 草案文本）",
    "address": "https://cqo.example.cn/c/Zk3vXq0uTtS9dKx2mBf1Yw",
    "verify": "扫码，或凭编号与姓名查询：\ncqo.example.cn/verify\n与纸面不一致的，以查询结果为准\n证书不得涂改、转借",
    "note": "本证书是评价机构颁发的评价证书，不是聘任证书，也不是培训证书。",
    "label_number": "证书编号",
    "label_evaluated": "评价日期",
    "label_valid": "有效期",
    "seal": "评价机构\n盖章处",
}


def test_the_words_are_these():
    assert words_of(**FACTS) == WORDS


def test_they_come_back_from_the_record_as_they_were():
    assert json.loads(json.dumps(words_of(**FACTS))) == WORDS


@pytest.mark.parametrize("key", sorted(WORDS))
def test_every_word_is_asked_for_its_signs_but_the_address_which_is_drawn(key):
    assert ("𪚥" in printed_text(WORDS | {key: "𪚥"})) == (key != "address")


def test_it_is_none_of_the_other_papers_and_says_so():
    assert WORDS["title"] != TITLE_OF_THE_OTHER
    assert "不是聘任证书，也不是培训证书" in WORDS["note"]
    assert "不是聘任证书，也不是评价证书" in NOTE_OF_THE_OTHER
