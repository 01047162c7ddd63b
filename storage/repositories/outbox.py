"""The outbox: what must be pushed to a channel, in order, by exactly one worker at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, exists, select, update

from storage.ids import id_or_nil, new_id
from storage.models import Address, Delivery, Form, StoredMessage
from storage.repositories.repository import Repository
from storage.repositories.statements import inserting, table_of
from storage.serialization import REPLY
from storage.tables import MessageRow, OutboxRow

LEASE = timedelta(seconds=60)
_OUTBOX = table_of(OutboxRow)


class OutboxRepository(Repository):
    """Deliveries, until they were sent or given up. At least once: a crash after sending repeats one."""

    def put(
        self,
        message: StoredMessage,
        channel: str,
        peer: str,
        now: datetime,
        form: Form = "text",
    ) -> str:
        """Ask for a message to be pushed; the delivery's id. Raises ValueError for one that came in.

        Whoever delivers in this process is told as soon as it is committed.
        """
        if message.reply is None:
            raise ValueError("only what is said to a person can be delivered")
        key = new_id()
        self._run(
            inserting(_OUTBOX),
            tenant=self._tenant,
            id=UUID(key),
            conversation_id=UUID(message.conversation_id),
            message_id=UUID(message.id),
            seq=message.seq,
            form=form,
            channel=channel,
            peer=peer,
            is_open=True,
            due_at=now,
            lease_until=now,
            leased_by=None,
            attempts=0,
            created_at=now,
            finished_at=None,
            external_id=None,
            error_code=None,
        )
        self._scope.after_commit.append(self._scope.ring)
        return key

    def due(
        self,
        channel: str,
        now: datetime,
        limit: int,
        lease: timedelta = LEASE,
        *,
        form: Form | None = None,
        worker_id: str = "",
    ) -> tuple[Delivery, ...]:
        """Lease what may be sent now, of one form or of all; commit before sending, so that no other worker takes it too.

        Of each conversation only the oldest open text; a voice follows its own text and holds up nobody.
        A lease that ran out, or whose worker died, makes the delivery due again.
        """
        query = (
            select(OutboxRow, MessageRow)
            .join(
                MessageRow,
                and_(
                    col(MessageRow.tenant) == col(OutboxRow.tenant),
                    col(MessageRow.id) == col(OutboxRow.message_id),
                ),
            )
            .where(
                OutboxRow.tenant == self._tenant,
                OutboxRow.channel == channel,
                col(OutboxRow.is_open),
                col(OutboxRow.due_at) <= now,
                col(OutboxRow.lease_until) <= now,
                ~_must_wait(),
                *((col(OutboxRow.form) == form,) if form is not None else ()),
            )
            # "text" sorts before "voice": words first, whatever else is late.
            .order_by(col(OutboxRow.form), col(OutboxRow.due_at), col(OutboxRow.id))
            .limit(limit)
            .with_for_update(of=OutboxRow, skip_locked=True)
        )
        found = self._session.exec(query).all()
        if found:
            self._lease([row.id for row, _ in found], now + lease, worker_id)
        return tuple(_delivery(row, message, worker_id) for row, message in found)

    def sent(self, delivery_id: str, now: datetime, external_id: str | None = None) -> None:
        """It was accepted by the channel, which calls it `external_id`; true whoever has the lease now."""
        self._set(delivery_id, is_open=False, finished_at=now, external_id=external_id)

    def retry(self, delivery_id: str, at: datetime, error_code: str, worker_id: str = "") -> None:
        """It failed for now: try again at that time, and hold back what comes after it."""
        leased = _leased_by(worker_id)
        self._set(delivery_id, *leased, due_at=at, lease_until=at, error_code=error_code)

    def give_up(
        self, delivery_id: str, now: datetime, error_code: str, worker_id: str = ""
    ) -> bool:
        """It failed for good; later messages of the conversation may go. False if another worker has it now."""
        leased = _leased_by(worker_id)
        values = {"is_open": False, "finished_at": now, "error_code": error_code}
        return self._set(delivery_id, *leased, **values) == 1

    def release(self, worker_id: str, now: datetime) -> int:
        """A worker died: what it had is due again; how much that was."""
        return self._change(
            update(OutboxRow)
            .where(
                col(OutboxRow.tenant) == self._tenant,
                col(OutboxRow.is_open),
                col(OutboxRow.leased_by) == UUID(worker_id),
                col(OutboxRow.lease_until) > now,
            )
            .values(lease_until=now)
        )

    def tried(self, message_id: str) -> frozenset[Address]:
        """Where a message was to be pushed, whatever came of it."""
        query = select(OutboxRow).where(
            OutboxRow.tenant == self._tenant, OutboxRow.message_id == id_or_nil(message_id)
        )
        rows = self._session.exec(query)
        return frozenset(Address(channel=row.channel, peer=row.peer) for row in rows)

    def is_lost(self, conversation_id: str) -> bool:
        """Whether the last text pushed to this conversation was given up."""
        query = (
            select(OutboxRow)
            .where(
                OutboxRow.tenant == self._tenant,
                OutboxRow.conversation_id == id_or_nil(conversation_id),
                OutboxRow.form == "text",
                col(OutboxRow.finished_at).is_not(None),
            )
            .order_by(col(OutboxRow.id).desc())
            .limit(1)
        )
        last = self._session.exec(query).first()
        return last is not None and last.external_id is None and last.error_code is not None

    def _lease(self, ids: list[UUID], until: datetime, worker_id: str) -> None:
        worker = UUID(worker_id) if worker_id else None
        self._change(
            update(OutboxRow)
            .where(col(OutboxRow.tenant) == self._tenant, col(OutboxRow.id).in_(ids))
            .values(lease_until=until, leased_by=worker, attempts=OutboxRow.attempts + 1)
        )

    def _set(self, delivery_id: str, *conditions: ColumnElement[bool], **values: Any) -> int:
        return self._change(
            update(OutboxRow)
            .where(
                col(OutboxRow.tenant) == self._tenant,
                col(OutboxRow.id) == UUID(delivery_id),
                col(OutboxRow.is_open),
                *conditions,
            )
            .values(**values)
        )


def _leased_by(worker_id: str) -> tuple[ColumnElement[bool], ...]:
    """Still this worker's: whoever took it over decides now."""
    return (col(OutboxRow.leased_by) == UUID(worker_id),) if worker_id else ()


def _must_wait() -> ColumnElement[bool]:
    """Whether an open text stands before this delivery: an older one, or for a voice its own."""
    text = aliased(OutboxRow)
    return (
        exists()
        .where(
            col(text.tenant) == col(OutboxRow.tenant),
            col(text.conversation_id) == col(OutboxRow.conversation_id),
            col(text.is_open),
            col(text.form) == "text",
            or_(
                and_(col(OutboxRow.form) == "text", col(text.seq) < col(OutboxRow.seq)),
                and_(col(OutboxRow.form) != "text", col(text.seq) == col(OutboxRow.seq)),
            ),
        )
        .correlate(OutboxRow)
    )


def _delivery(row: OutboxRow, message: MessageRow, worker_id: str) -> Delivery:
    return Delivery(
        id=str(row.id),
        conversation_id=str(row.conversation_id),
        message_id=str(row.message_id),
        channel=row.channel,
        peer=row.peer,
        reply=REPLY.validate_json(message.payload),
        seq=row.seq,
        form="voice" if row.form == "voice" else "text",
        attempts=row.attempts + 1,
        said_at=row.created_at,
        worker_id=worker_id,
    )
