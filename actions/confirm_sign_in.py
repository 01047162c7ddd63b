"""The second step of signing in: a code of her authenticator, or one of her recovery codes, each good once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from actions.desk import Desk
from actions.second_factor import CODE_LENGTH, CODE_LIMITS, step_of, typed_code
from actions.sign_in import SignedIn, knows_device, open_session, subject_of, token_hash
from actions.tries import network_of, refuse_if_too_many
from storage.models import Staff
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("zhucan.sign_in")


class WrongCode(Exception):
    """Not a code of hers, or one that was used before."""


class CodeNotAwaited(Exception):
    """Nobody has given a password in this browser, or too long ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondStep:
    """The code as it was typed, and what the browser brought along."""

    half_token: str
    code: str
    address: str
    old_token: str = ""
    device: str = ""


def confirm_sign_in(desk: Desk, given: SecondStep, now: datetime) -> SignedIn:
    """A whole session; raises `CodeNotAwaited`, `WrongCode` or `TooManyTries`."""
    with desk.database.write() as work:
        half = work.staff_sessions.find_half(token_hash(given.half_token), now)
        person = work.staff.get(half.staff_id) if half else None
        if person is None:
            raise CodeNotAwaited
        device = given.device if knows_device(work, person, given.device) else ""
        is_right = use_code(work, person, given.code, device, now)
        if is_right:
            work.sign_ins.note(person.login, network_of(given.address), ok=True, now=now)
            work.staff_sessions.close(token_hash(given.half_token))
            signed_in = open_session(work, person, given.old_token, given.device, now)
        work.commit()
    if not is_right:
        log.info("second factor refused staff=%s", person.id)
        raise WrongCode
    log.info("signed in with two factors staff=%s", person.id)
    return signed_in


def use_code(work: UnitOfWork, person: Staff, typed: str, device: str, now: datetime) -> bool:
    """Use a code of hers up, or note the failure; raises `TooManyTries`. Commits nothing."""
    subject = subject_of(f"code {person.id}", device)
    refuse_if_too_many(work, subject, CODE_LIMITS, now)
    if _is_used_up(work, person, typed_code(typed), now):
        return True
    work.sign_ins.note(subject, "", ok=False, now=now)
    return False


def _is_used_up(work: UnitOfWork, person: Staff, code: str, now: datetime) -> bool:
    if person.factor_key is None:
        return False
    if len(code) != CODE_LENGTH:
        return work.second_factors.use_recovery_code(person.id, code, now)
    step = step_of(person.factor_key, code, now)
    return step is not None and work.second_factors.use_step(person.id, step)
