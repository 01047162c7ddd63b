"""One message, down once and back once, in one transaction.

inbox (unique) → load → recognize → respond → effects → save → outbox → commit. The same event again gives
the stored reply again and changes nothing.
"""

from __future__ import annotations

import logging
import secrets
import time
from dataclasses import dataclass

from actions.carry_out import carry_out
from actions.mind import PUSHED_CHANNELS, Mind
from casework.numbers import number_from
from dialogue.manager import awaiting, respond
from dialogue.models import CallPerson, Conversation, Message, Moment, Reply, Turn
from dialogue.wording import say
from storage.database import Database
from storage.errors import Conflict
from storage.ids import new_id
from storage.models import StoredConversation, StoredMessage
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("zhucan.turn")
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The outcome of one message: the reply as stored, and whether it had been given before."""

    conversation_id: str
    reply: StoredMessage
    is_duplicate: bool


def receive_message(database: Database, mind: Mind, message: Message) -> Received:
    """Take one message and answer it; on a version conflict begin again from the load."""
    for attempt in range(1, _TRIES + 1):
        try:
            return _take(database, mind, message)
        except Conflict:
            if attempt == _TRIES:
                raise
        except Exception:
            code = secrets.token_hex(3)
            log.exception("turn failed code=%s channel=%s", code, message.channel)
            return _keep_for_a_person(database, mind, message, code)
    raise AssertionError


def _take(database: Database, mind: Mind, message: Message) -> Received:
    started = time.perf_counter()
    with database.write() as work:
        known = _answered_before(work, message)
        if known is not None:
            return known
        stored = work.conversations.for_peer(message.channel, message.peer, message.at)
        turn = _think(work, mind, stored, message)
        work.messages.add_incoming(stored.conversation.id, message, message.at)
        carry_out(work, mind.catalog, stored, message, turn.effects)
        reply = put_reply(work, stored, turn.reply, message)
        work.conversations.save(stored, turn.conversation, message.at)
        work.commit()
    focus = turn.conversation.focus
    log.info(
        "turn conversation=%s channel=%s focus=%s effects=%s ms=%.1f",
        stored.conversation.id,
        message.channel,
        focus.kind,
        ",".join(effect.kind for effect in turn.effects) or "-",
        (time.perf_counter() - started) * 1000,
    )
    return Received(conversation_id=stored.conversation.id, reply=reply, is_duplicate=False)


def _answered_before(work: UnitOfWork, message: Message) -> Received | None:
    if work.inbox.claim(message.channel, message.event_id, message.at):
        return None
    entry = work.inbox.find(message.channel, message.event_id)
    if entry is None or entry.conversation_id is None or entry.reply_seq is None:
        raise Conflict("inbox")
    reply = work.messages.get(entry.conversation_id, entry.reply_seq)
    if reply is None:
        raise Conflict("inbox")
    return Received(conversation_id=entry.conversation_id, reply=reply, is_duplicate=True)


def _think(work: UnitOfWork, mind: Mind, stored: StoredConversation, message: Message) -> Turn:
    conversation = stored.conversation
    recognition = mind.recognizer.recognize(message.text, awaiting(conversation, mind.catalog))
    moment = Moment(
        conversation=conversation,
        message=message,
        recognition=recognition,
        catalog=mind.catalog,
        cases=work.cases.of_person(stored.person_id),
        new_number=_free_number(work),
        new_paper_ids=tuple(new_id() for _ in message.attachments),
    )
    return respond(moment)


def _free_number(work: UnitOfWork) -> str:
    while True:
        number = number_from(secrets.randbelow(10_000_000))
        if work.applications.is_free(number):
            return number


def put_reply(
    work: UnitOfWork, stored: StoredConversation, reply: Reply, message: Message
) -> StoredMessage:
    """Store the reply, answer the inbox entry, and queue the reply where a channel must be written to."""
    out = work.messages.add_reply(stored.conversation.id, reply, message.at)
    work.inbox.answered(message.channel, message.event_id, stored.conversation.id, out.seq)
    if message.channel in PUSHED_CHANNELS:
        work.outbox.put(out, message.channel, message.peer, message.at)
        if reply.aloud:
            work.outbox.put(out, message.channel, message.peer, message.at, form="voice")
    return out


def _keep_for_a_person(
    database: Database, mind: Mind, message: Message, code: str
) -> Received:
    """Our own fault: the words are kept, a person is called, and nothing else changes."""
    with database.write() as work:
        known = _answered_before(work, message)
        if known is not None:
            return known
        stored = work.conversations.for_peer(message.channel, message.peer, message.at)
        conversation: Conversation = stored.conversation
        work.messages.add_incoming(conversation.id, message, message.at)
        call = CallPerson(reason="trouble")
        carry_out(work, mind.catalog, stored, message, (call,))
        last = conversation.last
        reply = Reply(
            paragraphs=(say("trouble", code=code),),
            choices=last.choices if last else (),
            turn=conversation.turn,
        )
        out = put_reply(work, stored, reply, message)
        work.commit()
    return Received(conversation_id=conversation.id, reply=out, is_duplicate=False)
