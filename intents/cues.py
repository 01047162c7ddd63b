"""What word lists alone can tell: exact short acts, kinds of question, and for whom it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intents.common import CommonIntents
from intents.finder import Finder, make_finder
from intents.normalizer import Normalizer

_NOT_INK = re.compile(r"[\W_]+")


def bare(simplified: str) -> str:
    """Only letters, digits and characters: 「跳过。」 is 跳过."""
    return _NOT_INK.sub("", simplified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """Word lists that need no learning."""

    exact_acts: Mapping[str, str]
    """Bare short form → act."""
    questions: Finder
    kinds: Mapping[str, str]
    """Words of a question → its kind."""
    beneficiary: Finder
    ours: Finder
    """Words of this field; with one of them a message is hardly ever misdirected."""

    def act(self, bare_text: str) -> str:
        """The act whose exact form this is, or empty."""
        return self.exact_acts.get(bare_text, "")

    def question(self, plain: str) -> str:
        """The kind of question asked first, or empty."""
        return self.kinds.get(self.questions.first(plain)[1], "")

    def whom(self, simplified: str) -> str:
        """The first person named, in the writer's own word, or empty."""
        return self.beneficiary.first(simplified)[1]


def make_cues(
    common: CommonIntents, lexicon: Mapping[str, Sequence[str]], normalizer: Normalizer
) -> Cues:
    """Cues from `common_intents.json` and `lexicon.json`."""
    kinds = {
        normalizer.plain(form): kind.id
        for kind in reversed(common.questions)
        for form in kind.exact
    }
    return Cues(
        exact_acts={
            form: act.id
            for act in common.acts
            for form in (bare(normalizer.simplified(exact)) for exact in act.exact)
            if form
        },
        questions=make_finder(kinds),
        kinds=kinds,
        beneficiary=make_finder(lexicon["beneficiary"]),
        ours=make_finder(lexicon["ours"]),
    )
