"""A caseworker signs in: slowed down for whoever guesses, and the same work for logins that do not exist."""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2.exceptions import InvalidHashError, VerificationError

from actions.desk import Desk
from actions.manage_staff import hasher
from storage.models import Staff
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("zhucan.sign_in")

LONGEST_SESSION = timedelta(hours=12)
"""However busy she is; a shared machine is left in the evening."""
LIMITS = ((1, 5, 60), (5, 8, 120), (15, 12, 240))
"""(minutes, failures of a login, failures from an address): whoever has that many waits until the oldest
is past, so that the wait grows. An address may fail far more often: a whole office shares one, and one
person must not lock the others out.
"""
LONGEST_LOGIN = 200


class WrongPassword(Exception):
    """Login or password is wrong, or the account is disabled; which of them is not told."""


class TooManyTries(Exception):
    """Too many failures lately; `minutes` is the longest one has to wait."""

    def __init__(self, minutes: int) -> None:
        super().__init__(minutes)
        self.minutes = minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What was typed, from where, and the session the browser already had, if any."""

    login: str
    password: str
    address: str
    """Of the connection itself; a header can claim any address."""
    old_token: str = ""


def sign_in(desk: Desk, given: Credentials, now: datetime) -> str:
    """The token of a new session; raises `WrongPassword` or `TooManyTries`.

    The password is checked outside the transaction: it takes 25 ms on purpose, and others would wait.
    """
    with desk.database.read() as work:
        _refuse_if_throttled(work, given, now)
        person = work.staff.by_login(given.login[:LONGEST_LOGIN])
    is_right = _is_right(person, given.password)
    if person is None or not is_right:
        with desk.database.write() as work:
            work.sign_ins.note(given.login[:LONGEST_LOGIN], given.address, ok=False, now=now)
            work.commit()
        log.info("sign-in refused")
        raise WrongPassword
    return _open_session(desk, person, given, now)


def token_hash(token: str) -> str:
    """What is stored of a session's token: whoever reads the database cannot sign in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _refuse_if_throttled(work: UnitOfWork, given: Credentials, now: datetime) -> None:
    waits = [minutes for minutes, *most in LIMITS if _has_failed(work, given, now, minutes, *most)]
    if waits:
        log.warning("sign-in throttled")
        raise TooManyTries(max(waits))


def _has_failed(
    work: UnitOfWork, given: Credentials, now: datetime, minutes: int, *most: int
) -> bool:
    """Whether the login or the address reached its limit within the last minutes."""
    since = now - timedelta(minutes=minutes)
    failures = work.sign_ins.failures_since(given.login[:LONGEST_LOGIN], given.address, since)
    return any(count >= limit for count, limit in zip(failures, most, strict=True))


def _is_right(person: Staff | None, password: str) -> bool:
    """Whether she may come in; an unknown or disabled account costs the same work as a known one."""
    is_open = person is not None and not person.is_disabled
    expected = person.password_hash if person is not None else _hash_of_nobody()
    try:
        return hasher.verify(expected, password) and is_open
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hash_of_nobody() -> str:
    return hasher.hash(secrets.token_urlsafe(32))


def _open_session(desk: Desk, person: Staff, given: Credentials, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    with desk.database.write() as work:
        work.sign_ins.note(person.login, given.address, ok=True, now=now)
        if given.old_token:
            work.staff_sessions.close(token_hash(given.old_token))
        work.staff_sessions.open(
            token_hash(token), person.id, secrets.token_urlsafe(32), now, now + LONGEST_SESSION
        )
        if hasher.check_needs_rehash(person.password_hash):
            work.staff.set_password(person.login, hasher.hash(given.password))
        work.commit()
    log.info("signed in staff=%s", person.id)
    return token
