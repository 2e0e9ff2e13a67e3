"""Every test here happens on Friday, 20 November 2026, from noon on: deadlines have literal days."""

import pytest
import time_machine


@pytest.fixture(autouse=True)
def friday():
    with time_machine.travel("2026-11-20T12:00:00+08:00"):
        yield
