"""The five honest answers, word for word, and what is said of any other day. Values in, values out."""

from dataclasses import replace
from datetime import date

import pytest

from certificates.validity import Change, Validity
from certificates.verification.answer import Answer, Known, as_json
from cqo_portal.jurisdictions.vocabulary import CertificateState as S

KNOWN = Known(
    number="CQO-JSHZ-2026-0183-1",
    words={"holder": "周铉之", "grade": "AAAA", "address": "http://testserver/c/CQO-JSHZ-2026-0183-1/geheim"},
    body="江苏衡准质量评价中心",
    validity=Validity(date(2026, 6, 18), date(2029, 6, 17), date(2028, 12, 17), date(2029, 3, 17)),
    changes=(),
    cites={(S.SUSPENDED, date(2026, 9, 3)): "9.3"},
)
SUSPENDED, RESUMED = Change(S.SUSPENDED, date(2026, 9, 3)), Change(S.VALID, date(2026, 10, 1))
TODAY = date(2026, 11, 20)


def after(*changes: Change, today: date = TODAY, on: date | None = None, **more) -> Answer:
    return Answer(known=replace(KNOWN, changes=changes, **more), today=today, on=on)


class TestToday:
    @pytest.mark.parametrize(
        ("answer", "word", "sentence"),
        [
            (after(), "有效", "今天有效，到2029年6月17日（含当日）为止。"),
            (
                after(SUSPENDED),
                "暂停",
                "自2026年9月3日起暂停，暂停期间不能作为有效证书使用。此前2026年6月18日至2026年9月2日有效。",
            ),
            (after(SUSPENDED, RESUMED), "有效", "今天有效，到2029年6月17日（含当日）为止。"),
            (
                after(Change(S.DISCONTINUED, date(2026, 11, 1))),
                "中止",
                "自2026年11月1日起中止，不会恢复。此前2026年6月18日至2026年10月31日有效。",
            ),
            (
                after(Change(S.VOID, date(2026, 6, 18))),
                "作废",
                "自2026年6月18日起作废，不会恢复。没有过有效的日子。",
            ),
            (
                after(SUSPENDED, RESUMED, Change(S.VOID, date(2026, 11, 20))),
                "作废",
                "自2026年11月20日起作废，不会恢复。"
                "此前2026年6月18日至2026年9月2日、2026年10月1日至2026年11月19日有效。",
            ),
            (
                after(today=date(2029, 6, 18)),
                "到期失效",
                "2029年6月17日到期，自2029年6月18日起失效。此前2026年6月18日至2029年6月17日有效。",
            ),
            (
                after(SUSPENDED, today=date(2030, 1, 1)),
                "到期失效",
                "2029年6月17日到期，自2029年6月18日起失效。此前2026年6月18日至2026年9月2日有效。",
            ),
            (
                after(Change(S.SUPERSEDED, date(2026, 11, 2)), successor="CQO-JSHZ-2026-0190-E"),
                "已换证",
                "自2026年11月2日起由新证书 CQO-JSHZ-2026-0190-E 取代。此前2026年6月18日至2026年11月1日有效。",
            ),
        ],
    )
    def test_says_so_in_these_words(self, answer, word, sentence):
        assert (answer.word, answer.sentence) == (word, sentence)

    def test_a_last_day_counts_in_full(self):
        assert after(today=date(2029, 6, 17)).word == "有效"


class TestAnotherDay:
    @pytest.mark.parametrize(
        ("on", "said"),
        [
            ((2026, 6, 17), "2026年6月17日当天，这张证书还没有颁发（2026年6月18日起有效）。"),
            ((2026, 6, 18), "2026年6月18日当天，这张证书有效。"),
            ((2026, 9, 2), "2026年9月2日当天，这张证书有效。"),
            ((2026, 9, 3), "2026年9月3日当天，这张证书处于暂停，不能作为有效证书使用。"),
            ((2026, 9, 30), "2026年9月30日当天，这张证书处于暂停，不能作为有效证书使用。"),
            ((2026, 10, 1), "2026年10月1日当天，这张证书有效。"),
            ((2028, 2, 29), "2028年2月29日还没有到；按今天的记录，那一天这张证书有效。"),
            ((2029, 6, 17), "2029年6月17日还没有到；按今天的记录，那一天这张证书有效。"),
            ((2029, 6, 18), "2029年6月18日还没有到；按今天的记录，那一天这张证书已经到期失效。"),
        ],
    )
    def test_is_answered_as_known_today(self, on, said):
        assert after(SUSPENDED, RESUMED, on=date(*on)).that_day_said == said

    def test_of_a_leap_day_on_which_it_began(self):
        born = Validity(date(2028, 2, 29), date(2031, 2, 28), date(2030, 8, 28), date(2030, 11, 28))
        answers = [
            after(today=date(2031, 3, 2), on=on, validity=born).that_day_said
            for on in (date(2028, 2, 28), date(2028, 2, 29), date(2031, 2, 28), date(2031, 3, 1))
        ]
        assert answers == [
            "2028年2月28日当天，这张证书还没有颁发（2028年2月29日起有效）。",
            "2028年2月29日当天，这张证书有效。",
            "2031年2月28日当天，这张证书有效。",
            "2031年3月1日当天，这张证书已经到期失效。",
        ]

    def test_voided_from_the_first_day_no_day_of_it_was_valid(self):
        void = Change(S.VOID, date(2026, 6, 18))
        assert after(void, on=date(2026, 7, 1)).that_day_said == "2026年7月1日当天，这张证书已经作废。"


