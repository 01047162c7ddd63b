"""Puts a notice into a resident's conversation, and into the outbox where her channel must be written to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from actions.mind import PUSHED_CHANNELS
from casework.authorizations import Scope
from casework.models import Case
from casework.reminders import LOOK_AFTER
from dialogue.messages import Reply
from dialogue.notices import after_notice, for_helper
from dialogue.people import Helped
from storage.models import StoredConversation
from storage.unit_of_work import UnitOfWork


def tell_resident(work: UnitOfWork, conversation_id: str, notice: Reply, now: datetime) -> None:
    """Tell it once, in the caller's transaction, in the conversation this one may have been joined to."""
    stored = work.conversations.get(conversation_id)
    if stored is None:
        return
    if stored.channel:
        tell_conversation(work, stored, notice, now)
    else:
        tell_person(work, stored.person_id, notice, now)


def tell_person(work: UnitOfWork, person_id: str, notice: Reply, now: datetime) -> bool:
    """Tell a person where she talked to us last; False when she never did, for a helper applied for her."""
    talks = [t for t in work.conversations.of_person(person_id) if t.used_at is not None]
    if not talks:
        return False
    newest = max(talks, key=lambda talk: (talk.used_at or now, talk.conversation.id))
    tell_conversation(work, newest, notice, now)
    return True


def tell_about_case(
    work: UnitOfWork, case: Case, notice: Reply, now: datetime, *, but: str = ""
) -> bool:
    """Tell whose case it is, and each helper who is to be told (`but` one person); False if nobody hears it.

    A helper hears whose case it is before anything else.
    """
    notice = replace(notice, number=case.number)
    told = case.person_id != but and tell_person(work, case.person_id, notice, now)
    for given in work.authorizations.of_person(case.person_id):
        is_helper = given.principal_id == case.person_id and given.helper_id != but
        if not is_helper or not given.opens(case.filed_by, Scope.NOTICES, now):
            continue
        facts = work.people.facts((case.person_id,)).get(case.person_id, {})
        whose = Helped(authorization=given, facts=facts).shown
        told = tell_person(work, given.helper_id, for_helper(notice, whose), now) or told
    return told


def tell_conversation(
    work: UnitOfWork, stored: StoredConversation, notice: Reply, now: datetime
) -> None:
    """Tell it in this conversation, and push it to each channel it is held from that must be written to."""
    conversation, told = after_notice(stored.conversation, notice)
    out = work.messages.add_reply(stored.conversation.id, told, now)
    if conversation is not stored.conversation:
        work.conversations.save(stored, conversation, now)
    work.reminders.look_at(stored.conversation.id, now + LOOK_AFTER)
    pushed: set[str] = set()
    for address in work.conversations.addresses(stored.conversation.id):
        if address.channel not in PUSHED_CHANNELS or address.channel in pushed:
            continue
        pushed.add(address.channel)
        work.outbox.put(out, address.channel, address.peer, now)
        if told.aloud:
            work.outbox.put(out, address.channel, address.peer, now, form="voice")
