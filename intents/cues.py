"""What word lists alone can tell: exact short acts, kinds of question, and for whom it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intents.common import CommonIntents
from intents.normalizer import Normalizer, any_of

_NOT_INK = re.compile(r"[\W_]+")


def bare(simplified: str) -> str:
    """Only letters, digits and characters: 「跳过。」 is 跳过."""
    return _NOT_INK.sub("", simplified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """Word lists that need no learning."""

    exact_acts: Mapping[str, str]
    """Bare short form → act."""
    questions: tuple[tuple[str, re.Pattern[str]], ...]
    beneficiary: re.Pattern[str]
    ours: re.Pattern[str]
    """Words of this field; with one of them a message is hardly ever misdirected."""

    def act(self, bare_text: str) -> str:
        """The act whose exact form this is, or empty."""
        return self.exact_acts.get(bare_text, "")

    def question(self, plain: str) -> str:
        """The kind of question asked first, or empty."""
        found = ((pattern.search(plain), kind) for kind, pattern in self.questions)
        return min(((m.start(), kind) for m, kind in found if m), default=(0, ""))[1]

    def whom(self, simplified: str) -> str:
        """The first person named, in the writer's own word, or empty."""
        found = self.beneficiary.search(simplified)
        return found[0] if found else ""


def make_cues(
    common: CommonIntents, lexicon: Mapping[str, Sequence[str]], normalizer: Normalizer
) -> Cues:
    """Cues from `common_intents.json` and `lexicon.json`."""
    return Cues(
        exact_acts={
            form: act.id
            for act in common.acts
            for form in (bare(normalizer.simplified(exact)) for exact in act.exact)
            if form
        },
        questions=tuple(
            (kind.id, any_of(sorted({normalizer.plain(form) for form in kind.exact} - {""})))
            for kind in common.questions
        ),
        beneficiary=any_of(lexicon["beneficiary"]),
        ours=any_of(lexicon["ours"]),
    )
