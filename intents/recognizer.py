"""Understands one message: what is ruled out is cut, the rest is scored, and doubt is admitted.

The same text always gives the same answer, no text is too long or too strange, and nothing is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.bands import decide
from intents.calibration import Layout, Reading, probabilities, read
from intents.clauses import Splitter
from intents.cues import Cues, bare
from intents.danger import DangerWatch
from intents.model import Model, Scored
from intents.models import Awaiting, Candidate, Decision, Kind, Recognition
from intents.nearness import Taught
from intents.needs import Clause, Heard, may_be_several, needs
from intents.normalizer import GAP, Normalizer, squeeze
from intents.reasons import reasons
from intents.spelling import Speller

Floats = NDArray[np.float32]

MOST_CANDIDATES = 5
SHOWN = 0.02
"""A further candidate below this probability is not mentioned."""
DAMP = 2.0
"""How many points what is ruled out loses at most."""
WHOLE, KEPT = 0.2, 0.8
"""Shares of the whole message and of what is left of it once the denied part is cut."""
CLEAR = 0.7
"""From this chance on a name of the first meaning, with little beside it, leaves no doubt."""
_UNSHOWN = re.compile(rf"[{GAP}\ue000-\uf8ff]+")
KINDS: Mapping[str, Kind] = {"service": "service", "life_event": "life_event", "act": "act"}
MOST_ALONE = 2
"""So many clauses can hold more than one need."""
UNTHREATENED = 0.003
"""Without a word of danger and below this chance nobody calls for help."""
ANSWERS = frozenset({Awaiting.SHORT_ANSWER, Awaiting.LONG_ANSWER})
AGREEMENT = frozenset({"yes", "no"})
"""Acts that are themselves answers while an answer is awaited."""
LONGEST_AGREEMENT = 8
"""A longer message says something else besides yes or no."""
ACT_IN_ANSWER = {Awaiting.SHORT_ANSWER: 40, Awaiting.LONG_ANSWER: 28}
"""Longest text of an act in the middle of a form; it must be as sure as one accepted outright."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognizer:
    """Everything needed to understand a message, as values."""

    normalizer: Normalizer
    splitter: Splitter
    speller: Speller
    model: Model
    taught: Taught
    layout: Layout
    cues: Cues
    danger: DangerWatch
    agreement: tuple[int, ...]
    """The classes yes and no."""

    def recognize(self, text: str, awaiting: Awaiting = Awaiting.NOTHING) -> Recognition:
        """What the message means."""
        simplified = self.normalizer.simplified(text)
        plain = self.normalizer.plain_of(simplified)
        heard, reading = self._listen(text, simplified, plain)
        act = self.cues.act(bare(simplified))
        danger, likelihood = self._danger(plain, reading, called=act == "emergency")
        found = Recognition(
            text=text,
            decision=Decision.REJECT,
            danger=danger,
            question=self.cues.question(plain),
            beneficiary=self.cues.whom(simplified),
        )
        if found.danger:
            return self._act(found, "emergency", max(likelihood, 0.5), reading, heard)
        if act and not (act in AGREEMENT and awaiting in ANSWERS):
            return self._act(found, act, 1.0, reading, heard)
        if not heard.normalized:
            return replace(found, outside="noise")
        return self._weigh(found, heard, self._in_answer(text, reading, heard, awaiting))

    def confidence(self, text: str) -> float:
        """How likely it is that the message is about anything we serve, 0..1."""
        simplified = self.normalizer.simplified(text)
        heard, reading = self._listen(text, simplified, self.normalizer.plain_of(simplified))
        if self.cues.act(bare(simplified)):
            return 1.0
        return self.model.calibration.confidence(reading) if heard.normalized else 0.0

    def _listen(self, text: str, simplified: str, plain: str) -> tuple[Heard, Reading]:
        """The message taken apart, and what its scores amount to."""
        split = self.splitter.split(plain)
        written = self.speller.write(squeeze(split.kept) or squeeze(simplified))
        heard = Heard(
            normalized=written.text,
            kept=split.kept,
            every=[*written.terms, *written.words],
        )
        scored = self.model.score(written.text, written.rows)
        scores = self._without(scored.scores, plain, split.ruled_out)
        return heard, self._read(text, heard, scores, scored.known)

    def _without(self, scores: Floats, plain: str, ruled_out: str) -> Floats:
        """The scores with what the ruled-out part alone would mean held down."""
        if not ruled_out:
            return scores
        mixed = np.float32(KEPT) * scores + np.float32(WHOLE) * self._score(squeeze(plain)).scores
        temperature = self.model.calibration.temperature
        against = probabilities(self._score(squeeze(ruled_out)).scores, temperature)
        spared = np.maximum(against - probabilities(mixed, temperature), 0)
        result: Floats = mixed - np.float32(DAMP) * spared
        return result

    def _score(self, normalized: str) -> Scored:
        written = self.speller.write(normalized)
        return self.model.score(written.text, written.rows)

    def _read(
        self, text: str, heard: Heard, scores: Floats, known: float, silent: Sequence[int] = ()
    ) -> Reading:
        return read(
            scores,
            known,
            len(text.strip()),
            self.layout,
            self.model.calibration.temperature,
            ours=self.cues.ours.found(heard.normalized),
            silent=silent,
        )

    def _in_answer(self, text: str, reading: Reading, heard: Heard, awaiting: Awaiting) -> Reading:
        """Acts count in the middle of a form only when the message is hardly anything else."""
        silent: Sequence[int] = ()
        if len(heard.normalized) > LONGEST_AGREEMENT:
            silent = self.agreement
        if awaiting in ANSWERS:
            best = reading.order[0]
            sure = decide(self.model.calibration, reading, self.layout) is Decision.ACCEPT
            clear = sure and len(heard.normalized) <= ACT_IN_ANSWER[awaiting]
            if not (self._is_act(best) and clear and best not in self.agreement):
                silent = range(self.layout.topics, self.layout.inside)
        if not any(i in silent for i in reading.order):
            return reading
        return self._read(text, heard, reading.scores, reading.known, silent)

    def _weigh(self, found: Recognition, heard: Heard, reading: Reading) -> Recognition:
        """Ranks the meanings and decides how sure they are."""
        labels = self.model.labels
        decision = decide(self.model.calibration, reading, self.layout)
        near = self._near(heard, reading) if decision is not Decision.ACCEPT else -1
        if near >= 0:
            order = (near, *(i for i in reading.order if i != near))
            decision, reading = Decision.ACCEPT, replace(reading, order=order)
        if decision is Decision.REJECT:
            is_outside = reading.chances[reading.loudest] > reading.first
            return replace(found, outside=labels[reading.loudest].id if is_outside else "")
        order = reading.order[:MOST_CANDIDATES]
        shown = [i for i in order if i == order[0] or reading.chances[i] >= SHOWN]
        return replace(
            found,
            decision=decision,
            candidates=self._candidates(shown, reading.chances, heard),
            needs=() if self._is_act(order[0]) else self._needs(heard, reading),
        )

    def _near(self, heard: Heard, reading: Reading) -> int:
        """The class whose name or taught phrase this nearly is, or -1."""
        if reading.outside > reading.first:
            return -1
        chances = reading.chances
        best = reading.order[0]
        clear = best < self.layout.topics and chances[best] >= CLEAR
        if clear and self.taught.named(heard.normalized, best):
            return best
        return self.taught.nearest(heard.normalized, [i for i in reading.order if chances[i] > 0])

    def _needs(self, heard: Heard, reading: Reading) -> tuple[str, ...]:
        several = may_be_several(reading, self.layout)
        clauses = self._clauses(heard.kept) if several else ()
        return needs(clauses, reading, self.model, self.layout)

    def _clauses(self, kept: str) -> list[Clause]:
        """The clauses, when there are several."""
        parts = [part for part in map(squeeze, self.splitter.clauses(kept)) if part]
        if len(parts) < MOST_ALONE:
            return []
        return [
            Clause(normalized=written.text, words=written.rows)
            for written in map(self.speller.write, parts)
        ]

    def _act(
        self, found: Recognition, act: str, score: float, reading: Reading, heard: Heard
    ) -> Recognition:
        """An act that is certain, with what else the message may mean behind it."""
        labels = self.model.labels
        words = tuple(word for word in heard.every if not _UNSHOWN.fullmatch(word))[:3]
        first = Candidate(id=act, kind="act", score=round(score, 4), why=words)
        shown = [
            i for i in reading.order[:3] if labels[i].id != act and reading.chances[i] >= SHOWN
        ]
        others = self._candidates(shown, reading.chances * np.float32(1 - min(score, 0.99)), heard)
        return replace(found, decision=Decision.ACCEPT, candidates=(first, *others))

    def _candidates(
        self, classes: list[int], chances: Floats, heard: Heard
    ) -> tuple[Candidate, ...]:
        labels = self.model.labels
        return tuple(
            Candidate(
                id=labels[i].id,
                kind=KINDS[labels[i].kind],
                score=round(min(float(chances[i]), 1.0), 4),
                why=why,
            )
            for i, why in zip(classes, reasons(self.model, heard.every, classes), strict=True)
        )

    def _is_act(self, number: int) -> bool:
        return self.layout.topics <= number < self.layout.inside

    def _danger(self, plain: str, reading: Reading, *, called: bool) -> tuple[str, float]:
        """The group of danger present now, or empty, and how likely that is."""
        word, told = self.danger.cues(plain)
        calibration = self.model.calibration
        emergency = self.layout.emergency
        if not (word or called) and (emergency < 0 or reading.chances[emergency] < UNTHREATENED):
            return "", 0.0
        likelihood = calibration.alarm(
            reading.scores, len(plain), self.layout, word=bool(word), told=told
        )
        if called or likelihood >= calibration.danger_from:
            return word or self.danger.group(plain), 1.0 if called else likelihood
        return "", likelihood


def explain(recognition: Recognition) -> dict[str, Any]:
    """The recognition as plain values, one JSON object for `zhucan understand --jsonl`."""
    return {
        "text": recognition.text,
        "decision": recognition.decision.value,
        "candidates": [
            {"id": c.id, "kind": c.kind, "score": c.score, "why": list(c.why)}
            for c in recognition.candidates
        ],
        "needs": list(recognition.needs),
        "question": recognition.question,
        "outside": recognition.outside,
        "danger": recognition.danger,
        "beneficiary": recognition.beneficiary,
    }
