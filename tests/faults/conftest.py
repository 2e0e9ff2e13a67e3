"""Real server processes over the test database. Each test ends what it started."""

import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client


@dataclass(frozen=True)
class Server:
    port: int

    def post(self, path: str, *, cookies: str, **form: str) -> int:
        """Send one form as a browser would; the status of the answer."""
        token = secrets.token_hex(16)
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            link.request(
                "POST",
                path,
                body=urllib.parse.urlencode(form | {"csrfmiddlewaretoken": token}),
                headers={
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Cookie": f"{cookies}; csrf={token}",
                    "Origin": f"http://127.0.0.1:{self.port}",
                    "Host": f"127.0.0.1:{self.port}",
                },
            )
            answer = link.getresponse()
            answer.read()
            return answer.status
        finally:
            link.close()


def signed_in(user) -> str:
    """The cookie of a fresh session."""
    client = Client()
    client.force_login(user)
    return f"sid={client.cookies['sid'].value}"


@pytest.fixture
def serve(transactional_db) -> Iterator[Callable[..., Server]]:
    """Start gunicorn with two processes of four threads each on the test's database."""
    started = []

    def start(*, urls: str = "cqo_portal.urls") -> Server:
        port = _free_port()
        started.append(_gunicorn(port, urls=urls))
        _wait_for(port)
        return Server(port)

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.wait(timeout=20)


def _gunicorn(port: int, *, urls: str) -> subprocess.Popen:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.faults.served",
        "CQO_TEST_DATABASE": connection.settings_dict["NAME"],
        "CQO_TEST_URLS": urls,
    }
    command = [sys.executable, "-m", "gunicorn", "django.core.wsgi:get_wsgi_application()"]
    return subprocess.Popen(
        [*command, f"--bind=127.0.0.1:{port}", "--workers=2", "--threads=4", "--log-level=warning"],
        env=environment,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server did not come up")
