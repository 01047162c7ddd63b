"""Ids: UUIDv7, so that they sort by age and insert at the end of an index; strings outside this room."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7

_NIL = UUID(int=0)


def new_id() -> str:
    """A fresh id, sorting after all earlier ones."""
    return str(uuid7())


def id_or_nil(text: str) -> UUID:
    """The id written in a text that may come from an address bar; for nonsense the nil id, which nothing has.

    Not None: `id IS NULL` would be looked for in the whole table.
    """
    try:
        return UUID(text)
    except ValueError:
        return _NIL


def time_of(key: str) -> datetime:
    """When an id was made, to the millisecond."""
    return datetime.fromtimestamp((UUID(key).int >> 80) / 1000, UTC)
