"""Jobs for the fence: one that behaves, and what a file might make a parser do."""

import os
import tempfile
import time


def behaves(raw: bytes, more: str) -> tuple[bytes, dict]:
    """It also looks about for what the server's environment holds."""
    return raw + more.encode(), {
        "length": len(raw),
        "secrets": [n for n in os.environ if n not in ("PATH", "LC_CTYPE")],
    }


def eats(raw: bytes) -> tuple[bytes, dict]:
    held = [bytes(10_000_000) + b"x" for _ in range(100)]
    return held[0], {}


def circles(raw: bytes) -> tuple[bytes, dict]:
    while True:
        pass


def writes(raw: bytes) -> tuple[bytes, dict]:
    with tempfile.TemporaryFile() as made:
        made.write(b"x")
    return b"", {}


def opens(raw: bytes) -> tuple[bytes, dict]:
    held = [open(os.devnull) for _ in range(100)]  # noqa: SIM115 -- to hold them all is the mischief
    return b"", {"held": len(held)}


def babbles(raw: bytes) -> tuple[bytes, dict]:
    return b"x" * 2 * 1024 * 1024, {}


def sleeps(raw: bytes) -> tuple[bytes, dict]:
    time.sleep(60)
    return b"", {}


def is_nice(raw: bytes) -> tuple[bytes, dict]:
    return b"", {"nice": os.nice(0)}
