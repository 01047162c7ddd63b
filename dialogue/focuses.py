"""What a conversation is about right now: one value for each thing the bot may be waiting for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Discriminator

from dialogue.progress import Answer, FormProgress


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
class Offered:
    """Several services are laid out, as after a life event: all, some or one of them may be chosen."""

    services: tuple[str, ...]
    source: Literal["needs", "plan"]
    """needs: heard in one message; plan: remembered from before."""
    page: int = 0
    beneficiary: str = ""
    kind: Literal["offered"] = "offered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Several services were chosen: what goes into one form was said; begin, choose anew, or leave it?"""

    services: tuple[str, ...]
    """All that were chosen, also those that cannot be in the one form."""
    beneficiary: str = ""
    kind: Literal["together"] = "together"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneByOne:
    """Each of several services is asked about by itself: wanted or not?"""

    services: tuple[str, ...]
    place: int = 0
    wanted: tuple[str, ...] = ()
    beneficiary: str = ""
    kind: Literal["one_by_one"] = "one_by_one"


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
    others: tuple[str, ...] = ()
    """Services that were to be in the same form."""
    beneficiary: str = ""
    kind: Literal["resuming"] = "resuming"

    @property
    def service_ids(self) -> tuple[str, ...]:
        """All services the form is for."""
        return (self.service_id, *self.others)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Consenting:
    """Somebody was asked whether the one who gave her the code may act for her."""

    code: str
    is_checked: bool = False
    """She has told the last characters of her identity number, or needs not."""
    kind: Literal["consenting"] = "consenting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepting:
    """Somebody was asked by another person to help her, and is asked for her own name."""

    code: str
    kind: Literal["accepting"] = "accepting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Is this the same person as on the other channel?"""

    code: str
    kind: Literal["joining"] = "joining"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoking:
    """Which of several helpers no longer?"""

    authorizations: tuple[str, ...]
    wish: Literal["end", "hush"] = "end"
    """Take all back, or only seeing and being told."""
    kind: Literal["revoking"] = "revoking"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingNeeds:
    """How does she want to be spoken to: several may be picked, three are shown at a time."""

    page: int = 0
    is_more: bool = False
    """Something was picked already."""
    kind: Literal["needs"] = "needs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Returning:
    """She came back after a while: go on with this unfinished form?"""

    number: str
    corrects: str = ""
    kind: Literal["returning"] = "returning"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingDrafts:
    """Several unfinished forms: which one to go on with?"""

    page: int = 0
    kind: Literal["drafts"] = "drafts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What she thinks of a decided case (好差评), and after a bad mark what went wrong, if she wants to say."""

    case_id: str
    page: int = 0
    stars: int = 0
    """Given already; 0 while they are asked for."""
    kind: Literal["rating"] = "rating"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objecting:
    """She objects to the conclusion of an assessment: when did she get it?"""

    case_id: str
    received: str = ""
    """The day, once she has told it and may begin to file."""
    kind: Literal["objecting"] = "objecting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """What may this person be entitled to: a few short questions, then what was found."""

    beneficiary: str = ""
    """Whom it is for, in the writer's word; empty is the writer herself."""
    stage: Literal[
        "whom", "reuse", "consent", "asking", "confirming", "changing",
        "result", "nearly", "unmet", "one", "some", "exclusive",
    ] = "asking"  # fmt: skip
    asking: str = ""
    """The fact being asked, or empty."""
    asked: tuple[str, ...] = ()
    """Facts in the order they were asked, for going back."""
    skipped: tuple[str, ...] = ()
    """Facts she does not know or does not want to tell."""
    sensitive: Literal["", "yes", "no"] = ""
    """Whether sensitive facts may be asked; empty while she was not asked."""
    pending: dict[str, Answer] = field(default_factory=dict)
    """What a number told, waiting for her yes."""
    picked: tuple[str, ...] = ()
    """Kinds of a multiple disability, or services, picked so far."""
    page: int = 0
    failures: int = 0
    service_id: str = ""
    """The service being explained."""
    kind: Literal["matching"] = "matching"


@dataclass(frozen=True, slots=True, kw_only=True)
class MyData:
    """What is held about the person: looked at, copied, corrected, no longer agreed to, deleted."""

    step: Literal["menu", "more", "facts", "correct", "value", "delete", "consents", "end"]
    page: int = 0
    about: str = ""
    """The field to be corrected, or the topic no longer agreed to."""
    topics: tuple[str, ...] = ()
    """What she agreed to and may take back."""
    progress: FormProgress | None = None
    """The form in the middle of which she asked; it goes on afterwards."""
    kind: Literal["my_data"] = "my_data"


Focus = Annotated[
    Idle | Choosing | Introduced | EventShown | Offered | Together | OneByOne
    | Filling | Switching | Stopping | Resuming
    | Withdrawing | Correcting | Consenting | Accepting | Joining | Revoking
    | AskingNeeds | Returning | ListingDrafts | Rating | Objecting | Matching | MyData,
    Discriminator("kind"),
]  # fmt: skip
"""Told apart by their `kind`: a stored one is read at once instead of being tried as each of them."""
