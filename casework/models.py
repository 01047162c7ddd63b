"""What becomes of a request: an application, its cases and their append-only history, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CaseState(StrEnum):
    """The states of a case (办件), in the hall's own words (facts.md §6)."""

    SUBMITTED = "submitted"
    NEEDS_CORRECTION = "needs_correction"
    ACCEPTED = "accepted"
    IN_REVIEW = "in_review"
    SUSPENDED = "suspended"
    TRANSFERRED = "transferred"
    APPROVED = "approved"
    DECLINED = "declined"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    """Sent back because nothing came after several requests (退件); no decision about what was asked for."""

    @property
    def is_closed(self) -> bool:
        """Nothing more happens in this state."""
        return self in _CLOSED


_CLOSED = frozenset(
    {
        CaseState.APPROVED,
        CaseState.DECLINED,
        CaseState.NOT_ACCEPTED,
        CaseState.WITHDRAWN,
        CaseState.RETURNED,
    }
)


class Action(StrEnum):
    """What can be done to a case: the transitions (流转)."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    REQUEST_CORRECTIONS = "request_corrections"
    CORRECT = "correct"
    END_CORRECTIONS = "end_corrections"
    """Nothing more is asked: it was asked by mistake, or it came another way."""
    SEND_BACK = "send_back"
    START_REVIEW = "start_review"
    SUSPEND = "suspend"
    RESUME = "resume"
    TRANSFER = "transfer"
    APPROVE = "approve"
    DECLINE = "decline"
    NOT_ACCEPT = "not_accept"
    WITHDRAW = "withdraw"
    ADD_PAPER = "add_paper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did it: the resident herself, her helper, a caseworker, or the system."""

    kind: str
    """resident | helper | caseworker | system"""
    id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One transition asked for, with everything it needs to be checked."""

    action: Action
    by: Actor
    reason: str = ""
    """Words for the resident; required for corrections, declining, not accepting, suspending."""
    items: tuple[str, ...] = ()
    """Field ids to be corrected (补正), all at once."""
    office_id: str = ""
    """Where a transfer goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One line of a case's history (办件记录); never changed, never removed."""

    at: datetime
    action: Action
    by: Actor
    state: CaseState
    """The state after it."""
    reason: str = ""
    items: tuple[str, ...] = ()
    office_id: str = ""

    @property
    def reason_told(self) -> str:
        """The reason as the resident may read it: empty where the words are a note between colleagues."""
        return "" if self.action in _NOTED_INSIDE else self.reason


_NOTED_INSIDE = frozenset({Action.TRANSFER})
"""Whose words stay in the office; whoever tells a resident of an event takes `reason_told`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as it was asked, and the answer as it was read back."""

    field: str
    label: str
    type: str
    sensitive: bool
    value: str | tuple[str, ...]
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOnFile:
    """A paper the resident sent; the bytes live outside the database under `key`."""

    id: str
    key: str
    field: str
    name: str
    media_type: str
    size: int
    sent_at: datetime | None = None
    """When it came; a paper used again keeps the day it was first sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One service of one application, with its own office, state, deadline and decision."""

    id: str
    number: str
    """Application number, 8 digits; spoken and shown 4-4."""
    service_id: str
    service_name: str
    office_id: str
    state: CaseState
    catalog_version: str
    questions: tuple[Question, ...]
    papers: tuple[PaperOnFile, ...] = ()
    events: tuple[CaseEvent, ...] = ()
    due_at: datetime | None = None
    due_is_internal: bool = True
    """An internal target has no public source and is never shown to a resident."""
    wanted: tuple[str, ...] = ()
    """Field ids the resident is asked to correct now."""
    wanted_reason: str = ""
    version: int = 1
    person_id: str = field(default="", compare=False)
    """Whose it is; known once it is stored."""
    filed_by: str = field(default="", compare=False)
    """Who filed it: she herself, or her helper."""

    @property
    def last_event(self) -> CaseEvent | None:
        """The newest line of the history."""
        return self.events[-1] if self.events else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One submission (一份申请): everything needed to open its cases."""

    number: str
    service_ids: tuple[str, ...]
    office_id: str
    catalog_version: str
    beneficiary: str
    questions: tuple[Question, ...]
    papers: tuple[PaperOnFile, ...] = ()
    consent_words: tuple[str, ...] = ()
    """The sentences the person agreed to, as she was shown them."""
    fields_of_service: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Which of the questions each service needs: a case holds no more than that (最小必要)."""
    office_of_service: dict[str, str] = field(default_factory=dict)
    """Which office receives each service, where it is another one than `office_id`."""
