"""Channels switched off and on: a list that only grows, whose newest line counts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from storage.ids import new_id
from storage.models import ChannelSwitch
from storage.repositories.repository import Repository
from storage.tables import ChannelSwitchRow


class ChannelSwitchRepository(Repository):
    """The switches of this tenant."""

    def flip(self, channel: str, *, is_off: bool, by: str, now: datetime) -> None:
        """Switch a channel off or on."""
        row = ChannelSwitchRow(
            tenant=self._tenant, id=UUID(new_id()), channel=channel, is_off=is_off, at=now, by=by
        )
        self._insert(row)

    def off(self) -> frozenset[str]:
        """Channels that are off now."""
        newest: dict[str, bool] = {line.channel: line.is_off for line in self.history()}
        return frozenset(channel for channel, is_off in newest.items() if is_off)

    def history(self) -> tuple[ChannelSwitch, ...]:
        """Who switched what and when, oldest first."""
        query = select(ChannelSwitchRow).where(ChannelSwitchRow.tenant == self._tenant)
        rows = self._session.exec(query.order_by(col(ChannelSwitchRow.id)))
        return tuple(
            ChannelSwitch(channel=row.channel, is_off=row.is_off, at=row.at, by=row.by)
            for row in rows
        )
