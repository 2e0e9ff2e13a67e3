"""`make mutants`: every small change of what decides an evaluation or a certificate must be noticed by a test of theirs.

mutmut makes the changes in functions and methods (what stands in a class or a module outside of them it leaves alone)
and runs the tests that reach each; which modules and which tests stands in pyproject.toml. Here it is counted by
module, each change that nobody noticed is shown, and fewer than 95 % noticed anywhere is a failure.
"""

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

LEAST = 0.95
MADE = Path("mutants")  # where mutmut works; begun anew, so that no verdict is older than the tests


def mutmut(*arguments: str) -> str:
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def read(results: str) -> dict[str, str]:
    """Name of each change → killed, survived, timeout, no tests …"""
    return dict(re.findall(r"^\s*(\S+__mutmut_\d+): (.+)$", results, re.MULTILINE))


def counted(verdicts: dict[str, str]) -> dict[str, tuple[int, int]]:
    """Module → how many of its changes a failing test noticed, and how many there were."""
    module = {name: name.rsplit(".", 1)[0] for name in verdicts}
    made = Counter(module.values())
    killed = Counter(module[name] for name, verdict in verdicts.items() if verdict == "killed")
    return {each: (killed[each], made[each]) for each in sorted(made)}


def enough(counts: dict[str, tuple[int, int]]) -> bool:
    """Of every module, and of at least one: a run that changed nothing proves nothing."""
    return bool(counts) and all(killed >= LEAST * made for killed, made in counts.values())


def main() -> int:
    shutil.rmtree(MADE, ignore_errors=True)
    mutmut("run")
    verdicts = read(mutmut("results", "--all", "true"))
    for name, verdict in verdicts.items():
        if verdict != "killed":
            print(f"{verdict}:", mutmut("show", name))
    counts = counted(verdicts)
    for module, (killed, made) in counts.items():
        print(f"{module}: {killed} of {made} noticed, {killed / made:.1%}")
    return 0 if enough(counts) else 1


if __name__ == "__main__":
    sys.exit(main())
