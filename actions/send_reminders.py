"""Reminds people of what waits for them: one person a transaction, told and noted together or not at all."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from actions.mind import Mind
from actions.tell_resident import tell_conversation
from casework.authorizations import SOUND, Scope
from casework.deadlines import SHANGHAI
from casework.models import Case
from casework.reminders import Due, Sent, due_now, is_good_time, next_look
from dialogue.people import Helped
from dialogue.reminding import Ending, Waiting, drafts_in, reminder_of
from dialogue.wording import say
from storage.database import Database
from storage.errors import Conflict
from storage.models import StoredConversation
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("zhucan.reminders")

MOST_AT_ONCE = 500
"""People looked at in one call; whoever is left is looked at in the next one."""


def send_reminders(database: Database, mind: Mind, now: datetime) -> int:
    """Look at everybody whose time has come; how many were told something. Does nothing at night.

    May be called as often as one likes, by several machines at once: a step is told once.
    """
    if not is_good_time(now):
        return 0
    told = 0
    for _ in range(MOST_AT_ONCE):
        outcome = _look_at_one(database, mind, now)
        if outcome is None:
            break
        told += outcome
    if told:
        log.info("reminders sent=%d", told)
    return told


def _look_at_one(database: Database, mind: Mind, now: datetime) -> bool | None:
    """Look at the next one; whether she was told something, None when nobody waits."""
    try:
        with database.write() as work:
            conversation_id = work.reminders.next_due(now)
            if conversation_id is None:
                return None
            is_told = _look(work, mind, conversation_id, now)
            work.commit()
    except Conflict:
        # She is writing right now: her words come first, and the next round looks again.
        return None
    return is_told


def _look(work: UnitOfWork, mind: Mind, conversation_id: str, now: datetime) -> bool:
    stored = work.conversations.get(conversation_id)
    talks = work.conversations.of_person(stored.person_id) if stored else ()
    newest = max(talks, key=lambda t: (t.used_at or now, t.conversation.id), default=None)
    if stored is None or newest is None or newest.conversation.id != conversation_id:
        work.reminders.plan(conversation_id, None)
        if newest is not None:
            work.reminders.look_at(newest.conversation.id, now)
        return False
    waiting = _waiting(work, stored, talks, now)
    sent = work.reminders.sent([t.conversation.id for t in talks])
    wish = stored.conversation.preferences.reminders
    due = due_now(waiting.matters(), sent, wish, now)
    if due:
        sent = (*sent, *_tell(work, mind, stored, (due, waiting), now))
    work.reminders.plan(conversation_id, next_look(waiting.matters(), sent, wish, now))
    return bool(due)


def _waiting(
    work: UnitOfWork,
    stored: StoredConversation,
    talks: tuple[StoredConversation, ...],
    now: datetime,
) -> Waiting:
    """Her own cases and forms, and the cases of those she helps who have no channel of their own."""
    me = stored.person_id
    return Waiting(
        cases=work.cases.of_person(me),
        others=tuple(_of_others(work, me, now)),
        drafts=drafts_in(t.conversation for t in talks),
        ending=tuple(_endings(work, me, now)),
        facts=work.people.facts((me,)).get(me, {}),
    )


def _endings(work: UnitOfWork, me: str, now: datetime) -> Iterator[Ending]:
    """Authorizations that will end; a helper hears of it if she may be told things, and the person can renew it."""
    for given in work.authorizations.of_person(me):
        if not given.is_in_force(now) or given.evidence not in SOUND:
            continue
        on, is_hers = given.until.astimezone(SHANGHAI).date(), given.principal_id == me
        if is_hers:
            yield Ending(id=given.id, on=on, who=given.helper_called, is_hers=True)
        elif Scope.NOTICES in given.scopes and work.conversations.of_person(given.principal_id):
            facts = work.people.facts((given.principal_id,)).get(given.principal_id, {})
            who = Helped(authorization=given, facts=facts).shown
            yield Ending(id=given.id, on=on, who=who, is_hers=False)


def _of_others(work: UnitOfWork, me: str, now: datetime) -> Iterator[Case]:
    for given in work.authorizations.of_person(me):
        if given.helper_id != me or work.conversations.of_person(given.principal_id):
            continue
        facts = work.people.facts((given.principal_id,)).get(given.principal_id, {})
        whose = Helped(authorization=given, facts=facts).shown
        for case in work.cases.of_person(given.principal_id):
            if given.opens(case.filed_by, Scope.NOTICES, now):
                name = say("draft_of", name=case.service_name, who=whose)
                yield replace(case, service_name=name)


def _tell(
    work: UnitOfWork,
    mind: Mind,
    stored: StoredConversation,
    what: tuple[tuple[Due, ...], Waiting],
    now: datetime,
) -> tuple[Sent, ...]:
    due, waiting = what
    new = tuple(Sent(matter=one.matter.id, step=one.step, at=now) for one in due)
    noted = [work.reminders.add(stored.conversation.id, sent) for sent in new]
    if any(noted):
        tell_conversation(work, stored, reminder_of(due, waiting, mind.catalog), now)
    return new
