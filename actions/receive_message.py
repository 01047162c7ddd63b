"""One message, down once and back once, in one transaction.

inbox (unique) → load → recognize → respond → effects → save → outbox → commit. The same event again gives
the stored reply again and changes nothing.
"""

from __future__ import annotations

import logging
import secrets
import time
import traceback
from dataclasses import dataclass, replace
from pathlib import Path

from actions.carry_out import carry_out
from actions.mind import PUSHED_CHANNELS, Mind
from casework.numbers import number_from
from dialogue.effects import CallPerson
from dialogue.focuses import Filling
from dialogue.manager import awaiting, respond
from dialogue.messages import Message, Reply
from dialogue.models import Conversation, Moment, Turn
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
    """Take one message and answer it; on a version conflict begin again from the load.

    Raises `Conflict` when three tries in a row were overtaken, and whatever broke the database itself.
    """
    message = _storable(message)
    for attempt in range(1, _TRIES + 1):
        try:
            return _take(database, mind, message)
        except Conflict:
            if attempt == _TRIES:
                raise
        except Exception as error:  # noqa: BLE001 - whatever our fault is, the person gets an answer
            code = secrets.token_hex(3)
            log.error(  # noqa: TRY400 - a message of an error may quote what a person said
                "turn failed code=%s channel=%s error=%s at=%s",
                code,
                message.channel,
                type(error).__name__,
                _where(error),
            )
            return _keep_for_a_person(database, mind, message, code)
    raise AssertionError


def _storable(message: Message) -> Message:
    """The message without what no database takes: NUL and halves of surrogate pairs."""
    pick = message.pick
    if pick is not None:
        pick = replace(pick, choice=_text(pick.choice))
    files = tuple(replace(f, name=_text(f.name)) for f in message.attachments)
    return replace(message, text=_text(message.text), pick=pick, attachments=files)


def _text(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _where(error: Exception) -> str:
    """The places in our code an error came through, without its message and without values."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))


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
    conversation = _with_free_number(work, stored.conversation)
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


def _with_free_number(work: UnitOfWork, conversation: Conversation) -> Conversation:
    """The conversation whose form is about to be filed under a number nobody took in the meantime."""
    focus = conversation.focus
    if not isinstance(focus, Filling) or focus.progress.stage != "submit":
        return conversation
    if work.applications.is_free(focus.progress.number):
        return conversation
    progress = replace(focus.progress, number=_free_number(work))
    return replace(conversation, focus=replace(focus, progress=progress))


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


def _keep_for_a_person(database: Database, mind: Mind, message: Message, code: str) -> Received:
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
            private=last.private if last else False,
            turn=conversation.turn,
        )
        out = put_reply(work, stored, reply, message)
        work.commit()
    return Received(conversation_id=conversation.id, reply=out, is_duplicate=False)
