"""Between a case as a value and its rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row as SqlRow

from casework.models import Action, Actor, Case, CaseEvent, CaseState
from storage.ids import new_id
from storage.models import QueueRow
from storage.serialization import PAPERS, QUESTIONS, to_json
from storage.tables import CaseEventRow, CaseRow

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Stored as `due_at` of a case without a deadline."""


def row_values(case: Case) -> dict[str, Any]:
    """Everything of a case that its own row holds, by column."""
    return {
        "number": case.number,
        "service_id": case.service_id,
        "service_name": case.service_name,
        "office_id": case.office_id,
        "state": case.state.value,
        "is_open": not case.state.is_closed,
        "catalog_version": case.catalog_version,
        "questions": to_json(QUESTIONS, case.questions),
        "papers": to_json(PAPERS, case.papers),
        "due_at": case.due_at or NEVER,
        "due_is_internal": case.due_is_internal,
        "wanted": list(case.wanted),
        "wanted_reason": case.wanted_reason,
        "version": case.version,
    }


def event_row(tenant: str, case_id: str, seq: int, event: CaseEvent) -> CaseEventRow:
    """One line of history as a row."""
    return CaseEventRow(
        tenant=tenant,
        id=UUID(new_id()),
        case_id=UUID(case_id),
        seq=seq,
        at=event.at,
        action=event.action.value,
        actor_kind=event.by.kind,
        actor_id=event.by.id,
        actor_name=event.by.name,
        state=event.state.value,
        reason=event.reason,
        items=list(event.items),
        office_id=event.office_id,
    )


def case_from(row: CaseRow | SqlRow[Any], events: Iterable[CaseEventRow]) -> Case:
    """The case held by a row and the rows of its history, oldest first."""
    return Case(
        id=str(row.id),
        number=row.number,
        service_id=row.service_id,
        service_name=row.service_name,
        office_id=row.office_id,
        state=CaseState(row.state),
        catalog_version=row.catalog_version,
        questions=QUESTIONS.validate_json(row.questions),
        papers=PAPERS.validate_json(row.papers),
        events=tuple(_event(event) for event in events),
        due_at=due_or_none(row.due_at),
        due_is_internal=row.due_is_internal,
        wanted=tuple(row.wanted),
        wanted_reason=row.wanted_reason,
        version=row.version,
        person_id=str(row.person_id),
        filed_by=str(row.filed_by),
    )


def queue_row(row: CaseRow) -> QueueRow:
    """A line of the queue."""
    return QueueRow(
        case_id=str(row.id),
        number=row.number,
        service_id=row.service_id,
        service_name=row.service_name,
        office_id=row.office_id,
        state=CaseState(row.state),
        due_at=due_or_none(row.due_at),
        due_is_internal=row.due_is_internal,
        created_at=row.created_at,
        version=row.version,
        updated_at=row.updated_at,
    )


def due_or_none(due_at: datetime) -> datetime | None:
    """The deadline, or None when there is none."""
    return None if due_at == NEVER else due_at


def _event(row: CaseEventRow) -> CaseEvent:
    return CaseEvent(
        at=row.at,
        action=Action(row.action),
        by=Actor(kind=row.actor_kind, id=row.actor_id, name=row.actor_name),
        state=CaseState(row.state),
        reason=row.reason,
        items=tuple(row.items),
        office_id=row.office_id,
    )
