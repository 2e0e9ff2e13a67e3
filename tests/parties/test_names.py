"""Names as 民委发〔2016〕33号 and GB 18030 ask: in is out, code point by code point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cqo_portal.parties.identifiers import Invalid, person_name


@pytest.mark.parametrize(
    "name",
    [
        "张三",
        "王𬭎",  # CJK extension E
        "李\U00031350",  # extension H, younger than Python 3.11's tables
        "赵\U0002ebf0",  # extension I
        "〇二",
        "䶮",
        "凉\uf979",  # a compatibility ideograph: NFC would rewrite it
        "买买提·吐尔逊",
        "Zoë O’Brien",
        "John Smith Ⅲ",
        "Nguyễn Văn A",
        "阿卜杜热合曼·" + "阿" * 43,
    ],
)
def test_a_name_is_kept_as_it_is(name):
    if len(name) == 1:
        name += name
    assert person_name(name) == name


@pytest.mark.parametrize("dot", ["•", "‧", "・", "･", "∙", "⋅"])
def test_look_alikes_of_the_separator_become_the_separator(dot):
    assert person_name(f"买买提{dot}吐尔逊") == "买买提\u00b7吐尔逊"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("张　三", "张三"),
        (" 李 四 ", "李四"),
        ("阿里 · 买买提", "阿里·买买提"),
        ("Ann  Lee", "Ann Lee"),
        ("王五\n", "王五"),
    ],
)
def test_layout_blanks_go_and_blanks_between_words_stay(typed, name):
    assert person_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "请填写姓名"),
        ("张", "至少两个字"),
        ("张" * 101, "最长 100 个字符"),
        ("王\ue863", "第 2 个字符（U+E863）是本机自造字"),
        ("王\U000f0000", "本机自造字"),
        ("张\u200b三", "看不见的控制符"),
        ("张三\u202e", "看不见的控制符"),
        ("张\u2066三", "看不见的控制符"),
        ("葛\U000e0100城", "看不见的控制符"),
        ("张\n三丰\x00", "看不见的控制符"),
        ("王\ud840", "半个编码"),
        ("李?", "占位符“?”"),
        ("李□", "占位符“□”"),
        ("李\ufffd", "占位符"),
        ("⼈三", "部首符号"),
        ("李3", "不应有数字"),
        ("李٣", "不应有数字"),
        ('=HYPERLINK("x")', "第 1 个字符是“=”"),
        ("张三<b>", "是“<”"),
        ("·张三", "间隔号"),
        ("张··三", "间隔号"),
    ],
)
def test_what_cannot_be_a_name_is_refused_with_advice(typed, said):
    with pytest.raises(Invalid, match="[。]$") as refused:
        person_name(typed)
    assert said in str(refused.value)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=2, max_size=100))
def test_any_run_of_chinese_characters_comes_back_unchanged(name):
    assert person_name(name) == name


@given(st.text(max_size=120))
def test_a_name_is_tidy_after_one_pass(text):
    try:
        name = person_name(text)
    except Invalid:
        return
    assert person_name(name) == name
