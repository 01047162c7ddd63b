"""The spoken form of a written reply: what a person reading it aloud would say.

Pure and versioned: the same text always gives the same words, so audio can be cached by them.
"""

import re
from functools import cache

from speech.rules import Rule
from speech.rules_for_amounts import amount_rules
from speech.rules_for_codes import code_rules
from speech.rules_for_marks import closing_rules, opening_rules

RULES_VERSION = "1"
"""Raised with every change of a rule or a phrase; audio made under another version is not used."""

_FULL_WIDTH = {
    **{code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)},
    **{code: code - 0xFEE0 for code in range(0xFF21, 0xFF3B)},
    **{code: code - 0xFEE0 for code in range(0xFF41, 0xFF5B)},
    **{
        ord(wide): narrow
        for wide, narrow in zip("％．－／＋＝＠＊＆＃", "%.-/+=@*&#", strict=True)
    },
    0x00A0: " ",
    0x3000: " ",
    ord("\r"): None,
}

# An identity or bank card number, or a mobile number, written out in full.
_PERSONAL = re.compile(
    r"(?<!\d)(?:\d{17}[\dXx]|\d{15}|\d{13,20}|1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)"
)


def to_spoken(text: str) -> str:
    """The words to say for a text; empty when it holds nothing that can be said."""
    spoken = text.translate(_FULL_WIDTH)
    for pattern, say in _rules():
        spoken = pattern.sub(say, spoken)
    return spoken.strip()


def names_a_person(text: str) -> bool:
    """Whether the text holds a full identity, card or mobile number, so must stay private."""
    return _PERSONAL.search(text.translate(_FULL_WIDTH)) is not None


@cache
def _rules() -> tuple[Rule, ...]:
    return (*opening_rules(), *code_rules(), *amount_rules(), *closing_rules())
