"""Logs that only grow, sealed line by line: adding to them, and finding what was changed or removed."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import LargeBinary, type_coerce
from sqlalchemy import select as select_core
from sqlmodel import col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from storage.errors import NotReadable
from storage.ids import time_of
from storage.noted_end import NotedEnd
from storage.repositories.repository import Repository
from storage.sealing import (
    START,
    chained,
    columns_of,
    encrypted_of,
    head_seal,
    seal_line,
    sum_of,
    text_digest,
    values_of,
)
from storage.tables import CaseEventRow, LogHeadRow, ReadLogRow

Log = Literal["case_event", "read_log"]
Line = CaseEventRow | ReadLogRow
LOGS: dict[Log, type[Line]] = {"case_event": CaseEventRow, "read_log": ReadLogRow}
What = Literal["changed", "missing", "unsealed", "unreadable"]
_AT_ONCE = 500
_UNREADABLE = "\0unreadable"
"""No database takes a NUL in a text, so no word of anybody looks like this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Something a sealed log should not show."""

    log: Log
    subject_id: str
    what: What
    line: int
    """Which line of the subject, or 0 for its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was looked at, and what is wrong with it."""

    lines: int
    erased: int
    """Lines whose words were erased at a person's wish; what happened is still sealed."""
    flaws: tuple[Flaw, ...]
    noted: NotedEnd
    """All of it as it stood at the time asked for."""


