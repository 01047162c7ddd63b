"""Conversations: found by the addresses they are held from, saved only if nobody else did in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Update, and_
from sqlalchemy import Row as SqlRow
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select, update
from sqlmodel.sql.expression import Select

from dialogue.models import Conversation
from storage.errors import Conflict
from storage.ids import id_or_nil, new_id
from storage.models import Address, StoredConversation
from storage.repositories.repository import Repository
from storage.repositories.statements import HELD_AT, HELD_AT_LOCKED, SAVE
from storage.serialization import CONVERSATION, to_json
from storage.tables import AddressRow, ConversationRow, PersonRow

_USED = timedelta(minutes=10)
"""How exactly it is kept when an address was last used: a turn need not write for that."""


class ConversationRepository(Repository):
    """Conversations of all channels. In a writing transaction on PostgreSQL, loading one locks it."""

    def for_peer(self, channel: str, peer: str, now: datetime) -> StoredConversation:
        """The conversation with an address; a new one, of a new person, at the first word."""
        found = self.find(channel, peer)
        if found is not None:
            return found
        try:
            # The session's own savepoint would begin only when the session is used.
            with self._scope.connection.begin_nested():
                return self._open(channel, peer, now)
        except IntegrityError:
            # On PostgreSQL another thread may open the same conversation between our two statements.
            found = self.find(channel, peer)
            if found is None:
                raise
            return found

    def find(self, channel: str, peer: str) -> StoredConversation | None:
        """The conversation with an address, or None before the first word."""
        row = self._run(
            HELD_AT_LOCKED if self._scope.is_writing else HELD_AT,
            tenant=self._tenant,
            channel=channel,
            peer_bi=self._peer_index(channel, peer),
        ).first
        return None if row is None else _stored(row, row)

    def get(self, conversation_id: str) -> StoredConversation | None:
        """The conversation with this id, and the address it was last held from, if it still has one."""
        found = self._one(col(ConversationRow.id) == id_or_nil(conversation_id))
        if found is not None:
            return found
        query = select(ConversationRow).where(
            ConversationRow.tenant == self._tenant,
            ConversationRow.id == id_or_nil(conversation_id),
        )
        row = self._session.exec(query).one_or_none()
        return None if row is None else _stored(row, None)

    def of_person(self, person_id: str) -> tuple[StoredConversation, ...]:
        """A person's conversations that have an address, oldest first; locks none of them."""
        query = _with_addresses(
            ConversationRow.tenant == self._tenant,
            col(ConversationRow.person_id) == id_or_nil(person_id),
        ).order_by(col(ConversationRow.id), col(AddressRow.used_at), col(AddressRow.id))
        newest = {row.id: (row, address) for row, address in self._session.exec(query)}
        return tuple(_stored(row, address) for row, address in newest.values())

    def all_of_person(self, person_id: str) -> tuple[Conversation, ...]:
        """Every conversation she ever had, also those whose address was joined to another one; oldest first."""
        query = (
            select(ConversationRow)
            .where(
                ConversationRow.tenant == self._tenant,
                ConversationRow.person_id == id_or_nil(person_id),
            )
            .order_by(col(ConversationRow.id))
        )
        return tuple(CONVERSATION.validate_json(row.state) for row in self._session.exec(query))

    def addresses(self, conversation_id: str) -> tuple[Address, ...]:
        """Where this conversation is held from, the last used first."""
        rows = self._session.exec(
            select(AddressRow)
            .where(
                AddressRow.tenant == self._tenant,
                AddressRow.conversation_id == id_or_nil(conversation_id),
            )
            .order_by(col(AddressRow.used_at).desc(), col(AddressRow.id).desc())
        )
        return tuple(Address(channel=row.channel, peer=row.peer) for row in rows)

    def used(self, stored: StoredConversation, now: datetime) -> None:
        """Something came from the address this conversation was found by."""
        if stored.used_at is not None and now - stored.used_at < _USED:
            return
        self._change(self._at(stored.channel, stored.peer).values(used_at=now))

    def move_address(self, channel: str, peer: str, conversation_id: str, now: datetime) -> None:
        """From now on this address leads to that conversation."""
        self._change(
            self._at(channel, peer).values(conversation_id=UUID(conversation_id), used_at=now)
        )

    def part_address(self, address: Address, now: datetime) -> None:
        """From now on this address leads to a new conversation of somebody we do not know."""
        stored = self._open_conversation(now)
        self.move_address(address.channel, address.peer, str(stored.id), now)

    def _at(self, channel: str, peer: str) -> Update:
        return update(AddressRow).where(
            col(AddressRow.tenant) == self._tenant,
            col(AddressRow.channel) == channel,
            col(AddressRow.peer_bi) == self._peer_index(channel, peer),
        )

    def save(
        self,
        stored: StoredConversation,
        conversation: Conversation,
        now: datetime,
        *,
        lines: int = 0,
    ) -> StoredConversation:
        """Store the conversation as it is now; raises `Conflict` unless it is still as it was loaded.

        `lines` messages are about to be added to it: they get the numbers up to the new `last_seq`.
        """
        saved = self._run(
            SAVE,
            its_tenant=self._tenant,
            its_id=UUID(stored.conversation.id),
            loaded=stored.version,
            state=to_json(CONVERSATION, conversation),
            version=stored.version + 1,
            lines=lines,
            updated_at=now,
        ).first
        if saved is None:
            raise Conflict("conversation")
        return replace(
            stored,
            conversation=conversation,
            version=stored.version + 1,
            last_seq=saved.last_seq,
        )

    def _open(self, channel: str, peer: str, now: datetime) -> StoredConversation:
        row = self._open_conversation(now)
        address = AddressRow(
            tenant=self._tenant,
            id=UUID(new_id()),
            conversation_id=row.id,
            channel=channel,
            peer=peer,
            peer_bi=self._peer_index(channel, peer),
            created_at=now,
            used_at=now,
        )
        self._insert(address)
        return _stored(row, address)

    def _open_conversation(self, now: datetime) -> ConversationRow:
        """A new conversation of a new person."""
        person = PersonRow(tenant=self._tenant, id=UUID(new_id()), created_at=now, facts=None)
        conversation = Conversation(id=new_id())
        row = ConversationRow(
            tenant=self._tenant,
            id=UUID(conversation.id),
            person_id=person.id,
            state=to_json(CONVERSATION, conversation),
            version=1,
            last_seq=0,
            created_at=now,
            updated_at=now,
        )
        self._insert(person, row)
        return row

    def _one(self, *conditions: ColumnElement[bool]) -> StoredConversation | None:
        query = (
            _with_addresses(ConversationRow.tenant == self._tenant, *conditions)
            .order_by(col(AddressRow.used_at).desc(), col(AddressRow.id).desc())
            .limit(1)
        )
        if self._scope.is_writing:
            query = query.with_for_update(of=ConversationRow)
        found = self._session.exec(query).one_or_none()
        return None if found is None else _stored(*found)

    def _peer_index(self, channel: str, peer: str) -> bytes:
        return self._blind(f"peer.{channel}", peer)


def _with_addresses(
    *conditions: ColumnElement[bool] | bool,
) -> Select[ConversationRow, AddressRow]:
    return (
        select(ConversationRow, AddressRow)
        .join(
            AddressRow,
            and_(
                col(AddressRow.tenant) == col(ConversationRow.tenant),
                col(AddressRow.conversation_id) == col(ConversationRow.id),
            ),
        )
        .where(*conditions)
    )


def _stored(
    row: ConversationRow | SqlRow[Any], address: AddressRow | SqlRow[Any] | None
) -> StoredConversation:
    return StoredConversation(
        conversation=CONVERSATION.validate_json(row.state),
        person_id=str(row.person_id),
        channel=address.channel if address else "",
        peer=address.peer if address else "",
        used_at=address.used_at if address else None,
        version=row.version,
        last_seq=row.last_seq,
    )
