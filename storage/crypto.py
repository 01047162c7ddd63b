"""Encryption of what people tell us: AES-256-GCM for values, keyed hashes for looking them up.

Stored form: version (1 byte) | key id (4) | nonce (12) | ciphertext and tag. The newest key encrypts, every
key of the ring decrypts. A value is bound to its column: moved elsewhere it no longer opens.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Dialect, Engine, LargeBinary
from sqlalchemy.types import TypeDecorator

from storage.errors import NotReadable

_VERSION = b"\x01"
_KEY_ID = 4
_NONCE = 12
_HEAD = 1 + _KEY_ID + _NONCE
_TAG = 16
_MIN_SECRET = 16
_INDEX_SIZE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """The keys of one installation, newest first, and the key of the blind indexes."""

    newest: bytes
    """Id of the key that encrypts."""
    ciphers: dict[bytes, AESGCM] = field(repr=False)
    index_key: bytes = field(repr=False)

    @classmethod
    def from_secrets(cls, secrets: Sequence[str], index_secret: str = "") -> Self:
        """Derive all keys from master secrets, newest first.

        Blind indexes cannot change their key without being computed anew, so theirs comes from
        `index_secret`, or else from the OLDEST secret: to rotate, put a new secret in front and leave the
        last one where it is. Raises ValueError for an empty list or a secret under 16 characters.
        """
        if not secrets:
            raise ValueError("at least one secret is needed")
        if any(len(secret) < _MIN_SECRET for secret in (*secrets, index_secret or secrets[-1])):
            raise ValueError(f"a secret needs at least {_MIN_SECRET} characters")
        ids = [_derive(secret, "key id", _KEY_ID) for secret in secrets]
        keys = [AESGCM(_derive(secret, "field encryption", 32)) for secret in secrets]
        return cls(
            newest=ids[0],
            ciphers=dict(zip(ids, keys, strict=True)),
            index_key=_derive(index_secret or secrets[-1], "blind index", 32),
        )

    def encrypt(self, clear: bytes, label: str) -> bytes:
        """Encrypt bytes for one place; `label` names it, as `table.column`."""
        nonce = os.urandom(_NONCE)
        sealed = self.ciphers[self.newest].encrypt(nonce, clear, label.encode())
        return _VERSION + self.newest + nonce + sealed

    def decrypt(self, stored: bytes, label: str) -> bytes:
        """Give back the bytes encrypted for that place, or raise `NotReadable`."""
        if len(stored) < _HEAD + _TAG or stored[:1] != _VERSION:
            raise NotReadable(label)
        cipher = self.ciphers.get(stored[1 : 1 + _KEY_ID])
        if cipher is None:
            raise NotReadable(label)
        try:
            return cipher.decrypt(stored[1 + _KEY_ID : _HEAD], stored[_HEAD:], label.encode())
        except InvalidTag as error:
            raise NotReadable(label) from error

    def blind_index(self, tenant: str, name: str, normalized: str) -> bytes:
        """Sixteen bytes that are equal for equal values and say nothing else to whoever lacks the key."""
        text = f"{tenant}|{name}|{normalized}".encode()
        return hmac.new(self.index_key, text, hashlib.sha256).digest()[:_INDEX_SIZE]


class Encrypted(TypeDecorator[str]):
    """A text column that is ciphertext in the database; None stays None."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, label: str) -> None:
        """`label` is `table.column`; a test checks that it is true."""
        super().__init__()
        self.label = label

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        """Encrypt on the way in."""
        if value is None:
            return None
        return _keyring_of(dialect).encrypt(value.encode(), self.label)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Decrypt on the way out."""
        if value is None:
            return None
        return _keyring_of(dialect).decrypt(bytes(value), self.label).decode()


def equip(engine: Engine, keyring: Keyring) -> None:
    """Give an engine the keys its `Encrypted` columns use.

    Column types are made once, at import, while keys belong to one database: the engine's dialect is the
    only thing of that database a column type gets to see.
    """
    engine.dialect.zhucan_keyring = keyring  # type: ignore[attr-defined]


def _keyring_of(dialect: Dialect) -> Keyring:
    keyring: Keyring = dialect.zhucan_keyring  # type: ignore[attr-defined]
    return keyring


def _derive(secret: str, purpose: str, length: int) -> bytes:
    derivation = HKDF(
        algorithm=SHA256(), length=length, salt=None, info=f"zhucan {purpose} 1".encode()
    )
    return derivation.derive(secret.encode())
