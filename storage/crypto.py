"""Encryption of what people tell us: AES-256-GCM for values, keyed hashes for looking them up.

Stored form: version (1 byte) | key id (4) | nonce (12) | ciphertext and tag. The newest key encrypts, every
key of the ring decrypts. A value is bound to its column: moved elsewhere it no longer opens.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections.abc import Callable, Sequence
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
STRONG_SECRET = 32
"""Characters a secret needs in production."""
_DIFFERENT = 10
_LOOK_EVERY = 60.0
"""Seconds until a process asks its source for new keys."""
_EXAMPLES = ("changethis", "changeme", "change-me", "password", "secret", "example", "123456789")


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """The master secrets of one installation, from which all keys are derived."""

    newest_first: tuple[str, ...] = field(repr=False)
    index: str = field(default="", repr=False)
    """The secret of blind indexes and history seals; empty: the oldest of the others."""


class Keyring:
    """The keys of one installation: the newest encrypts, every one decrypts; and what does not rotate with them.

    With a `source` a running process learns of a key another process has added: it looks there every minute,
    and when it meets a key it does not know, and encrypts with the newest from then on.
    """

    def __init__(self, secrets: Secrets, source: Callable[[], Secrets] | None = None) -> None:
        """Raises ValueError for no secret at all, or one under 16 characters."""
        oldest = secrets.index or (secrets.newest_first[-1] if secrets.newest_first else "")
        self._ring = _ring_of(secrets.newest_first)
        self._source = source
        self._looked_at = time.monotonic()
        _refuse_short((oldest,))
        self._index_key = _derive(oldest, "blind index", 32)
        self._history_key = _derive(oldest, "history seal", 32)

    @classmethod
    def from_secrets(cls, secrets: Sequence[str], index_secret: str = "") -> Self:
        """A ring that never learns of new keys.

        Blind indexes cannot change their key without being computed anew, so theirs comes from
        `index_secret`, or else from the OLDEST secret: to rotate, put a new secret in front and leave the
        last one where it is. Raises ValueError for an empty list or a secret under 16 characters.
        """
        return cls(Secrets(newest_first=tuple(secrets), index=index_secret))

    @property
    def newest(self) -> bytes:
        """Id of the key that encrypts."""
        return next(iter(self._ring))

    @property
    def ids(self) -> tuple[bytes, ...]:
        """Ids of all keys, newest first."""
        return tuple(self._ring)

    @property
    def head(self) -> bytes:
        """What everything encrypted under the newest key begins with."""
        return _VERSION + self.newest

    def encrypt(self, clear: bytes, label: str) -> bytes:
        """Encrypt bytes for one place; `label` names it, as `table.column`."""
        if time.monotonic() - self._looked_at > _LOOK_EVERY:
            self._look_again()
        key_id, cipher = next(iter(self._ring.items()))
        nonce = os.urandom(_NONCE)
        sealed = cipher.encrypt(nonce, clear, label.encode())
        return _VERSION + key_id + nonce + sealed

    def decrypt(self, stored: bytes, label: str) -> bytes:
        """Give back the bytes encrypted for that place, or raise `NotReadable`."""
        if len(stored) < _HEAD + _TAG or stored[:1] != _VERSION:
            raise NotReadable(label)
        cipher = self._cipher(stored[1 : 1 + _KEY_ID])
        if cipher is None:
            raise NotReadable(label)
        try:
            return cipher.decrypt(stored[1 + _KEY_ID : _HEAD], stored[_HEAD:], label.encode())
        except InvalidTag as error:
            raise NotReadable(label) from error

    def blind_index(self, tenant: str, name: str, normalized: str) -> bytes:
        """Sixteen bytes that are equal for equal values and say nothing else to whoever lacks the key."""
        text = f"{tenant}|{name}|{normalized}".encode()
        return hmac.new(self._index_key, text, hashlib.sha256).digest()[:_INDEX_SIZE]

    def seal(self, content: bytes) -> bytes:
        """Thirty-two bytes only a holder of the keys can make: for history nobody may change unnoticed."""
        return hmac.new(self._history_key, content, hashlib.sha256).digest()

    def _cipher(self, key_id: bytes) -> AESGCM | None:
        if key_id not in self._ring:
            self._look_again()
        return self._ring.get(key_id)

    def _look_again(self) -> None:
        """See whether another process has added a key or taken old ones out."""
        self._looked_at = time.monotonic()
        if self._source is not None:
            self._ring = _ring_of(self._source().newest_first)


def key_id_of(secret: str) -> bytes:
    """The id under which a ring knows the key of this secret."""
    return _derive(secret, "key id", _KEY_ID)


def key_id_in(stored: bytes) -> bytes:
    """The id of the key something was encrypted under."""
    return stored[1 : 1 + _KEY_ID]


def weakness_of(secret: str) -> str:
    """Why a secret is too weak to protect anybody in production, as a code; empty when it is not."""
    if len(secret) < STRONG_SECRET:
        return "short"
    if len(set(secret)) < _DIFFERENT:
        return "monotonous"
    bare = secret.casefold()
    return "example" if any(word in bare for word in _EXAMPLES) else ""


def _ring_of(secrets: Sequence[str]) -> dict[bytes, AESGCM]:
    if not secrets:
        raise ValueError("at least one secret is needed")
    _refuse_short(secrets)
    return {key_id_of(s): AESGCM(_derive(s, "field encryption", 32)) for s in secrets}


def _refuse_short(secrets: Sequence[str]) -> None:
    if any(len(secret) < _MIN_SECRET for secret in secrets):
        raise ValueError(f"a secret needs at least {_MIN_SECRET} characters")


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
