"""The rows of one turn by plain driver statements: what the database alone costs, with no program around it."""

from __future__ import annotations

import sqlite3
from typing import Any
from uuid import uuid4

import psycopg

from benchmarks.databases import Engine
from benchmarks.measuring import Step

_TURN = {
    "inbox": "SELECT * FROM inbox ORDER BY received_at DESC LIMIT 1",
    "message": "SELECT * FROM message ORDER BY at DESC, seq DESC LIMIT 2",
    "conversation": "SELECT * FROM conversation ORDER BY updated_at DESC LIMIT 1",
}
"""What the last turn stored; encrypted values are copied as they lie there."""


def same_rows(engine: Engine) -> Step:
    """Each step stores the last turn once more, in one commit: its inbox entry, two messages, its conversation.

    The database is one that has served turns; none must run beside it.
    """
    connection = _connection(engine)
    table, kept = Rows(connection), {}
    for name, query in _TURN.items():
        kept[name] = table.read(query)
    inbox, talk, lines = kept["inbox"][0], kept["conversation"][0], kept["message"]
    lines = [line for line in lines if line["conversation_id"] == talk["id"]]
    seq = talk["last_seq"]

    def step(_: int) -> None:
        nonlocal seq
        if isinstance(connection, sqlite3.Connection):
            connection.execute("BEGIN IMMEDIATE")
        table.insert("inbox", {**inbox, "event_id": uuid4().hex})
        for line in lines:
            seq += 1
            table.insert("message", {**line, "id": uuid4().hex, "seq": seq})
        table.save({**talk, "last_seq": seq})
        connection.commit()

    return step


class Rows:
    """Rows of any table, as the driver gives and takes them."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._mark = "?" if isinstance(connection, sqlite3.Connection) else "%s"

    def read(self, query: str) -> list[dict[str, Any]]:
        """What a query finds, by column."""
        cursor = self._connection.execute(query)
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        self._connection.commit()
        return found

    def insert(self, table: str, row: dict[str, Any]) -> None:
        """One more row."""
        marks = ", ".join([self._mark] * len(row))
        self._connection.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values())
        )

    def save(self, talk: dict[str, Any]) -> None:
        """A conversation as it is now."""
        mark = self._mark
        self._connection.execute(
            f"UPDATE conversation SET state = {mark}, last_seq = {mark}, updated_at = {mark}"
            f" WHERE tenant = {mark} AND id = {mark}",
            (talk["state"], talk["last_seq"], talk["updated_at"], talk["tenant"], talk["id"]),
        )


def _connection(engine: Engine) -> Any:
    if engine.name == "PostgreSQL":
        return psycopg.connect(engine.url)
    connection = sqlite3.connect(engine.url.removeprefix("sqlite:///"), isolation_level=None)
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}")
    return connection
