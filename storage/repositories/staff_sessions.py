"""Signed-in browsers of the console, known by the hash of their cookie only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_
from sqlmodel import col, delete, select, update

from storage.models import StaffSession
from storage.repositories.repository import Repository
from storage.tables import StaffRow, StaffSessionRow


class StaffSessionRepository(Repository):
    """Sessions by the hash of their token."""

    def open(
        self, token_hash: str, staff_id: str, csrf: str, now: datetime, expires_at: datetime
    ) -> None:
        """A caseworker signed in."""
        row = StaffSessionRow(
            tenant=self._tenant,
            token_hash=token_hash,
            staff_id=UUID(staff_id),
            csrf=csrf,
            created_at=now,
            seen_at=now,
            expires_at=expires_at,
        )
        self._insert(row)

    def find(self, token_hash: str, now: datetime) -> StaffSession | None:
        """The session, or None if there is none, it expired, or the account was disabled."""
        query = (
            select(StaffSessionRow)
            .join(
                StaffRow,
                and_(
                    col(StaffRow.tenant) == col(StaffSessionRow.tenant),
                    col(StaffRow.id) == col(StaffSessionRow.staff_id),
                ),
            )
            .where(
                StaffSessionRow.tenant == self._tenant,
                StaffSessionRow.token_hash == token_hash,
                StaffSessionRow.expires_at > now,
                col(StaffRow.disabled_at).is_(None),
            )
        )
        row = self._session.exec(query).one_or_none()
        return None if row is None else _session(row)

    def touch(self, token_hash: str, now: datetime) -> None:
        """It was used just now."""
        self._change(
            update(StaffSessionRow)
            .where(
                col(StaffSessionRow.tenant) == self._tenant,
                col(StaffSessionRow.token_hash) == token_hash,
            )
            .values(seen_at=now)
        )

    def close(self, token_hash: str) -> None:
        """The caseworker signed out."""
        self._change(
            delete(StaffSessionRow).where(
                col(StaffSessionRow.tenant) == self._tenant,
                col(StaffSessionRow.token_hash) == token_hash,
            )
        )

    def close_all_of(self, staff_id: str) -> int:
        """Sign a caseworker out everywhere; how many sessions that were."""
        return self._change(
            delete(StaffSessionRow).where(
                col(StaffSessionRow.tenant) == self._tenant,
                col(StaffSessionRow.staff_id) == UUID(staff_id),
            )
        )


def _session(row: StaffSessionRow) -> StaffSession:
    return StaffSession(
        staff_id=str(row.staff_id),
        csrf=row.csrf,
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
    )
