"""Asks a signed-in caseworker for her password once more, before something of her account changes."""

from __future__ import annotations

from datetime import datetime

from argon2.exceptions import InvalidHashError, VerificationError

from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from actions.passwords import hasher, normal_password
from actions.sign_in import WrongPassword
from actions.tries import Limits, refuse_if_too_many

PASSWORD_LIMITS: Limits = ((1, 5), (15, 12))


def confirm_password(desk: Desk, staff: StaffAtWork, password: str, now: datetime) -> None:
    """Nothing, when it is hers; raises `WrongPassword` or `TooManyTries`.

    Whoever found her desk open must not be able to guess on; the tries are not those of signing in.
    """
    subject = f"account {staff.id}"
    with desk.database.read() as work:
        refuse_if_too_many(work, subject, PASSWORD_LIMITS, now)
        person = work.staff.get(staff.id)
    try:
        if person is not None and hasher.verify(person.password_hash, normal_password(password)):
            return
    except (VerificationError, InvalidHashError):
        pass
    with desk.database.write() as work:
        work.sign_ins.note(subject, "", ok=False, now=now)
        work.commit()
    raise WrongPassword
