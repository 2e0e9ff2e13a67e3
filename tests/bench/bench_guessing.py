"""`make bench`: a hundred thousand guesses; does the time of an answer tell an unknown number from a wrong name?

Both miss the same index, so no difference should be seen; the control is a look-up that finds the number first and then
compares names, which takes two milliseconds more, and is seen.
"""

import gc
import logging
import math
import secrets
import statistics
import time
from collections.abc import Callable, Sequence

import pytest
from django.core.cache import caches
from django.test import Client

from certificates.numbering import NUMBERS
from certificates.verification import limits, views
from certificates.verification.lookup import found_by_code, found_by_name
from tests.certificates import rows

GUESSES, ROUNDS = 50_000, 5000
MOST_LIKELY_CHANCE = 0.01


def chance(one: Sequence[float], other: Sequence[float]) -> float:
    """Mann–Whitney U, two-sided, by the normal approximation: how likely such a difference is by chance alone."""
    ranked = sorted([(time, 0) for time in one] + [(time, 1) for time in other])
    ranks = {0: 0.0, 1: 0.0}
    start = 0
    while start < len(ranked):
        end = start
        while end < len(ranked) and ranked[end][0] == ranked[start][0]:
            end += 1
        for _, group in ranked[start:end]:
            ranks[group] += (start + end + 1) / 2
        start = end
    n, m = len(one), len(other)
    u = ranks[0] - n * (n + 1) / 2
    z = (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(z) / math.sqrt(2))


def timed(
    client: Client, first: dict, second: dict, *, rounds: int = ROUNDS
) -> tuple[list[float], list[float]]:
    """Interleaved, in turns which of the two comes first; the collector waits."""
    taken: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    gc.disable()
    logging.disable(logging.WARNING)  # a line for every 404 takes as long as the answer
    try:
        for turn in range(rounds):
            for which in (0, 1) if turn % 2 else (1, 0):
                begun = time.perf_counter()
                answer = client.post("/verify/answer.json", (first, second)[which])
                taken[which].append(time.perf_counter() - begun)
                assert answer.status_code == 404
    finally:
        logging.disable(logging.NOTSET)
        gc.enable()
    return taken


@pytest.fixture
def asked(people, monkeypatch) -> tuple[dict, dict]:
    """An unknown number, and a known one with another name; without the limit, which would end it after thirty."""
    caches["default"].clear()
    _, made = rows.issued(people)
    monkeypatch.setattr(limits, "LIMITS", {"ask": "1000000/s/ip", "everybody": "1000000/s/key"})
    unknown = str(NUMBERS.numbered(body="JSZP", year=made.year, serial=7777))
    return {"number": unknown, "name": "王雪梅"}, {"number": made.number, "name": "王雪梅"}


def report(what: str, taken: tuple[list[float], list[float]], p: float) -> None:
    unknown, wrong = (statistics.median(times) * 1000 for times in taken)
    print(f"\n{what}: unknown {unknown:.3f} ms, wrong name {wrong:.3f} ms, p = {p:.4f}")


def test_a_hundred_thousand_guesses_find_nothing(people):
    _, made = rows.issued(people)
    for _ in range(GUESSES):
        assert found_by_code(made.number, secrets.token_urlsafe(16)) is None
        assert found_by_name(made.number, f"王{secrets.token_hex(2)}") is None
    assert found_by_code(made.number, rows.code_of(made)) == made  # the control
    print(f"\n{2 * GUESSES:,} guesses at a known number, by code and by name: 0 found")


def test_time_does_not_tell_an_unknown_number_from_a_wrong_name(asked, client):
    timed(client, *asked, rounds=100)  # warm
    taken = timed(client, *asked)
    report("as it is", taken, p := chance(*taken))
    assert p > MOST_LIKELY_CHANCE


def test_a_slow_comparison_is_noticed(asked, client, monkeypatch):
    """The control."""
    _, known = asked
    quick: Callable = views.found_by_name

    def slow(number: str, name: str):
        if number == known["number"]:
            time.sleep(0.002)
        return quick(number, name)

    monkeypatch.setattr(views, "found_by_name", slow)
    taken = timed(client, *asked)
    report("with a slow comparison", taken, p := chance(*taken))
    assert p < 0.001
