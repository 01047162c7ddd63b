"""A caseworker sets up her second factor: a key is shown, a code made with it comes back, recovery codes are given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from actions.confirm_password import confirm_password
from actions.confirm_sign_in import WrongCode, use_code
from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from actions.second_factor import (
    grouped,
    key_address,
    new_key,
    new_recovery_codes,
    step_of,
    typed_code,
)
from actions.sign_in import token_hash
from storage.models import Staff
from storage.unit_of_work import UnitOfWork


class NoKeyShown(Exception):
    """No key waits to be confirmed in this session: the way begins anew."""


class StillRequired(Exception):
    """Her second factor is required and cannot be turned off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key to be put into an authenticator."""

    text: str = field(repr=False)
    """In groups of four."""
    address: str = field(repr=False)
    """For a QR code, or a link on the phone itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a change of the second factor asks for: the password, and a code if she has a factor already."""

    password: str = field(repr=False)
    code: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    """Of this session."""


def begin_second_factor(
    desk: Desk, staff: StaffAtWork, proof: Proof, issuer: str, now: datetime
) -> NewKey:
    """A fresh key, not in force yet; raises `WrongPassword`, `WrongCode` or `TooManyTries`."""
    _prove(desk, staff, proof, now)
    key = new_key()
    with desk.database.write() as work:
        work.staff_sessions.set_pending_key(token_hash(proof.token), key)
        work.commit()
    return _shown(key, staff, issuer)


def key_shown(desk: Desk, staff: StaffAtWork, token: str, issuer: str, now: datetime) -> NewKey:
    """The key that waits in this session, to be shown once more; raises `NoKeyShown`."""
    with desk.database.read() as work:
        session = work.staff_sessions.find(token_hash(token), now)
    if session is None or session.pending_key is None:
        raise NoKeyShown
    return _shown(session.pending_key, staff, issuer)


def finish_second_factor(
    desk: Desk, staff: StaffAtWork, token: str, code: str, now: datetime
) -> tuple[str, ...]:
    """The key is in force; her recovery codes. Raises `NoKeyShown` or `WrongCode`.

    Other sessions and all known browsers are forgotten: they came in with less.
    """
    with desk.database.write() as work:
        session = work.staff_sessions.find(token_hash(token), now)
        if session is None or session.pending_key is None:
            raise NoKeyShown
        step = step_of(session.pending_key, typed_code(code), now)
        if step is None:
            raise WrongCode
        codes = new_recovery_codes()
        work.second_factors.set_key(staff.id, session.pending_key, step, now)
        work.second_factors.set_recovery_codes(staff.id, codes)
        work.staff_sessions.set_pending_key(token_hash(token), None)
        work.staff_sessions.close_all_of(staff.id, but=token_hash(token))
        work.staff_devices.forget_all_of(staff.id)
        work.commit()
    return tuple(grouped(one) for one in codes)


def renew_recovery_codes(
    desk: Desk, staff: StaffAtWork, proof: Proof, now: datetime
) -> tuple[str, ...]:
    """Ten new recovery codes; the old ones are worth nothing. Raises like `begin_second_factor`."""
    _prove(desk, staff, proof, now)
    codes = new_recovery_codes()
    with desk.database.write() as work:
        work.second_factors.set_recovery_codes(staff.id, codes)
        work.commit()
    return tuple(grouped(one) for one in codes)


def turn_off_second_factor(desk: Desk, staff: StaffAtWork, proof: Proof, now: datetime) -> None:
    """From now on the password alone; raises `StillRequired`, or like `begin_second_factor`."""
    if staff.is_factor_required:
        raise StillRequired
    _prove(desk, staff, proof, now)
    with desk.database.write() as work:
        work.second_factors.clear(staff.id)
        work.commit()


def recovery_codes_left(desk: Desk, staff: StaffAtWork) -> int:
    """How many of her recovery codes can still be used."""
    with desk.database.read() as work:
        return work.second_factors.recovery_codes_left(staff.id)


def _prove(desk: Desk, staff: StaffAtWork, proof: Proof, now: datetime) -> None:
    confirm_password(desk, staff, proof.password, now)
    if not staff.has_factor:
        return
    with desk.database.write() as work:
        is_right = use_code(work, _person(work, staff), proof.code, "", now)
        work.commit()
    if not is_right:
        raise WrongCode


def _person(work: UnitOfWork, staff: StaffAtWork) -> Staff:
    person = work.staff.get(staff.id)
    if person is None:
        raise NoKeyShown
    return person


def _shown(key: str, staff: StaffAtWork, issuer: str) -> NewKey:
    return NewKey(text=grouped(key), address=key_address(key, staff.login, issuer))
