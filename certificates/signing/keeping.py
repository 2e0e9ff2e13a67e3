"""A new key on the disk: the secret for the signer alone, the certificate for everybody, neither ever overwritten."""

import os
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from certificates.signing.keys import DEMONSTRATION, Pair, as_pem, make_pair, public_pem, read_pair

SECRET, PUBLIC = 0o600, 0o644
DEMO_YEARS = 10


def keep(pair: Pair, *, key: Path, certificate: Path) -> None:
    """Both files at once whole. Raises `FileExistsError` with the path, and then leaves both as they were."""
    for path in (key, certificate):
        if path.exists():
            raise FileExistsError(str(path))
    key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_once(key, as_pem(pair), mode=SECRET)
    try:
        _write_once(certificate, public_pem(pair), mode=PUBLIC)
    except OSError:
        key.unlink()  # ours, of a moment ago: half a pair would look like one
        raise


def ensure_demonstration(*, key: Path, certificate: Path, at: datetime) -> None:
    """A key for the demonstration, made at the first start; the certificate is made again from the key if it got lost."""
    key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not key.exists():
        fresh = make_pair(name=DEMONSTRATION, at=at, years=DEMO_YEARS)
        _write_unless_there(key, as_pem(fresh), mode=SECRET)
    if not certificate.exists():
        _write_unless_there(certificate, public_pem(read_pair(key.read_bytes())), mode=PUBLIC)


def _write_unless_there(path: Path, content: bytes, *, mode: int) -> None:
    """Two may start at the same moment: the first one's file stays."""
    try:
        _write_once(path, content, mode=mode)
    except FileExistsError:
        return


def _write_once(path: Path, content: bytes, *, mode: int) -> None:
    """Never half a file, and never over another: linked into place, which fails where something lies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
