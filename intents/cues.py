"""What word lists alone can tell: exact short acts, kinds of question, and for whom it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intents.common import CommonIntents
from intents.finder import Finder, make_finder
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
    heads: frozenset[str]
    """The first two characters of each; of some there is only one."""
    particles: str
    """Characters that may end such a form and say nothing: 你好呀."""
    questions: Finder
    kinds: Mapping[str, str]
    """Words of a question → its kind."""
    beneficiary: re.Pattern[str]
    ours: re.Pattern[str]
    """Words of this field; with one of them a message is hardly ever misdirected."""
    foreign: tuple[re.Pattern[str], ...]
    """Signs that it is: nobody has a disability, animals and goods, fraud, other papers."""
    not_foreign: re.Pattern[str]
    """Looks like one of them and is not: 有没有残疾人套餐."""

    def act(self, simplified: str) -> str:
        """The act whose exact form this is, or empty."""
        head = simplified[:2]
        if head not in self.heads and head[:1] not in self.heads and head.isalnum():
            return ""
        exact, bare_text = self.exact_acts, bare(simplified)
        return exact.get(bare_text) or exact.get(bare_text.rstrip(self.particles), "")

    def signs(self, normalized: str, plain: str) -> tuple[float, ...]:
        """1 or 0 for a word of this field and for each kind of sign that the message is none of ours."""
        told = self.not_foreign.sub("", plain)
        foreign = (float(pattern.search(told) is not None) for pattern in self.foreign)
        return (float(self.ours.search(normalized) is not None), *foreign)

    def question(self, plain: str) -> str:
        """The kind of question asked first, or empty."""
        return next((self.kinds[form] for _, form in self.questions.all(plain)), "")

    def whom(self, simplified: str) -> str:
        """The first person named, in the writer's own word, or empty."""
        found = self.beneficiary.search(simplified)
        return found[0] if found else ""


def make_cues(
    common: CommonIntents, lexicon: Mapping[str, Sequence[str]], normalizer: Normalizer
) -> Cues:
    """Cues from `common_intents.json` and `lexicon.json`."""
    kinds = {
        normalizer.plain(form): kind.id
        for kind in reversed(common.questions)
        for form in kind.exact
    }
    exact_acts = {
        form: act.id
        for act in common.acts
        for form in (bare(normalizer.simplified(exact)) for exact in act.exact)
        if form
    }
    return Cues(
        exact_acts=exact_acts,
        heads=frozenset(form[:2] for form in exact_acts),
        particles="".join(filler for filler in lexicon["fillers"] if len(filler) == 1),
        questions=make_finder(kinds),
        kinds=kinds,
        beneficiary=any_of(lexicon["beneficiary"]),
        ours=any_of(lexicon["ours"]),
        foreign=tuple(map(re.compile, lexicon["foreign"])),
        not_foreign=any_of(lexicon["not_foreign"]),
    )
