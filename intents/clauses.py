"""Takes a plain message apart: its clauses, and what the person rules out.

不是换证，是丢了: what is ruled out must not be offered, and is cut before the rest is scored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intents.normalizer import any_of

_STOP = re.compile(r"[，。！？；,.!?;：:\n、]+")
_SHORTEST = 2
"""A clause of fewer characters says nothing alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A message without what it rules out."""

    kept: str
    ruled_out: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Splitter:
    """Cue words compiled into patterns."""

    denied: re.Pattern[str]
    """Opens what is ruled out, at the head of a clause only: 不是…, 不要…, 别…; 要不要 is a question."""
    not_denied: re.Pattern[str]
    """Looks like it and is not: 不要钱的, 不是可以…吗."""
    settled: re.Pattern[str]
    """Closes what is no longer wanted: …就不用了, …已经办好了."""
    asking: re.Pattern[str]
    """Ends a question, which rules nothing out."""
    joint: re.Pattern[str]
    """Begins another need inside one clause: 还有, 另外, 顺便."""
    turn: re.Pattern[str]
    """Turns inside a clause from what is not to what is: 是, 而是, 要的是."""

    def split(self, plain: str) -> Split:
        """The clauses that are meant and the text that is ruled out."""
        kept: list[str] = []
        ruled_out: list[str] = []
        for clause in _STOP.split(plain):
            meant, denied = self._weigh(clause)
            if meant:
                kept.append(meant)
            if denied:
                ruled_out.append(denied)
        if sum(map(len, kept)) < _SHORTEST * 2:
            kept, ruled_out = [plain], []
        return Split(kept="，".join(kept), ruled_out="，".join(ruled_out))

    def _weigh(self, clause: str) -> tuple[str, str]:
        """What of one clause is meant and what is denied."""
        clause = clause.strip()
        if self.settled.search(clause):
            return "", clause
        cue = self.denied.match(clause)
        if not cue or self.not_denied.match(clause) or self.asking.search(clause):
            return clause, ""
        turn = self.turn.search(clause, cue.end() + 1)
        if turn:
            return clause[turn.end() :], clause[cue.end() : turn.start()]
        return "", clause[cue.end() :]


def make_splitter(cues: Mapping[str, Sequence[str]]) -> Splitter:
    """A splitter from the `clauses` part of `lexicon.json`."""
    lead = f"(?:{any_of(cues['lead']).pattern})?"
    return Splitter(
        denied=re.compile(f"{lead}(?:{any_of(cues['denied']).pattern})"),
        not_denied=re.compile(f"{lead}(?:{any_of(cues['not_denied']).pattern})"),
        settled=re.compile(f"(?:{any_of(cues['settled']).pattern})$"),
        asking=re.compile(f"(?:{any_of(cues['asking']).pattern})$"),
        joint=any_of(cues["joint"]),
        turn=any_of(cues["turn"]),
    )
