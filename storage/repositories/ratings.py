"""Ratings: what residents thought of decided cases, one a case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_
from sqlmodel import col, func, select, update

from storage.ids import id_or_nil, new_id
from storage.models import Rating, RatingSummary
from storage.repositories.repository import Repository
from storage.tables import CaseRow, RatingRow


class RatingRepository(Repository):
    """Ratings; asked with an office, it gives nothing of another one's."""

    def add(self, case_id: str, office_id: str, stars: int, now: datetime) -> bool:
        """Keep the marks of a case; False when it has some already."""
        row = RatingRow(
            tenant=self._tenant,
            id=UUID(new_id()),
            case_id=UUID(case_id),
            office_id=office_id,
            stars=stars,
            words="",
            at=now,
        )
        return self._insert_new(row)

    def explain(self, case_id: str, words: str) -> None:
        """Add the words to the marks of a case, once."""
        row = self._session.exec(
            select(RatingRow).where(
                RatingRow.tenant == self._tenant, RatingRow.case_id == id_or_nil(case_id)
            )
        ).one_or_none()
        if row is None or row.words:
            return
        self._change(
            update(RatingRow)
            .where(col(RatingRow.tenant) == self._tenant, col(RatingRow.id) == row.id)
            .values(words=words)
        )

    def latest(self, office_id: str | None, limit: int) -> tuple[Rating, ...]:
        """The newest of an office, or of all (None), with the case each is about."""
        query = (
            select(RatingRow, CaseRow.number, CaseRow.service_name)
            .join(
                CaseRow,
                and_(
                    col(CaseRow.tenant) == col(RatingRow.tenant),
                    col(CaseRow.id) == col(RatingRow.case_id),
                ),
            )
            .where(RatingRow.tenant == self._tenant)
            .order_by(col(RatingRow.at).desc(), col(RatingRow.id).desc())
            .limit(limit)
        )
        if office_id is not None:
            query = query.where(RatingRow.office_id == office_id)
        return tuple(
            Rating(
                case_id=str(row.case_id),
                number=number,
                service_name=name,
                office_id=row.office_id,
                stars=row.stars,
                words=row.words,
                at=row.at,
            )
            for row, number, name in self._session.exec(query)
        )

    def summary(self, office_id: str | None) -> RatingSummary:
        """How many there are of each level."""
        query = select(RatingRow.stars, func.count()).where(RatingRow.tenant == self._tenant)
        if office_id is not None:
            query = query.where(RatingRow.office_id == office_id)
        counts = dict(self._session.exec(query.group_by(col(RatingRow.stars))).all())
        return RatingSummary(counts={stars: counts.get(stars, 0) for stars in range(5, 0, -1)})
