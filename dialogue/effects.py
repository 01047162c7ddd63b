"""What must happen in the world after a turn; carried out in the turn's own transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from casework.models import Filing, PaperOnFile
from dialogue.progress import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class FileApplication:
    """Store this application and open its cases."""

    filing: Filing
    kind: Literal["file"] = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawCase:
    """Take one case back."""

    case_id: str
    kind: Literal["withdraw"] = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitCorrections:
    """Hand in the corrections a caseworker asked for."""

    case_id: str
    answers: dict[str, Answer]
    papers: tuple[PaperOnFile, ...]
    kind: Literal["correct"] = "correct"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPapers:
    """Put papers sent outside a form with a case that is still open."""

    case_id: str
    papers: tuple[PaperOnFile, ...]
    kind: Literal["papers"] = "papers"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPerson:
    """A person is wanted: the hand-over appears in the caseworkers' console."""

    reason: str
    """asked | lost | emergency | complaint | my_data"""
    office_id: str = ""
    kind: Literal["person"] = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteMisunderstood:
    """A message was not understood, or the person said that it was understood wrongly; keep it for review."""

    text: str = ""
    """The words, when they are not those of the message itself."""
    kind: Literal["misunderstood"] = "misunderstood"


Effect = (
    FileApplication | WithdrawCase | SubmitCorrections | AddPapers | CallPerson | NoteMisunderstood
)
