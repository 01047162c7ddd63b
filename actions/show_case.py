"""What the page of a case shows: values with names instead of ids, sensitive answers masked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from actions.check_authorization import ShownHelper
from actions.read_conversation import Transcript
from actions.read_needs import ShownNeeds
from actions.read_queue import Due, QueueLine, due_of
from casework.lifecycle import allowed_actions
from casework.models import Action, Case, CaseEvent, CaseState, PaperOnFile, Question
from catalog.models import Catalog, FieldType
from intents.slot_types import mask
from storage.models import ReadEntry, StoredCase

WHOLE = "case"
CONVERSATION = "conversation"
"""What the read log calls the opening of the case itself, and of the numbers in its conversation."""
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""Media types every browser shows."""
EXTRA_FIELDS = ("extra_papers", "extra_note")
"""May be asked for in any case."""
_READS_SHOWN = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAnswer:
    """One question and what may be shown of its answer."""

    field: str
    label: str
    text: str
    is_sensitive: bool
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPaper:
    """One paper of the case."""

    id: str
    name: str
    label: str
    """Of the question it answers; empty when it was sent otherwise."""
    media_type: str
    size: int
    """Bytes."""
    is_picture: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One event of the history, with names instead of ids."""

    at: datetime
    action: Action
    by_kind: str
    by_name: str
    state: CaseState
    reason: str
    items: tuple[str, ...]
    office_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """Who looked at what; the same thing done again and again is one line."""

    at: datetime
    """The last time."""
    who: str
    kind: str
    """case | conversation | answer | paper"""
    labels: tuple[str, ...]
    """Which answers or papers."""
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Something that may be asked for in a correction."""

    field: str
    label: str
    group: str
    """answered | missing | extra"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Everything the page of a case shows."""

    id: str
    number: str
    service_name: str
    office_id: str
    office_name: str
    state: CaseState
    version: int
    created_at: datetime
    beneficiary: str
    due: Due
    stage: str
    """Why it is due: intake | statutory | internal | waiting | stopped | closed"""
    wanted: tuple[str, ...]
    wanted_reason: str
    answers: tuple[ShownAnswer, ...]
    papers: tuple[ShownPaper, ...]
    history: tuple[HistoryLine, ...]
    reads: tuple[ReadLine, ...]
    conversation: Transcript
    actions: tuple[Action, ...]
    may_ask: tuple[Wanted, ...]
    siblings: tuple[QueueLine, ...]
    """Other cases of the same application in this office."""
    needs: ShownNeeds
    """What cannot be missed before anybody writes or calls."""
    helper: ShownHelper | None
    """Who filed it for the person; None when she did it herself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was read from storage for one page."""

    stored: StoredCase
    reads: tuple[ReadEntry, ...]
    siblings: tuple[QueueLine, ...]
    conversation: Transcript
    needs: ShownNeeds
    helper: ShownHelper | None = None


def show_case(catalog: Catalog, found: Found, opened: Collection[str], now: datetime) -> CasePage:
    """The page, with the `opened` fields in clear."""
    case = found.stored.case
    return CasePage(
        id=case.id,
        number=case.number,
        service_name=case.service_name,
        office_id=case.office_id,
        office_name=_office(catalog, case.office_id),
        state=case.state,
        version=case.version,
        created_at=found.stored.created_at,
        beneficiary=found.stored.beneficiary,
        due=due_of(case.due_at, now, is_internal=case.due_is_internal),
        stage=_stage(case),
        wanted=tuple(_label(catalog, case, field) for field in case.wanted),
        wanted_reason=case.wanted_reason,
        answers=tuple(_answer(question, opened) for question in case.questions),
        papers=tuple(_paper(catalog, case, paper) for paper in case.papers),
        history=tuple(history_line(catalog, case, event) for event in case.events),
        reads=_reads(catalog, case, found.reads),
        conversation=found.conversation,
        actions=allowed_actions(case.state),
        may_ask=_may_ask(catalog, case),
        siblings=found.siblings,
        needs=found.needs,
        helper=found.helper,
    )


