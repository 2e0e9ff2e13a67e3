"""A real Chromium before a real server, and the cast with passwords."""

import re
from collections.abc import Callable

import pytest
from django.core.cache import caches
from playwright.sync_api import Page, expect

from tests.cast import PASSWORD, cast


@pytest.fixture
def city(transactional_db, live_server):
    """The cast in a database the server sees."""
    caches["default"].clear()  # the sign-ins counted by other tests: a table of no model, no flush empties it
    return cast()


@pytest.fixture
def enter(live_server) -> Callable[[Page, str], None]:
    """Sign in as one of the cast, through the real form."""

    def sign_in(page: Page, username: str) -> None:
        page.goto("about:blank")  # ends what is on its way: its answer would bring the other person's cookies
        page.context.clear_cookies()
        page.goto(f"{live_server.url}/accounts/login/")
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_role("button", name=re.compile("登录")).first.click()
        expect(page).not_to_have_url(re.compile("login"))

    return sign_in


@pytest.fixture
def console(page: Page) -> list[str]:
    """Everything the browser complained about: errors, and what the content policy blocked."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said
