"""The conversation in a terminal: for screen readers, for trying things out, for finding faults.

One line in, plain numbered lines out; nothing is drawn, colored or moved.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from actions.export_person import take_copy
from actions.keep_paper import keep_paper
from actions.receive_message import receive_message
from bot.assembly import House
from dialogue.messages import Attachment, Message
from storage.ids import new_id

CHANNEL = "terminal"
_FILE = "file:"
"""A line such as `file: photo.jpg` sends a file."""


def message_from_line(house: House, peer: str, line: str) -> Message:
    """A typed line as a message."""
    attachments: tuple[Attachment, ...] = ()
    text = line.rstrip("\r\n")
    if text.startswith(_FILE):
        attachments, text = (_attached(house, text.removeprefix(_FILE).strip()),), ""
    return Message(
        channel=CHANNEL,
        event_id=new_id(),
        peer=peer,
        at=datetime.now(UTC),
        text=text,
        attachments=attachments,
    )


def _attached(house: House, name: str) -> Attachment:
    path = Path(name).expanduser()
    if not path.is_file():
        return Attachment(kind="document", name=path.name, problem="not_received")
    kind = (
        "photo"
        if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".heic", ".webp")
        else "document"
    )
    return keep_paper(house.papers, path.read_bytes(), path.name, kind)  # type: ignore[arg-type]


def converse(house: House, peer: str, lines: Iterable[str], show: Callable[[str], None]) -> None:
    """Answer line after line until the input ends; notices that came in between are shown first."""
    seen = _last_seen(house, peer)
    for line in lines:
        message = message_from_line(house, peer, line)
        received = receive_message(house.database, house.mind, message)
        with house.database.read() as work:
            new = work.messages.after(received.conversation_id, seen, 50)
        for stored in new:
            if stored.reply is not None:
                show(stored.reply.as_plain_text())
                if stored.reply.file:
                    show(str(_kept_copy(house, received.conversation_id)))
            seen = stored.seq


def _kept_copy(house: House, conversation_id: str) -> Path:
    """The copy of her data as a file for its owner only; where it lies."""
    papers, catalog, now = house.papers, house.mind.catalog, datetime.now(UTC)
    data = take_copy(house.database, papers, catalog, conversation_id, now)
    path = house.settings.data_dir / "my_data.zip"
    path.touch(mode=0o600)
    path.write_bytes(data or b"")
    return path


def _last_seen(house: House, peer: str) -> int:
    with house.database.read() as work:
        stored = work.conversations.find(CHANNEL, peer)
        latest = work.messages.latest(stored.conversation.id, 1) if stored else ()
    return latest[-1].seq if latest else 0


def talk(house: House, peer: str) -> None:
    """Talk on standard input and output."""
    converse(house, peer, _typed(), lambda text: print(text, end="\n\n", flush=True))  # noqa: T201


def _typed() -> Iterable[str]:
    while True:
        if sys.stdin.isatty():
            sys.stdout.write("> ")
            sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            return
        yield line
