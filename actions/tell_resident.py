"""Puts a notice into a resident's conversation, and into the outbox where her channel must be written to."""

from __future__ import annotations

from datetime import datetime

from actions.mind import PUSHED_CHANNELS
from dialogue.messages import Reply
from dialogue.notices import after_notice
from storage.unit_of_work import UnitOfWork


def tell_resident(work: UnitOfWork, conversation_id: str, notice: Reply, now: datetime) -> None:
    """Tell it once, in the caller's transaction."""
    stored = work.conversations.get(conversation_id)
    if stored is None:
        return
    conversation, told = after_notice(stored.conversation, notice)
    out = work.messages.add_reply(conversation_id, told, now)
    if conversation is not stored.conversation:
        work.conversations.save(stored, conversation, now)
    if stored.channel in PUSHED_CHANNELS:
        work.outbox.put(out, stored.channel, stored.peer, now)
        if told.aloud:
            work.outbox.put(out, stored.channel, stored.peer, now, form="voice")
