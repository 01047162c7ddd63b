"""What the page of a case shows: values with names instead of ids, sensitive answers masked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from actions.check_authorization import ShownHelper
from actions.missing_in_case import Missing, Wanted, is_put_off, may_ask, missing_in
from actions.read_conversation import Transcript
from actions.read_needs import ShownNeeds
from actions.read_queue import Due, QueueLine, due_of, silent_days
from casework.deadlines import was_accepted
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
_READS_SHOWN = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAnswer:
    """One question and what may be shown of its answer."""

    field: str
    label: str
    text: str
    is_sensitive: bool
    is_open: bool
    is_new: bool
    """Answered anew since a caseworker last did something."""


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
    sent_at: datetime
    is_new: bool
    """Sent since a caseworker last did something."""


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
    """Why it is due: intake | moved | statutory | internal | waiting | stopped | closed"""
    wanted: tuple[str, ...]
    """Labels of what the resident is asked for now; `wanted_fields` are their ids."""
    wanted_fields: tuple[str, ...]
    wanted_reason: str
    silent_days: int
    """Days for which nothing happened while the resident is waited for."""
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
    missing: Missing


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
    came = _came(case)
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
        wanted_fields=case.wanted,
        wanted_reason=case.wanted_reason,
        silent_days=silent_days(case.state, case.events[-1].at if case.events else None, now),
        answers=tuple(_answer(q, opened, is_new=q.field in came.fields) for q in case.questions),
        papers=tuple(_paper(catalog, case, paper, came) for paper in case.papers),
        history=tuple(history_line(catalog, case, event) for event in case.events),
        reads=_reads(catalog, case, found.reads),
        conversation=found.conversation,
        actions=allowed_actions(case.state),
        may_ask=may_ask(catalog, case),
        siblings=found.siblings,
        needs=found.needs,
        helper=found.helper,
        missing=missing_in(case, found.helper),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Came:
    """What the resident sent after a caseworker's last step."""

    fields: frozenset[str] = frozenset()
    since: datetime | None = None


def _came(case: Case) -> _Came:
    """Nothing while she is the first to look, and nothing after she has acted on it."""
    steps = [n for n, event in enumerate(case.events) if event.by.kind == "caseworker"]
    later = case.events[steps[-1] + 1 :] if steps else ()
    sent = [event for event in later if event.action in (Action.CORRECT, Action.ADD_PAPER)]
    if not sent:
        return _Came()
    fields = frozenset(field for event in sent for field in event.items)
    return _Came(fields=fields, since=case.events[steps[-1]].at)


def _answer(question: Question, opened: Collection[str], *, is_new: bool) -> ShownAnswer:
    is_sensitive = question.sensitive and not is_put_off(question)
    is_open = not is_sensitive or question.field in opened
    masked = mask(FieldType(question.type), question.value, question.shown)
    return ShownAnswer(
        field=question.field,
        label=question.label,
        text=question.shown if is_open else masked,
        is_sensitive=is_sensitive,
        is_open=is_open,
        is_new=is_new,
    )


def _paper(catalog: Catalog, case: Case, paper: PaperOnFile, came: _Came) -> ShownPaper:
    sent_at = paper.sent_at or case.events[0].at
    return ShownPaper(
        id=paper.id,
        name=paper.name,
        label=_label(catalog, case, paper.field) if paper.field else "",
        media_type=paper.media_type,
        size=paper.size,
        is_picture=paper.media_type in PICTURES,
        sent_at=sent_at,
        is_new=came.since is not None and sent_at > came.since,
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


def _stage(case: Case) -> str:
    if case.state.is_closed:
        return "closed"
    match case.state:
        case CaseState.TRANSFERRED if was_accepted(case):
            return "moved"
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
