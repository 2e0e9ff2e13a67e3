"""Several at the same moment, each in a thread with a session of its own."""

import threading
import time
from collections.abc import Callable, Sequence

from django.db import connection


def together(*acts: Callable[[], object]) -> list[object]:
    """What each gave, or the exception it raised, in the order of the acts."""
    gate, said = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            said[place] = act()
        except Exception as raised:
            said[place] = raised
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def later(act: Callable[[], object], *, by: float) -> Callable[[], object]:
    """So many seconds after the others: with several rounds, each comes first in some."""

    def run() -> object:
        time.sleep(by)
        return act()

    return run


def names(said: Sequence[object]) -> list[str]:
    """In a word each: what was raised, or "done"."""
    return sorted(type(each).__name__ if isinstance(each, Exception) else "done" for each in said)
