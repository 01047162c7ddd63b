"""A caseworker signs out: the session ends for every copy of its cookie."""

from __future__ import annotations

from actions.desk import Desk
from actions.sign_in import token_hash


def sign_out(desk: Desk, token: str) -> None:
    """End the session of this token; twice is as good as once."""
    with desk.database.write() as work:
        work.staff_sessions.close(token_hash(token))
        work.commit()
