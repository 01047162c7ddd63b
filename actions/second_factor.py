"""What a second factor is made of: keys and codes of an authenticator (TOTP, RFC 6238), one-time recovery codes.

Knows no database: which code was used is the business of whoever asks.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from datetime import datetime, timedelta
from typing import Literal

import pyotp

from actions.tries import Limits

Policy = Literal["optional", "district", "required"]
"""Who must have a second factor: nobody, the district's own people (they see all offices), everybody."""

SECONDS = 30
DRIFT = 1
"""Steps a clock may be off either way: a phone half a minute wrong still works."""
CODE_LENGTH = 6
RECOVERY_LENGTH = 12
"""Digits only: they can be read aloud, written in Braille and typed on a number pad."""
RECOVERY_CODES = 10
HALF_SIGNED_IN = timedelta(minutes=10)
"""How long the code is waited for after the password; long enough to find the phone and have it read out."""
CODE_LIMITS: Limits = ((1, 5), (15, 12), (24 * 60, 60))
"""(minutes, wrong codes): three of a million codes are right at a time, so a day of guessing finds nothing."""


def new_key() -> str:
    """A key for an authenticator: 160 bits, as base32."""
    return pyotp.random_base32()


def key_address(key: str, login: str, issuer: str) -> str:
    """What a QR code of the key says; authenticators understand it."""
    return pyotp.TOTP(key).provisioning_uri(name=login, issuer_name=issuer)


def grouped(text: str) -> str:
    """In groups of four: the way a person copies it, and a screen reader reads it."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def step_of(key: str, code: str, now: datetime) -> int | None:
    """The thirty seconds for which this code of the key is right, counted from 1970, or None."""
    here = int(now.timestamp()) // SECONDS
    found = None
    # All are computed, so that the time taken tells nothing about which was right.
    for step in range(here - DRIFT, here + DRIFT + 1):
        if hmac.compare_digest(pyotp.TOTP(key).generate_otp(step).encode(), code.encode()):
            found = step
    return found


def typed_code(text: str) -> str:
    """The code as it was meant: full-width digits, blanks and dashes are no mistake."""
    plain = unicodedata.normalize("NFKC", text[:100])
    return "".join(char for char in plain if char.isascii() and char.isalnum())


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes, each good once."""
    return tuple(
        f"{secrets.randbelow(10**RECOVERY_LENGTH):0{RECOVERY_LENGTH}d}"
        for _ in range(RECOVERY_CODES)
    )


def is_required(policy: str, *, is_district: bool) -> bool:
    """Whether a caseworker must have a second factor."""
    return policy == "required" or (policy == "district" and is_district)
