"""The scripts are tried in a real browser, with the people and pages of the journeys."""

from tests.journeys.conftest import city, console, enter  # noqa: F401 -- fixtures
