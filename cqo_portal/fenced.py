"""Files of strangers are opened in a child process that can do no harm: little memory, little time, no files.

A job is a function `(raw, *arguments) → (content, about)` of a module that knows no Django, named "module:function".
What it has to say to the sender it raises as `Refusal`. Nothing but bytes and JSON comes back over the fence.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

_HERE = str(Path(__file__).resolve().parent.parent)
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from cqo_portal.fenced import child; child(*sys.argv[2:])"
)
OPEN_FILES = 64


@dataclass(frozen=True)
class Fence:
    memory: int  # bytes of addresses: Python itself and what a job imports have a hundred million of them
    seconds: int  # of the processor
    patience: int | None = None  # seconds of the clock, where they are not as many
    nice: int = 0  # whoever waits for a page goes before
    most_said: int = 256 * 1024 * 1024  # bytes the child may answer


class Refusal(Exception):
    """A sentence for the person who sent the file, said by the job."""


class Failed(Exception):
    """The child came to no good end, and could not say why."""


class OutOfTime(Failed):
    """All its time of the processor is used up."""


class TimedOut(OutOfTime):
    """The clock ran out before that: of a busy machine it got too little, and nothing can be said of the job."""


class TooMuch(Failed):
    """For its memory, or for its answer."""


def run(job: str, *arguments: str, raw: bytes, fence: Fence) -> tuple[bytes, dict]:
    """Let a child do the job. Raises `Refusal` with the sentence of the job, or `Failed`."""
    limits = map(str, (fence.memory, fence.seconds, fence.nice))
    command = [sys.executable, "-I", "-c", _START, _HERE, job, *limits, *arguments]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    timed_out = threading.Event()
    with subprocess.Popen(command, **pipes, env={"PATH": "/usr/bin:/bin"}) as process:

        def end() -> None:
            timed_out.set()
            process.kill()

        watch = threading.Timer(fence.patience or fence.seconds, end)
        watch.start()
        try:
            said = _told(process, raw, most=fence.most_said)
        finally:
            watch.cancel()
    if fence.patience and timed_out.is_set() and process.returncode == -signal.SIGKILL:
        raise TimedOut
    return _understood(said, process.returncode)


def _told(process: subprocess.Popen, raw: bytes, *, most: int) -> bytes:
    """The child reads all before it says a word, so one after the other is enough."""
    with suppress(BrokenPipeError):
        process.stdin.write(raw)
    with suppress(BrokenPipeError):
        process.stdin.close()
    said = process.stdout.read(most + 1)
    if len(said) > most:
        process.kill()
        raise TooMuch
    process.wait()
    return said


def _understood(said: bytes, code: int) -> tuple[bytes, dict]:
    if code in (-signal.SIGKILL, -signal.SIGXCPU):
        raise OutOfTime
    head, _, content = said.partition(b"\n")
    try:
        told = json.loads(head)
    except ValueError:
        raise Failed from None
    if told.get("too_much"):
        raise TooMuch
    if "refused" in told:
        raise Refusal(told["refused"])
    if code:
        raise Failed
    return content, told


# ── in the child ──────────────────────────────────────────────────────────────────────────────
def child(job: str, memory: str, seconds: str, nice: str, *arguments: str) -> None:
    _fence_in(int(memory), int(seconds))
    os.nice(int(nice))
    module, _, name = job.partition(":")
    raw = sys.stdin.buffer.read()
    try:
        content, about = getattr(import_module(module), name)(raw, *arguments)
    except Refusal as refusal:
        content, about = b"", {"refused": str(refusal)}
    except MemoryError:
        content, about = b"", {"too_much": True}
    sys.stdout.buffer.write(json.dumps(about).encode() + b"\n")
    sys.stdout.buffer.write(content)


def _fence_in(memory: int, seconds: int) -> None:
    """Before the first byte of the file is read."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
