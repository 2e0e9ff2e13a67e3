"""Processes that die while they issue certificates, and what must hold whenever one did."""

import os
import subprocess
import sys
from pathlib import Path

from django.db import connection

from certificates.invariants import OF_FILES, OF_ROWS
from certificates.models import Certificate, Order, Rendering, Signing
from tests.faults.issuing_process import DEATH
from tests.faults.workers import wait_for_the_backend_to_notice


class Issuers:
    """Children of one process that has loaded everything; each has a session of its own, as a worker has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.faults.served",
            "CQO_TEST_DATABASE": connection.settings_dict["NAME"],
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.issuing_process", str(folder)],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout.readline() == "ready\n"

    def die_at(self, point: str, order: Order) -> bool:
        """Whether the child that went on with this order came to that point, and died there."""
        return self._ended(point, order.pk) == DEATH

    def go_on(self, *, anew: bool = False) -> None:
        """A fresh process goes on with whatever there is; `anew`: it sets every paper again."""
        assert self._ended("nowhere", "all-anew" if anew else "all") == 0

    def _ended(self, point: str, order: int | str) -> int:
        self.process.stdin.write(f"{point} {order}\n")
        self.process.stdin.flush()
        code = int(self.process.stdout.readline())
        wait_for_the_backend_to_notice()
        return code

    def asked(self) -> list[tuple[str, int]]:
        """For every time the key was asked: the digest of the paper, and how many records of it were committed."""
        kept = self.folder / "asked"
        lines = kept.read_text().splitlines() if kept.exists() else []
        return [(digest, int(seen)) for digest, seen in (line.split() for line in lines)]

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=20)


class Ledger:
    """Every number anybody could ever have seen, and whose it was then."""

    def __init__(self) -> None:
        self.given: dict[str, tuple] = {}

    def wrong(self) -> list[str]:
        """What does not hold now; a number once seen stays, and stays with its decision."""
        now = {row[0]: row for row in Certificate.objects.values_list("number", "decision", "by_code")}
        changed = [number for number, row in self.given.items() if now.get(number) != row]
        self.given |= now
        signings = set(Signing.objects.values_list("certificate", flat=True))
        alone = Rendering.objects.exclude(certificate__in=signings) | Rendering.objects.filter(
            certificate__imprint=None
        )
        return [
            *(f"{number} is not what it was" for number in changed),
            *(f"{row} stands alone" for row in alone),
            *broken(),
        ]


def broken(*, files: bool = False) -> list[str]:
    """What `manage.py check_invariants` says of certificates."""
    checks = OF_ROWS + (OF_FILES if files else ())
    return [str(breach) for check in checks for breach in check.breaches()]
