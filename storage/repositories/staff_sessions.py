"""Signed-in browsers of the console, known by the hash of their cookie only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_
from sqlmodel import col, delete, select, update

from storage.models import StaffSession
from storage.repositories.repository import Repository
from storage.tables import StaffRow, StaffSessionRow


class StaffSessionRepository(Repository):
    """Sessions by the hash of their token."""

    def open(
        self,
        token_hash: str,
        staff_id: str,
        csrf: str,
        now: datetime,
        expires_at: datetime,
        *,
        awaits_code: bool = False,
    ) -> None:
        """A caseworker signed in, or half so: her second factor is awaited."""
        row = StaffSessionRow(
            tenant=self._tenant,
            token_hash=token_hash,
            staff_id=UUID(staff_id),
            csrf=csrf,
            created_at=now,
            seen_at=now,
            expires_at=expires_at,
            code_asked_at=now if awaits_code else None,
        )
        self._insert(row)

    def find(self, token_hash: str, now: datetime) -> StaffSession | None:
        """The session, or None if there is none, it expired, or the account was disabled.

        One that awaits a second factor is none: only `find_half` finds it.
        """
        return self._find(token_hash, now, col(StaffSessionRow.code_asked_at).is_(None))

    def find_half(self, token_hash: str, now: datetime) -> StaffSession | None:
        """The session that awaits a second factor, or None."""
        return self._find(token_hash, now, col(StaffSessionRow.code_asked_at).is_not(None))

    def _find(
        self, token_hash: str, now: datetime, is_meant: ColumnElement[bool]
    ) -> StaffSession | None:
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
                is_meant,
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

    def set_pending_key(self, token_hash: str, key: str | None) -> None:
        """Remember a key shown for setting up the second factor, or forget it."""
        self._change(
            update(StaffSessionRow)
            .where(
                col(StaffSessionRow.tenant) == self._tenant,
                col(StaffSessionRow.token_hash) == token_hash,
            )
            .values(pending_key=key)
        )

    def close(self, token_hash: str) -> None:
        """The caseworker signed out."""
        self._change(
            delete(StaffSessionRow).where(
                col(StaffSessionRow.tenant) == self._tenant,
                col(StaffSessionRow.token_hash) == token_hash,
            )
        )

    def close_all_of(self, staff_id: str, but: str = "") -> int:
        """Sign a caseworker out everywhere, or everywhere but here; how many sessions that were."""
        return self._change(
            delete(StaffSessionRow).where(
                col(StaffSessionRow.tenant) == self._tenant,
                col(StaffSessionRow.staff_id) == UUID(staff_id),
                col(StaffSessionRow.token_hash) != but,
            )
        )


def _session(row: StaffSessionRow) -> StaffSession:
    return StaffSession(
        staff_id=str(row.staff_id),
        csrf=row.csrf,
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        pending_key=row.pending_key,
    )
