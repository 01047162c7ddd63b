"""Browsers of the web chat: the hash of a cookie, and the address in the web channel it stands for."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, delete, select

from storage.repositories.repository import Repository
from storage.tables import WebSessionRow

CHANNEL = "webchat"
"""The channel its addresses belong to."""


class WebSessionRepository(Repository):
    """Browsers by the hash of their token."""

    def open(self, token_hash: str, peer: str, now: datetime) -> bool:
        """A browser begins to talk; False if it is known already."""
        row = WebSessionRow(
            tenant=self._tenant,
            token_hash=token_hash,
            peer=peer,
            peer_bi=self._blind(f"peer.{CHANNEL}", peer),
            created_at=now,
        )
        return self._insert_new(row)

    def close(self, token_hash: str) -> None:
        """The browser no longer stands for anybody."""
        self._change(
            delete(WebSessionRow).where(
                col(WebSessionRow.tenant) == self._tenant,
                col(WebSessionRow.token_hash) == token_hash,
            )
        )

    def peer_of(self, token_hash: str) -> str | None:
        """The address this browser stands for, or None if we do not know it."""
        query = select(WebSessionRow).where(
            WebSessionRow.tenant == self._tenant, WebSessionRow.token_hash == token_hash
        )
        row = self._session.exec(query).one_or_none()
        return None if row is None else row.peer
