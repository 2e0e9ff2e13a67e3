"""Codes as people type them: tidied, checked, and refused with a sentence that helps."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cqo_portal.parties.identifiers import (
    Invalid,
    credit_code,
    facts_of_identity,
    identity_number,
    masked,
    phone,
)

TODAY = date(2026, 11, 21)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def made_credit_code(first: str, division: str, body: str) -> str:
    """A right code by arithmetic of its own: weights as powers of 3, body weights as printed in GB 11714."""
    figures = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rest = sum(figures.index(c) * w for c, w in zip(body, [3, 7, 9, 10, 5, 8, 4, 2], strict=True)) % 11
    code = first + division + body + {10: "1", 1: "X", 0: "0"}.get(rest, str(11 - rest))
    return code + ALPHABET[(31 - sum(ALPHABET.index(c) * 3**i for i, c in enumerate(code)) % 31) % 31]


def made_identity_number(first_17: str) -> str:
    return first_17 + "10X98765432"[sum(int(c) * 2 ** (17 - i) for i, c in enumerate(first_17)) % 11]


def refusal(check, *args, **kwargs) -> Invalid:
    with pytest.raises(Invalid) as refused:
        check(*args, **kwargs)
    return refused.value


class TestCreditCode:
    @pytest.mark.parametrize("code", ["91350200776049653A", "91440101MA5CJQ4N59", "123502001549897397"])
    def test_codes_in_use_pass(self, code):
        assert credit_code(code) == code

    @pytest.mark.parametrize("first", ["A1", "N2", "Y1"])
    def test_codes_that_begin_with_a_letter_pass(self, first):
        code = made_credit_code(first, "110000", "MF001000")
        assert credit_code(code) == code

    @pytest.mark.parametrize(
        "typed",
        [
            " 91440101ma5cjq4n59\n",
            "9144 0101 MA5C JQ4N 59",
            "９１４４０１０１ＭＡ５ＣＪＱ４Ｎ５９",
            "\ufeff91440101MA5CJQ4N59\u200b",
        ],
    )
    def test_blanks_case_and_full_width_are_tidied(self, typed):
        assert credit_code(typed) == "91440101MA5CJQ4N59"

    def test_a_wrong_last_digit_is_named_with_the_right_one(self):
        refused = refusal(credit_code, "91130922MA0EH52T66")
        assert str(refused) == "第 18 位校验位应为 Q，您填的是 6。请对照营业执照核对。"
        assert (refused.position, refused.check_digit) == (18, True)

    def test_a_slip_in_the_body_points_at_the_body(self):
        assert "第 9–17 位" in str(refusal(credit_code, "91440101MA5CJQ4M59"))

    def test_an_officer_may_accept_a_wrong_check_digit_but_no_malformed_code(self):
        assert credit_code("91130922MA0EH52T66", accept_wrong_check=True) == "91130922MA0EH52T66"
        assert not refusal(credit_code, "91130922MA0EH52T6", accept_wrong_check=True).check_digit

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("", "请填写统一社会信用代码"),
            ("91440101MA5CJQ4N5", "应为 18 位，您填的是 17 位"),
            (
                "91440101MAOCJQ4N59",
                "第 11 位不能是 O（代码只用数字和 I、O、S、V、Z 以外的大写字母），是否应为 0？",
            ),
            ("91440I01MA5CJQ4N59", "第 6 位应为数字"),
            ("01440101MA5CJQ4N59", "第 1 位（登记管理部门）应为"),
            ("9.1440101123456E+17", "科学计数"),
            ("91440101MA5CJQ4N5٩", "第 18 位不能是"),
            ("91440101MA5CJQ4N5é", "第 18 位不能是"),
        ],
    )
    def test_malformed_codes_say_where(self, typed, said):
        refused = refusal(credit_code, typed)
        assert said in str(refused)
        assert not refused.check_digit

    @given(
        first=st.sampled_from(["91", "12", "52", "93", "A1", "N1", "Y1"]),
        division=st.integers(110000, 659999).map(str),
        body=st.text(ALPHABET, min_size=8, max_size=8),
        position=st.integers(8, 17),
        mark=st.sampled_from(ALPHABET),
    )
    def test_right_codes_pass_and_any_single_slip_is_found(self, first, division, body, position, mark):
        code = made_credit_code(first, division, body)
        assert credit_code(code) == code
        slipped = code[:position] + mark + code[position + 1 :]
        if slipped != code:
            assert refusal(credit_code, slipped)


class TestIdentityNumber:
    @pytest.mark.parametrize(
        "typed", ["11010519491231002X", " 11010519491231002x\n", "１１０１０５19491231002Ｘ"]
    )
    def test_the_vector_of_the_standard_passes(self, typed):
        assert identity_number(typed, today=TODAY) == "11010519491231002X"

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("110105194912310021", "第 18 位校验位应为 X，您填的是 1"),
            ("11010519490231002X", "19490231 不是一个日期"),
            (made_identity_number("11010520270101001"), "晚于今天"),
            ("1101051949123100", "应为 18 位，您填的是 16 位"),
            ("130503670401001", "15 位的旧号码已经停用"),
            ("1.30929196707281e+17", "科学计数"),
            ("11010519491231OO2X", "第 15 位应为数字，您填的是 O"),
            ("X1010519491231002X", "第 1 位应为数字，您填的是 X"),
            ("11010519491231002٣", "第 18 位应为数字或 X"),
            (made_identity_number("81000019900101001"), "港澳台居民居住证"),
            ("", "请填写身份证号"),
        ],
    )
    def test_a_wrong_number_says_where(self, typed, said):
        assert said in str(refusal(identity_number, typed, today=TODAY))

    def test_born_today_is_not_the_future(self):
        number = made_identity_number("11010520261121001")
        assert identity_number(number, today=TODAY) == number

    @pytest.mark.parametrize("prefix", ["810000", "820000", "830000"])
    def test_residence_permits_have_their_own_kind(self, prefix):
        number = made_identity_number(f"{prefix}19900101001")
        assert identity_number(number, kind="hkmt", today=TODAY) == number
        assert "81、82 或 83" in str(refusal(identity_number, "11010519491231002X", kind="hkmt", today=TODAY))

    def test_foreign_residents_have_cards_of_two_makes(self):
        of_2023 = made_identity_number("93115619900101001")
        assert identity_number(of_2023, kind="foreign", today=TODAY) == of_2023
        assert identity_number("usa110078010101", kind="foreign", today=TODAY) == "USA110078010101"
        assert refusal(identity_number, "11010519491231002X", kind="foreign", today=TODAY)

    @pytest.mark.parametrize("number", ["E12345678", "PA1234567", "123456789"])
    def test_passports_are_held_to_their_shape_only(self, number):
        assert identity_number(number.lower(), kind="passport", today=TODAY) == number

    @pytest.mark.parametrize(
        "number", ["", "1234", "ABCDEFG", "E1234-5678", "Ｅ１２３４５６７８９０１２３４５６７８９０"]
    )
    def test_what_no_passport_is_is_refused(self, number):
        assert refusal(identity_number, number, kind="passport", today=TODAY)

    def test_birth_and_sex_stand_in_the_number(self):
        assert facts_of_identity("resident", "11010519491231002X") == (date(1949, 12, 31), "2")
        assert facts_of_identity("resident", made_identity_number("13092219850412421"))[1] == "1"
        assert facts_of_identity("passport", "E12345678") is None
        assert facts_of_identity("foreign", "USA110078010101") is None

    def test_masking_keeps_what_a_clerk_compares(self):
        assert masked("130922198504120426") == "130922********0426"
        assert masked("E12345678") == "*****5678"
        assert masked("USA110078010101") == "***********0101"

    @given(
        day=st.dates(date(1900, 1, 1), TODAY), place=st.integers(110000, 659999), order=st.integers(0, 999)
    )
    def test_every_number_with_a_day_and_a_right_digit_passes(self, day, place, order):
        number = made_identity_number(f"{place}{day:%Y%m%d}{order:03}")
        assert identity_number(number, today=TODAY) == number
        assert facts_of_identity("resident", number).born_on == day

    @given(position=st.integers(0, 17), digit=st.sampled_from("0123456789"))
    def test_any_single_slip_is_found(self, position, digit):
        right = "11010519491231002X"
        slipped = right[:position] + digit + right[position + 1 :]
        if slipped != right:
            assert refusal(identity_number, slipped, today=TODAY)


@given(text=st.text(max_size=30), kind=st.sampled_from(["resident", "hkmt", "foreign", "passport"]))
def test_whatever_is_typed_ends_as_ascii_or_as_a_sentence(text, kind):
    for check in (credit_code, lambda t: identity_number(t, kind=kind, today=TODAY), phone):
        try:
            assert check(text).isascii()
        except Invalid as refused:
            assert str(refused).endswith(("。", "？"))  # noqa: PT017 -- either outcome is right


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13800138000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("0317-2345678", "0317-2345678"),
        ("03172345678转8", "0317-2345678-8"),
        ("010-62345678", "010-62345678"),
    ],
)
def test_telephone_numbers_are_tidied(typed, stored):
    assert phone(typed) == stored


@pytest.mark.parametrize(
    "typed", ["", "1380013800", "12800138000", "2345678", "138001380000", "电话", "1380013800٣"]
)
def test_other_telephone_numbers_are_refused(typed):
    assert "11 位手机号码" in str(refusal(phone, typed))
