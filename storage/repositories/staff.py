"""Accounts of caseworkers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select, update

from storage.errors import Conflict
from storage.ids import id_or_nil, new_id
from storage.models import Staff
from storage.repositories.repository import Repository
from storage.tables import StaffRow


class StaffRepository(Repository):
    """Accounts by login, which ignores case and outer blanks."""

    def add(
        self, login: str, name: str, office_id: str, password_hash: str, now: datetime
    ) -> Staff:
        """Open an account; raises `Conflict` if the login is taken, even by a disabled one."""
        row = StaffRow(
            tenant=self._tenant,
            id=UUID(new_id()),
            login=normal_login(login),
            name=name,
            office_id=office_id,
            password_hash=password_hash,
            created_at=now,
        )
        if not self._insert_new(row):
            raise Conflict("login")
        return _staff(row)

    def by_login(self, login: str) -> Staff | None:
        """The account with this login, disabled or not, or None."""
        query = select(StaffRow).where(
            StaffRow.tenant == self._tenant, StaffRow.login == normal_login(login)
        )
        row = self._session.exec(query).one_or_none()
        return None if row is None else _staff(row)

    def get(self, staff_id: str) -> Staff | None:
        """The account with this id, or None."""
        query = select(StaffRow).where(
            StaffRow.tenant == self._tenant, StaffRow.id == id_or_nil(staff_id)
        )
        row = self._session.exec(query).one_or_none()
        return None if row is None else _staff(row)

    def list(self) -> tuple[Staff, ...]:
        """All accounts by login."""
        query = select(StaffRow).where(StaffRow.tenant == self._tenant)
        rows = self._session.exec(query.order_by(col(StaffRow.login)))
        return tuple(_staff(row) for row in rows)

    def disable(self, login: str, now: datetime) -> bool:
        """Close an account for good; its open sessions end. False if there is none."""
        return self._set(login, disabled_at=now)

    def set_password(self, login: str, password_hash: str) -> bool:
        """Set another password; False if there is no such account."""
        return self._set(login, password_hash=password_hash)

    def _set(self, login: str, **values: Any) -> bool:
        touched = self._change(
            update(StaffRow)
            .where(
                col(StaffRow.tenant) == self._tenant,
                col(StaffRow.login) == normal_login(login),
            )
            .values(**values)
        )
        return touched == 1


def normal_login(login: str) -> str:
    """The login as it is compared."""
    return login.strip().casefold()


def _staff(row: StaffRow) -> Staff:
    return Staff(
        id=str(row.id),
        login=row.login,
        name=row.name,
        office_id=row.office_id,
        password_hash=row.password_hash,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        factor_key=row.factor_key,
        factor_since=row.factor_since,
    )