class TestForMachines:
    def test_the_whole_answer(self):
        assert as_json(after(SUSPENDED, on=date(2026, 6, 17)), asked_at="2026-11-20T10:42:00+08:00") == {
            "state": "suspended",
            "since": "2026-09-03",
            "valid_today": False,
            "number": "CQO-JSHZ-2026-0183-1",
            "printed": {"holder": "周铉之", "grade": "AAAA"},
            "first_day": "2026-06-18",
            "last_day": "2029-06-17",
            "successor": None,
            "history": [
                {"state": "valid", "from": "2026-06-18", "to": "2026-09-02"},
                {"state": "suspended", "from": "2026-09-03", "to": "2029-06-17"},
            ],
            "acts": [{"led_to": "suspended", "effective_on": "2026-09-03"}],
            "asked_at": "2026-11-20T10:42:00+08:00",
            "on": {"day": "2026-06-17", "state": "not_issued", "valid": False},
        }

    def test_nothing_found_says_nothing_else(self):
        assert as_json(None, asked_at="2026-11-20T10:42:00+08:00") == {
            "state": "not_found",
            "asked_at": "2026-11-20T10:42:00+08:00",
        }

    def test_a_stretch_that_has_not_begun_is_not_told(self):
        """As known on a day before the act, and before the end."""
        told = as_json(after(SUSPENDED, today=date(2026, 9, 2)), asked_at="")["history"]
        assert [each["state"] for each in told] == ["valid"]
        # The control: with both days gone there are three.
        assert len(as_json(after(SUSPENDED, RESUMED), asked_at="")["history"]) == 3


def test_the_history_on_a_page_begins_with_the_newest_and_ends_with_its_issue():
    said = [(each.word, each.on, each.cites) for each in after(SUSPENDED, RESUMED).steps]
    assert said == [
        ("恢复", date(2026, 10, 1), ""),
        ("暂停", date(2026, 9, 3), "9.3"),
        ("颁发", date(2026, 6, 18), ""),
    ]


def test_what_was_said_stays_said_though_it_was_taken_back_on_the_same_day():
    """Valid all day, and still there was a word of a suspension."""
    back = Change(S.VALID, date(2026, 9, 3))
    answer = after(SUSPENDED, back)
    assert answer.word == "有效"
    assert [(each.word, each.on) for each in answer.steps] == [
        ("恢复", date(2026, 9, 3)),
        ("暂停", date(2026, 9, 3)),
        ("颁发", date(2026, 6, 18)),
    ]
    assert as_json(answer, asked_at="")["acts"] == [
        {"led_to": "suspended", "effective_on": "2026-09-03"},
        {"led_to": "valid", "effective_on": "2026-09-03"},
    ]


def test_that_it_expired_stands_where_it_happened():
    later = after(Change(S.SUPERSEDED, date(2029, 8, 1)), today=date(2029, 9, 1))
    assert [(each.word, each.on) for each in later.steps] == [
        ("已换证", date(2029, 8, 1)),
        ("到期失效", date(2029, 6, 18)),
        ("颁发", date(2026, 6, 18)),
    ]


def test_what_was_void_from_its_first_day_was_issued_all_the_same():
    said = [(each.word, each.on) for each in after(Change(S.VOID, date(2026, 6, 18))).steps]
    assert said == [("作废", date(2026, 6, 18)), ("颁发", date(2026, 6, 18))]
