"""Takes a plain message apart: its clauses, and what the person rules out.

不是换证，是丢了: what is ruled out must not be offered first. Cues count at the head or the end of a
clause only, since 要不要, 是不是 and 不要钱 rule nothing out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intents.normalizer import GAP, any_of

_STOP = re.compile(r"[，。！？；,.!?;：:\n、]+")
_SHORTEST = 4
"""When less than this is left, the message only says what it does not want: keep all of it."""


_NAMES = 2
"""One character names nothing that could be ruled out: 不多, 不闹."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A message without what it rules out."""

    kept: str
    ruled_out: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Splitter:
    """Cue words compiled into patterns."""

    cue: re.Pattern[str]
    """Any of those below that rule something out: without one there is nothing to weigh."""
    denied: re.Pattern[str]
    """Opens what is ruled out: 不是…, 不要…, 别…."""
    not_denied: re.Pattern[str]
    """Looks like it and is not: 不要钱的."""
    settled: re.Pattern[str]
    """Closes what is no longer wanted: …就不用了, …已经办好了."""
    refused: re.Pattern[str]
    """Closes what was tried in vain: …不受理, …没批. It is ruled out when something else is asked for."""
    instead: re.Pattern[str]
    """Asks for something else: 还有别的, 那还有."""
    besides: re.Pattern[str]
    """Opens what is wanted as well: 除了X还要Y."""
    more: re.Pattern[str]
    """Says that it is as well: 还, 也."""
    asking: re.Pattern[str]
    """Ends a question, which rules nothing out."""
    between: re.Pattern[str]
    """Stands between two needs: a gap, 还有, 另外, 顺便."""
    turn: re.Pattern[str]
    """Turns inside a clause from what is not to what is: 是, 而是, 要的是."""

    def split(self, plain: str) -> Split:
        """What is meant and what is ruled out."""
        if not self.cue.search(plain):
            return Split(kept=plain, ruled_out="")
        kept: list[str] = []
        ruled_out: list[str] = []
        parts = [clause.strip() for clause in _STOP.split(plain)]
        for number, clause in enumerate(parts):
            if not self.cue.search(clause):
                kept += [clause] if clause else []
                continue
            besides = self.besides.match(clause)
            if besides and any(map(self.more.search, parts[number:])):
                kept.append(clause[besides.end() :])
                continue
            in_vain = self.refused.search(clause) and any(
                map(self.instead.search, parts[number + 1 :])
            )
            meant, denied = ("", clause) if in_vain else self._weigh(clause)
            if meant:
                kept.append(meant)
            if denied:
                ruled_out.append(denied)
        if not ruled_out or sum(map(len, kept)) < _SHORTEST:
            return Split(kept=plain, ruled_out="")
        return Split(kept="，".join(kept), ruled_out="，".join(ruled_out))

    def spans(self, normalized: str) -> list[tuple[int, int]]:
        """Where the parts of a normalized text begin and end that could each hold a need of its own."""
        ends = [(0, 0), *(m.span() for m in self.between.finditer(normalized))]
        starts = [end for _, end in ends]
        stops = [*(start for start, _ in ends[1:]), len(normalized)]
        return [(start, stop) for start, stop in zip(starts, stops, strict=True) if start < stop]

    def _weigh(self, clause: str) -> tuple[str, str]:
        """What of one clause is meant and what is denied."""
        if self.settled.search(clause):
            return "", clause
        cue = self.denied.match(clause)
        if not cue or self.not_denied.match(clause) or self.asking.search(clause):
            return clause, ""
        turn = self.turn.search(clause, cue.end() + 1)
        if turn:
            return clause[turn.end() :], clause[cue.end() : turn.start()]
        if len(clause) - cue.end() < _NAMES:
            return clause, ""
        return "", clause[cue.end() :]


def make_splitter(cues: Mapping[str, Sequence[str]]) -> Splitter:
    """A splitter from the `clauses` part of `lexicon.json`."""
    lead = f"(?:{any_of(cues['lead']).pattern})?"
    return Splitter(
        cue=any_of([*cues["denied"], *cues["settled"], *cues["refused"], *cues["besides"]]),
        denied=re.compile(f"{lead}(?:{any_of(cues['denied']).pattern})"),
        not_denied=re.compile(f"{lead}(?:{any_of(cues['not_denied']).pattern})"),
        settled=re.compile(f"(?:{any_of(cues['settled']).pattern})$"),
        refused=re.compile(f"(?:{any_of(cues['refused']).pattern})$"),
        instead=any_of(cues["instead"]),
        besides=re.compile(f"{lead}(?:{any_of(cues['besides']).pattern})"),
        more=any_of(cues["more"]),
        asking=re.compile(f"(?:{any_of(cues['asking']).pattern})$"),
        between=any_of([GAP, *cues["joint"]]),
        turn=any_of(cues["turn"]),
    )
