"""Browsers in which a caseworker has signed in before, known by the hash of a cookie only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import col, delete, select

from storage.repositories.repository import Repository
from storage.tables import StaffDeviceRow


class StaffDeviceRepository(Repository):
    """By the hash of the browser's token and the id of the caseworker."""

    def add(self, token_hash: str, staff_id: str, now: datetime) -> None:
        """She has signed in there."""
        row = StaffDeviceRow(
            tenant=self._tenant, token_hash=token_hash, staff_id=UUID(staff_id), created_at=now
        )
        self._insert(row)

    def is_known(self, token_hash: str, staff_id: str) -> bool:
        """Whether she has signed in there before."""
        query = select(StaffDeviceRow.token_hash).where(
            StaffDeviceRow.tenant == self._tenant,
            StaffDeviceRow.token_hash == token_hash,
            StaffDeviceRow.staff_id == UUID(staff_id),
        )
        return self._session.exec(query).first() is not None

    def forget_all_of(self, staff_id: str) -> None:
        """None of her browsers is known any more."""
        self._change(
            delete(StaffDeviceRow).where(
                col(StaffDeviceRow.tenant) == self._tenant,
                col(StaffDeviceRow.staff_id) == UUID(staff_id),
            )
        )
