"""What residents thought of the decided cases of an office, for its caseworkers."""

from __future__ import annotations

from dataclasses import dataclass

from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from storage.models import Rating, RatingSummary

SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingsPage:
    """The counts of each level and the newest ratings."""

    summary: RatingSummary
    ratings: tuple[Rating, ...]

    @property
    def is_cut(self) -> bool:
        """There are older ones that are not shown."""
        return self.summary.total > len(self.ratings)


def read_ratings(desk: Desk, staff: StaffAtWork) -> RatingsPage:
    """Those of her office; the district sees all."""
    with desk.database.read() as work:
        return RatingsPage(
            summary=work.ratings.summary(staff.sees),
            ratings=work.ratings.latest(staff.sees, SHOWN),
        )
