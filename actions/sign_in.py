"""A caseworker signs in: slowed down for whoever guesses, and the same work for logins that do not exist.

A browser in which she has signed in before has tries of its own: whoever guesses at her login from elsewhere
makes strangers wait, never her.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2.exceptions import InvalidHashError, VerificationError

from actions.desk import Desk
from actions.passwords import hasher, normal_password
from actions.second_factor import HALF_SIGNED_IN
from actions.tries import TooManyTries, network_of
from storage.models import Staff
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("zhucan.sign_in")

LONGEST_SESSION = timedelta(hours=12)
"""However busy she is; a shared machine is left in the evening."""
LIMITS = ((1, 5, 12), (5, 8, 20), (15, 12, 40))
"""(minutes, failures of a login, different logins that failed from an address): whoever has that many waits
until the oldest is past, so that the wait grows. An address is counted by logins: a whole care home shares
one, and one person who forgot her password must not lock the others out.
"""
LONGEST_LOGIN = 200


class WrongPassword(Exception):
    """Login or password is wrong, or the account is disabled; which of them is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What was typed, from where, and what the browser brought along, if anything."""

    login: str
    password: str
    address: str
    """Of the connection, or as told by a proxy of ours; anybody else's header can claim any address."""
    old_token: str = ""
    """Of the session the browser had."""
    device: str = ""
    """Says that somebody signed in with this browser before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A new session, whole or awaiting the second factor."""

    token: str
    needs_code: bool = False
    device: str = ""
    """To be kept by the browser for next time; empty if it has one that is good."""


def sign_in(desk: Desk, given: Credentials, now: datetime) -> SignedIn:
    """A new session; raises `WrongPassword` or `TooManyTries`.

    The password is checked outside the transaction: it takes 25 ms on purpose, and others would wait.
    """
    with desk.database.read() as work:
        person = work.staff.by_login(given.login[:LONGEST_LOGIN])
        is_known = knows_device(work, person, given.device)
        subject = subject_of(given.login[:LONGEST_LOGIN], given.device if is_known else "")
        _refuse_if_throttled(work, subject, "" if is_known else network_of(given.address), now)
    is_right = _is_right(person, given.password)
    if person is None or not is_right:
        with desk.database.write() as work:
            address = "" if is_known else network_of(given.address)
            work.sign_ins.note(subject, address, ok=False, now=now)
            work.commit()
        log.info("sign-in refused")
        raise WrongPassword
    return _begin_session(desk, person, given, now)


def token_hash(token: str) -> str:
    """What is stored of a session's token: whoever reads the database cannot sign in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def knows_device(work: UnitOfWork, person: Staff | None, device: str) -> bool:
    """Whether this caseworker has signed in with this browser before."""
    if person is None or not device:
        return False
    return work.staff_devices.is_known(token_hash(device), person.id)


def subject_of(login: str, device: str) -> str:
    """Whose failures are counted: those of a login from anywhere, or of a known browser alone."""
    return f"{login} {token_hash(device)}" if device else login


def open_session(
    work: UnitOfWork, person: Staff, old_token: str, device: str, now: datetime
) -> SignedIn:
    """A whole session under a fresh token; the one the browser had before is over. Commits nothing."""
    token, is_known = secrets.token_urlsafe(32), knows_device(work, person, device)
    if old_token:
        work.staff_sessions.close(token_hash(old_token))
    work.staff_sessions.open(
        token_hash(token), person.id, secrets.token_urlsafe(32), now, now + LONGEST_SESSION
    )
    new_device = "" if is_known else secrets.token_urlsafe(32)
    if new_device:
        work.staff_devices.add(token_hash(new_device), person.id, now)
    return SignedIn(token=token, device=new_device)


def _begin_session(desk: Desk, person: Staff, given: Credentials, now: datetime) -> SignedIn:
    with desk.database.write() as work:
        if hasher.check_needs_rehash(person.password_hash):
            work.staff.set_password(person.login, hasher.hash(normal_password(given.password)))
        if person.factor_key is None:
            work.sign_ins.note(person.login, network_of(given.address), ok=True, now=now)
            signed_in = open_session(work, person, given.old_token, given.device, now)
            log.info("signed in staff=%s", person.id)
        else:
            signed_in = SignedIn(token=secrets.token_urlsafe(32), needs_code=True)
            work.staff_sessions.open(
                token_hash(signed_in.token),
                person.id,
                secrets.token_urlsafe(32),
                now,
                now + HALF_SIGNED_IN,
                awaits_code=True,
            )
        work.commit()
    return signed_in


def _refuse_if_throttled(work: UnitOfWork, subject: str, address: str, now: datetime) -> None:
    """Without an address, that of a known browser, only the login counts."""
    waits = []
    for minutes, of_login, of_address in LIMITS:
        failures = work.sign_ins.failures_since(subject, address, now - timedelta(minutes=minutes))
        is_guessing_around = bool(address) and failures.by_address >= of_address
        if failures.by_login >= of_login or is_guessing_around:
            waits.append(minutes)
    if waits:
        log.warning("sign-in throttled")
        raise TooManyTries(max(waits))


def _is_right(person: Staff | None, password: str) -> bool:
    """Whether she may come in; an unknown or disabled account costs the same work as a known one."""
    is_open = person is not None and not person.is_disabled
    expected = person.password_hash if person is not None else _hash_of_nobody()
    try:
        return hasher.verify(expected, normal_password(password)) and is_open
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hash_of_nobody() -> str:
    return hasher.hash(secrets.token_urlsafe(32))
