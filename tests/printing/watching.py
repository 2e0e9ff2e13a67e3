"""Sees every socket and every file this thread asks Python for. An audit hook stays for good: it listens when told to."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Seen:
    thread: int = field(default_factory=threading.get_ident)
    sockets: list[str] = field(default_factory=list)
    files: set[str] = field(default_factory=set)

    def take(self, event: str, arguments: tuple) -> None:
        if event.startswith("socket."):
            self.sockets.append(event)
        elif event == "open":
            self.files.add(str(arguments[0]))


_watching: list[Seen] = []


def _hook(event: str, arguments: tuple) -> None:
    for seen in _watching:
        if seen.thread == threading.get_ident():
            seen.take(event, arguments)


sys.addaudithook(_hook)


@contextmanager
def watched() -> Iterator[Seen]:
    seen = Seen()
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A web server on this machine: its address, and the paths it was asked for."""
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
