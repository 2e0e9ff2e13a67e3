"""How a paper is found: by its number together with what only its holder, or its reader, knows. Knows no Django.

Both become one key of an index. Whoever guesses, whichever half is wrong, misses it in the same way: there is no
comparison whose time could tell more.
"""

import hashlib
import unicodedata


def by_code(number: str, code: str) -> str:
    return _key("code", number, code)


def by_name(number: str, name: str) -> str:
    """The name as it is read: case, width and blanks of a Latin name do not matter; characters are never replaced."""
    return _key("name", number, read(name))


def read(name: str) -> str:
    return "".join(_half_width(sign) for sign in name if not sign.isspace()).casefold()


def _half_width(sign: str) -> str:
    """Full-width letters alone: NFKC of a whole name would turn characters into others."""
    return unicodedata.normalize("NFKC", sign) if "\uff01" <= sign <= "\uff5e" else sign


def _key(kind: str, number: str, known: str) -> str:
    return hashlib.sha256(f"{kind}\0{number}\0{known}".encode()).hexdigest()
