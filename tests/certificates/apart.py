"""pyhanko starts an event loop of its own; a process in which a browser was driven has one running in its main thread."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


def apart(call: Callable, *args, **kwargs):
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call, *args, **kwargs).result()
