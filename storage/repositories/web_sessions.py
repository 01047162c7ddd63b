"""Browsers of the web chat: the hash of a cookie, and the address in the web channel it stands for."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import select

from storage.repositories.repository import Repository
from storage.tables import WebSessionRow


class WebSessionRepository(Repository):
    """Browsers by the hash of their token."""

    def open(self, token_hash: str, peer: str, now: datetime) -> None:
        """A browser begins to talk."""
        row = WebSessionRow(tenant=self._tenant, token_hash=token_hash, peer=peer, created_at=now)
        self._insert(row)

    def peer_of(self, token_hash: str) -> str | None:
        """The address this browser stands for, or None if we do not know it."""
        query = select(WebSessionRow).where(
            WebSessionRow.tenant == self._tenant, WebSessionRow.token_hash == token_hash
        )
        row = self._session.exec(query).one_or_none()
        return None if row is None else row.peer
