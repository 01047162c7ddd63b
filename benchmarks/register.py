"""Fills a register with cases by bulk inserts through the tables; the contents are short, but encrypted as ever.

Nine of ten cases are closed, as in a register kept for years; the rest lie in the offices' queues.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from casework.numbers import number_from
from catalog.models import Catalog
from dialogue.models import Conversation
from storage.database import Database
from storage.ids import new_id
from storage.serialization import CONVERSATION, to_json
from storage.tables import (
    AddressRow,
    ApplicationRow,
    CaseEventRow,
    CaseRow,
    ConversationRow,
    PersonRow,
    Row,
)

NOW = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
_AT_ONCE = 5_000
_CLOSED_OF_TEN = 9
_TABLES: tuple[type[Row], ...] = (
    PersonRow, ConversationRow, AddressRow, ApplicationRow, CaseRow, CaseEventRow,
)  # fmt: skip


def fill(database: Database, catalog: Catalog, first: int, last: int) -> None:
    """The cases numbered from `first` up to `last`, one person each."""
    for begin in range(first, last, _AT_ONCE):
        numbers = range(begin, min(begin + _AT_ONCE, last))
        made = [_person(database.tenant, catalog, number) for number in numbers]
        with database._writer.begin() as connection:  # noqa: SLF001 - bulk loading is no use case
            for place, table in enumerate(_TABLES):
                connection.execute(insert(table), [values[place] for values in made])
    with database._writer.connect() as connection:  # noqa: SLF001
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _person(tenant: str, catalog: Catalog, number: int) -> tuple[dict[str, Any], ...]:
    """One row for each table."""
    person, talk, application, case = (UUID(new_id()) for _ in range(4))
    office = catalog.offices[number % len(catalog.offices)].id
    service = catalog.services[number % len(catalog.services)]
    is_open = number % 10 >= _CLOSED_OF_TEN
    # Open ones are at most four weeks old, as long as the register may be.
    filed = NOW - timedelta(minutes=number % 40_000, days=0 if is_open else 60)
    state = "in_review" if is_open else "approved"
    code = number_from(number)
    key = {"tenant": tenant}
    whose = {"person_id": person, "conversation_id": talk}
    return (
        {**key, "id": person, "created_at": filed, "facts": None},
        {
            **key, "id": talk, "person_id": person, "version": 1, "last_seq": 0,
            "state": to_json(CONVERSATION, Conversation(id=str(talk))),
            "created_at": filed, "updated_at": filed,
        },
        {
            **key, "id": UUID(new_id()), "conversation_id": talk, "channel": "webchat",
            "peer": str(number), "peer_bi": number.to_bytes(16, "big"),
            "created_at": filed, "used_at": filed,
        },
        {
            **key, **whose, "id": application, "filed_by": person, "number": code,
            "office_id": office, "catalog_version": catalog.version, "beneficiary": "",
            "consent_words": "[]", "created_at": filed,
        },
        {
            **key, **whose, "id": case, "application_id": application, "filed_by": person,
            "number": code, "service_id": service.id, "service_name": service.name,
            "office_id": office, "state": state, "is_open": is_open,
            "catalog_version": catalog.version, "questions": "[]", "papers": "[]",
            "due_at": filed + timedelta(days=20), "due_is_internal": False, "wanted": [],
            "wanted_reason": "", "version": 1, "created_at": filed, "updated_at": filed,
        },
        {
            **key, "id": UUID(new_id()), "case_id": case, "seq": 1, "at": filed,
            "action": "submit", "actor_kind": "resident", "actor_id": "", "actor_name": "",
            "state": "submitted", "reason": "", "items": [], "office_id": "",
        },
    )  # fmt: skip