def history_line(catalog: Catalog, case: Case, event: CaseEvent) -> HistoryLine:
    """An event with names instead of ids."""
    return HistoryLine(
        at=event.at,
        action=event.action,
        by_kind=event.by.kind,
        by_name=event.by.name,
        state=event.state,
        reason=event.reason,
        items=tuple(_label(catalog, case, item) for item in event.items),
        office_name=_office(catalog, event.office_id),
    )


def _answer(question: Question, opened: Collection[str]) -> ShownAnswer:
    is_open = not question.sensitive or question.field in opened
    masked = mask(FieldType(question.type), question.value, question.shown)
    return ShownAnswer(
        field=question.field,
        label=question.label,
        text=question.shown if is_open else masked,
        is_sensitive=question.sensitive,
        is_open=is_open,
    )


def _paper(catalog: Catalog, case: Case, paper: PaperOnFile) -> ShownPaper:
    return ShownPaper(
        id=paper.id,
        name=paper.name,
        label=_label(catalog, case, paper.field) if paper.field else "",
        media_type=paper.media_type,
        size=paper.size,
        is_picture=paper.media_type in PICTURES,
    )


def _reads(catalog: Catalog, case: Case, entries: tuple[ReadEntry, ...]) -> tuple[ReadLine, ...]:
    """The latest lines, newest first."""
    papers = {paper.id: paper.name for paper in case.papers}

    def who_and_kind(entry: ReadEntry) -> tuple[str, str]:
        return entry.staff_id, _kind(entry.what, papers)

    lines = []
    for (_, kind), same in groupby(reversed(entries), who_and_kind):
        row = list(same)[::-1]
        named = (papers.get(entry.what) or _label(catalog, case, entry.what) for entry in row)
        lines.append(
            ReadLine(
                at=row[-1].at,
                who=row[0].staff_name,
                kind=kind,
                labels=tuple(dict.fromkeys(named)),
                times=len(row),
            )
        )
    return tuple(lines[:_READS_SHOWN])


def _kind(what: str, papers: Collection[str]) -> str:
    if what in (WHOLE, CONVERSATION):
        return what
    return "paper" if what in papers else "answer"


def _may_ask(catalog: Catalog, case: Case) -> tuple[Wanted, ...]:
    """The questions of its form, answered or not, and what may be asked for in any case."""
    answered = [question.field for question in case.questions]
    service = catalog.services_by_id.get(case.service_id)
    form = [item.field for item in service.form] if service else []
    fields = dict.fromkeys((*form, *answered, *EXTRA_FIELDS))
    return tuple(
        Wanted(field=f, label=catalog.fields[f].label, group=_group(f, answered))
        for f in fields
        if f in catalog.fields and catalog.fields[f].type is not FieldType.DERIVED
    )


def _group(field: str, answered: Collection[str]) -> str:
    if field in answered:
        return "answered"
    return "extra" if field in EXTRA_FIELDS else "missing"


def _stage(case: Case) -> str:
    if case.state.is_closed:
        return "closed"
    match case.state:
        case CaseState.SUBMITTED | CaseState.TRANSFERRED:
            return "intake"
        case CaseState.NEEDS_CORRECTION:
            return "waiting"
        case CaseState.SUSPENDED:
            return "stopped"
        case _:
            return "internal" if case.due_is_internal else "statutory"


def _label(catalog: Catalog, case: Case, field: str) -> str:
    """As it was asked; else as the catalog has it now."""
    asked = [question.label for question in case.questions if question.field == field]
    spec = catalog.fields.get(field)
    return asked[0] if asked else spec.label if spec else field


def _office(catalog: Catalog, office_id: str) -> str:
    office = catalog.offices_by_id.get(office_id)
    return office.name if office else office_id
