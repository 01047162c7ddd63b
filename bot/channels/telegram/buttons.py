"""What a button carries: which choice of which turn, within the 64 bytes Telegram allows.

A choice whose id does not fit is named by its place in the stored reply, and looked up there when pressed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dialogue.messages import Pick, Reply

MAX_BYTES = 64

_BY_ID = re.compile(r"(\d{1,9})\.(.+)", re.DOTALL)
_BY_PLACE = re.compile(r"(\d{1,9})#(\d{1,9})#(\d{1,3})")

UNKNOWN = Pick(turn=-1, choice="")
"""A press of something we never sent; answered like an old button."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the choice stands: the message of the conversation, and its number among the choices."""

    turn: int
    seq: int
    index: int


def pack(reply: Reply, seq: int, index: int) -> str:
    """The data of one button of a reply."""
    data = f"{reply.turn}.{reply.choices[index].id}"
    return data if len(data.encode()) <= MAX_BYTES else f"{reply.turn}#{seq}#{index}"


def unpack(data: str) -> Pick | Place:
    """What was pressed. Anybody can send any data, so nothing is taken for granted."""
    if match := _BY_ID.fullmatch(data):
        return Pick(turn=int(match[1]), choice=match[2])
    if match := _BY_PLACE.fullmatch(data):
        return Place(turn=int(match[1]), seq=int(match[2]), index=int(match[3]))
    return UNKNOWN


def pick_at(place: Place, reply: Reply | None) -> Pick:
    """The choice at a place of the reply stored there."""
    if reply is None or reply.turn != place.turn or place.index >= len(reply.choices):
        return UNKNOWN
    return Pick(turn=place.turn, choice=reply.choices[place.index].id)
