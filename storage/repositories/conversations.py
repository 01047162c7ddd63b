"""Conversations: found by the address they are held with, saved only if nobody else did in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select, update

from dialogue.models import Conversation
from storage.errors import Conflict
from storage.ids import id_or_nil, new_id
from storage.models import StoredConversation
from storage.repositories.repository import Repository
from storage.serialization import CONVERSATION, to_json
from storage.tables import ConversationRow, PersonRow


class ConversationRepository(Repository):
    """Conversations of all channels. In a writing transaction on PostgreSQL, loading one locks it."""

    def for_peer(self, channel: str, peer: str, now: datetime) -> StoredConversation:
        """The conversation with an address; a new one, of a new person, at the first word."""
        found = self.find(channel, peer)
        if found is not None:
            return found
        try:
            with self._session.begin_nested():
                return self._open(channel, peer, now)
        except IntegrityError:
            # On PostgreSQL another thread may open the same conversation between our two statements.
            found = self.find(channel, peer)
            if found is None:
                raise
            return found

    def find(self, channel: str, peer: str) -> StoredConversation | None:
        """The conversation with an address, or None before the first word."""
        return self._one(
            col(ConversationRow.channel) == channel,
            col(ConversationRow.peer_bi) == self._peer_index(channel, peer),
        )

    def get(self, conversation_id: str) -> StoredConversation | None:
        """The conversation with this id, or None."""
        return self._one(col(ConversationRow.id) == id_or_nil(conversation_id))

    def of_person(self, person_id: str) -> tuple[StoredConversation, ...]:
        """All conversations of a person, oldest first; locks none of them."""
        rows = self._session.exec(
            select(ConversationRow)
            .where(
                ConversationRow.tenant == self._tenant,
                ConversationRow.person_id == id_or_nil(person_id),
            )
            .order_by(col(ConversationRow.id))
        )
        return tuple(_stored(row) for row in rows)

    def save(
        self, stored: StoredConversation, conversation: Conversation, now: datetime
    ) -> StoredConversation:
        """Store the conversation as it is now; raises `Conflict` unless it is still as it was loaded."""
        touched = self._change(
            update(ConversationRow)
            .where(
                col(ConversationRow.tenant) == self._tenant,
                col(ConversationRow.id) == UUID(stored.conversation.id),
                col(ConversationRow.version) == stored.version,
            )
            .values(
                state=to_json(CONVERSATION, conversation),
                version=stored.version + 1,
                updated_at=now,
            )
        )
        if touched != 1:
            raise Conflict("conversation")
        return replace(stored, conversation=conversation, version=stored.version + 1)

    def _open(self, channel: str, peer: str, now: datetime) -> StoredConversation:
        person = PersonRow(tenant=self._tenant, id=UUID(new_id()), created_at=now)
        conversation = Conversation(id=new_id())
        row = ConversationRow(
            tenant=self._tenant,
            id=UUID(conversation.id),
            person_id=person.id,
            channel=channel,
            peer=peer,
            peer_bi=self._peer_index(channel, peer),
            state=to_json(CONVERSATION, conversation),
            version=1,
            last_seq=0,
            created_at=now,
            updated_at=now,
        )
        self._insert(person, row)
        return _stored(row)

    def _one(self, *conditions: ColumnElement[bool]) -> StoredConversation | None:
        query = select(ConversationRow).where(ConversationRow.tenant == self._tenant, *conditions)
        if self._scope.is_writing:
            query = query.with_for_update()
        row = self._session.exec(query).one_or_none()
        return None if row is None else _stored(row)

    def _peer_index(self, channel: str, peer: str) -> bytes:
        return self._blind(f"peer.{channel}", peer)


def _stored(row: ConversationRow) -> StoredConversation:
    return StoredConversation(
        conversation=CONVERSATION.validate_json(row.state),
        person_id=str(row.person_id),
        channel=row.channel,
        peer=row.peer,
        version=row.version,
    )
