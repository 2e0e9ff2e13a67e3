import pytest

from tests.reports import world as told


@pytest.fixture
def world(db) -> told.World:
    """A province that asks for the yearly report by its rules, on 10 December of the year."""
    return told.world()
