"""The conversation as values: what came in, what goes out, where we are, what must happen.

Everything here is frozen and holds only strings, numbers, tuples and other such values, so that a whole
conversation can be stored, encrypted and taken up again a month later on another channel.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from casework.deadlines import SHANGHAI
from casework.models import Case, Filing, PaperOnFile
from catalog.models import Catalog, FormItem
from intents.models import Recognition
from intents.writing import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A button pressed: which choice, of which turn. A button of an older turn is recognized by it."""

    turn: int
    choice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a message, already checked and stored by the channel."""

    kind: Literal["photo", "document", "voice", "other"]
    name: str = ""
    media_type: str = ""
    size: int = 0
    key: str = ""
    """Where the bytes lie; empty when they were not kept."""
    problem: str = ""
    """Why it could not be taken: too_big, wrong_type, unreadable, not_received; empty when it could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One event from a person (来话), the same for every channel."""

    channel: str
    event_id: str
    """Unique in its channel: the same event again is the same message."""
    peer: str
    """The address in the channel: chat id, web session, terminal."""
    at: datetime
    text: str = ""
    pick: Pick | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing a person may pick by button, number, label or meaning."""

    id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the bot says in one turn, before any medium gives it its form."""

    paragraphs: tuple[str, ...]
    choices: tuple[Choice, ...] = ()
    private: bool = False
    """Holds personal data: never in a shared cache, never to a cloud voice."""
    kind: Literal["normal", "emergency", "notice"] = "normal"
    turn: int = 0
    rate: float = 1.0
    """How fast it is spoken, when it is spoken."""
    aloud: bool = False
    """The person wants to hear it."""
    because: tuple[str, ...] = ()
    """How the message it answers was understood: what was thought of, and the words heard for it."""
    about: str = ""
    """The person's own words it rests on, kept until she has accepted or refused what was understood."""

    @property
    def text(self) -> str:
        """The words, a paragraph a line."""
        return "\n".join(self.paragraphs)

    def as_plain_text(self) -> str:
        """Words and numbered choices: usable on any channel without buttons, and what is read aloud."""
        numbered = (f"{n}. {choice.label}" for n, choice in enumerate(self.choices, 1))
        return "\n".join((*self.paragraphs, *numbered))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answered question of a form."""

    value: str | tuple[str, ...]
    shown: str
    source: Literal["said", "derived", "known", "skipped"] = "said"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormProgress:
    """A form being filled: its own copy of the questions, the answers so far, and where we are.

    The copy means that a form begun is finished on the edition it was begun with.
    """

    service_ids: tuple[str, ...]
    catalog_version: str
    items: tuple[FormItem, ...]
    fields_of_service: dict[str, tuple[str, ...]]
    number: str
    """The application number it will be filed under; drawn once, so that filing twice is impossible."""
    beneficiary: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    asking: str = ""
    """Field id being asked, or empty when everything is answered."""
    stage: Literal["reuse", "consent", "asking", "confirming", "review", "changing", "submit"] = (
        "asking"
    )
    pending: dict[str, Answer] = field(default_factory=dict)
    """Answers waiting for the person's yes: derived facts, worked-out dates, facts known from before."""
    asked: tuple[str, ...] = ()
    """Fields in the order they were asked, for going back."""
    deferred: tuple[str, ...] = ()
    """Required questions put off to the end."""
    page: int = 0
    failures: int = 0
    heard: str = ""
    """What was said of this answer so far when it was not enough: a town without a street."""
    corrects: str = ""
    """The case whose corrections these are; empty for an application."""
    papers: tuple[PaperOnFile, ...] = ()
    consented: bool = False
    started_at: datetime | None = None
    saved_at: datetime | None = None

    @property
    def town(self) -> str:
        """Office id told by an address, or empty."""
        for key in ("town_reception_center", "town_residence_address", "town_hukou_address"):
            if key in self.answers:
                return str(self.answers[key].value)
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """Nothing in particular is being talked about."""

    kind: Literal["idle"] = "idle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """The person is asked which of several services or events she means."""

    options: tuple[str, ...]
    """service:… or life_event:… in order of likelihood."""
    page: int = 0
    question: str = ""
    beneficiary: str = ""
    kind: Literal["choosing"] = "choosing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduced:
    """A service was explained; the person may begin, ask, or turn to something else."""

    service_id: str
    beneficiary: str = ""
    kind: Literal["introduced"] = "introduced"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventShown:
    """A life event was explained; the person picks where to begin."""

    life_event: str
    page: int = 0
    beneficiary: str = ""
    kind: Literal["event"] = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """A form is being filled."""

    progress: FormProgress
    kind: Literal["filling"] = "filling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switching:
    """In the middle of a form another service was named: go on, or change over?"""

    progress: FormProgress
    to: str
    said: str
    """What she said, so that it can still be taken as the answer."""
    beneficiary: str = ""
    kind: Literal["switching"] = "switching"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """The person wants to stop a form: keep it for later, throw it away, or go on?"""

    progress: FormProgress
    kind: Literal["stopping"] = "stopping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resuming:
    """There is an unfinished form: take it up or begin anew?"""

    service_id: str
    beneficiary: str = ""
    kind: Literal["resuming"] = "resuming"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawing:
    """Which case to take back, and is she sure?"""

    numbers: tuple[str, ...]
    case_id: str = ""
    kind: Literal["withdrawing"] = "withdrawing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correcting:
    """A caseworker asked for corrections; they are answered one by one."""

    case_id: str
    number: str
    progress: FormProgress
    kind: Literal["correcting"] = "correcting"


Focus = (
    Idle | Choosing | Introduced | EventShown | Filling | Switching | Stopping | Resuming
    | Withdrawing | Correcting
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """How a person wants to be answered; she changes it by saying so."""

    aloud: bool = False
    rate: float = 1.0
    simple: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One person's conversation (会话), whatever channel it is held on."""

    id: str
    turn: int = 0
    focus: Focus = field(default_factory=Idle)
    last: Reply | None = None
    preferences: Preferences = field(default_factory=Preferences)
    parked: tuple[FormProgress, ...] = ()
    """Forms left unfinished, newest last."""
    plan: tuple[str, ...] = ()
    """Services of a life event still to be talked about."""
    known: dict[str, Answer] = field(default_factory=dict)
    """Shared facts from the last filing; reused only after the person confirms for whom."""
    misses: int = 0
    """Messages in a row that were not understood."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Everything one turn may look at: the message, what it means, and the world as it is now."""

    conversation: Conversation
    message: Message
    recognition: Recognition
    catalog: Catalog
    cases: tuple[Case, ...]
    """The person's own cases, newest first."""
    new_number: str
    """An unused application number, in case a form is begun."""
    new_paper_ids: tuple[str, ...]
    """One unused id for each attachment."""

    @property
    def now(self) -> datetime:
        """When the message came."""
        return self.message.at

    @property
    def text(self) -> str:
        """What was written, without outer blanks and without marks nobody sees."""
        return visible(self.message.text).strip()

    @property
    def today(self) -> date:
        """The day it is where the person lives: words such as 昨天 count from it."""
        return self.now.astimezone(SHANGHAI).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The outcome of one message: the conversation after it, the answer, and what must happen."""

    conversation: Conversation
    reply: Reply
    effects: tuple[Effect, ...] = ()
