"""Putting everything under the newest key, and making blind indexes anew under another one."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    LargeBinary,
    Table,
    bindparam,
    delete,
    func,
    or_,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy import select as select_core
from sqlmodel import col, select
from sqlmodel import update as update_rows

from storage.crypto import Encrypted, key_id_in
from storage.errors import NotReadable
from storage.ownership import encrypted_columns
from storage.repositories.repository import Repository
from storage.repositories.web_sessions import CHANNEL
from storage.tables import AddressRow, InstallationRow, WebSessionRow, metadata

_HEAD = 5
"""Bytes of the version and the key id, with which every ciphertext begins."""
ONE_WAY = ("sign_in", "link_code", "staff_recovery_code")
"""Tables known by blind indexes alone: without the clear value they cannot be made anew, so they are emptied."""


class Place(NamedTuple):
    """How far a table was worked through: the key of the last row."""

    table: str
    after: tuple[Any, ...]


class Portion(NamedTuple):
    """What one portion did, and where the next begins; None when the table is done."""

    changed: int
    unreadable: int
    next: Place | None


class ReencryptionRepository(Repository):
    """Encrypted columns of all tables."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables with encrypted columns."""
        return tuple(t.name for t in metadata.sorted_tables if encrypted_columns(t))

    def renew(self, place: Place, limit: int) -> Portion:
        """Encrypt up to so many rows anew that are not under the newest key.

        A row somebody changes at the same moment is left: it is under the newest key by then, or found next time.
        """
        table = metadata.tables[place.table]
        keys, secret = list(table.primary_key.columns), _secret(table)
        query = (
            select_core(*keys, *(_raw(column) for column in secret))
            .where(table.c.tenant == self._tenant, or_(*(self._is_old(c) for c in secret)))
            .order_by(*keys)
            .limit(limit)
        )
        if place.after:
            query = query.where(tuple_(*keys) > tuple_(*place.after))
        rows = [row._asdict() for row in self._session.connection().execute(query)]
        outcomes = [self._renew_row(table, row) for row in rows]
        last = tuple(rows[-1][key.name] for key in keys) if rows else ()
        return Portion(
            changed=outcomes.count(True),
            unreadable=outcomes.count(None),
            next=Place(place.table, last) if len(rows) == limit else None,
        )

    def key_ids(self) -> frozenset[bytes]:
        """Ids of the keys anything in the database is still encrypted under."""
        found: set[bytes] = set()
        for name in self.tables:
            for column in _secret(metadata.tables[name]):
                heads = select_core(func.substr(_raw(column), 1, _HEAD)).distinct()
                for head in self._session.connection().execute(heads).scalars():
                    if head is not None:
                        found.add(key_id_in(bytes(head)))
        return frozenset(found)

    def index_anew(self) -> int:
        """Make all blind indexes anew under the present key; how many. What cannot be made is emptied."""
        count = 0
        for address in self._session.exec(
            select(AddressRow).where(AddressRow.tenant == self._tenant)
        ):
            index = self._blind(f"peer.{address.channel}", address.peer)
            self._change(
                update_rows(AddressRow)
                .where(col(AddressRow.tenant) == self._tenant, col(AddressRow.id) == address.id)
                .values(peer_bi=index)
            )
            count += 1
        sessions = select(WebSessionRow).where(WebSessionRow.tenant == self._tenant)
        for session in self._session.exec(sessions):
            self._change(
                update_rows(WebSessionRow)
                .where(
                    col(WebSessionRow.tenant) == self._tenant,
                    col(WebSessionRow.token_hash) == session.token_hash,
                )
                .values(peer_bi=self._blind(f"peer.{CHANNEL}", session.peer))
            )
            count += 1
        self._empty_one_way()
        return count

    def _empty_one_way(self) -> None:
        for name in (*ONE_WAY, InstallationRow.__tablename__):
            table = metadata.tables.get(str(name))
            if table is not None:
                self._change(delete(table).where(table.c.tenant == self._tenant))

    def _is_old(self, column: Column[Any]) -> Any:
        head = self._scope.keyring.head
        return column.is_not(None) & (func.substr(_raw(column), 1, _HEAD) != _bytes(head))

    def _renew_row(self, table: Table, row: dict[str, Any]) -> bool | None:
        """Whether it was written; None when it cannot be read."""
        ring = self._scope.keyring
        where = [key == row[key.name] for key in table.primary_key.columns]
        values: dict[str, Any] = {}
        try:
            for column in _secret(table):
                old = row[column.name]
                if old is None or bytes(old).startswith(ring.head):
                    continue
                label = column.type.label  # type: ignore[attr-defined]
                values[column.name] = _bytes(ring.encrypt(ring.decrypt(bytes(old), label), label))
                where.append(_raw(column) == _bytes(bytes(old)))
        except NotReadable:
            return None
        return bool(values) and self._change(update(table).where(*where).values(values)) == 1


def _secret(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if isinstance(column.type, Encrypted)]


def _raw(column: Column[Any]) -> Any:
    return type_coerce(column, LargeBinary).label(column.name)


def _bytes(value: bytes) -> Any:
    return bindparam(None, value, type_=LargeBinary)
