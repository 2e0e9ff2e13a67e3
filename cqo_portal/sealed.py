"""Columns that are encrypted at rest, and the keyed hash that finds a value without opening it.

A token reads `v1:aesgcm:<key id>:<base64 of nonce and ciphertext>`. It is bound to its table, column
and row, so a token copied into another row does not open. The first of `settings.DATA_KEYS` seals;
every listed key opens; the last one also keys the hashes, which must stay findable while keys rotate.
"""

import base64
import hashlib
import hmac
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.query_utils import DeferredAttribute

NONCE_BYTES = 12


class CannotOpen(Exception):
    """The token was made for another row, with another key, or was tampered with."""


class Token(str):
    """A sealed value as it lies in the database."""


def _keys() -> dict[str, bytes]:
    return {kid: base64.b64decode(key) for kid, _, key in (k.partition(":") for k in settings.DATA_KEYS)}


def seal(plain: bytes, *, place: str) -> Token:
    """Encrypt for one place (`table.column:row`); nobody but that place can open it again."""
    kid, key = next(iter(_keys().items()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(nonce, plain, place.encode())
    return Token(f"v1:aesgcm:{kid}:{base64.b64encode(sealed).decode()}")


def unseal(token: str, *, place: str) -> bytes:
    try:
        _version, _algorithm, kid, body = token.split(":")
        raw = base64.b64decode(body, validate=True)
        return AESGCM(_keys()[kid]).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode())
    except (ValueError, KeyError, InvalidTag) as error:
        raise CannotOpen(place) from error


def blind_index(value: str, *, purpose: str) -> str:
    """A keyed hash of `value`: equal values of one purpose match, and nothing can be read back."""
    key = list(_keys().values())[-1]
    return hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


class _OpensOnAccess(DeferredAttribute):
    def __get__(self, instance: models.Model | None, cls: type | None = None) -> Any:
        value = super().__get__(instance, cls)
        if isinstance(value, Token):
            value = instance.__dict__[self.field.attname] = self.field.open(value, instance)
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        # Being a data descriptor, it is asked even when the instance already holds the token.
        instance.__dict__[self.field.attname] = value


class SealedTextField(models.TextField):
    """Text that only the application can read. Cannot be searched: keep a `blind_index` beside it."""

    descriptor_class = _OpensOnAccess

    def place(self, instance: models.Model) -> str:
        return f"{instance._meta.db_table}.{self.column}:{instance.pk}"

    def open(self, token: Token, instance: models.Model) -> Any:
        return self.decode(unseal(token, place=self.place(instance)))

    def encode(self, value: Any) -> bytes:
        return value.encode()

    def decode(self, plain: bytes) -> Any:
        return plain.decode()

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Token | None:
        return None if value is None else Token(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Token | None:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Token):
            return value
        return seal(self.encode(value), place=self.place(model_instance))

    def get_prep_value(self, value: Any) -> str | None:
        if value is None or isinstance(value, Token):
            return value
        raise TypeError(f"{self.name} is sealed: save the row, or look it up by its blind index")

    def get_lookup(self, lookup_name: str) -> Any:
        """Django prepares no value for `contains` and its like: they would search the token, and find nothing."""
        if lookup_name not in ("isnull", "exact", "in"):
            self.get_prep_value("")
        return super().get_lookup(lookup_name)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.name} is sealed: it leaves by no `dumpdata`; take a backup of the database")


class SealedJSONField(SealedTextField):
    """A JSON value under one seal, for records that are personal as a whole."""

    def encode(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, cls=DjangoJSONEncoder).encode()

    def decode(self, plain: bytes) -> Any:
        return json.loads(plain)
