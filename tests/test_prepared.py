"""Prepared statements: what SQLAlchemy's own way gives, with its errors, its listeners and its transaction."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from databases import NOW
from sqlalchemy import bindparam, event, select
from sqlalchemy.exc import IntegrityError, InvalidRequestError, OperationalError
from test_storage import a_message, talk
from tester import Clock, FakeRecognizer, Tester

from actions.mind import Mind
from catalog.models import Catalog
from dialogue.progress import Answer
from storage.database import Database
from storage.ids import new_id
from storage.prepared import Prepared
from storage.repositories import statements
from storage.repositories.statements import inserting, listed, table_of
from storage.tables import ConversationRow, MessageRow
from storage.unit_of_work import UnitOfWork

MOST_STATEMENTS = 8
"""Of an ordinary turn, besides BEGIN, which psycopg sends by itself."""


def ways(work: UnitOfWork, statement: Any, **values: Any) -> tuple[list[Any], list[Any]]:
    """The rows of a statement, prepared and SQLAlchemy's own way."""
    scope = work._scope
    done = scope.statements.run(scope.connection, statement, values)
    own = scope.connection.execute(statement, values)
    return [tuple(row) for row in done.rows], [tuple(row) for row in own]


def test_rows_are_those_of_sqlalchemys_own_way(database: Database):
    with database.write() as work:
        stored = talk(work)
        work.messages.add_incoming(stored.conversation.id, a_message(), NOW)
        person, tenant = UUID(stored.person_id), database.tenant
        index = work._scope.keyring.blind_index(tenant, "peer.telegram", "wang")
        found = [
            ways(work, statements.HELD_AT, tenant=tenant, channel="telegram", peer_bi=index),
            ways(work, statements.AROUND, tenant=tenant, id=person),
            ways(work, statements.facts_of(2), tenant=tenant, **listed([person, person])),
            ways(work, select(table_of(MessageRow)).where(table_of(MessageRow).c.seq > 0)),
        ]
        nothing = [
            ways(work, statements.AUTHORIZATIONS, tenant=tenant, person=person),
            ways(work, statements.cases_of(1), tenant=tenant, **listed([person])),
            ways(work, statements.NUMBER_TAKEN, tenant=tenant, number="1"),
        ]

    assert all(prepared == own and len(own) == 1 for prepared, own in found)
    assert all(prepared == own == [] for prepared, own in nothing)


def test_what_hangs_on_a_missing_row_is_refused_as_sqlalchemy_does_without_telling_words(
    database: Database,
):
    with database.write() as work:
        talk(work)
        message = {"id": UUID(new_id()), "conversation_id": UUID(new_id()), "seq": 1}
        with pytest.raises(IntegrityError) as caught:
            work.messages._run(
                inserting(table_of(MessageRow)),
                tenant=database.tenant,
                direction="in",
                payload="王秀英",
                at=NOW,
                **message,
            )

    assert "王秀英" not in str(caught.value)
    assert str(message["conversation_id"]) not in str(caught.value).partition("DETAIL")[0]


def test_who_listens_to_statements_hears_them_and_may_stop_them(database: Database):
    heard: list[str] = []

    def listen(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        heard.append(statement)
        raise OperationalError("", {}, Exception("the disk is full"))

    with database.write() as work:
        event.listen(work._scope.connection, "before_cursor_execute", listen)
        with pytest.raises(OperationalError):
            work.conversations.find("telegram", "wang")
        event.remove(work._scope.connection, "before_cursor_execute", listen)

    assert len(heard) == 1


def test_a_savepoint_holds_for_prepared_statements_too(database: Database):
    with database.write() as work:
        point = work._scope.connection.begin_nested()
        talk(work)
        point.rollback()
        assert work.conversations.find("telegram", "wang") is None


def test_after_the_commit_nothing_runs(database: Database):
    with database.write() as work:
        talk(work)
        work.commit()
        with pytest.raises(InvalidRequestError):
            work.conversations.find("telegram", "wang")
        with pytest.raises(InvalidRequestError):
            work.messages.latest(new_id(), 1)


def test_a_list_of_changing_length_cannot_be_prepared(database: Database):
    ids = table_of(ConversationRow).c.id
    with pytest.raises(ValueError, match="changing length"):
        Prepared(select(ids).where(ids.in_(bindparam("ids", expanding=True))), _dialect(database))


def _dialect(database: Database) -> Any:
    return database._writer.dialect


def test_an_ordinary_turn_is_a_handful_of_statements(
    database: Database, catalog: Catalog, clock: Clock
):
    tester = Tester(database, Mind(catalog=catalog, recognizer=FakeRecognizer()), clock=clock)
    tester.says("你好")
    told: list[str] = []

    def count(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            told.append(statement)

    event.listen(database._writer, "before_cursor_execute", count)
    tester.says("帮助")
    event.remove(database._writer, "before_cursor_execute", count)

    assert len(told) <= MOST_STATEMENTS, told


def test_a_turn_that_waited_for_another_one_reads_what_that_one_stored(database: Database):
    """So what is read about a person is asked after her conversation is locked, not by the same statement."""
    with database.write() as work:
        person = talk(work).person_id
        work.commit()
    asked = Event()

    def second() -> dict[str, Answer]:
        asked.set()
        with database.write() as work:
            return work.people.around(talk(work).person_id).facts

    with ThreadPoolExecutor(1) as threads:
        with database.write() as work:
            talk(work)
            work.people.learn(person, {"name": Answer(value="王秀英", shown="王秀英")})
            waiting = threads.submit(second)
            asked.wait()
            with pytest.raises(StillWaiting):
                waiting.result(timeout=0.2)
            work.commit()
        assert list(waiting.result()) == ["name"]
