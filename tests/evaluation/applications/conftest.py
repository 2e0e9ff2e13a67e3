import pytest

from tests.evaluation.applications import world as story


@pytest.fixture
def world(people) -> story.World:
    return story.world(people)
