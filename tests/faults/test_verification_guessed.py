"""Fifty clients guess at once, against real server processes: the limiter lets thirty through, and the QR still answers."""

import http.client
import json
import threading
from collections import Counter

import pytest

from certificates.numbering import NUMBERS
from tests.cast import cast
from tests.certificates import rows

CLIENTS, TRIES = 50, 2


def number(serial: int) -> str:
    return str(NUMBERS.numbered(body="JSZP", year=2026, serial=serial))


def status_of(port: int, method: str, path: str, said: dict | None = None) -> int:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        link.request(
            method,
            path,
            body=json.dumps(said) if said else None,
            headers={"Content-Type": "application/json"},
        )
        answer = link.getresponse()
        answer.read()
        return answer.status
    finally:
        link.close()


def together(jobs) -> Counter:
    """All of them at the same instant, each in a thread; how often each status came."""
    gate, outcome, lock = threading.Barrier(len(jobs)), Counter(), threading.Lock()

    def run(job):
        gate.wait()
        for _ in range(TRIES):
            status = job()
            with lock:
                outcome[status] += 1

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return outcome


@pytest.fixture
def made(transactional_db):
    _, made = rows.issued(cast())
    return made


def test_fifty_at_once_get_no_more_than_thirty_misses_and_the_right_code_is_always_answered(made, serve):
    server = serve()

    def guess(serial):
        said = {"number": number(serial), "name": "王雪松"}
        return lambda: status_of(server.port, "POST", "/verify/answer.json", said)

    outcome = together([guess(1000 + each) for each in range(CLIENTS)])
    assert set(outcome) <= {404, 429}
    assert 0 < outcome[404] <= 30
    right = f"/c/{made.number}/{rows.code_of(made)}/answer.json"
    assert together([lambda: status_of(server.port, "GET", right)] * 20) == {200: 40}
    wrong = f"/c/{made.number}/wrong/answer.json"
    later = Counter(status_of(server.port, "GET", wrong) for _ in range(40))
    assert (
        outcome[404] + later[404] == 30
    )  # what a client in a hurry lost is not given back, and nothing more is given


def test_without_the_lock_more_come_through(made, serve):
    """The control: the same guesses against a server whose counter is read and written without one."""
    server = serve(urls="tests.faults.unlocked_urls")

    def guess(serial):
        said = {"number": number(serial), "name": "王雪松"}
        return lambda: status_of(server.port, "POST", "/verify/answer.json", said)

    assert together([guess(1000 + each) for each in range(CLIENTS)])[404] > 30
