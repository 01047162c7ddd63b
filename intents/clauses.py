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
    clauses: tuple[str, ...]
    """The parts of `kept` that could each hold a need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Splitter:
    """Cue words compiled into patterns."""

    denied: re.Pattern[str]
    """Opens what is ruled out: 不是, 不要, 别."""
    settled: re.Pattern[str]
    """Closes what is no longer wanted: 就不用了, 已经办好了."""
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
        clauses = tuple(
            part for clause in kept for part in self.joint.split(clause) if len(part) >= _SHORTEST
        )
        return Split(kept="，".join(kept), ruled_out="，".join(ruled_out), clauses=clauses)

    def _weigh(self, clause: str) -> tuple[str, str]:
        """What of one clause is meant and what is denied."""
        if self.settled.search(clause):
            return "", clause
        cue = self.denied.search(clause)
        if not cue:
            return clause, ""
        turn = self.turn.search(clause, cue.end())
        if turn:
            return clause[: cue.start()] + clause[turn.end() :], clause[cue.end() : turn.start()]
        return clause[: cue.start()], clause[cue.end() :]


def make_splitter(cues: Mapping[str, Sequence[str]]) -> Splitter:
    """A splitter from the `clauses` part of `lexicon.json`."""
    return Splitter(
        denied=any_of(cues["denied"]),
        settled=re.compile("(?:" + any_of(cues["settled"]).pattern + ")$"),
        joint=any_of(cues["joint"]),
        turn=any_of(cues["turn"]),
    )
