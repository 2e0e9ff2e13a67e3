"""What a person at the terminal reads meanwhile: one line a step, with its time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def step(name: str) -> Iterator[None]:
    began = time.monotonic()
    print(f"  {name} …", end="", flush=True)
    try:
        yield
    except BaseException:
        print(" 未完成", flush=True)
        raise
    print(f" {time.monotonic() - began:.1f} 秒", flush=True)
