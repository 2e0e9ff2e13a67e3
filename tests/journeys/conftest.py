"""A real Chromium before a real server, and the cast with passwords."""

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from cqo_portal.accounts.models import User
from tests.cast import browser, cast


@pytest.fixture
def city(transactional_db, live_server):
    """The cast in a database the server sees."""
    return cast()


@pytest.fixture
def enter(live_server) -> Callable[[Page, str], None]:
    """Come in as one of the cast, to the home page: by a session, since the form to sign in has journeys of its own."""

    def come_in(page: Page, username: str) -> None:
        page.goto("about:blank")  # ends what is on its way: its answer would bring the other person's cookies
        session = browser(User.objects.get(username=username)).cookies[settings.SESSION_COOKIE_NAME]
        page.context.clear_cookies()
        page.context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
        page.goto(live_server.url)
        expect(page.get_by_role("link", name="登录")).to_have_count(0)

    return come_in


@pytest.fixture
def console(page: Page) -> list[str]:
    """Everything the browser complained about: errors, and what the content policy blocked."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said
