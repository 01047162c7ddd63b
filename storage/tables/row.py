"""What all tables share: the tenant, names for constraints, and helpers that keep definitions short."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Index, MetaData, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from storage.crypto import Encrypted

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
JSON_LIST = JSON().with_variant(JSONB(), "postgresql")
CODE = 64
"""Longest id, channel, code or state, in characters."""
EVENT_ID = 200


class Row(SQLModel):
    """Base of every table. The tenant comes from the `Database`, never from a request."""

    metadata = MetaData(naming_convention=NAMES)

    tenant: str = Field(primary_key=True, max_length=32)


class InstallationRow(Row, table=True):
    """One line a tenant: a fingerprint of the blind index key, to notice a wrong secret at start."""

    __tablename__ = "installation"

    index_fingerprint: bytes


def encrypted(label: str, *, nullable: bool = False) -> Any:
    """A column encrypted as `table.column`."""
    return Field(sa_type=Encrypted(label), nullable=nullable)


def belongs_to(table: str, column: str) -> ForeignKeyConstraint:
    """A foreign key within the tenant."""
    return ForeignKeyConstraint(["tenant", column], [f"{table}.tenant", f"{table}.id"])


def index(name: str, *columns: str, only: str = "", only_on_sqlite: str = "") -> Index:
    """An index beginning with the tenant; `only` restricts it to rows for which this SQL holds."""
    if not only:
        return Index(name, "tenant", *columns)
    return Index(
        name,
        "tenant",
        *columns,
        postgresql_where=text(only),
        sqlite_where=text(only_on_sqlite or only),
    )


def open_index(name: str, *columns: str) -> Index:
    """An index over the rows whose `is_open` is true, as SQLAlchemy writes that on each engine."""
    return index(name, *columns, only="is_open", only_on_sqlite="is_open = 1")
