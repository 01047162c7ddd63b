"""Telegram's JSON read at the door, and nothing of it further in.

Only the few members we use are described, and none but the id must be there: whatever Telegram adds or
leaves out elsewhere cannot hold up the queue behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from actions.keep_paper import MAX_BYTES, clean_name
from bot.channels.telegram.wording import without_command
from dialogue.messages import Attachment

HANDLED = ("message", "callback_query")
"""Kinds of updates we ask for; edits, reactions and blocked-bot notices do not even come."""

LARGEST_ID = 2**63 - 1

_SILENT = frozenset({
    "boost_added",
    "chat_background_set",
    "message_auto_delete_timer_changed",
    "migrate_from_chat_id",
    "migrate_to_chat_id",
    "new_chat_members",
    "left_chat_member",
    "pinned_message",
    "write_access_allowed",
})  # fmt: skip
"""Members of messages that report something and say nothing."""


class _Chat(BaseModel):
    id: int
    type: str = "private"


class _File(BaseModel):
    file_id: str
    file_size: int | None = None
    file_name: str = ""
    width: int = 0
    height: int = 0


class _Contact(BaseModel):
    phone_number: str = ""


class _Message(BaseModel):
    model_config = ConfigDict(extra="allow")

    chat: _Chat
    text: str = ""
    caption: str = ""
    photo: tuple[_File, ...] = ()
    document: _File | None = None
    voice: _File | None = None
    audio: _File | None = None
    video_note: _File | None = None
    video: _File | None = None
    contact: _Contact | None = None

    @property
    def is_silent(self) -> bool:
        return not _SILENT.isdisjoint(self.model_extra or ())


class _Sender(BaseModel):
    chat: _Chat

    @property
    def text(self) -> str:
        return ""


class _Words(BaseModel):
    chat: _Chat
    text: str


class _User(BaseModel):
    id: int


class _Query(BaseModel):
    id: str
    data: str = ""
    user: _User = Field(alias="from")
    message: _Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileToFetch:
    """A file that lies with Telegram."""

    file_id: str
    kind: Literal["photo", "document"]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One update as far as it concerns us."""

    update_id: int
    peer: str
    is_private: bool = True
    text: str = ""
    button: str | None = None
    """What the pressed button carried."""
    query_id: str = ""
    file: FileToFetch | None = None
    attachment: Attachment | None = None
    """A file about which everything is known without fetching it."""


def id_of(update: Any) -> int | None:
    """The id of an update, or None for something that is no update."""
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    return number if 0 <= number <= LARGEST_ID else None


def read_update(update: dict[str, Any]) -> Incoming | None:
    """The update as a value; None when there is nothing to answer in it.

    A message that is not as described is not dropped: its sender is told that no text arrived.
    """
    number = id_of(update)
    if number is None:
        return None
    try:
        if "message" in update:
            return _read_message(number, _Message.model_validate(update["message"]))
        if "callback_query" in update:
            return _read_press(number, _Query.model_validate(update["callback_query"]))
    except ValidationError:
        return _barely(number, update)
    return None


def _read_message(number: int, message: _Message) -> Incoming | None:
    if message.chat.type == "channel" or message.is_silent:
        return None
    peer = str(message.chat.id)
    if message.chat.type != "private":
        return Incoming(update_id=number, peer=peer, is_private=False)
    file, attachment = _file_of(message)
    text = message.text or message.caption
    if message.contact is not None:
        text = message.contact.phone_number
    return Incoming(
        update_id=number,
        peer=peer,
        text=without_command(text),
        file=file,
        attachment=attachment,
    )


def _file_of(message: _Message) -> tuple[FileToFetch | None, Attachment | None]:
    """The file to fetch, or the attachment as far as it is known already."""
    if message.voice or message.audio or message.video_note:
        return None, Attachment(kind="voice")
    if message.document is not None:
        return _unless_too_big(message.document, "document")
    if message.photo:
        fitting = [p for p in message.photo if (p.file_size or 0) <= MAX_BYTES]
        largest = max(fitting or message.photo, key=lambda p: p.width * p.height)
        return _unless_too_big(largest, "photo")
    if message.video is not None:
        return None, Attachment(kind="other", problem="wrong_type")
    return None, None


def _unless_too_big(
    file: _File, kind: Literal["photo", "document"]
) -> tuple[FileToFetch | None, Attachment | None]:
    size = file.file_size or 0
    if size > MAX_BYTES:
        return None, Attachment(
            kind=kind, name=clean_name(file.file_name), size=size, problem="too_big"
        )
    return FileToFetch(file_id=file.file_id, kind=kind, name=file.file_name), None


def _read_press(number: int, query: _Query) -> Incoming:
    chat = query.message.chat if query.message else _Chat(id=query.user.id)
    return Incoming(
        update_id=number,
        peer=str(chat.id),
        is_private=chat.type == "private",
        button=query.data,
        query_id=query.id,
    )


def _barely(number: int, update: dict[str, Any]) -> Incoming | None:
    """At least whose it is and, if it can be read, what was written: nobody is left without an answer."""
    message = update.get("message")
    for model in (_Words, _Sender):
        try:
            found = model.model_validate(message)
        except ValidationError:
            continue
        return Incoming(
            update_id=number,
            peer=str(found.chat.id),
            is_private=found.chat.type == "private",
            text=without_command(found.text),
        )
    return None
