"""Somebody else will use this computer: the browser no longer stands for the conversation."""

from __future__ import annotations

from storage.database import Database


def end_web_session(database: Database, token_hash: str) -> None:
    """Forget the browser. The conversation and its cases stay; nobody can enter it from here again."""
    with database.write() as work:
        work.web_sessions.close(token_hash)
        work.commit()
