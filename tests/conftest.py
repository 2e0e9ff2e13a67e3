"""What every test may lean on: a PostgreSQL and a Valkey of this run's own, and a real browser."""

import fcntl
import gc
import logging
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models.signals import post_migrate
from playwright.sync_api import Browser, Page, sync_playwright

from certificates.signing.keeping import ensure_demonstration
from cqo_portal import fenced
from cqo_portal.machine import embedded


def pytest_configure(config: pytest.Config) -> None:
    if getattr(config.option, "numprocesses", None):  # xdist: before the workers ask for them
        embedded.start(settings.TEST_HOME, tied=True)


# Whole files go to one process each: those that take minutes begin first, so that nobody waits for them at the end.
LONG = (
    "tests/test_permissions.py",
    "tests/machine/test_fresh_clone.py",
    "tests/test_once.py",
    "tests/faults/",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        return next((n for n, name in enumerate(LONG) if item.nodeid.startswith(name)), len(LONG))

    items.sort(key=place)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Thousands of tests live as long as the process: the collector need not look at them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def pytest_unconfigure(config: pytest.Config) -> None:
    home = settings.TEST_HOME
    if not hasattr(config, "workerinput") and home.root.exists():
        embedded.stop(home)
        shutil.rmtree(home.root)


BEFORE_ANY_TEST = datetime(2026, 1, 1, tzinfo=UTC)  # who travels back signs with the same key


@pytest.fixture(scope="session")
def servers() -> embedded.Home:
    """The running PostgreSQL and Valkey of this test run, and the key it signs certificates with."""
    home = settings.TEST_HOME
    _sweep(home.root.parent)
    embedded.start(home, tied=True)
    ensure_demonstration(
        key=settings.SIGNING_KEY, certificate=settings.SIGNING_CERTIFICATE, at=BEFORE_ANY_TEST
    )
    return home


def _sweep(folder: Path) -> None:
    """What a killed run left behind."""
    for left in folder.glob("cqo-test-*"):
        pid = left.name.removeprefix("cqo-test-")
        if pid.isdigit() and not Path(f"/proc/{pid}").exists() and os.access(left, os.W_OK):
            shutil.rmtree(left, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    servers: embedded.Home, django_db_modify_db_settings_parallel_suffix: None, django_db_blocker
) -> None:
    """pytest-django asks for this before it creates the test database: for what that is a copy of (see the settings).

    All migrations take a quarter of a minute and a copy no time: one worker migrates, the others wait for it.
    """
    post_migrate.connect(_industries_are_there, sender=apps.get_app_config("reference"))
    post_migrate.connect(_nothing_is_counted, sender=apps.get_app_config("reference"))
    ready = servers.root / "pattern.ready"
    with (servers.root / "pattern.lock").open("w") as lock, django_db_blocker.unblock():
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            call_command("createcachetable", verbosity=0)
            call_command("migrate", verbosity=0)
            connection.close()  # nobody may be connected to what is copied
            ready.touch()


def _industries_are_there(**_: object) -> None:
    """Two thousand rows every form leans on: loaded once, and after a test whose database was flushed, not for each."""
    from cqo_portal.reference.load import load_industries  # models load after Django is set up
    from cqo_portal.reference.models import Industry

    if not Industry.objects.exists():
        load_industries()


def _nothing_is_counted(**_: object) -> None:
    """The cache is a table of no model, which no flush empties: what one test was refused for, the next began with."""
    caches["default"].clear()


@pytest.fixture(scope="session", autouse=True)
def log_lines_without_their_request() -> None:
    """pytest keeps what is logged until a test is over, and Django's "Not Found: /…" holds the whole request, thousands of them.

    A refusal comes with a traceback besides, which takes longer to write than the refusal itself.
    """

    def without_request(line: logging.LogRecord) -> bool:
        line.request = None
        if line.levelno < logging.ERROR:
            line.exc_info = None
        return True

    logging.getLogger("django.request").addFilter(without_request)


@pytest.fixture(scope="session", autouse=True)
def the_fence_remembers() -> Iterator[None]:
    """A thousand filings carry the same scan: a child process makes it anew once, and what it gave is given again.

    Refusals are asked for each time, and `tests/imports/test_opening.py` drives the fence itself.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fenced, "run", lru_cache(maxsize=50)(fenced.run))
        yield


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. Where it is missing the test fails: `make test` installs it."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("Chromium is missing: run `make test`, or install Debian's package chromium.")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(
            executable_path=path, args=[*arguments, "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh page, as a clerk in Hebei would open it."""
    context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="class")
def standing(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """What fixtures of a class build in the database stands for all its tests, and is undone after the last.

    For worlds that take seconds to build. Whatever a test adds is undone after the test, as everywhere.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def that_day() -> Iterator[None]:
    """The day the cast lives on, for pages that ask the clock: what is due then is not on whatever day the tests run."""
    with time_machine.travel("2026-11-20T12:00:00+08:00"):
        yield


@pytest.fixture
def people(db):
    """The cast, in a city of two counties."""
    from tests.cast import cast

    return cast()
