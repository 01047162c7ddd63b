"""A form being filled, as a value: its questions, the answers so far, and where we are in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from casework.models import PaperOnFile
from catalog.models import FieldType, FormItem

TOWN_TOLD_BY = ("reception_center", "residence_address", "hukou_address")
"""Answers that tell a street or town, the one that counts first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answered question of a form."""

    value: str | tuple[str, ...]
    shown: str
    source: Literal["said", "derived", "known", "skipped"] = "said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """One topic of sensitive questions the person agreed to be asked about, in which words and when."""

    topic: str
    words: tuple[str, ...]
    at: datetime


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
    person: str = ""
    """Whom it is for: `me`, the id of somebody helped, or empty until the form tells."""
    offers: tuple[tuple[str, str], ...] = ()
    """Known persons it may be for, with their names; empty once that is settled."""
    stage: Literal[
        "whom", "reuse", "whose", "consent", "asking", "confirming", "doubt",
        "review", "changing", "submit",
    ] = "asking"  # fmt: skip
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
    ahead: tuple[tuple[FieldType, str], ...] = ()
    """Facts told before their question, as they were said, by the type of question they answer."""
    named: tuple[str, ...] = ()
    """Answers that may be meant when one of them is to be changed: they are offered first."""
    said_whom: str = ""
    """Her word for the person it is for after all, while it is asked whose facts were told so far."""
    settled: tuple[str, ...] = ()
    """What does not go together and was asked about: each once, and again after a change."""
    unfit_said: tuple[tuple[str, ...], ...] = ()
    """What was said of services that may not fit: the service, the condition, the facts it rested on."""
    corrects: str = ""
    """The case whose corrections these are; empty for an application."""
    papers: tuple[PaperOnFile, ...] = ()
    earlier: tuple[PaperOnFile, ...] = ()
    """Papers sent before for the question being asked, offered again."""
    new_papers: tuple[str, ...] = ()
    """Questions to which a new paper is wanted instead of an earlier one."""
    consented: bool = False
    """Agreed to everything sensitive at once: forms begun before it was asked by topic, and corrections."""
    agreed: tuple[Agreed, ...] = ()
    refused: tuple[str, ...] = ()
    """Topics she did not want to be asked about."""
    told_at: datetime | None = None
    """When she was told that this form is old and will be deleted."""
    started_at: datetime | None = None
    saved_at: datetime | None = None

    @property
    def town(self) -> str:
        """Office id told by an address, or empty."""
        towns = (self.answers.get(f"town_{field}") for field in TOWN_TOLD_BY)
        return next((str(town.value) for town in towns if town is not None), "")
