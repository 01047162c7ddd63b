"""Understands one message: what is ruled out is cut, the rest is scored, and doubt is admitted.

The same text always gives the same answer, no text is too long or too strange, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.bands import Bands
from intents.clauses import Splitter
from intents.cues import Cues, bare
from intents.cutter import Cutter
from intents.danger import DangerWatch
from intents.model import Model
from intents.models import Awaiting, Candidate, Decision, Kind, Recognition
from intents.needs import Heard, needs
from intents.normalizer import GAP, Normalizer, squeeze
from intents.reasons import reasons

Floats = NDArray[np.float32]

MOST_CANDIDATES = 5
SHOWN = 0.02
"""A further candidate below this probability is not mentioned."""
WHOLE, KEPT = 0.4, 0.6
"""Shares of the whole message and of what is left of it once the denied part is cut."""
KINDS: Mapping[str, Kind] = {"service": "service", "life_event": "life_event", "act": "act"}
ANSWERS = frozenset({Awaiting.SHORT_ANSWER, Awaiting.LONG_ANSWER})
AGREEMENT = frozenset({"yes", "no"})
"""Acts that are themselves answers while an answer is awaited."""
ACT_LENGTH = 12
"""Acts are short by nature: their brevity is not held against them."""
LONGEST_AGREEMENT = 8
"""A longer message says something else besides yes or no."""
ACT_IN_ANSWER = {Awaiting.SHORT_ANSWER: (14, 0.8), Awaiting.LONG_ANSWER: (8, 0.9)}
"""Longest text, and least probability, of an act in the middle of a form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognizer:
    """Everything needed to understand a message, as values."""

    normalizer: Normalizer
    splitter: Splitter
    cutter: Cutter
    model: Model
    bands: Bands
    cues: Cues
    danger: DangerWatch
    kinds: NDArray[np.str_]
    """The kind of each class."""
    agreement: NDArray[np.bool_]
    """Whether a class is yes or no."""
    related: Mapping[str, frozenset[str]]
    """Life event → its services and service → its life events: answers that do not exclude each other."""

    def recognize(self, text: str, awaiting: Awaiting = Awaiting.NOTHING) -> Recognition:
        """What the message means."""
        simplified = self.normalizer.simplified(text)
        plain = self.normalizer.plain_of(simplified)
        heard, chances = self._listen(simplified, plain)
        act = self.cues.act(bare(simplified))
        likelihood = 1.0 if act == "emergency" else self._chance_of(chances, "emergency")
        found = Recognition(
            text=text,
            decision=Decision.REJECT,
            danger=self.danger.group(plain, likelihood, self._best_service(chances)),
            question=self.cues.question(plain),
            beneficiary=self.cues.whom(simplified),
        )
        if found.danger:
            return self._act(found, "emergency", max(likelihood, 0.5), chances, heard)
        if act and not (act in AGREEMENT and awaiting in ANSWERS):
            return self._act(found, act, 1.0, chances, heard)
        if not heard.normalized:
            return replace(found, outside="noise")
        return self._weigh(found, heard, self._in_answer(chances, heard, awaiting))

    def confidence(self, text: str) -> float:
        """How likely it is that the message is about anything we serve, 0..1."""
        simplified = self.normalizer.simplified(text)
        heard, chances = self._listen(simplified, self.normalizer.plain_of(simplified))
        if self.cues.act(bare(simplified)):
            return 1.0
        return self._confidence(chances, heard, text) if heard.normalized else 0.0

    def _confidence(self, chances: Floats, heard: Heard, text: str) -> float:
        outside = self.kinds == "outside"
        best = int(np.argmax(np.where(outside, np.float32(-1), chances)))
        loudest = int(np.argmax(np.where(outside, chances, np.float32(-1))))
        length = len(text.strip())
        if self.kinds[best] == "act":
            length = max(length, ACT_LENGTH)
        ours = self.cues.ours.search(heard.normalized) is not None
        return self.bands.confidence(
            float(chances[best]),
            float(chances[outside].sum()),
            length,
            ours=ours and self.model.labels[loudest].id != "improper",
        )

    def _listen(self, simplified: str, plain: str) -> tuple[Heard, Floats]:
        """The message taken apart, and the probability of each class."""
        split = self.splitter.split(plain)
        normalized = squeeze(split.kept) or squeeze(simplified)
        clauses = [part for part in map(squeeze, self.splitter.clauses(split.kept)) if part]
        words = [self.cutter.cut(clause) for clause in clauses]
        every = [word for part in words for word in part] or self.cutter.cut(normalized)
        scores = self.model.score(normalized, every)
        if split.ruled_out:
            whole = squeeze(plain)
            denied = squeeze(split.ruled_out)
            scores = np.float32(KEPT) * scores + np.float32(WHOLE) * self.model.score(
                whole, self.cutter.cut(whole)
            )
            against = self.bands.probabilities(self.model.score(denied, self.cutter.cut(denied)))
            scores -= np.maximum(against - self.bands.probabilities(scores), 0)
        chances = self.bands.probabilities(scores)
        chances[self.kinds == "calm"] = 0
        chances /= max(float(chances.sum()), 1e-6)
        heard = Heard(
            normalized=normalized, clauses=tuple(clauses), words=tuple(words), every=every
        )
        return heard, chances

    def _in_answer(self, chances: Floats, heard: Heard, awaiting: Awaiting) -> Floats:
        """Acts count in the middle of a form only when the message is hardly anything else."""
        if len(heard.normalized) > LONGEST_AGREEMENT:
            chances = np.where(self.agreement, np.float32(0), chances)
        if awaiting not in ANSWERS:
            return chances
        longest, least = ACT_IN_ANSWER[awaiting]
        best = int(np.argmax(chances))
        clear = len(heard.normalized) <= longest and chances[best] >= least
        if self.kinds[best] == "act" and clear and self.model.labels[best].id not in AGREEMENT:
            return chances
        without: Floats = np.where(self.kinds == "act", np.float32(0), chances)
        return without

    def _weigh(self, found: Recognition, heard: Heard, chances: Floats) -> Recognition:
        """Ranks the meanings and decides how sure they are."""
        labels = self.model.labels
        outside_classes = self.kinds == "outside"
        inside = np.where(outside_classes, np.float32(-1), chances)
        order = [int(i) for i in np.argsort(-inside, kind="stable")[: MOST_CANDIDATES + 1]]
        best = labels[order[0]]
        allied = self.related.get(best.id, frozenset())
        rival = max(
            (float(inside[i]) for i in order[1:] if labels[i].id not in allied), default=0.0
        )
        kin = max((float(inside[i]) for i in order[1:] if labels[i].id in allied), default=0.0)
        decision = self.bands.decide(
            float(inside[order[0]]), kin, rival, self._confidence(chances, heard, found.text)
        )
        if decision is Decision.REJECT:
            loudest = labels[int(np.argmax(chances))]
            return replace(found, outside=loudest.id if loudest.kind == "outside" else "")
        shown = [i for i in order[:MOST_CANDIDATES] if i == order[0] or inside[i] >= SHOWN]
        return replace(
            found,
            decision=decision,
            candidates=self._candidates(shown, inside, heard),
            needs=needs(heard, chances, self.model, self.bands) if best.kind != "act" else (),
        )

    def _act(
        self, found: Recognition, act: str, score: float, chances: Floats, heard: Heard
    ) -> Recognition:
        """An act that is certain, with what else the message may mean behind it."""
        labels = self.model.labels
        words = tuple(word for word in heard.every if word != GAP)[:3]
        first = Candidate(id=act, kind="act", score=round(score, 4), why=words)
        inside = np.where(self.kinds == "outside", np.float32(-1), chances)
        order = [int(i) for i in np.argsort(-inside, kind="stable")[:3]]
        shown = [i for i in order if labels[i].id != act and inside[i] >= SHOWN]
        others = self._candidates(shown, inside * np.float32(1 - min(score, 0.99)), heard)
        return replace(found, decision=Decision.ACCEPT, candidates=(first, *others))

    def _candidates(
        self, classes: list[int], chances: Floats, heard: Heard
    ) -> tuple[Candidate, ...]:
        whys = reasons(self.model.by_characters, heard.every, classes)
        labels = self.model.labels
        return tuple(
            Candidate(
                id=labels[i].id,
                kind=KINDS[labels[i].kind],
                score=round(min(float(chances[i]), 1.0), 4),
                why=why,
            )
            for i, why in zip(classes, whys, strict=True)
        )

    def _best_service(self, chances: Floats) -> float:
        return float(chances[(self.kinds == "service") | (self.kinds == "life_event")].max())

    def _chance_of(self, chances: Floats, act: str) -> float:
        for i, label in enumerate(self.model.labels):
            if label.id == act:
                return float(chances[i])
        return 0.0


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
