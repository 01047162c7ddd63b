"""Forgetting a person: her rows are deleted, the public record is emptied, and that it was done is kept."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy import Table, delete, exists, func, update
from sqlalchemy import select as select_core
from sqlmodel import col, select

from dialogue.models import Conversation
from storage.ids import id_or_nil, new_id
from storage.models import StoredConversation
from storage.ownership import RECORD, SHELLS, Owned, emptied, encrypted_columns, owned_by
from storage.repositories.conversations import ConversationRepository
from storage.repositories.repository import Repository
from storage.serialization import CONVERSATION, to_json
from storage.tables import (
    AddressRow,
    AuthorizationRow,
    CaseEventRow,
    CaseRow,
    ConversationRow,
    ErasureRow,
    PersonRow,
    WebSessionRow,
    metadata,
)

PAPER_KEY = re.compile(r"\b[0-9a-f]{32}\b")
"""How a paper's key looks wherever it is mentioned."""


class ErasureRepository(Repository):
    """Persons who were forgotten."""

    def begin_anew(self, stored: StoredConversation, now: datetime) -> StoredConversation:
        """A new person and conversation for the address somebody writes from; the old ones keep the rest.

        Lines are numbered on from the old ones, so that an open page shows what is said next.
        """
        old = self._session.exec(
            select(ConversationRow.last_seq).where(
                ConversationRow.tenant == self._tenant,
                ConversationRow.id == UUID(stored.conversation.id),
            )
        ).one()
        person = PersonRow(tenant=self._tenant, id=UUID(new_id()), created_at=now, facts=None)
        fresh = Conversation(id=new_id())
        row = ConversationRow(
            tenant=self._tenant,
            id=UUID(fresh.id),
            person_id=person.id,
            state=to_json(CONVERSATION, fresh),
            version=1,
            last_seq=old,
            created_at=now,
            updated_at=now,
        )
        self._insert(person, row)
        conversations = ConversationRepository(self._scope)
        conversations.move_address(stored.channel, stored.peer, fresh.id, now)
        return conversations.for_peer(stored.channel, stored.peer, now)

    def has_open_cases(self, person_id: str) -> bool:
        """Something of hers is still being decided, so she cannot be forgotten yet."""
        query = select(CaseRow.id).where(
            CaseRow.tenant == self._tenant,
            CaseRow.person_id == id_or_nil(person_id),
            col(CaseRow.is_open),
        )
        return self._session.exec(query.limit(1)).first() is not None

    def erase(self, person_id: str, now: datetime) -> int:
        """Forget a person; how many rows that touched. Her papers' files are still to be deleted."""
        owned = owned_by(UUID(person_id), self._tenant, metadata)
        # Forgotten once more (by a restore), files of the first time may still be waiting.
        papers = self._paper_keys(owned) | frozenset(self.files_left().get(person_id, ()))
        touched = self._close_browsers(owned) + self._take_name_out(UUID(person_id), now)
        for table in reversed(metadata.sorted_tables):
            if table.name in owned and table.name not in (*RECORD, *SHELLS):
                touched += self._change(delete(table).where(owned[table.name]))
        for name in RECORD:
            touched += self._empty(metadata.tables[name], owned, now)
        for name in SHELLS:
            touched += self._let_go(metadata.tables[name], owned)
        tombstone = ErasureRow(
            tenant=self._tenant,
            person_id=UUID(person_id),
            at=now,
            rows=touched,
            paper_keys=sorted(papers),
        )
        if not self._insert_new(tombstone):
            self._change(
                update(ErasureRow)
                .where(
                    col(ErasureRow.tenant) == self._tenant,
                    col(ErasureRow.person_id) == UUID(person_id),
                )
                .values(paper_keys=sorted(papers))
            )
        return touched

    def count(self, person_id: str) -> tuple[dict[str, int], dict[str, int]]:
        """Rows of hers by table: those that would be deleted, and those that would stay, emptied."""
        deleted: dict[str, int] = {}
        kept: dict[str, int] = {}
        for name, hers in owned_by(id_or_nil(person_id), self._tenant, metadata).items():
            query = select_core(func.count()).select_from(metadata.tables[name]).where(hers)
            rows = self._session.connection().execute(query).scalar_one()
            if rows:
                (kept if name in RECORD else deleted)[name] = rows
        return deleted, kept

    def files_left(self) -> dict[str, tuple[str, ...]]:
        """Files of forgotten persons that are still to be deleted, by person."""
        query = select(ErasureRow).where(ErasureRow.tenant == self._tenant)
        return {
            str(row.person_id): tuple(row.paper_keys)
            for row in self._session.exec(query)
            if row.paper_keys
        }

    def files_deleted(self, person_id: str) -> None:
        """No file of hers is left."""
        self._change(
            update(ErasureRow)
            .where(
                col(ErasureRow.tenant) == self._tenant,
                col(ErasureRow.person_id) == UUID(person_id),
            )
            .values(paper_keys=[])
        )

    def forgotten(self) -> dict[str, datetime]:
        """Ids of everybody who was forgotten, and when."""
        query = select(ErasureRow).where(ErasureRow.tenant == self._tenant)
        return {str(row.person_id): row.at for row in self._session.exec(query)}

    def is_known(self, person_id: str) -> bool:
        """There is still something of this person here."""
        query = select(PersonRow.id).where(
            PersonRow.tenant == self._tenant, PersonRow.id == id_or_nil(person_id)
        )
        return self._session.exec(query).first() is not None

    def _paper_keys(self, owned: Owned) -> frozenset[str]:
        """The keys of all papers mentioned in her rows, drafts included."""
        keys: set[str] = set()
        for name, hers in owned.items():
            table = metadata.tables[name]
            columns = [table.c[c] for c in encrypted_columns(table)]
            columns += [table.c.key] if name == "paper" else []
            if columns:
                for row in self._session.connection().execute(select_core(*columns).where(hers)):
                    keys.update(k for text in row if text for k in PAPER_KEY.findall(text))
        return frozenset(keys)

    def _close_browsers(self, owned: Owned) -> int:
        """Browsers are known by the address they stand for; old ones by that address alone."""
        query = select_core(AddressRow.__table__).where(owned["address"])  # type: ignore[attr-defined]
        mine = {row.peer: row.peer_bi for row in self._session.connection().execute(query)}
        if not mine:
            return 0
        old = select(WebSessionRow).where(
            WebSessionRow.tenant == self._tenant, col(WebSessionRow.peer_bi).is_(None)
        )
        hashes = [row.token_hash for row in self._session.exec(old) if row.peer in mine]
        whose = col(WebSessionRow.peer_bi).in_(list(mine.values())) | col(
            WebSessionRow.token_hash
        ).in_(hashes)
        return self._change(
            delete(WebSessionRow).where(col(WebSessionRow.tenant) == self._tenant, whose)
        )

    def _empty(self, table: Table, owned: Owned, now: datetime) -> int:
        values = emptied(table)
        if table.name == "case_event":
            return self._erase_words(owned, now)
        if not values:
            return 0
        return self._change(update(table).where(owned[table.name]).values(values))

    def _erase_words(self, owned: Owned, now: datetime) -> int:
        """A line keeps what happened and which office acted; the words and the residents' names go."""
        hers = owned["case_event"]
        said = {"reason": "", "salt": None, "erased_at": now}
        by_staff = col(CaseEventRow.actor_kind) == "caseworker"
        count = self._change(update(CaseEventRow).where(hers, by_staff).values(said))
        named = {**said, "actor_name": ""}
        return count + self._change(update(CaseEventRow).where(hers, ~by_staff).values(named))

    def _take_name_out(self, person_id: UUID, now: datetime) -> int:
        """Her name as a helper in the histories of those she helped; what she did stays theirs."""
        helped = select_core(AuthorizationRow.principal_id).where(  # type: ignore[call-overload]
            AuthorizationRow.tenant == self._tenant, AuthorizationRow.helper_id == person_id
        )
        theirs = select_core(CaseRow.id).where(  # type: ignore[call-overload]
            CaseRow.tenant == self._tenant,
            col(CaseRow.person_id).in_(helped) | (col(CaseRow.filed_by) == person_id),
        )
        hers = (
            col(CaseEventRow.tenant) == self._tenant,
            col(CaseEventRow.case_id).in_(theirs),
            col(CaseEventRow.actor_id) == str(person_id),
        )
        gone = {"actor_name": "", "salt": None, "erased_at": now}
        return self._change(update(CaseEventRow).where(*hers).values(gone))

    def _let_go(self, table: Table, owned: Owned) -> int:
        """Delete what nothing refers to any more; empty the rest."""
        touched = 0
        query = select_core(table.c.id).where(owned[table.name])
        for row_id in [row.id for row in self._session.connection().execute(query)]:
            mine = (table.c.tenant == self._tenant) & (table.c.id == row_id)
            if self._is_referred_to(table, row_id):
                self._change(update(table).where(mine).values(emptied(table, row_id)))
            else:
                self._change(delete(table).where(mine))
            touched += 1
        return touched

    def _is_referred_to(self, table: Table, row_id: UUID) -> bool:
        for other in metadata.sorted_tables:
            for key in other.foreign_key_constraints:
                column = next(e.parent for e in key.elements if e.parent.name != "tenant")
                if key.referred_table is not table:
                    continue
                is_there = select_core(
                    exists().where(other.c.tenant == self._tenant, column == row_id)
                )
                if self._session.connection().execute(is_there).scalar_one():
                    return True
        return False
