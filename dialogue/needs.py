"""How a person wants to be answered (需要): a profile she changes by a word, obeyed by every message to her."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from dialogue.messages import Reply
from dialogue.wording import is_own_question, reworded


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to call instead of her: her wish, in her words. It authorizes nobody to hear anything."""

    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsProfile:
    """What one person needs of every message."""

    aloud: bool = False
    rate: float = 1.0
    """How fast a voice speaks; below 1 is slower."""
    simple: bool = False
    """Only the sentences that matter."""
    large: bool = False
    one_question: bool = False
    """Never two questions in one message."""
    no_calls: bool = False
    """Nobody calls her, and no way offered to her is a telephone call only."""
    sign_language: bool = False
    contact: Contact | None = None
    reminders: Literal["all", "few", "none"] = "all"
    is_offered: bool = False
    """She was told that she can have it her way; said once."""

    @property
    def flags(self) -> tuple[str, ...]:
        """The names of what she wants, in the order they are told."""
        on = {
            "aloud": self.aloud,
            "slow": self.rate < 1,
            "large": self.large,
            "simple": self.simple,
            "one_question": self.one_question,
            "no_calls": self.no_calls,
            "sign_language": self.sign_language,
            "contact": self.contact is not None,
        }
        return tuple(name for name, is_on in on.items() if is_on)

    @property
    def is_brief(self) -> bool:
        """Hints and what else can be done without are left out; who signs reads short sentences best."""
        return self.simple or self.sign_language

    @property
    def wordings(self) -> tuple[str, ...]:
        """Which sets of other words apply."""
        on = {
            "no_calls": self.no_calls,
            "one_question": self.one_question,
            "simple": self.is_brief,
        }
        return tuple(name for name, is_on in on.items() if is_on)


def obeying(reply: Reply, needs: NeedsProfile, **changes: Any) -> Reply:
    """The reply as this person needs it, with other fields changed too; doing it twice changes nothing more.

    Only our own sentences get other words: what a caseworker wrote is never touched, nor is an emergency card.
    """
    paragraphs = reply.paragraphs
    if reply.kind != "emergency":
        for wording in needs.wordings:
            paragraphs = tuple(p for p in (reworded(p, wording) for p in paragraphs) if p)
        if needs.one_question:
            paragraphs = _last_question_only(paragraphs)
    return replace(
        reply,
        paragraphs=paragraphs or reply.paragraphs,
        rate=needs.rate,
        aloud=needs.aloud,
        large=needs.large,
        **changes,
    )


def _last_question_only(paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    asking = [i for i, paragraph in enumerate(paragraphs) if is_own_question(paragraph)]
    return tuple(p for i, p in enumerate(paragraphs) if i not in asking[:-1])


def joined(one: NeedsProfile, other: NeedsProfile) -> NeedsProfile:
    """What one person asked for on two channels: whatever she needs on either; the first decides the rest."""
    return replace(
        one,
        aloud=one.aloud or other.aloud,
        rate=min(one.rate, other.rate),
        simple=one.simple or other.simple,
        large=one.large or other.large,
        one_question=one.one_question or other.one_question,
        no_calls=one.no_calls or other.no_calls,
        sign_language=one.sign_language or other.sign_language,
        contact=one.contact or other.contact,
        reminders=min(one.reminders, other.reminders, key=_MOST_TO_LEAST.index),
        is_offered=one.is_offered or other.is_offered,
    )


_MOST_TO_LEAST: tuple[Literal["all", "few", "none"], ...] = ("none", "few", "all")
