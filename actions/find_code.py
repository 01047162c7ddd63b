"""A one-time code that came in a message: looked up, and wrong ones counted, so that nobody finds one by guessing.

Counted are the conversation's own wrong codes, and how many conversations told one lately. Whoever asked for
a code has another conversation: guesses in this one take nothing from her, and the code stays good.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialogue.people import OfferedCode, name_in
from dialogue.progress import Answer
from intents.numerals import spoken_digits
from intents.writing import plain
from storage.models import LinkCode, StoredConversation
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("zhucan.codes")

WITHIN = timedelta(hours=1)
WRONG = 5
"""Wrong codes of one conversation within that time; then none of hers is looked up until the oldest is past."""
MANY = 30
"""Different conversations with a wrong code within that time: somebody is guessing from many of them."""
WRONG_OF_MANY = 2
"""Wrong codes each may tell then: a slip of the finger is forgiven, and nobody is refused for others' guesses."""
_EVERYBODY = "link_code"
_CODE = re.compile(r"[1-9]\d{8}")
_BETWEEN = re.compile(r"[\s\-－—·.。,，]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came of the nine digits of a message."""

    code: OfferedCode | None = None
    """A good one: just told, or told before and being decided about."""
    is_wrong: bool = False
    is_put_off: bool = False
    """Too many were wrong: it was not looked up, and does not count."""


def find_code(work: UnitOfWork, stored: StoredConversation, text: str, now: datetime) -> Found:
    """The code of a message, or the one the conversation is about; a wrong one is noted in this transaction."""
    told, before = code_in(text), getattr(stored.conversation.focus, "code", "")
    if not told:
        return Found(code=_offered(work, stored, before, now) if before else None)
    if told == before:
        offered = _offered(work, stored, told, now)
        return Found(code=offered, is_wrong=offered is None)
    if _is_guessing(work, stored, now):
        return Found(is_put_off=True, code=_offered(work, stored, before, now) if before else None)
    offered = _offered(work, stored, told, now)
    if offered is None:
        work.sign_ins.note(_subject(stored), _EVERYBODY, ok=False, now=now)
    return Found(code=offered, is_wrong=offered is None)


def code_in(text: str) -> str:
    """The one-time code a message consists of, or empty: nine digits however they are parted."""
    digits = _BETWEEN.sub("", spoken_digits(plain(text).strip()))
    return digits if _CODE.fullmatch(digits) else ""


def last_four(facts: dict[str, Answer]) -> str:
    """The last four characters of an identity number, or empty when it is not known."""
    number = facts.get("id_number") or facts.get("child_id_number")
    return str(number.value)[-4:].upper() if number else ""


def _is_guessing(work: UnitOfWork, stored: StoredConversation, now: datetime) -> bool:
    failures = work.sign_ins.failures_since(_subject(stored), _EVERYBODY, now - WITHIN)
    are_many = failures.by_address >= MANY
    if failures.by_login < (WRONG_OF_MANY if are_many else WRONG):
        return False
    log.warning("codes throttled", extra={"conversations": failures.by_address})
    return True


def _subject(stored: StoredConversation) -> str:
    """The conversation, not the address: after she is forgotten it leads nowhere."""
    return f"{_EVERYBODY} {stored.conversation.id}"


def _offered(
    work: UnitOfWork, stored: StoredConversation, code: str, now: datetime
) -> OfferedCode | None:
    found = work.link_codes.find(code, now)
    if found is None:
        return None
    asked_in = work.conversations.get(found.conversation_id)
    if asked_in is None:
        return None
    offered = OfferedCode(
        code=code,
        purpose=found.purpose,
        channel=asked_in.channel,
        is_own=asked_in.person_id == stored.person_id,
    )
    return _with_people(work, offered, found, asked_in.person_id)


def _with_people(
    work: UnitOfWork, offered: OfferedCode, found: LinkCode, asker_id: str
) -> OfferedCode | None:
    """What the one who types the code is told before she says yes: no more than she needs to decide."""
    given = work.authorizations.get(found.authorization_id) if found.authorization_id else None
    if found.purpose == "consent" and given is None:
        return None
    about = given.principal_id if given else asker_id
    facts = work.people.facts((about,)).get(about, {})
    return OfferedCode(
        code=offered.code,
        purpose=offered.purpose,
        channel=offered.channel,
        is_own=offered.is_own,
        called=name_in(facts),
        check=last_four(facts) if given else "",
        authorization=given,
    )
