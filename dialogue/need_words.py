"""What a person says of how she needs to be spoken to: 别打电话, 字大一点, 我看不见, 有事联系我女儿."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from dialogue.needs import Contact, NeedsProfile
from dialogue.wording import beneficiary_at
from intents.writing import bare, half_width

SLOW = 0.8
"""The rate of a voice that was asked to be slow once."""
_CLAUSE = re.compile(r"[\s，。！？!?,.；;、…~～]+")
_PHONE = re.compile(r"(?<!\d)(?:1\d{10}|(?:021)?\d{8})(?!\d)")
_MOBILE = 11
"""Digits of a mobile number; eight may be a case number, and are not taken for a telephone."""
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s-]+(?=\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsChange:
    """What is to change in a profile."""

    on: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    reminders: str = ""
    contact: Contact | None = None
    is_whole: bool = True
    """The message says nothing else."""

    def applied(self, needs: NeedsProfile) -> NeedsProfile:
        """The profile after it."""
        changes: dict[str, Any] = {}
        for names, is_on in ((self.off, False), (self.on, True)):
            for name in names:
                changes |= _value(name, is_on=is_on)
        if self.reminders:
            changes["reminders"] = self.reminders
        if self.contact is not None:
            changes["contact"] = self.contact
        return replace(needs, **changes)


def _value(name: str, *, is_on: bool) -> dict[str, Any]:
    if name == "slow":
        return {"rate": SLOW if is_on else 1.0}
    if name == "contact":
        return {} if is_on else {"contact": None}
    return {name: is_on}


def read_told(text: str, *kinds: str) -> NeedsChange | None:
    """What a message tells in passing, clause by clause: 我看不见，想办残疾证.

    `kinds`: wishes (别打电话), states of the writer herself (我看不见), or both.
    """
    clauses = dict.fromkeys(filter(None, map(bare, _CLAUSE.split(text))))
    if not any(_any_of(kind).fullmatch(clause) for clause in clauses for kind in kinds):
        return None
    told = [_first(clause, kinds) for clause in clauses]
    found = [change for change in told if change is not None]
    on = tuple(dict.fromkeys(name for change in found for name in change.on))
    off = tuple(dict.fromkeys(name for change in found for name in change.off if name not in on))
    reminders = next((c.reminders for c in found if c.reminders), "")
    return NeedsChange(on=on, off=off, reminders=reminders, is_whole=len(found) == len(clauses))


def _first(clause: str, kinds: tuple[str, ...]) -> NeedsChange | None:
    changes = (c for kind in kinds for pattern, c in _patterns(kind) if pattern.fullmatch(clause))
    return next(changes, None)


def read_contact(text: str) -> Contact | None:
    """有事联系我女儿 139…: whom, in her words, and the number if there is one."""
    words = _words()["contact"]
    lead = re.match(words["lead"], bare(text))
    if lead is None:
        return None
    rest = re.sub(words["verb"], "", bare(text)[lead.end() :])
    who = beneficiary_at(rest)
    if not who or read_told(text, "wishes") is not None:
        return None
    return Contact(name=who, phone=_phone_in(text))


def _phone_in(text: str) -> str:
    phone = _PHONE.search(_BETWEEN_DIGITS.sub("", half_width(text)))
    return phone[0] if phone else ""


def with_number(contact: Contact | None, text: str) -> Contact | None:
    """The contact with the mobile number told after her: 女儿叫王小芳，139…; None for anything else."""
    phone = _phone_in(text)
    if contact is None or contact.phone or len(phone) != _MOBILE:
        return None
    rest = bare(_BETWEEN_DIGITS.sub("", half_width(text))).replace(phone, "")
    is_hers = re.match(_words()["contact"]["number"], rest) is not None
    return replace(contact, phone=phone) if is_hers else None


def asks_for_needs(text: str) -> bool:
    """我的需要: what is kept of it, and the one question."""
    return bare(text) in _showing()


@cache
def _words() -> Mapping[str, Any]:
    words: Mapping[str, Any] = json.loads(
        files("dialogue").joinpath("need_words.json").read_text("utf-8")
    )
    return words


@cache
def _showing() -> frozenset[str]:
    return frozenset(_words()["show"])


@cache
def _any_of(kind: str) -> re.Pattern[str]:
    """All of a kind in one: tells quickly of the many clauses that none of them fits."""
    words = _words()
    says = "|".join(said for entry in words[kind] for said in entry["says"])
    return re.compile(f"{words['before']}(?:{says}){words['after']}")


@cache
def _patterns(kind: str) -> tuple[tuple[re.Pattern[str], NeedsChange], ...]:
    words = _words()
    return tuple(
        (
            re.compile(f"{words['before']}(?:{said}){words['after']}"),
            NeedsChange(
                on=tuple(entry.get("on", ())),
                off=tuple(entry.get("off", ())),
                reminders=entry.get("reminders", ""),
            ),
        )
        for entry in words[kind]
        for said in entry["says"]
    )
