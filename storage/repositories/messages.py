"""Messages: what was said in a conversation, both ways, numbered without gaps."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from dialogue.messages import Message, Reply
from storage.ids import id_or_nil, new_id
from storage.models import StoredMessage
from storage.repositories.repository import Repository
from storage.repositories.statements import NEXT_SEQ, inserting, table_of
from storage.serialization import MESSAGE, REPLY, to_json
from storage.tables import MessageRow

_MESSAGES = table_of(MessageRow)


class MessageRepository(Repository):
    """The messages of conversations."""

    def add_incoming(self, conversation_id: str, message: Message, now: datetime) -> int:
        """Keep what a person said; its number in the conversation."""
        seq = self._next_seq(conversation_id)
        payload = to_json(MESSAGE, message)
        self._add(conversation_id, seq, id=UUID(new_id()), direction="in", payload=payload, at=now)
        return seq

    def add_reply(
        self, conversation_id: str, reply: Reply, now: datetime, message_id: str = ""
    ) -> StoredMessage:
        """Keep what is said to a person, under this id or a fresh one; the web chat shows it from here."""
        key, seq = message_id or new_id(), self._next_seq(conversation_id)
        payload = to_json(REPLY, reply)
        self._add(conversation_id, seq, id=UUID(key), direction="out", payload=payload, at=now)
        return StoredMessage(
            id=key, conversation_id=conversation_id, seq=seq, direction="out", at=now, reply=reply
        )

    def after(self, conversation_id: str, seq: int, limit: int) -> tuple[StoredMessage, ...]:
        """The messages following a number, oldest first."""
        query = self._of(conversation_id).where(col(MessageRow.seq) > seq)
        rows = self._session.exec(query.order_by(col(MessageRow.seq)).limit(limit))
        return tuple(_stored(row) for row in rows)

    def latest(self, conversation_id: str, limit: int) -> tuple[StoredMessage, ...]:
        """The newest messages, oldest first."""
        query = self._of(conversation_id).order_by(col(MessageRow.seq).desc()).limit(limit)
        return tuple(_stored(row) for row in self._session.exec(query))[::-1]

    def get(self, conversation_id: str, seq: int) -> StoredMessage | None:
        """One message by its number, or None."""
        query = self._of(conversation_id).where(MessageRow.seq == seq)
        row = self._session.exec(query).one_or_none()
        return None if row is None else _stored(row)

    def _add(self, conversation_id: str, seq: int, **values: Any) -> None:
        place = {"conversation_id": UUID(conversation_id), "seq": seq}
        self._run(inserting(_MESSAGES), tenant=self._tenant, **place, **values)

    def _next_seq(self, conversation_id: str) -> int:
        key = UUID(conversation_id)
        seq = self._run(NEXT_SEQ, its_tenant=self._tenant, its_id=key).scalar_one_or_none()
        if seq is None:
            raise LookupError("no such conversation")
        return int(seq)

    def _of(self, conversation_id: str) -> SelectOfScalar[MessageRow]:
        return select(MessageRow).where(
            MessageRow.tenant == self._tenant,
            MessageRow.conversation_id == id_or_nil(conversation_id),
        )


def _stored(row: MessageRow) -> StoredMessage:
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
