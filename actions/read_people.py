"""Who is around one conversation: the person, whom she may act for, who may act for her, a code just told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from actions.find_code import find_code
from casework.authorizations import Authorization, Scope
from casework.models import Case
from dialogue.messages import Message
from dialogue.people import Helped, People
from dialogue.progress import Answer
from storage.models import StoredConversation
from storage.unit_of_work import UnitOfWork

_TOLD_OF = timedelta(days=90)
"""How long after its end a helper hears that an authorization ran out."""


def read_people(
    work: UnitOfWork, stored: StoredConversation, message: Message
) -> tuple[People, tuple[Case, ...]]:
    """The people of this turn, and the cases she may see: her own and those of whom she helps."""
    now, me = message.at, stored.person_id
    told = find_code(work, stored, message.text, now)
    mine = work.people.around(me)
    every = work.authorizations.of_person(me) if mine.has_authorizations else ()
    given = tuple(a for a in every if a.is_in_force(now))
    helping = tuple(a for a in given if a.helper_id == me)
    over = tuple(a for a in every if a.helper_id == me and a.ran_out(now) and not _old(a, now))
    facts = work.people.facts([a.principal_id for a in (*helping, *over)])
    people = People(
        me=me,
        facts=mine.facts,
        helped=tuple(
            Helped(authorization=a, facts=facts.get(a.principal_id, {})) for a in helping
        ),
        over=_names(over, helping, facts),
        helpers=tuple(a for a in given if a.principal_id == me),
        code=told.code,
        is_code_wrong=told.is_wrong,
        is_code_put_off=told.is_put_off,
    )
    has_any = mine.has_cases or bool(helping)
    return people, _cases(work, people, now) if has_any else ()


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
