"""Which rows belong to a person, found along the foreign keys; and what forgetting her does to them.

A table added later is covered by itself when it refers to a person, a conversation, a message or a case: its
rows are deleted with her, unless it is named here. A test fills every table and finds what was overlooked.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKeyConstraint, MetaData, Table, or_, select

from storage.crypto import Encrypted

PERSON = "person"
REFERENCES = frozenset({"filed_by"})
"""Columns that name a person without the row being hers: a helper does not own the cases she filed."""
RECORD = ("application", "case_file", "case_event", "read_log")
"""What a public office did stays on record: emptied of what the person told, never deleted."""
SHELLS = ("conversation", PERSON)
"""Deleted, or emptied while the record still refers to them."""
EMPTY = {
    "application.consent_words": "[]",
    "case_file.questions": "[]",
    "case_file.papers": "[]",
    "conversation.state": '{{"id": "{id}"}}',
}
"""What stands in an emptied column where empty text would not be readable; `{id}` is the row's own id."""
NOT_RESIDENTS = frozenset({"staff", "staff_session"})
"""Tables with encrypted columns that hold nothing of residents."""
BY_ADDRESS = frozenset({"web_session"})
"""Tables that refer to a person by one of her addresses only."""

Owned = dict[str, ColumnElement[bool]]


def owned_by(person_id: UUID, tenant: str, metadata: MetaData) -> Owned:
    """For each table that can hold something of a person, the condition for her rows."""
    owned: Owned = {}
    for table in metadata.sorted_tables:
        hers = _hers(table, person_id, owned)
        if hers is not None:
            owned[table.name] = (table.c.tenant == tenant) & hers
    return owned


def encrypted_columns(table: Table) -> tuple[str, ...]:
    """Names of a table's encrypted columns."""
    return tuple(column.name for column in table.columns if isinstance(column.type, Encrypted))


def emptied(table: Table, row_id: UUID | None = None) -> dict[str, Any]:
    """What an emptied row holds in its encrypted columns."""
    values: dict[str, Any] = {}
    for name in encrypted_columns(table):
        text = EMPTY.get(f"{table.name}.{name}")
        if text is None:
            values[name] = None if table.c[name].nullable else ""
        else:
            values[name] = text.format(id=row_id) if "{id}" in text else text
    return values


def _hers(table: Table, person_id: UUID, owned: Owned) -> ColumnElement[bool] | None:
    if table.name == PERSON:
        return table.c.id == person_id
    direct, through = [], []
    for key in table.foreign_key_constraints:
        column, parent = _own_column(key)
        if parent.name == PERSON:
            if column.name not in REFERENCES:
                direct.append(column == person_id)
        elif parent.name in owned:
            through.append(column.in_(select(parent.c.id).where(owned[parent.name])))
    ways = direct or through
    return or_(*ways) if ways else None


def _own_column(key: ForeignKeyConstraint) -> tuple[Any, Table]:
    """The column beside the tenant, and the table it leads to."""
    column = next(element.parent for element in key.elements if element.parent.name != "tenant")
    return column, key.referred_table