class SealedLogRepository(Repository):
    """The histories of cases, and who read them."""

    def append(self, log: Log, case_id: UUID, *lines: Line) -> None:
        """Number, seal and store new lines of one case; writers of the same log wait for each other."""
        head = self._head(log, case_id)
        count, chain = head.lines, head.chain
        for line in lines:
            count += 1
            line.seq = count
            chain = seal_line(self._scope.keyring, line, chain)
            self._insert(line)
        seal = head_seal(self._scope.keyring, log, case_id, count, chain)
        self._change(
            update(LogHeadRow)
            .where(
                col(LogHeadRow.tenant) == self._tenant,
                col(LogHeadRow.log) == log,
                col(LogHeadRow.subject_id) == case_id,
            )
            .values(lines=count, chain=chain, seal=seal)
        )

    def seal_all(self) -> int:
        """Seal logs that were never sealed (before revision 0006) or whose key was changed; how many lines."""
        sealed = 0
        for log, table in LOGS.items():
            subjects = [
                key for key, _ in groupby(self._session.exec(_subjects(table, self._tenant)))
            ]
            for subject in subjects:
                sealed += self._seal_again(log, table, subject)
        return sealed

    def is_sealed(self) -> bool:
        """Nothing was written before lines were sealed."""
        heads = select(LogHeadRow.log).where(LogHeadRow.tenant == self._tenant).limit(1)
        if self._session.exec(heads).first() is not None:
            return True
        some = (
            select(table.id).where(table.tenant == self._tenant).limit(1)
            for table in LOGS.values()
        )
        return all(self._session.exec(query).first() is None for query in some)

    def verify(self, at: datetime) -> Verified:
        """Look at every line of every log, and sum up those written before `at`; nothing is changed."""
        flaws: list[Flaw] = []
        ends: list[bytes] = []
        lines = erased = before = 0
        for log, table in LOGS.items():
            heads = self._heads(log)
            for subject, found in self._by_subject(table):
                lines += len(found)
                erased += sum(line.get("erased_at") is not None for line in found)
                flaws.extend(self._flaws(log, subject, found, heads.pop(subject, None)))
                old = [line for line in found if time_of(str(line["id"])) < at]
                if old:
                    before += len(old)
                    ends.append(_end(log, subject, old))
            flaws.extend(_gone(log, subject) for subject in heads if heads[subject].lines)
        summed = sum_of(self._scope.keyring, ends)
        noted = NotedEnd(at=at, logs=len(ends), lines=before, sum=summed)
        return Verified(lines=lines, erased=erased, flaws=tuple(flaws), noted=noted)

    def _head(self, log: Log, case_id: UUID) -> LogHeadRow:
        new = LogHeadRow(
            tenant=self._tenant, log=log, subject_id=case_id, lines=0, chain=START, seal=START
        )
        if self._insert_new(new):
            return new
        query = select(LogHeadRow).where(
            LogHeadRow.tenant == self._tenant,
            LogHeadRow.log == log,
            LogHeadRow.subject_id == case_id,
        )
        return self._session.exec(query.with_for_update()).one()

    def _heads(self, log: Log) -> dict[UUID, LogHeadRow]:
        query = select(LogHeadRow).where(LogHeadRow.tenant == self._tenant, LogHeadRow.log == log)
        return {row.subject_id: row for row in self._session.exec(query)}

    def _by_subject(self, table: type[Line]) -> Iterator[tuple[UUID, list[dict[str, Any]]]]:
        """The lines of each case as values by column; what cannot be decrypted is an `_UNREADABLE`."""
        columns = columns_of(table)
        secret = encrypted_of(table)
        raw = [
            type_coerce(c, LargeBinary).label(c.name) if c.name in secret else c for c in columns
        ]
        query = (
            select_core(*raw)
            .where(columns.tenant == self._tenant)
            .order_by(columns.case_id, columns.seq, columns.id)
            .execution_options(yield_per=_AT_ONCE)
        )
        rows = (row._asdict() for row in self._session.connection().execute(query))
        for subject, group in groupby(rows, key=lambda row: row["case_id"]):
            yield subject, [self._opened(row, table, secret) for row in group]

    def _opened(
        self, row: Mapping[str, Any], table: type[Line], secret: frozenset[str]
    ) -> dict[str, Any]:
        values = dict(row)
        for name in secret:
            label = f"{table.__tablename__}.{name}"
            try:
                values[name] = self._scope.keyring.decrypt(bytes(values[name]), label).decode()
            except NotReadable:
                values[name] = _UNREADABLE
        return values

    def _flaws(
        self, log: Log, subject: UUID, lines: list[dict[str, Any]], head: LogHeadRow | None
    ) -> Iterator[Flaw]:
        chain, expected = START, 1
        for line in lines:
            wrong = self._flaw(LOGS[log], line, chain, expected)
            if wrong is not None:
                yield Flaw(log=log, subject_id=str(subject), what=wrong, line=expected)
            chain, expected = bytes(line["chain"] or START), (line["seq"] or 0) + 1
        if head is None or not self._ends(head, log, expected - 1, chain):
            yield Flaw(log=log, subject_id=str(subject), what="missing", line=0)

    def _flaw(
        self, table: type[Line], line: dict[str, Any], before: bytes, expected: int
    ) -> What | None:
        ring, secret = self._scope.keyring, encrypted_of(table)
        if line["chain"] is None:
            return "unsealed"
        if line["seq"] != expected:
            return "missing"
        if not hmac.compare_digest(chained(ring, before, line, secret), bytes(line["chain"])):
            return "changed"
        if not secret or line["erased_at"] is not None:
            return None
        if _UNREADABLE in (line[name] for name in secret):
            return "unreadable"
        digest = text_digest(ring, bytes(line["salt"] or START), line, secret)
        is_whole = hmac.compare_digest(digest, bytes(line["text_digest"] or START))
        return None if is_whole else "changed"

    def _ends(self, head: LogHeadRow, log: Log, lines: int, chain: bytes) -> bool:
        seal = head_seal(self._scope.keyring, log, head.subject_id, lines, chain)
        return head.lines == lines and hmac.compare_digest(head.seal, seal)

    def _seal_again(self, log: Log, table: type[Line], subject: UUID) -> int:
        order = (col(table.seq), col(table.id)) if table is CaseEventRow else (col(table.id),)
        query = select(table).where(table.tenant == self._tenant, table.case_id == subject)
        lines: list[Any] = list(self._session.exec(query.order_by(*order)))
        self._session.expunge_all()  # their new values are written by our own statements, below
        self._head(log, subject)
        chain = START
        for number, line in enumerate(lines, 1):
            line.seq = number
            is_erased = getattr(line, "erased_at", None) is not None
            chain = (
                chained(self._scope.keyring, chain, values_of(line), encrypted_of(line))
                if is_erased
                else seal_line(self._scope.keyring, line, chain)
            )
            self._change(self._resealed(table, line, chain))
        seal = head_seal(self._scope.keyring, log, subject, len(lines), chain)
        self._change(
            update(LogHeadRow)
            .where(
                col(LogHeadRow.tenant) == self._tenant,
                col(LogHeadRow.log) == log,
                col(LogHeadRow.subject_id) == subject,
            )
            .values(lines=len(lines), chain=chain, seal=seal)
        )
        return len(lines)

    def _resealed(self, table: type[Line], line: Line, chain: bytes) -> Any:
        values: dict[str, Any] = {"chain": chain}
        if isinstance(line, CaseEventRow):
            values |= {"salt": line.salt, "text_digest": line.text_digest}
        else:
            values["seq"] = line.seq
        where = (col(table.tenant) == self._tenant, col(table.id) == line.id)
        return update(table).where(*where).values(values)


def _subjects(table: type[Line], tenant: str) -> SelectOfScalar[UUID]:
    return select(table.case_id).where(table.tenant == tenant).order_by(col(table.case_id))


def _end(log: Log, subject: UUID, lines: list[dict[str, Any]]) -> bytes:
    """The end of a log that had only these lines."""
    return (
        f"{log}/{subject}/{len(lines)}/".encode()
        + bytes(lines[-1]["chain"] or START).hex().encode()
    )


def _gone(log: Log, subject: UUID) -> Flaw:
    return Flaw(log=log, subject_id=str(subject), what="missing", line=0)
