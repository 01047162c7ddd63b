"""Messages: what was said in a conversation, both ways, numbered without gaps."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func
from sqlmodel import col, select

from dialogue.messages import Message, Reply
from storage.ids import id_or_nil, new_id
from storage.models import StoredMessage
from storage.repositories.repository import Repository
from storage.repositories.statements import (
    LATEST_LINES,
    LINE,
    LINES_AFTER,
    NEXT_SEQ,
    inserting,
    table_of,
)
from storage.serialization import MESSAGE, REPLY, to_json
from storage.tables import MessageRow

_MESSAGES = table_of(MessageRow)


class MessageRepository(Repository):
    """The messages of conversations."""

    def add_incoming(
        self, conversation_id: str, message: Message, now: datetime, *, seq: int = 0
    ) -> int:
        """Keep what a person said, under this number or the next one; its number in the conversation."""
        seq = seq or self._next_seq(conversation_id)
        payload = to_json(MESSAGE, message)
        self._add(conversation_id, seq, id=UUID(new_id()), direction="in", payload=payload, at=now)
        return seq

    def add_reply(
        self,
        conversation_id: str,
        reply: Reply,
        now: datetime,
        message_id: str = "",
        *,
        seq: int = 0,
    ) -> StoredMessage:
        """Keep what is said to a person, under this id or a fresh one; the web chat shows it from here.

        A number is given when it was counted before, by `conversations.save`.
        """
        key, seq = message_id or new_id(), seq or self._next_seq(conversation_id)
        payload = to_json(REPLY, reply)
        self._add(conversation_id, seq, id=UUID(key), direction="out", payload=payload, at=now)
        return StoredMessage(
            id=key, conversation_id=conversation_id, seq=seq, direction="out", at=now, reply=reply
        )

    def after(self, conversation_id: str, seq: int, limit: int) -> tuple[StoredMessage, ...]:
        """The messages following a number, oldest first."""
        return self._lines(LINES_AFTER, conversation_id, seq=seq, limit=limit)

    def latest(self, conversation_id: str, limit: int) -> tuple[StoredMessage, ...]:
        """The newest messages, oldest first."""
        return self._lines(LATEST_LINES, conversation_id, limit=limit)[::-1]

    def heard_at(self, conversation_ids: Collection[str]) -> dict[str, datetime]:
        """When the resident last said something in each of these conversations."""
        keys = [id_or_nil(one) for one in conversation_ids]
        query = (
            select(MessageRow.conversation_id, func.max(MessageRow.at))
            .where(
                MessageRow.tenant == self._tenant,
                MessageRow.direction == "in",
                col(MessageRow.conversation_id).in_(keys),
            )
            .group_by(col(MessageRow.conversation_id))
        )
        return {str(key): at for key, at in self._session.exec(query)}

    def get(self, conversation_id: str, seq: int) -> StoredMessage | None:
        """One message by its number, or None."""
        return next(iter(self._lines(LINE, conversation_id, seq=seq)), None)

    def _add(self, conversation_id: str, seq: int, **values: Any) -> None:
        place = {"conversation_id": UUID(conversation_id), "seq": seq}
        self._run(inserting(_MESSAGES), tenant=self._tenant, **place, **values)

    def _next_seq(self, conversation_id: str) -> int:
        key = UUID(conversation_id)
        counted = self._run(NEXT_SEQ, its_tenant=self._tenant, its_id=key).first
        if counted is None:
            raise LookupError("no such conversation")
        return int(counted.last_seq)

    def _lines(
        self, statement: Select[Any], conversation_id: str, **values: Any
    ) -> tuple[StoredMessage, ...]:
        key = id_or_nil(conversation_id)
        found = self._run(statement, tenant=self._tenant, conversation=key, **values)
        return tuple(_stored(row) for row in found.rows)


def _stored(row: Any) -> StoredMessage:
    is_incoming = row.direction == "in"
    return StoredMessage(
        id=str(row.id),
        conversation_id=str(row.conversation_id),
        seq=row.seq,
        direction="in" if is_incoming else "out",
        at=row.at,
        message=MESSAGE.validate_json(row.payload) if is_incoming else None,
        reply=None if is_incoming else REPLY.validate_json(row.payload),
    )
