"""What the form sends, and the messages it becomes.

One form may say two things: photos were chosen and then a button was pressed. Nothing of it is lost: the
files go first, then the button; words typed beside a button stay in the field.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from fastapi import HTTPException, Request
from starlette.datastructures import FormData, UploadFile

from actions.keep_paper import keep_paper
from bot.channels.webchat.transcript import CHANNEL
from dialogue.messages import Attachment, Message, Pick, Reply
from storage.ids import new_id
from storage.papers import PaperStore

MAX_BODY = 12 * 1024 * 1024
"""Bytes of one form with its files."""
MAX_FILES = 10
MAX_TEXT = 20_000
"""Characters said at once; a whole petition fits."""
_SMALL = 10_000
"""Bytes of a form that is only a button."""
_MAX_DRAINED = 80 * 1024 * 1024
"""Bytes thrown away before a form that is too big is refused: a browser hears us only at the end of it."""
_LONGEST_NUMBER = 12


class TooBig(Exception):
    """The form holds more than we take at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it came."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One form as it came, not yet believed."""

    form_key: str = ""
    event: str = ""
    """Drawn when the form was shown, so that sending it twice is one message."""
    seen: int = 0
    """The newest line the page already shows."""
    text: str = ""
    word: str = ""
    """The words of a help button, said in the person's name."""
    pick: Pick | None = None
    uploads: tuple[Upload, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing was said, pressed or chosen."""
        return not (self.text.strip() or self.word or self.pick or self.uploads)

    @property
    def is_too_long(self) -> bool:
        """More words than anybody can answer at once."""
        return len(self.text) > MAX_TEXT

    @property
    def draft(self) -> str:
        """Words typed beside a button that was pressed: they stay in the field."""
        return self.text if self.word or self.pick else ""

    @property
    def fingerprint(self) -> str:
        """Tells a form sent twice from the same page sent again with other words."""
        parts = [self.text, self.word, repr(self.pick)]
        parts += [f"{u.name} {len(u.content)}" for u in self.uploads]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


async def read_form(request: Request) -> Sent:
    """The form; raises `TooBig`."""
    await _refuse_longer(request, MAX_BODY)
    async with request.form(max_files=MAX_FILES, max_fields=20, max_part_size=MAX_BODY) as form:
        return Sent(
            form_key=_word(form, "key"),
            event=_event(_word(form, "event")),
            seen=_number(_word(form, "seen")),
            # A form sends a line break as two characters; people see one.
            text=_word(form, "text").replace("\r\n", "\n"),
            word=_word(form, "say")[:40],
            pick=_pick(_word(form, "pick")),
            uploads=tuple([await _upload(f) for f in form.getlist("files") if _is_chosen(f)]),  # type: ignore[arg-type]
        )


async def read_button(request: Request) -> dict[str, str]:
    """The fields of a form that is only a button; a 413 for a longer one, a 400 for what is no form."""
    try:
        await _refuse_longer(request, _SMALL)
    except TooBig as error:
        raise HTTPException(413) from error
    async with request.form(max_files=0, max_fields=5) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


async def _refuse_longer(request: Request, most: int) -> None:
    """Raises `TooBig` for a body that is longer, or does not say how long it is."""
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()) or int(length[:12]) > most:
        await _drain(request)
        raise TooBig


async def _drain(request: Request) -> None:
    taken = 0
    async for chunk in request.stream():
        taken += len(chunk)
        if taken > _MAX_DRAINED:
            return


def _word(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _event(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return new_id()


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= _LONGEST_NUMBER else 0


def _pick(text: str) -> Pick | None:
    turn, colon, choice = text.partition(":")
    return Pick(turn=_number(turn), choice=choice[:200]) if colon and choice else None


def _is_chosen(value: object) -> bool:
    """Without a file chosen, browsers send one with no name and no content."""
    return isinstance(value, UploadFile) and bool(value.filename or value.size)


async def _upload(file: UploadFile) -> Upload:
    return Upload(
        name=file.filename or "", media_type=file.content_type or "", content=await file.read()
    )


def keep_uploads(papers: PaperStore, sent: Sent) -> tuple[Attachment, ...]:
    """Check and keep the files; slow, so not in the event loop."""
    return tuple(
        keep_paper(papers, u.content, u.name, "photo" if u.media_type.startswith("image/") else "document")
        for u in sent.uploads
    )  # fmt: skip


def messages_of(
    sent: Sent, peer: str, attachments: tuple[Attachment, ...], now: datetime
) -> tuple[Message, ...]:
    """One message, or two: the files, then the button pressed with them."""
    event_id = f"{peer}:{sent.event}:{sent.fingerprint}"
    message = Message(
        channel=CHANNEL,
        event_id=event_id,
        peer=peer,
        at=now,
        text="" if sent.pick else sent.word or sent.text,
        pick=sent.pick,
    )
    if not attachments:
        return (message,)
    if sent.pick is None and not sent.word:
        return (replace(message, attachments=attachments),)
    files = replace(
        message, event_id=f"{event_id}:files", text="", pick=None, attachments=attachments
    )
    return (files, message)


def still_good(message: Message, reply: Reply | None) -> Message:
    """A button pressed together with files belongs to the turn that answered the files, if still offered."""
    if message.pick is None or reply is None:
        return message
    if message.pick.choice not in {choice.id for choice in reply.choices}:
        return message
    return replace(message, pick=replace(message.pick, turn=reply.turn))
