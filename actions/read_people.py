"""Who is around one conversation: the person, whom she may act for, who may act for her, a code just told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from casework.authorizations import Authorization, Scope
from casework.models import Case
from dialogue.messages import Message
from dialogue.people import Helped, OfferedCode, People, name_in
from dialogue.progress import Answer
from intents.numerals import spoken_digits
from intents.writing import plain
from storage.models import LinkCode, StoredConversation
from storage.unit_of_work import UnitOfWork

_CODE = re.compile(r"[1-9]\d{8}")
_TOLD_OF = timedelta(days=90)
"""How long after its end a helper hears that an authorization ran out."""
_BETWEEN = re.compile(r"[\s\-－—·.。,，]+")


def read_people(
    work: UnitOfWork, stored: StoredConversation, message: Message
) -> tuple[People, tuple[Case, ...]]:
    """The people of this turn, and the cases she may see: her own and those of whom she helps."""
    now, me = message.at, stored.person_id
    every = work.authorizations.of_person(me)
    given = tuple(a for a in every if a.is_in_force(now))
    helping = tuple(a for a in given if a.helper_id == me)
    over = tuple(a for a in every if a.helper_id == me and a.ran_out(now) and not _old(a, now))
    facts = work.people.facts((me, *(a.principal_id for a in (*helping, *over))))
    people = People(
        me=me,
        facts=facts.get(me, {}),
        helped=tuple(
            Helped(authorization=a, facts=facts.get(a.principal_id, {})) for a in helping
        ),
        over=_names(over, helping, facts),
        helpers=tuple(a for a in given if a.principal_id == me),
        code=_code(work, stored, message.text, now),
        is_code_wrong=code_in(message.text) != "",
    )
    return people, _cases(work, people, now)


def _old(given: Authorization, now: datetime) -> bool:
    return now - given.until > _TOLD_OF


def _names(
    over: tuple[Authorization, ...],
    helping: tuple[Authorization, ...],
    facts: Mapping[str, dict[str, Answer]],
) -> tuple[str, ...]:
    """How those are called whom she may not help any more; not whom she helps anew."""
    shown = [
        tuple(Helped(authorization=a, facts=facts.get(a.principal_id, {})).shown for a in some)
        for some in (over, helping)
    ]
    return tuple(dict.fromkeys(name for name in shown[0] if name not in shown[1]))


def _cases(work: UnitOfWork, people: People, now: datetime) -> tuple[Case, ...]:
    found = work.cases.of_people((people.me, *(h.id for h in people.helped)))
    return tuple(case for case in found if people.may(Scope.SEE, case, now))


def code_in(text: str) -> str:
    """The one-time code a message consists of, or empty: nine digits however they are parted."""
    digits = _BETWEEN.sub("", spoken_digits(plain(text).strip()))
    return digits if _CODE.fullmatch(digits) else ""


def _code(
    work: UnitOfWork, stored: StoredConversation, text: str, now: datetime
) -> OfferedCode | None:
    focus = stored.conversation.focus
    code = code_in(text) or getattr(focus, "code", "")
    found = work.link_codes.find(code, now) if code else None
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
    given = _authorization(work, found)
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


def _authorization(work: UnitOfWork, found: LinkCode) -> Authorization | None:
    return work.authorizations.get(found.authorization_id) if found.authorization_id else None


def last_four(facts: dict[str, Answer]) -> str:
    """The last four characters of an identity number, or empty when it is not known."""
    number = facts.get("id_number") or facts.get("child_id_number")
    return str(number.value)[-4:].upper() if number else ""
