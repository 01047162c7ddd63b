"""What makes a password good enough: length, and not being one everybody tries first (NIST SP 800-63B §5.1.1).

No rule about letters, digits and marks: such rules make passwords hard to keep in mind and easy to guess.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from importlib.resources import files
from itertools import pairwise

from argon2 import PasswordHasher

MIN_PASSWORD = 12
MAX_PASSWORD = 200
"""Characters; a whole sentence fits."""
_FEWEST_DIFFERENT = 5

hasher = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
"""argon2id with OWASP's smallest recommended cost: about 25 ms and 19 MiB a check."""


def normal_password(password: str) -> str:
    """The same password however it was typed: an input method may give digits twice as wide."""
    return unicodedata.normalize("NFKC", password)


def problem_of(password: str, login: str) -> str:
    """Why this is no good password for this login: too_short, too_long, common, has_login; empty when it is."""
    normal = normal_password(password)
    if len(normal) < MIN_PASSWORD:
        return "too_short"
    if len(normal) > MAX_PASSWORD:
        return "too_long"
    folded = normal.casefold()
    if folded in _common() or len(set(folded)) < _FEWEST_DIFFERENT or _is_a_run(folded):
        return "common"
    if len(folded.replace(login.casefold(), "")) < MIN_PASSWORD and login.casefold() in folded:
        return "has_login"
    return ""


def _is_a_run(text: str) -> bool:
    """`abcdefghijkl`, `987654321098`: every character follows the one before."""
    steps = {(ord(after) - ord(before)) % 10 for before, after in pairwise(text)}
    return len(steps) == 1


@cache
def _common() -> frozenset[str]:
    source = files("actions").joinpath("common_passwords.json")
    return frozenset(json.loads(source.read_text("utf-8")))
