"""A name is found by whatever people type, and by nothing that only looks like it."""

import time

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from cqo_portal.parties.models import Organisation
from cqo_portal.parties.search import asked, fold, pinyin_key, spelled, terms_of
from tests.cast import CODES, offices

NAMES = (
    "泊头恒通管件有限公司",
    "青县盛禾包装有限公司",
    "100%好_公司",
    "𬭎鑫机械（沧州）有限公司",
    "Abc 机电😀厂",
)


@pytest.fixture
def firms(db):
    office = offices()["130981"]
    codes = (*CODES, "91130981MA000001X1", "91130981MA000002X2")
    for name, code in zip(NAMES, codes, strict=True):
        Organisation.objects.create(name=name, credit_code=code, office=office)


def found(query: str) -> set[str]:
    return {o.name for o in Organisation.objects.matching(query)}


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("恒通", {0}),
        ("恒", {0}),
        ("泊头恒通管件有限公司", {0}),
        (" 泊 头 恒 通 ", {0}),
        ("\u3000恒\u3000通", {0}),
        ("botouhengtong", {0}),
        ("botouguanjian", set()),  # letters that do not follow one another in the name
        ("hengtongguanjian", {0}),
        ("HengTong", {0}),
        ("ＨＥＮＧＴＯＮＧ", {0}),
        ("heng tong", {0}),
        ("bthtgj", {0}),
        ("BTHT", {0}),
        ("gj", {0}),
        ("shbz", {1}),
        ("91130981MAYG58BR3P", {0}),
        ("91130981mayg58br3p", {0}),
        ("MAYG58", {0}),
        ("９１１３０９８１", {0, 3, 4}),
        ("130981", {0, 3, 4}),
        ("有限公司", {0, 1, 3}),
        ("公司有限", set()),
        ("件公", set()),  # both characters occur, but not side by side
        ("𬭎鑫", {3}),
        ("𬭎", {3}),
        ("（沧州）", {3}),
        ("(沧州)", {3}),
        ("😀", {4}),
        ("😀厂", {4}),
        ("abc", {4}),
        ("100%", {2}),
        ("%", set()),  # one sign of a keyboard asks for nothing, as one letter
        ("%好", {2}),
        ("好_公", {2}),
        ("_", set()),
        ("好%公", set()),
        ("好?公", set()),
        ("\\", set()),
        ("恒\\通", set()),
        ("恒%通", set()),
        ("b", set()),
        ("1", set()),
        ("", {0, 1, 2, 3, 4}),
        ("   ", {0, 1, 2, 3, 4}),
        ("恒\0通", set()),
        ("\0", set()),
        ("';--", set()),
        ("恒通" * 2500, set()),
        ("a" * 5000, set()),
        ("9" * 5000, set()),
        ("😀" * 5000, set()),
    ],
)
def test_what_is_typed_finds_exactly_these(firms, typed, numbers):
    assert found(typed) == {NAMES[n] for n in numbers}


@given(st.text(max_size=40), st.integers(0, 10), st.integers(1, 10))
def test_a_piece_of_a_name_asks_for_grams_the_name_has(name, start, length):
    """Whatever characters a name is made of: no piece of two characters or more is lost by the index."""
    folded = fold(name)
    piece = folded[start : start + length]
    if fold(piece) != piece or len(piece) < 2:
        return
    terms = set(terms_of(name))
    assert any(set(way) <= terms for way in asked(piece))


@given(st.text(alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY-", min_size=3, max_size=30), st.integers(0, 27))
def test_a_piece_of_a_code_of_three_marks_is_found(code, start):
    piece = code[start : start + 6]
    if len(piece) < 3:
        return
    assert any(set(way) <= set(terms_of(codes=(code,))) for way in asked(piece))


@given(st.text(max_size=200))
def test_any_text_is_asked_and_spelled(text):
    asked(text), spelled(text), pinyin_key(text)


def test_a_receipt_and_a_filing_number_are_found_with_their_hyphens(people):
    from registry.models import Filing, Officer

    people.filing(until="filed")
    for typed in ("SL-130981-2026-0001", "sl-130981", "BA-130900-2026-00001", "130900-2026", "ＢＡ－130900"):
        assert Filing.objects.matching(typed).count() == 1, typed
    assert Officer.objects.matching("BA-130900-2026-00001").count() == 1
    assert Filing.objects.matching("BA-130900-2026-00002").count() == 0


SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
PARTS = "恒通盛禾远大瑞丰金鼎华泰信德宏图永安国兴东方博雅"
TRADES = ("管件", "包装", "机械", "环保设备", "汽车模具", "铸造", "化工")


@pytest.mark.django_db
def test_twenty_thousand_rows_are_searched_by_the_index():
    office = offices()["130981"]
    rows = []
    for n in range(20_000):
        middle = PARTS[n % 20] + PARTS[n // 20 % 20] + SURNAMES[n // 400 % 20]
        name = f"沧州{middle}{TRADES[n % 7]}{n}有限公司"
        code = f"9113{n * 7919 % 10_000:04}MA{n * 104_729 % 10**8:08}"
        rows.append(
            Organisation(
                name=name, credit_code=code, office=office, pinyin="x", haystack=f"{fold(name)} {fold(code)}",
                search=_quick_terms(name, fold(code)),
            )
        )  # fmt: skip
    Organisation.objects.bulk_create(rows, batch_size=5000)
    with connection.cursor() as cursor:
        # What autovacuum does in its own time: a long list of new entries makes the planner think the index dear.
        cursor.execute("SELECT gin_clean_pending_list('organisation_search')")
        cursor.execute("ANALYZE parties_organisation")
    for typed, many in (
        ("恒盛王", 10),
        (rows[777].credit_code, 1),
        (rows[777].credit_code[4:14], 3),
        ("19999", 5),
    ):
        asked_for = Organisation.objects.matching(typed)
        began = time.perf_counter()
        hits = asked_for.count()
        taken = time.perf_counter() - began
        plan = asked_for.explain()
        assert 0 < hits <= many, (typed, hits)
        assert "organisation_search" in plan, plan
        assert "Seq Scan on parties_organisation" not in plan
        assert taken < 0.5, taken


def _quick_terms(name: str, code: str) -> list[str]:
    """The grams without the pinyin: twenty thousand readings would take longer than the test may."""
    folded = fold(name)
    pairs = {f"h:{folded[i : i + 2]}" for i in range(len(folded) - 1)}
    triples = {f"c:{code[i : i + 3]}" for i in range(len(code) - 2)}
    return sorted(pairs | triples | set(folded))
