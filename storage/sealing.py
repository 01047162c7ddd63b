"""How a line of history is sealed: what is hashed, and in which order each line seals the ones before.

A seal needs the installation's key, so whoever can write to the database but lacks the key cannot change,
remove or add a line unnoticed. Encrypted words are sealed apart, under a salt, so that they can be erased
and the line still proves that it happened.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from storage.crypto import Encrypted, Keyring
from storage.tables import CaseEventRow, ReadLogRow, Row

START = b""
"""The chain before the first line."""
_NOT_SEALED = frozenset({"salt", "chain", "erased_at"})
_SALT = 16


def seal_line(keyring: Keyring, row: CaseEventRow | ReadLogRow, before: bytes) -> bytes:
    """Set the salt, digest and chain of a line that is about to be stored; the chain after it."""
    values = values_of(row)
    if isinstance(row, CaseEventRow):
        salt = os.urandom(_SALT)
        digest = text_digest(keyring, salt, values, encrypted_of(row))
        row.salt, row.text_digest = salt, digest
        values["text_digest"] = digest
    chain = chained(keyring, before, values, encrypted_of(row))
    row.chain = chain
    return chain


def chained(
    keyring: Keyring, before: bytes, values: Mapping[str, Any], encrypted: frozenset[str]
) -> bytes:
    """The chain after a line: over the chain before it and all its values but the encrypted ones."""
    told = {
        name: _plain(value)
        for name, value in values.items()
        if value is not None and name not in _NOT_SEALED and name not in encrypted
    }
    return keyring.seal(before + b"|" + _packed(told))


def text_digest(
    keyring: Keyring, salt: bytes, values: Mapping[str, Any], encrypted: frozenset[str]
) -> bytes:
    """The seal over the words of a line that lie encrypted."""
    words = {name: values[name] for name in sorted(encrypted)}
    return keyring.seal(salt + b"|" + _packed(words))


def head_seal(keyring: Keyring, log: str, subject: UUID, lines: int, chain: bytes) -> bytes:
    """The seal over the end of a log: without it the last lines could be cut off."""
    return keyring.seal(f"{log}|{subject}|{lines}|".encode() + chain)


def sum_of(keyring: Keyring, ends: Iterable[bytes]) -> str:
    """One seal over the ends of many logs, whatever their order."""
    return keyring.seal(b"|".join(sorted(ends))).hex()[:32]


def encrypted_of(row: Row | type[Row]) -> frozenset[str]:
    """The encrypted columns of a table."""
    return frozenset(
        column.name for column in columns_of(row) if isinstance(column.type, Encrypted)
    )


def values_of(row: Row) -> dict[str, Any]:
    """A row's values by column."""
    return {column.name: getattr(row, column.name) for column in columns_of(row)}


def columns_of(row: Row | type[Row]) -> Any:
    """The columns of a row's table."""
    return row.__table__.columns  # type: ignore[union-attr]


def _packed(values: Mapping[str, Any]) -> bytes:
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, UUID):
        return str(value)
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value
