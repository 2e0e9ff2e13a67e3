"""Collect the static files, hashed and compressed. That takes seconds, so only when a file changed.

python -m cqo_portal.machine.static
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import django
from django.core.management import call_command

from cqo_portal.machine.progress import step

# Of Bootstrap and htmx we serve one file each; compressing the other fifty would take most of the time.
UNUSED = ["bootstrap-*", "bootstrap.css*", "bootstrap.rtl*", "htmx-2.js", "htmx-4*", "htmax-*", "ext"]


def collect(root: Path) -> None:
    stamp, now = root / ".collected", _fingerprint(_sources())
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != now:
        with step("准备样式与脚本"):
            call_command("collectstatic", verbosity=0, interactive=False, clear=True, ignore_patterns=UNUSED)
            stamp.write_text(now, encoding="utf-8")


def _sources() -> Iterable[Path]:
    from django.contrib.staticfiles.finders import get_finders

    return (Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list(UNUSED))


def _fingerprint(files: Iterable[Path]) -> str:
    parts = sorted(f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cqo_portal.settings")
    django.setup()
    from django.conf import settings

    collect(Path(settings.STATIC_ROOT))
