"""One message, down once and back once, in one transaction.

inbox (unique) → load → recognize → respond → save → effects → outbox → commit. The same event again gives
the stored reply again and changes nothing.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from dataclasses import dataclass, replace
from pathlib import Path

from actions.call_person import NOBODY_WAITS
from actions.carry_out import carry_out
from actions.forget_person import forget_and_begin_anew
from actions.join_conversation import join_conversation
from actions.mind import PUSHED_CHANNELS, Mind
from actions.new_numbers import new_code, new_number, with_free_number
from actions.read_my_log import read_own_file
from actions.read_people import read_people
from actions.turn_watch import Outcome, TurnClock, TurnSeen, band_of
from casework.reminders import LOOK_AFTER
from dialogue.effects import CallPerson, ForgetMe, JoinConversation
from dialogue.joining import going_on
from dialogue.manager import awaiting, respond
from dialogue.messages import Message, Reply
from dialogue.models import Conversation, Moment, Turn
from dialogue.my_data import is_about_own_data
from dialogue.needs import obeying
from dialogue.own_file import OwnFile
from dialogue.turns import form_of
from dialogue.wording import say
from intents.models import Recognition
from storage.database import Database
from storage.errors import Conflict
from storage.ids import new_id
from storage.models import StoredConversation, StoredMessage
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("zhucan.turn")
_TRIES = 3
_NOT_UNDERSTOOD = ("reject", "outside")


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
    turn_id = new_id()
    for attempt in range(1, _TRIES + 1):
        clock = TurnClock()
        try:
            return _take(database, mind, message, turn_id, clock)
        except Conflict:
            _tell(mind, message, clock, "overtaken")
            if attempt == _TRIES:
                raise
        except Exception as error:  # noqa: BLE001 - whatever our fault is, the person gets an answer
            code = secrets.token_hex(3)
            # The error's own message stays out of the log: it may quote what a person said.
            about = {"turn": turn_id, "code": code, "channel": message.channel}
            about |= {"error": type(error).__name__, "where": _where(error)}
            log.error("turn failed", extra=about)  # noqa: TRY400
            _tell(mind, message, clock, "trouble")
            return _keep_for_a_person(database, mind, message, turn_id, code)
    raise AssertionError


def _tell(
    mind: Mind,
    message: Message,
    clock: TurnClock,
    outcome: Outcome,
    thought: _Thought | None = None,
) -> None:
    """Tell whoever counts how it went."""
    recognition = thought.recognition if thought else None
    seen = TurnSeen(
        channel=message.channel,
        outcome=outcome,
        seconds=clock.seconds,
        steps=clock.steps,
        awaited=thought.awaited if thought else "",
        decision=band_of(recognition),
        danger=recognition.danger if recognition else "",
    )
    mind.watch(seen)


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


def _take(
    database: Database, mind: Mind, message: Message, turn_id: str, clock: TurnClock
) -> Received:
    with database.write() as work:
        known = _answered_before(work, message)
        clock.ended("inbox")
        if known is not None:
            _tell(mind, message, clock, "duplicate")
            return known
        stored = work.conversations.for_peer(message.channel, message.peer, message.at)
        thought = _think(work, mind, stored, message, clock)
        turn = thought.turn
        saved, number = _saved(work, stored, turn, message)
        clock.ended("save")
        carry_out(work, mind.catalog, stored, message, turn.effects)
        clock.ended("effects")
        held_in, told = _joined(work, stored, saved, turn, message)
        reply = put_reply(work, held_in, told, message, turn_id, seq=number)
        work.reminders.look_at(held_in.conversation.id, message.at + LOOK_AFTER)
        clock.ended("save")
        work.commit()
        clock.ended("commit")
    about = {"turn": turn_id, "conversation": stored.conversation.id, "seq": reply.seq}
    about |= {"channel": message.channel, "focus": turn.conversation.focus.kind}
    effects = ",".join(effect.kind for effect in turn.effects) or "-"
    log.info("turn", extra={**about, "effects": effects, "ms": round(clock.seconds * 1000, 1)})
    _tell(mind, message, clock, "answered", thought)
    return Received(conversation_id=held_in.conversation.id, reply=reply, is_duplicate=False)


def _saved(
    work: UnitOfWork, stored: StoredConversation, turn: Turn, message: Message
) -> tuple[StoredConversation, int]:
    """The conversation with what was heard, and the number of the reply; 0 when it is to be counted later.

    What effects say comes between the message and its reply, or the reply belongs elsewhere.
    """
    lines = 1 if turn.effects else 2
    saved = work.conversations.save(stored, turn.conversation, message.at, lines=lines)
    heard = saved.last_seq - lines + 1
    work.messages.add_incoming(stored.conversation.id, message, message.at, seq=heard)
    work.conversations.used(stored, message.at)
    return saved, 0 if turn.effects else saved.last_seq


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


def _joined(
    work: UnitOfWork,
    before: StoredConversation,
    saved: StoredConversation,
    turn: Turn,
    message: Message,
) -> tuple[StoredConversation, Reply]:
    """Where the reply belongs: here, in the conversation this address was just joined to, or in a new one."""
    if any(isinstance(effect, ForgetMe) for effect in turn.effects):
        return _forgotten(work, saved, turn, message), turn.reply
    wish = next((e for e in turn.effects if isinstance(e, JoinConversation)), None)
    if wish is None:
        return saved, turn.reply
    whole = replace(saved, conversation=before.conversation)
    into = join_conversation(work, whole, wish, message.at)
    return into, going_on(turn.reply, into.conversation)


def _forgotten(
    work: UnitOfWork, saved: StoredConversation, turn: Turn, message: Message
) -> StoredConversation:
    """She was forgotten; all that is left is a conversation that knows nothing but its last line."""
    fresh = forget_and_begin_anew(work, saved, message.at)
    blank = Conversation(id=fresh.conversation.id, turn=turn.conversation.turn, last=turn.reply)
    return work.conversations.save(fresh, blank, message.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Thought:
    """What a message was taken for, and what comes of it."""

    awaited: str
    recognition: Recognition
    turn: Turn


def _think(
    work: UnitOfWork, mind: Mind, stored: StoredConversation, message: Message, clock: TurnClock
) -> _Thought:
    conversation = with_free_number(work, stored.conversation)
    clock.ended("load")
    awaited = awaiting(conversation, mind.catalog)
    recognition = mind.recognizer.recognize(message.text, awaited)
    clock.ended("recognize")
    people, cases = read_people(work, stored, message)
    pick = message.pick.choice if message.pick else ""
    is_own = is_about_own_data(conversation, message.text, recognition, pick)
    own = read_own_file(work, mind.catalog, stored.person_id) if is_own else OwnFile()
    moment = Moment(
        conversation=conversation,
        own_file=own,
        called=_called(work, stored, recognition),
        message=message,
        recognition=recognition,
        catalog=mind.catalog,
        cases=cases,
        people=people,
        new_number=new_number(),
        new_code=new_code(),
        new_paper_ids=tuple(new_id() for _ in message.attachments),
    )
    clock.ended("load")
    turn = respond(moment)
    clock.ended("respond")
    return _Thought(awaited=awaited.value, recognition=recognition, turn=turn)


def _called(work: UnitOfWork, stored: StoredConversation, recognition: Recognition) -> str:
    """Why a person is waited for; asked only where it changes the answer, or every turn would pay for it."""
    is_filling = form_of(stored.conversation) is not None
    if is_filling or band_of(recognition) not in _NOT_UNDERSTOOD:
        return ""
    waiting = work.handovers.waiting_of(stored.conversation.id)
    return waiting.reason if waiting is not None and waiting.reason not in NOBODY_WAITS else ""


def put_reply(
    work: UnitOfWork,
    stored: StoredConversation,
    reply: Reply,
    message: Message,
    turn_id: str,
    *,
    seq: int = 0,
) -> StoredMessage:
    """Store the reply, answer the inbox entry, and queue the reply where a channel must be written to.

    The reply's id is the turn's: by it the log tells which delivery belongs to which turn.
    """
    out = work.messages.add_reply(stored.conversation.id, reply, message.at, turn_id, seq=seq)
    work.inbox.answered(message.channel, message.event_id, stored.conversation.id, out.seq)
    if message.channel in PUSHED_CHANNELS:
        work.outbox.put(out, message.channel, message.peer, message.at)
        if reply.aloud:
            work.outbox.put(out, message.channel, message.peer, message.at, form="voice")
    return out


def _keep_for_a_person(
    database: Database, mind: Mind, message: Message, turn_id: str, code: str
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
            private=last.private if last else False,
            turn=conversation.turn,
        )
        reply = obeying(reply, conversation.preferences)
        out = put_reply(work, stored, reply, message, turn_id)
        work.commit()
    return Received(conversation_id=conversation.id, reply=out, is_duplicate=False)
