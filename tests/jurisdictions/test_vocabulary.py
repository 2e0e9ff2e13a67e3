from itertools import pairwise

import pytest

from cqo_portal.jurisdictions.vocabulary import AccidentLevel, Level, Rank


@pytest.mark.parametrize("scale", [Level, Rank, AccidentLevel])
def test_a_scale_ascends_as_written(scale):
    assert all(lower < upper and upper >= lower for lower, upper in pairwise(scale))


def test_the_words_of_the_shell_name_the_levels():
    assert [level.value for level in Level] == [
        "none",
        "secondary",
        "college",
        "bachelor",
        "master",
        "doctor",
    ]
    assert [rank.value for rank in Rank] == ["none", "junior", "intermediate", "associate_senior", "senior"]


def test_a_member_reads_as_its_chinese_label():
    assert f"{Level('college')}、{Rank('associate_senior')}" == "大专、副高级"


def test_two_scales_do_not_compare():
    with pytest.raises(TypeError):
        assert Level.MASTER > Rank.JUNIOR
