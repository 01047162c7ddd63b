"""What must happen in the world after a turn; carried out in the turn's own transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from casework.authorizations import Scope
from casework.models import Filing, PaperOnFile
from dialogue.for_whom import FiledFor
from dialogue.progress import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class FileApplication:
    """Store this application and open its cases."""

    filing: Filing
    whom: FiledFor
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


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCode:
    """Make a one-time code good."""

    code: str
    purpose: Literal["same_person", "consent", "invite"]
    person: str = ""
    """For consent: the person who is to confirm."""
    kind: Literal["code"] = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWrongCheck:
    """The question that goes with a code was answered wrongly."""

    code: str
    kind: Literal["wrong_check"] = "wrong_check"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerConsent:
    """The person says what the one who gave her the code may do; with no scopes, that she may not."""

    code: str
    authorization_id: str
    scopes: tuple[Scope, ...]
    kind: Literal["consent"] = "consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptInvitation:
    """The one who was asked to help says yes."""

    code: str
    helper_called: str
    kind: Literal["accept"] = "accept"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAuthorizations:
    """Take authorizations back, or leave them only these scopes."""

    authorization_ids: tuple[str, ...]
    scopes: tuple[Scope, ...] = ()
    kind: Literal["authorizations"] = "authorizations"


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinConversation:
    """The address leads to the conversation the code was asked for in."""

    code: str
    kind: Literal["join"] = "join"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveOthers:
    """All other addresses lead away from this conversation."""

    kind: Literal["leave"] = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateCase:
    """Keep what she thinks of a decided case: her marks once, and the words she may add after bad ones."""

    case_id: str
    stars: int = 0
    """5 very satisfied … 1 very dissatisfied; 0 when only words are added."""
    words: str = ""
    kind: Literal["rate"] = "rate"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepConsent:
    """Keep that she agreed to be asked about a topic, in these words."""

    topic: str
    words: tuple[str, ...]
    kind: Literal["keep_consent"] = "keep_consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndConsent:
    """She takes back what she agreed to about a topic."""

    topic: str
    kind: Literal["end_consent"] = "end_consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepFacts:
    """What is known of her from now on, in place of what was known before."""

    facts: dict[str, Answer]
    kind: Literal["facts"] = "facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferCopy:
    """A copy of her data may be fetched once, from this conversation."""

    kind: Literal["copy"] = "copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetMe:
    """Forget her; cases still open are taken back first."""

    case_ids: tuple[str, ...] = ()
    kind: Literal["forget"] = "forget"


Effect = (
    FileApplication | WithdrawCase | SubmitCorrections | AddPapers | CallPerson | NoteMisunderstood
    | IssueCode | NoteWrongCheck | AnswerConsent | AcceptInvitation | ChangeAuthorizations
    | JoinConversation | LeaveOthers | RateCase
    | KeepConsent | EndConsent | KeepFacts | OfferCopy | ForgetMe
)  # fmt: skip
