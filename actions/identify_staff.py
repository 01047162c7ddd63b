"""Who is at the desk: from the token in a cookie to the caseworker, as long as her session lasts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from actions.desk import Desk
from actions.second_factor import is_required
from actions.sign_in import token_hash
from casework.models import Actor

IDLE = timedelta(minutes=30)
_NOTED_EVERY = timedelta(minutes=1)
"""Her last activity is written no more often than that: reading a page should not cost a write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAtWork:
    """A signed-in caseworker."""

    id: str
    login: str
    name: str
    office_id: str
    office_name: str
    sees: str | None
    """The only office whose cases exist for her; None, all of them, for the district's own people."""
    csrf: str
    """Every form of hers carries it."""
    is_stale: bool
    """Her activity has not been noted for a while; `note_activity` does."""
    has_factor: bool = False
    """She signs in with two factors."""
    is_factor_required: bool = False

    @property
    def must_set_up(self) -> bool:
        """Nothing but her account exists for her until she has set up her second factor."""
        return self.is_factor_required and not self.has_factor

    @property
    def actor(self) -> Actor:
        """She as the history names her."""
        return Actor(kind="caseworker", id=self.id, name=self.name)


def identify_staff(desk: Desk, token: str, now: datetime) -> StaffAtWork | None:
    """The caseworker of this token, or None: unknown, expired, idle too long, or account disabled."""
    if not token:
        return None
    with desk.database.read() as work:
        session = work.staff_sessions.find(token_hash(token), now)
        if session is None or now - session.seen_at > IDLE:
            return None
        person = work.staff.get(session.staff_id)
    if person is None:
        return None
    office = desk.catalog.offices_by_id.get(person.office_id)
    is_district = office is not None and office.kind == "district"
    return StaffAtWork(
        id=person.id,
        login=person.login,
        name=person.name,
        office_id=person.office_id,
        office_name=office.name if office else person.office_id,
        sees=None if is_district else person.office_id,
        csrf=session.csrf,
        is_stale=now - session.seen_at > _NOTED_EVERY,
        has_factor=person.factor_key is not None,
        is_factor_required=is_required(desk.second_factor, is_district=is_district),
    )


def note_activity(desk: Desk, token: str, now: datetime) -> None:
    """She did something just now: the idle time begins anew."""
    with desk.database.write() as work:
        work.staff_sessions.touch(token_hash(token), now)
        work.commit()
