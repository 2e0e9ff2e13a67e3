"""Several at the same moment, each in a thread with a session of its own."""

import threading
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


def names(said: Sequence[object]) -> list[str]:
    """In a word each: what was raised, or "done"."""
    return sorted(type(each).__name__ if isinstance(each, Exception) else "done" for each in said)
