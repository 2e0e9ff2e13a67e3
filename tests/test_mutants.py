"""How `make mutants` counts: what was not noticed is neither passed over nor made up for by another module."""

import pytest

from tests.mutants import counted, enough, read

PRINTED = """
    evaluation.panel.x_spread__mutmut_1: killed
    evaluation.panel.x_spread__mutmut_2: survived
    evaluation.panel.x_spread__mutmut_3: timeout
    evaluation.conflicts.xǁEmployerǁlasts__mutmut_1: killed
    evaluation.conflicts.x_conflicts__mutmut_12: no tests
"""


def test_only_what_a_failing_test_noticed_counts():
    assert counted(read(PRINTED)) == {"evaluation.conflicts": (1, 2), "evaluation.panel": (1, 3)}


@pytest.mark.parametrize(
    ("counts", "is_enough"),
    [
        ({"a": (95, 100)}, True),
        ({"a": (94, 100)}, False),
        ({"a": (1000, 1000), "b": (9, 10)}, False),
        ({}, False),
    ],
)
def test_every_module_has_to_reach_it_by_itself(counts, is_enough):
    assert enough(counts) == is_enough
