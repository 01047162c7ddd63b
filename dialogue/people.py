"""The people a conversation is about: the person herself, those she may act for, those who may act for her.

Values and small questions about them; nothing here decides what is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from casework.authorizations import SOUND, Authorization, Scope
from casework.models import Case
from dialogue.forms import NAMES
from dialogue.progress import Answer
from dialogue.wording import people_in, say
from intents.writing import bare


@dataclass(frozen=True, slots=True, kw_only=True)
class Helped:
    """Somebody this person may act for, and what is known of her."""

    authorization: Authorization
    facts: dict[str, Answer] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Her person id."""
        return self.authorization.principal_id

    @property
    def called(self) -> str:
        """Her name, or what she is to the helper."""
        return name_in(self.facts) or self.authorization.relation or say("who_family")

    @property
    def is_confirmed(self) -> bool:
        """Whether the person herself or a caseworker has confirmed the helper."""
        return self.authorization.evidence in SOUND

    @property
    def shown(self) -> str:
        """Who she is, so that she is not mixed up with another one: 你爸爸（王建国）."""
        name, relation = name_in(self.facts), self.authorization.relation
        if not name or not relation:
            return self.called
        return say("person_shown", relation=relation, name=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedCode:
    """A one-time code that came in this message and is good."""

    code: str
    purpose: Literal["same_person", "consent", "invite"]
    channel: str = ""
    """Where it was asked for: telegram, webchat, terminal."""
    called: str = ""
    """For consent the name the case was filed under; for an invitation the name of who invites."""
    check: str = ""
    """The last four characters of her identity number, to be told; empty when it is not known."""
    authorization: Authorization | None = None
    is_own: bool = False
    """It was asked for in this very conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everybody one turn may know of."""

    me: str = ""
    """Her person id."""
    facts: dict[str, Answer] = field(default_factory=dict)
    """What is known of herself from her last filings."""
    helped: tuple[Helped, ...] = ()
    """Those she may act for now, in the order in which she began to."""
    over: tuple[str, ...] = ()
    """Those whose authorization ran out lately, as they are called; taken back is not told of again."""
    helpers: tuple[Authorization, ...] = ()
    """Those who may act for her now."""
    code: OfferedCode | None = None
    is_code_wrong: bool = False
    """Nine digits came that are no code, or no longer."""
    is_code_put_off: bool = False
    """Nine digits came after too many wrong ones, and were not looked up."""
    addresses: tuple[str, ...] = ()
    """Channels this conversation is held from, the last used first."""

    def helped_by_id(self, person_id: str) -> Helped | None:
        """One of those she may act for, or None."""
        return next((h for h in self.helped if h.id == person_id), None)

    def name_of(self, person: str) -> str:
        """How a known person is named in a choice; `me` is the writer herself."""
        helped = self.helped_by_id(person)
        return helped.shown if helped else say("person_me", name=name_in(self.facts))

    def told_apart(self, persons: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """Each with a name no other one has: two called alike are told apart by their place in the list."""
        told: list[tuple[str, str]] = []
        for person in persons:
            name = self.name_of(person)
            alike = sum(1 for other in persons[: len(told)] if self.name_of(other) == name)
            more = say("person_again", name=name, place=str(alike + 1)) if alike else name
            told.append((person, more))
        return tuple(told)

    def whose(self, case: Case) -> str:
        """Whose case it is, in words; empty when it is her own."""
        helped = self.helped_by_id(case.person_id)
        return helped.shown if helped else ""

    def may(self, scope: Scope, case: Case, now: datetime) -> bool:
        """Whether she may do this with the case: her own, or one of somebody she may act for."""
        helped = self.helped_by_id(case.person_id)
        if helped is None:
            return not case.person_id or case.person_id == self.me
        return helped.authorization.opens(case.filed_by, scope, now)


def is_named(text: str, label: str) -> bool:
    """Whether the text names this person: the whole label, the relation or the name in it."""
    said = bare(text)
    parts = [bare(part) for part in re.split(r"[（）]", label)]
    meant = people_in(text)
    return any(len(part) > 1 and (part in said or part in meant) for part in parts)


def name_in(facts: dict[str, Answer]) -> str:
    """The name among some facts, or empty."""
    return next((facts[f].shown for f in sorted(NAMES, reverse=True) if f in facts), "")
