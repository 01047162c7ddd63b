"""Ids: UUIDv7, so that they sort by age and insert at the end of an index; strings outside this room."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> str:
    """A fresh id, sorting after all earlier ones."""
    return str(uuid7())


def id_or_none(text: str) -> UUID | None:
    """The id written in a text that may come from an address bar, or None when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
