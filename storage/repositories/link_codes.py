"""One-time codes: told by one person to another, or to herself on another channel; only hashes are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlmodel import col, select, update

from storage.models import LinkCode
from storage.repositories.repository import Repository, text_or_none
from storage.tables import LinkCodeRow

_PURPOSES: dict[str, Literal["same_person", "consent", "invite"]] = {
    "same_person": "same_person",
    "consent": "consent",
    "invite": "invite",
}
TRIES = 3
"""Wrong answers to the question that goes with a code; then it is void."""


class LinkCodeRepository(Repository):
    """Codes by what they are; a used, void or old one is not found."""

    def issue(self, code: str, given: LinkCode, now: datetime) -> bool:
        """Make a code good; False if the same one is in use already."""
        row = LinkCodeRow(
            tenant=self._tenant,
            code_bi=self._index(code),
            purpose=given.purpose,
            conversation_id=UUID(given.conversation_id),
            authorization_id=UUID(given.authorization_id) if given.authorization_id else None,
            tries=0,
            created_at=now,
            until=given.until,
            used_at=None,
        )
        return self._insert_new(row)

    def find(self, code: str, now: datetime) -> LinkCode | None:
        """What a code is good for now, or None."""
        query = select(LinkCodeRow).where(
            LinkCodeRow.tenant == self._tenant,
            LinkCodeRow.code_bi == self._index(code),
            col(LinkCodeRow.used_at).is_(None),
            LinkCodeRow.until > now,
            LinkCodeRow.tries < TRIES,
        )
        row = self._session.exec(query).one_or_none()
        if row is None:
            return None
        return LinkCode(
            purpose=_PURPOSES[row.purpose],
            conversation_id=str(row.conversation_id),
            authorization_id=text_or_none(row.authorization_id) or "",
            until=row.until,
        )

    def used(self, code: str, now: datetime) -> bool:
        """It was used just now; False if somebody was quicker."""
        touched = self._change(
            update(LinkCodeRow)
            .where(
                col(LinkCodeRow.tenant) == self._tenant,
                col(LinkCodeRow.code_bi) == self._index(code),
                col(LinkCodeRow.used_at).is_(None),
            )
            .values(used_at=now)
        )
        return touched == 1

    def failed(self, code: str) -> None:
        """The question that goes with it was answered wrongly once more."""
        self._change(
            update(LinkCodeRow)
            .where(
                col(LinkCodeRow.tenant) == self._tenant,
                col(LinkCodeRow.code_bi) == self._index(code),
            )
            .values(tries=LinkCodeRow.tries + 1)
        )

    def _index(self, code: str) -> bytes:
        return self._blind("link_code", code)
