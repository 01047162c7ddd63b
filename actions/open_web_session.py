"""A browser begins to talk: it gets an address in the web channel, once."""

from __future__ import annotations

from datetime import datetime

from storage.database import Database
from storage.errors import Conflict
from storage.ids import new_id


def open_web_session(database: Database, token_hash: str, now: datetime) -> str:
    """The address of this browser; a new, random one at its first word.

    Raises `Conflict` when the same browser was given one at this very moment: begin again once.
    """
    with database.write() as work:
        known = work.web_sessions.peer_of(token_hash)
        if known is not None:
            return known
        peer = new_id()
        if not work.web_sessions.open(token_hash, peer, now):
            raise Conflict("web session")
        work.commit()
    return peer
