"""Attempts to sign in, to slow down whoever guesses; logins and addresses are kept as blind indexes only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from storage.ids import new_id
from storage.models import Failures
from storage.repositories.repository import Repository
from storage.repositories.staff import normal_login
from storage.tables import SignInRow


class SignInRepository(Repository):
    """Attempts by login and by network address."""

    def note(self, login: str, address: str, ok: bool, now: datetime) -> None:
        """Somebody tried; `ok` when it was let in."""
        row = SignInRow(
            tenant=self._tenant,
            id=UUID(new_id()),
            login_bi=self._login_index(login),
            address_bi=self._address_index(address),
            ok=ok,
            at=now,
        )
        self._insert(row)

    def failures_since(self, login: str, address: str, since: datetime) -> Failures:
        """How many attempts failed since then for this login, and how many logins from this address.

        Not attempts from an address: one person who forgot her password must not lock out all who share it.
        """
        logins = func.count(func.distinct(SignInRow.login_bi))
        return Failures(
            by_login=self._count(
                func.count(), col(SignInRow.login_bi) == self._login_index(login), since
            ),
            by_address=self._count(
                logins, col(SignInRow.address_bi) == self._address_index(address), since
            ),
        )

    def _count(self, what: ColumnElement[int], whose: ColumnElement[bool], since: datetime) -> int:
        query = (
            select(what)
            .select_from(SignInRow)
            .where(
                SignInRow.tenant == self._tenant,
                whose,
                SignInRow.at >= since,
                ~col(SignInRow.ok),
            )
        )
        return self._session.exec(query).one()

    def _login_index(self, login: str) -> bytes:
        return self._blind("sign_in.login", normal_login(login))

    def _address_index(self, address: str) -> bytes:
        return self._blind("sign_in.address", address)
