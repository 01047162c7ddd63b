"""A caseworker changes her password; all her other browsers are signed out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from actions.confirm_password import confirm_password
from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from actions.passwords import hasher, normal_password, problem_of
from actions.sign_in import token_hash


class PasswordProblem(Exception):
    """The new password cannot be taken; `code` says why: too_short, too_long, common, has_login, same, differs."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChange:
    """What was typed, and the session that stays open."""

    old: str = field(repr=False)
    new: str = field(repr=False)
    again: str = field(repr=False)
    token: str = field(repr=False)


def change_password(desk: Desk, staff: StaffAtWork, change: PasswordChange, now: datetime) -> int:
    """How many other sessions ended; raises `PasswordProblem`, `WrongPassword` or `TooManyTries`."""
    code = problem_of(change.new, staff.login)
    if not code and normal_password(change.new) != normal_password(change.again):
        code = "differs"
    if not code and normal_password(change.new) == normal_password(change.old):
        code = "same"
    if code:
        raise PasswordProblem(code)
    confirm_password(desk, staff, change.old, now)
    hashed = hasher.hash(normal_password(change.new))
    with desk.database.write() as work:
        work.staff.set_password(staff.login, hashed)
        ended = work.staff_sessions.close_all_of(staff.id, but=token_hash(change.token))
        work.commit()
    return ended
