"""The inbox: every event of a channel is taken once, and remembers which reply answered it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import select

from storage.models import InboxEntry
from storage.repositories.repository import Repository, text_or_none
from storage.repositories.statements import ANSWERED, inserting_new, table_of
from storage.tables import InboxRow

_INBOX = table_of(InboxRow)


class InboxRepository(Repository):
    """Events taken, by channel and the channel's own event id."""

    def claim(self, channel: str, event_id: str, now: datetime) -> bool:
        """Take an event; False when it was taken before. Waits for a turn that is taking it now."""
        taken = self._run(
            inserting_new(_INBOX, self._dialect),
            tenant=self._tenant,
            channel=channel,
            event_id=event_id,
            received_at=now,
            conversation_id=None,
            reply_seq=None,
        )
        return taken.first is not None

    def answered(self, channel: str, event_id: str, conversation_id: str, reply_seq: int) -> None:
        """Note which message answered the event."""
        self._run(
            ANSWERED,
            its_tenant=self._tenant,
            its_channel=channel,
            its_event=event_id,
            answered_in=UUID(conversation_id),
            answered_by=reply_seq,
        )

    def find(self, channel: str, event_id: str) -> InboxEntry | None:
        """The event as it was taken, or None."""
        row = self._session.exec(
            select(InboxRow).where(
                InboxRow.tenant == self._tenant,
                InboxRow.channel == channel,
                InboxRow.event_id == event_id,
            )
        ).one_or_none()
        if row is None:
            return None
        return InboxEntry(
            conversation_id=text_or_none(row.conversation_id), reply_seq=row.reply_seq
        )
