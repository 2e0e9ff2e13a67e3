"""One canonical spelling of a JSON value, and its SHA-256: the same for the same words, so that anybody can re-compute."""

import hashlib
import json


def canonical(value) -> bytes:
    """Sorted keys, no blanks, UTF-8. Numbers that weigh are strings: a float has no one spelling."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(value) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()
