"""Long words: how they step down in size and where their lines break."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.setting import Setting, Step, TooLong, set_in
from certificates.sheet import STEPS
from cqo_portal.printing.fonts import width_of

TWO = (Step(1, 10), Step(2, 12, lines=2))


def lines(text: str, steps=TWO) -> tuple[int, tuple[str, ...]]:
    made = set_in(text, steps, width_of=width_of)
    return made.size, made.lines


@pytest.mark.parametrize(
    ("text", "size", "expected"),
    [
        ("一二三四五六七八九十", 1, ("一二三四五六七八九十",)),
        ("一二三四五六七八九十一", 2, ("一二三四五六七八九十一",)),
        ("一二三四五六七八九十一二三四", 2, ("一二三四五六七", "八九十一二三四")),
        ("阿卜杜拉·买买提·吐尔逊·依米提江", 2, ("阿卜杜拉·买买提·", "吐尔逊·依米提江")),
        ("阿不都热合曼尼亚孜·买买提吐尔逊", 2, ("阿不都热合曼尼亚孜·", "买买提吐尔逊")),
        ("江苏恒立精密（集团）股份有限公司", 2, ("江苏恒立精密（集团）", "股份有限公司")),
        ("Maximilian von Hohenstein-Falkenburg", 2, ("Maximilian von", "Hohenstein-Falkenburg")),
    ],
)
def test_lines_are_few_and_even_and_break_where_a_name_parts(text, size, expected):
    assert lines(text) == (size, expected)


def test_space_beside_narrow_signs_would_read_as_blanks_so_they_go_without():
    steps = (Step(1, 20, tracking=0.1), Step(2, 20))
    assert lines("周𬭎之", steps)[0] == 1
    assert lines("阿卜杜·热合曼", steps)[0] == 2


def test_a_word_without_an_end_is_parted_only_where_nothing_else_holds_it():
    assert lines("a" * 36) == (2, ("a" * 18, "a" * 18))


def test_what_fits_in_no_step_is_refused_and_not_cut():
    assert lines("字" * 24)[0] == 2
    with pytest.raises(TooLong, match="印不下"):
        lines("字" * 25)


@pytest.mark.parametrize(("key", "longest"), [("holder", 100), ("organisation", 200), ("body", 200)])
def test_as_much_as_the_record_can_hold_can_be_printed(key, longest):
    assert len(set_in("鑫" * longest, STEPS[key], width_of=width_of).lines) > 1


@given(
    text=st.text("阿卜杜·热（），。𬭎ABCWi. -&", min_size=1, max_size=100), key=st.sampled_from(sorted(STEPS))
)
def test_nothing_is_lost_and_nothing_is_wider_than_its_measure(text, key):
    made = set_in(text, STEPS[key], width_of=width_of)
    assert "".join("".join(made.lines).split()) == "".join(text.split())
    step = next(each for each in STEPS[key] if each.size == made.size and each.lines >= len(made.lines))
    assert all(width_of(line) + len(line) * step.tracking <= step.room for line in made.lines)


def test_nothing_said_takes_no_line():
    assert set_in("", TWO, width_of=width_of) == Setting(1, ())
