"""The statements every turn runs, built once: building one costs several times what running it does.

They are plain SQL over the tables, run past the ORM; each says which values it wants by `bindparam`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    case,
    exists,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from storage.tables import (
    AddressRow,
    ApplicationRow,
    AuthorizationRow,
    CaseRow,
    ConversationRow,
    HandoverRow,
    InboxRow,
    MessageRow,
    PersonRow,
    ReminderPlanRow,
    Row,
)


def table_of(row: type[Row]) -> Table:
    """The table behind a row class."""
    table: Table = row.__table__  # type: ignore[attr-defined]
    return table


_conversation, _address = table_of(ConversationRow), table_of(AddressRow)
_inbox, _application = table_of(InboxRow), table_of(ApplicationRow)
_person, _case = table_of(PersonRow), table_of(CaseRow)
_authorization, _plan = table_of(AuthorizationRow), table_of(ReminderPlanRow)
_handover, _message = table_of(HandoverRow), table_of(MessageRow)

EMERGENCY = "emergency"
"""The reason of a hand-over that goes before all others and is never replaced by a lesser one."""

HELD_AT = (
    select(
        _conversation.c.id,
        _conversation.c.person_id,
        _conversation.c.state,
        _conversation.c.version,
        _conversation.c.last_seq,
        _address.c.channel,
        _address.c.peer,
        _address.c.used_at,
    )
    .join(
        _address,
        and_(
            _address.c.tenant == _conversation.c.tenant,
            _address.c.conversation_id == _conversation.c.id,
        ),
    )
    .where(
        _address.c.tenant == bindparam("tenant"),
        _address.c.channel == bindparam("channel"),
        _address.c.peer_bi == bindparam("peer_bi"),
    )
)
"""The conversation held at an address."""
HELD_AT_LOCKED = HELD_AT.with_for_update(of=_conversation)

SAVE = (
    update(_conversation)
    .where(
        _conversation.c.tenant == bindparam("its_tenant"),
        _conversation.c.id == bindparam("its_id"),
        _conversation.c.version == bindparam("loaded"),
    )
    .values(
        state=bindparam("state"),
        version=bindparam("version"),
        last_seq=_conversation.c.last_seq + bindparam("lines", type_=Integer()),
        updated_at=bindparam("updated_at"),
    )
    .returning(_conversation.c.last_seq)
)
"""Nothing is touched unless the conversation is still as it was loaded; counts lines about to be added."""

NEXT_SEQ = (
    update(_conversation)
    .where(
        _conversation.c.tenant == bindparam("its_tenant"),
        _conversation.c.id == bindparam("its_id"),
    )
    .values(last_seq=_conversation.c.last_seq + 1)
    .returning(_conversation.c.last_seq)
)
"""Counts one up; the row it locks makes writers of one conversation wait for each other."""

ANSWERED = (
    update(_inbox)
    .where(
        _inbox.c.tenant == bindparam("its_tenant"),
        _inbox.c.channel == bindparam("its_channel"),
        _inbox.c.event_id == bindparam("its_event"),
    )
    .values(conversation_id=bindparam("answered_in"), reply_seq=bindparam("answered_by"))
)

_LINES = select(
    _message.c.id,
    _message.c.conversation_id,
    _message.c.seq,
    _message.c.direction,
    _message.c.payload,
    _message.c.at,
).where(
    _message.c.tenant == bindparam("tenant"),
    _message.c.conversation_id == bindparam("conversation"),
)
_LIMIT = bindparam("limit", type_=Integer())
LINE = _LINES.where(_message.c.seq == bindparam("seq"))
"""One message by its number."""
LINES_AFTER = (
    _LINES.where(_message.c.seq > bindparam("seq")).order_by(_message.c.seq).limit(_LIMIT)
)
"""The messages following a number, oldest first."""
LATEST_LINES = _LINES.order_by(_message.c.seq.desc()).limit(_LIMIT)
"""The newest messages, newest first."""

NUMBER_TAKEN = select(_application.c.id).where(
    _application.c.tenant == bindparam("tenant"), _application.c.number == bindparam("number")
)

AROUND = select(
    _person.c.facts,
    exists()
    .where(_case.c.tenant == _person.c.tenant, _case.c.person_id == _person.c.id)
    .label("has_cases"),
    or_(
        *(
            exists().where(_authorization.c.tenant == _person.c.tenant, side == _person.c.id)
            for side in (_authorization.c.helper_id, _authorization.c.principal_id)
        )
    ).label("has_authorizations"),
).where(_person.c.tenant == bindparam("tenant"), _person.c.id == bindparam("id"))
"""What is known of a person, and what else there is to be read about her."""

AUTHORIZATIONS = (
    select(_authorization)
    .where(
        _authorization.c.tenant == bindparam("tenant"),
        or_(
            _authorization.c.helper_id == bindparam("person"),
            _authorization.c.principal_id == bindparam("person"),
        ),
    )
    .order_by(_authorization.c.id)
)
"""Those in which a person is the helper or the principal."""

ASKED_AGAIN = (
    update(_handover)
    .where(
        _handover.c.tenant == bindparam("its_tenant"),
        _handover.c.conversation_id == bindparam("its_conversation"),
        _handover.c.closed_at.is_(None),
    )
    .values(
        {
            column: case(
                (_handover.c.reason == EMERGENCY, column),
                else_=bindparam(column.name, type_=column.type),
            )
            for column in (_handover.c.reason, _handover.c.excerpt)
        }
    )
    .returning(_handover.c.id)
)
"""The open hand-over of a conversation gets the latest reason and words, unless it is an emergency."""


@cache
def facts_of(persons: int) -> Select[Any]:
    """What is known of so many persons."""
    return select(_person.c.id, _person.c.facts).where(
        _person.c.tenant == bindparam("tenant"), _one_of(_person.c.id, persons)
    )


@cache
def cases_of(persons: int) -> Select[Any]:
    """The cases of so many persons, newest first."""
    return (
        select(_case)
        .where(_case.c.tenant == bindparam("tenant"), _one_of(_case.c.person_id, persons))
        .order_by(_case.c.created_at.desc(), _case.c.id.desc())
    )


def listed(values: Iterable[Any]) -> dict[str, Any]:
    """Values for a statement that was built for so many."""
    return {f"each_{place}": value for place, value in enumerate(values)}


def _one_of(column: Column[Any], count: int) -> ColumnElement[bool]:
    return column.in_([bindparam(name, type_=column.type) for name in listed(range(count))])


@cache
def inserting(table: Table) -> Insert:
    """One row."""
    return insert(table)


@cache
def inserting_new(table: Table, dialect: str) -> Insert:
    """One row unless its key is there; nothing comes back if it was."""
    made = _insert(table, dialect).on_conflict_do_nothing()
    statement: Insert = made.returning(table.c.tenant)
    return statement


@cache
def looking_earlier(dialect: str) -> Insert:
    """Look at a conversation at this time, unless it is looked at before anyway."""
    made = _insert(_plan, dialect)
    statement: Insert = made.on_conflict_do_update(
        index_elements=[_plan.c.tenant, _plan.c.conversation_id],
        set_={"look_at": made.excluded.look_at},
        where=_plan.c.look_at > made.excluded.look_at,
    )
    return statement


def _insert(table: Table, dialect: str) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
