"""Understands one message: what is ruled out is cut, the rest is scored, and doubt is admitted.

The same text always gives the same answer, no text is too long or too strange, and nothing is kept.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from intents.bands import decide
from intents.calibration import Layout, Reading, probabilities, read, threat_in
from intents.clauses import Splitter
from intents.cues import Cues
from intents.danger import DangerWatch
from intents.model import Model, Scored
from intents.models import Awaiting, Candidate, Decision, Kind, Recognition
from intents.nearness import COMPARED, LIKELY, Taught
from intents.needs import Heard, may_be_several, needs, parts_of
from intents.normalizer import GAP, Normalizer, squeeze
from intents.reasons import MOST, Later, reasons
from intents.spelling import Speller, Written

Floats = NDArray[np.float32]
Found = partial[Recognition]
"""What is known of a message before its meanings are."""

MOST_CANDIDATES = 5
EXPLAINED = 3
"""For so many the words that speak for them can be asked for."""
SHOWN = 0.02
"""A further candidate below this probability is not mentioned."""
DOUBTFUL = 0.8
"""Danger likelier than that is certain; what alarms below is answered by the card as well, but not claimed."""
DAMP = 2.5
"""How many temperatures what is ruled out loses at most."""
WHOLE, KEPT = 0.2, 0.8
"""Shares of the whole message, as long as both its parts, and of what is left of it once the denied part is cut."""
CLEAR = 0.7
"""From this chance on a name of the first meaning, with little beside it, leaves no doubt."""
_UNSHOWN = re.compile(rf"[{GAP}\ue000-\uf8ff]+")
KINDS: Mapping[str, Kind] = {"service": "service", "life_event": "life_event", "act": "act"}
KNOWN = 0.85
"""What is nearly a taught phrase has hardly anything in it that no phrase has."""
MOST_ALONE = 2
"""So many clauses can hold more than one need."""
UNTHREATENED = 0.05
"""Without a word of danger and below this chance nobody calls for help."""
ACCUSATION, ACCUSING, FEW_WORDS = "improper", 0.7, 4
"""The reply to what may not be done hurts who meant no such thing: 给我妈, 女的."""
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
        act = self.cues.act(simplified)
        number = self.danger.called(plain)
        if number is None:
            danger, likelihood = self._danger(plain, heard, reading, called=act == "emergency")
        else:
            danger, likelihood = number, 1.0
        found: Found = partial(
            Recognition,
            text=text,
            danger=danger,
            question=self.cues.question(plain),
            beneficiary=self.cues.whom(simplified),
        )
        if not danger and number is None and (turned := self.danger.turned(plain)):
            danger, likelihood = self._danger(
                turned, *self._listen(turned, turned, turned), called=False
            )
            found = partial(found, danger=danger)
        if danger:
            return self._act(found, "emergency", max(likelihood, DOUBTFUL), reading, heard)
        if act and not (act in AGREEMENT and awaiting in ANSWERS):
            return self._act(found, act, 1.0, reading, heard)
        if not heard.normalized or number is not None:
            return found(decision=Decision.REJECT, outside="noise")
        return self._weigh(found, heard, self._in_answer(text, reading, heard, awaiting))

    def confidence(self, text: str) -> float:
        """How likely it is that the message is about anything we serve, 0..1."""
        simplified = self.normalizer.simplified(text)
        heard, reading = self._listen(text, simplified, self.normalizer.plain_of(simplified))
        if self.cues.act(simplified):
            return 1.0
        return self.model.calibration.confidence(reading) if heard.normalized else 0.0

    def _listen(self, text: str, simplified: str, plain: str) -> tuple[Heard, Reading]:
        """The message taken apart, and what its scores amount to."""
        split = self.splitter.split(plain)
        written = self.speller.write(squeeze(split.kept) or squeeze(simplified))
        scored, scores = self._score(written, split.ruled_out)
        heard = Heard(
            normalized=written.text,
            words=written.words,
            rows=written.row_of_each,
            terms=written.terms,
            scored=scored,
            signs=self.cues.signs(written.text, plain),
        )
        return heard, self._read(text, heard, scores, scored.known)

    def _score(self, kept: Written, ruled_out: str) -> tuple[Scored, Floats]:
        """What is kept, scored, and its scores with what the ruled-out part alone would mean held down."""
        scored = self.model.score(kept.text, kept.rows)
        if not ruled_out:
            return scored, scored.scores
        written = self.speller.write(squeeze(ruled_out))
        denied = self.model.score(written.text, written.rows)
        both = math.hypot(scored.length, denied.length)
        mixed = np.float32(KEPT + WHOLE * scored.length / both) * scored.scores
        mixed += np.float32(WHOLE * denied.length / both) * denied.scores
        temperature = self.model.calibration.temperature
        against = probabilities(denied.scores, temperature)
        against -= probabilities(mixed, temperature)
        mixed -= np.float32(DAMP * temperature) * np.maximum(against, 0)
        return scored, mixed

    def _read(
        self, text: str, heard: Heard, scores: Floats, known: float, silent: Sequence[int] = ()
    ) -> Reading:
        return read(
            scores,
            known,
            len(text.strip()),
            self.layout,
            self.model.calibration.temperature,
            signs=heard.signs,
            silent=silent,
        )

    def _in_answer(self, text: str, reading: Reading, heard: Heard, awaiting: Awaiting) -> Reading:
        """Acts count in the middle of a form only when the message is hardly anything else.

        Danger was judged by more than the scores before: where there is none, they do not bring it up again.
        """
        silent: Sequence[int] = ()
        if len(heard.normalized) > LONGEST_AGREEMENT:
            silent = self.agreement
        if reading.order[0] == self.layout.emergency:
            silent = (*silent, self.layout.emergency)
            reading = self._read(text, heard, reading.scores, reading.known, silent)
        if awaiting in ANSWERS:
            best = reading.order[0]
            sure = decide(self.model.calibration, reading, self.layout) is Decision.ACCEPT
            clear = sure and len(heard.normalized) <= ACT_IN_ANSWER[awaiting]
            if not (self._is_act(best) and clear and best not in self.agreement):
                silent = range(self.layout.topics, self.layout.inside)
        if not any(i in silent for i in reading.order):
            return reading
        return self._read(text, heard, reading.scores, reading.known, silent)

    def _weigh(self, found: Found, heard: Heard, reading: Reading) -> Recognition:
        """Ranks the meanings and decides how sure they are."""
        decision = decide(self.model.calibration, reading, self.layout)
        near = self._near(heard, reading) if decision is not Decision.ACCEPT else -1
        if near >= 0:
            ranked = [near, *(i for i in reading.order if i != near)]
            decision, reading = Decision.ACCEPT, replace(reading, order=ranked)
        if decision is Decision.REJECT:
            return found(decision=decision, outside=self._outside(heard, reading))
        order = reading.order[:MOST_CANDIDATES]
        shown = [i for i in order if i == order[0] or reading.chances[i] >= SHOWN]
        return found(
            decision=decision,
            candidates=self._candidates(shown, reading, heard),
            needs=() if self._is_act(order[0]) else self._needs(heard, reading),
        )

    def _outside(self, heard: Heard, reading: Reading) -> str:
        """What a refused message is about, if that is likelier than anything we serve; few words accuse nobody."""
        chance = reading.chances.get(reading.loudest, 0.0)
        group = self.model.labels[reading.loudest].id
        is_vague = len(heard.normalized) < FEW_WORDS or chance < ACCUSING
        if chance <= reading.first or (group == ACCUSATION and is_vague):
            return ""
        return group

    def _near(self, heard: Heard, reading: Reading) -> int:
        """The class whose name or taught phrase this nearly is, or -1."""
        if reading.outside > reading.first:
            return -1
        best = reading.order[0]
        clear = best < self.layout.topics and reading.first >= CLEAR
        if clear and self.taught.named(heard.normalized, best):
            return best
        if reading.known < KNOWN:
            return -1
        likely = [i for i in reading.order[:COMPARED] if reading.chances[i] >= LIKELY]
        return self.taught.nearest(heard.normalized, likely)

    def _needs(self, heard: Heard, reading: Reading) -> tuple[str, ...]:
        """The separate needs; what is said in one breath holds one."""
        several = may_be_several(reading, self.layout)
        spans = self.splitter.spans(heard.normalized) if several else ()
        if len(spans) < MOST_ALONE:
            spans = ()
        return needs(parts_of(spans, heard), heard, reading, self.model, self.layout)

    def _act(
        self, found: Found, act: str, score: float, reading: Reading, heard: Heard
    ) -> Recognition:
        """An act, with what else the message may mean behind it."""
        labels = self.model.labels
        shown = (w for w in (*heard.terms, *heard.words) if not _UNSHOWN.fullmatch(w))
        words = tuple(islice(shown, MOST))
        first = Candidate(id=act, kind="act", score=round(score, 4), why=words)
        behind = [
            i for i in reading.order[:3] if labels[i].id != act and reading.chances[i] >= SHOWN
        ]
        others = self._candidates(behind, reading, heard, left=1 - min(score, 0.99))
        is_sure = score > DOUBTFUL
        return found(
            decision=Decision.ACCEPT if is_sure else Decision.CLARIFY,
            candidates=(first, *others),
        )

    def _candidates(
        self, classes: Sequence[int], reading: Reading, heard: Heard, left: float = 1.0
    ) -> tuple[Candidate, ...]:
        words = (*heard.terms, *heard.words)
        found = []
        for place, i in enumerate(classes):
            label = self.model.labels[i]
            found.append(
                Candidate(
                    id=label.id,
                    kind=KINDS[label.kind],
                    score=round(min(reading.chances.get(i, 0.0) * left, 1.0), 4),
                    why=Later(partial(reasons, self.model, words, i)) if place < EXPLAINED else (),
                )
            )
        return tuple(found)

    def _is_act(self, number: int) -> bool:
        return self.layout.topics <= number < self.layout.inside

    def _danger(
        self, plain: str, heard: Heard, reading: Reading, *, called: bool
    ) -> tuple[str, float]:
        """The group of danger present now, or empty, and how likely that is."""
        words = self.danger.groups_in(plain)
        calibration = self.model.calibration
        emergency = self.layout.emergency
        if not (words or called) and (
            emergency < 0 or reading.chances.get(emergency, 0.0) < UNTHREATENED
        ):
            return "", 0.0
        threat = threat_in(reading.scores, len(plain), self.layout)
        told = self.danger.told(plain)
        is_short = bool(words) and not told and self.danger.said_shortly(plain)
        worst = calibration.worst_alarm(threat, word=bool(words), told=told)
        if not (called or is_short) and worst < calibration.danger_from:
            return "", 0.0
        likelihood = calibration.alarm(threat, self.danger.alarming(plain, words))
        if called or is_short or likelihood >= calibration.danger_from:
            group = self.danger.likeliest(self.model.dangers_of(heard.scored).tolist(), words)
            return group, 1.0 if called else likelihood
        return "", likelihood
