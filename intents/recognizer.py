"""Understands one message: normalizes it, cuts what is ruled out, scores, and decides how sure it is.

The same text always gives the same answer, no text is too long or too strange, and nothing is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.bands import Calibration
from intents.clauses import Splitter
from intents.cutter import Cutter
from intents.model import Label, Model
from intents.models import Awaiting, Candidate, Decision, Kind, Recognition
from intents.normalizer import GAP, Normalizer, squeeze

Floats = NDArray[np.float32]

MOST_CANDIDATES = 5
SHOWN = 0.02
"""A candidate below this probability is not mentioned."""
CLAUSE_SURE = 0.35
"""A clause names a need of its own from this probability on."""
WHOLE_PLAUSIBLE = 0.01
"""… if the whole message does not speak against it."""
RULED_OUT_PENALTY = 0.5
ACTS_IN_ANSWERS = frozenset({Awaiting.SHORT_ANSWER, Awaiting.LONG_ANSWER})
KINDS: Mapping[str, Kind] = {"service": "service", "life_event": "life_event", "act": "act"}
_INK = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """Word lists that need no learning."""

    exact_acts: Mapping[str, str]
    """Bare short form → act."""
    danger: tuple[tuple[str, re.Pattern[str]], ...]
    questions: tuple[tuple[str, re.Pattern[str]], ...]
    beneficiary: re.Pattern[str]
    stop_words: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognizer:
    """Everything needed to understand a message, as values."""

    normalizer: Normalizer
    splitter: Splitter
    cutter: Cutter
    model: Model
    calibration: Calibration
    cues: Cues

    def recognize(self, text: str, awaiting: Awaiting = Awaiting.NOTHING) -> Recognition:
        """What the message means."""
        simplified = self.normalizer.simplified(text)
        danger = self._danger(simplified)
        exact = self.cues.exact_acts.get(_INK.sub("", simplified))
        if exact:
            return self._act(text, exact, danger)
        if danger:
            return self._act(text, "emergency", danger)
        split = self.splitter.split(self.normalizer.plain(text))
        normalized = squeeze(split.kept) or squeeze(simplified)
        if not normalized:
            return Recognition(text=text, decision=Decision.REJECT, outside="noise")
        chances = self._chances(normalized, split.ruled_out)
        return self._decide(text, simplified, normalized, chances, split.clauses, awaiting)

    def confidence(self, text: str) -> float:
        """How likely it is that the message is about anything we serve, 0..1, for calibration."""
        result = self._chances(self.normalizer.normalize(text), "")
        return float(sum(c for c, l in zip(result, self.model.labels, strict=True) if l.kind != "outside"))

    def _decide(
        self,
        text: str,
        simplified: str,
        normalized: str,
        chances: Floats,
        clauses: tuple[str, ...],
        awaiting: Awaiting,
    ) -> Recognition:
        order = np.argsort(-chances, kind="stable")
        labels = self.model.labels
        outside = sum(
            float(chance)
            for chance, label in zip(chances, labels, strict=True)
            if label.kind == "outside"
        )
        inside = [int(i) for i in order if labels[i].kind != "outside"]
        first, second = (float(chances[i]) for i in inside[:2])
        decision = self.calibration.decide(first, second, outside)
        best = labels[int(order[0])]
        if awaiting in ACTS_IN_ANSWERS and labels[inside[0]].kind == "act":
            decision = Decision.REJECT
        if decision is Decision.REJECT:
            return Recognition(
                text=text,
                decision=decision,
                outside=best.id if best.kind == "outside" else "",
                beneficiary=self._beneficiary(simplified),
            )
        words = self.cutter.cut(normalized)
        candidates = tuple(
            self._candidate(labels[i], float(chances[i]), i, words)
            for rank, i in enumerate(inside[:MOST_CANDIDATES])
            if rank == 0 or chances[i] >= SHOWN
        )
        return Recognition(
            text=text,
            decision=decision,
            candidates=candidates,
            needs=self._needs(chances, clauses, candidates),
            question=self._question(simplified),
            beneficiary=self._beneficiary(simplified),
        )

    def _chances(self, normalized: str, ruled_out: str) -> Floats:
        scores = self.model.score(normalized, self.cutter.cut(normalized))
        if ruled_out:
            against = self.model.score(squeeze(ruled_out), self.cutter.cut(squeeze(ruled_out)))
            scores = scores - np.float32(RULED_OUT_PENALTY) * np.maximum(against, 0)
        return self.calibration.probabilities(scores)

    def _needs(
        self, whole: Floats, clauses: tuple[str, ...], candidates: tuple[Candidate, ...]
    ) -> tuple[str, ...]:
        """The services of the clauses in order of mention; at least the best service."""
        labels = self.model.labels
        found: list[str] = []
        if len(clauses) > 1:
            for clause in clauses:
                normalized = squeeze(clause)
                if len(normalized) < 3:
                    continue
                chances = self.calibration.probabilities(self.model.score(normalized, self.cutter.cut(normalized)))
                i = int(np.argmax(chances))
                if (
                    labels[i].kind == "service"
                    and chances[i] >= CLAUSE_SURE
                    and whole[i] >= WHOLE_PLAUSIBLE
                    and labels[i].id not in found
                ):
                    found.append(labels[i].id)
        best = next((c.id for c in candidates if c.kind == "service"), None)
        if candidates and candidates[0].kind == "service" and best and best not in found:
            found.insert(0, best)
        return tuple(found)

    def _candidate(self, label: Label, chance: float, number: int, words: list[str]) -> Candidate:
        weighed = []
        for word in dict.fromkeys(words):
            if word != GAP and len(word) > 1 and word not in self.cues.stop_words:
                weighed.append((float(self.model.score(word, [word])[number]), word))
        weighed.sort(key=lambda pair: -pair[0])
        why = tuple(word for weight, word in weighed[:3] if weight > 0.1)
        return Candidate(id=label.id, kind=KINDS[label.kind], score=round(chance, 4), why=why)

    def _act(self, text: str, act: str, danger: str) -> Recognition:
        candidate = Candidate(id=act, kind="act", score=1.0, why=(text.strip()[:20],))
        return Recognition(
            text=text, decision=Decision.ACCEPT, candidates=(candidate,), danger=danger
        )

    def _danger(self, simplified: str) -> str:
        return next((g for g, pattern in self.cues.danger if pattern.search(simplified)), "")

    def _question(self, simplified: str) -> str:
        return next((q for q, pattern in self.cues.questions if pattern.search(simplified)), "")

    def _beneficiary(self, simplified: str) -> str:
        found = self.cues.beneficiary.search(simplified)
        return found[0] if found else ""
