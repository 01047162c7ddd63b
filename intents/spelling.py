"""Makes words of a normalized text: typed pinyin read, misspelled terms put right, cut by jieba."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intents.cutter import Cutter
from intents.features import Sounds
from intents.pinyin import PinyinReader, make_pinyin_reader
from intents.terms import LONGEST, SHORTEST, Terms, make_terms

SEEN = 4
"""A word that so many phrases have is a term as well."""
OURS = 15
"""So many times oftener than in other texts."""
USUAL = 0.001
"""A character that stands alone in this share of the phrases is no sign of a misspelling."""
_WRITTEN = re.compile(r"[\u4e00-\u9fff]+")
_LETTERS = re.compile(r"[a-z]{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A text as it is scored."""

    text: str
    words: list[str]
    row_of_each: list[int]
    """The row of each word, -1 where it has none."""
    rows: list[int]
    """Those that there are."""
    terms: tuple[str, ...] = ()
    """Terms that were put right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speller:
    """The cutter and the terms it looks out for."""

    cutter: Cutter
    pinyin: PinyinReader
    terms: Terms

    def write(self, normalized: str) -> Written:
        """The words of the text; the text itself when nothing in it needs putting right."""
        text = self.pinyin.read(normalized)
        words = self.cutter.cut(text)
        spelled = self.terms.correct(text, words)
        if spelled.terms:
            words = self.cutter.cut(spelled.text)
        rows = self.cutter.row_of_each(words)
        return Written(
            text=spelled.text,
            words=words,
            row_of_each=rows,
            rows=[row for row in rows if row >= 0],
            terms=spelled.terms,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spellings:
    """What the phrases show of how things are spelled."""

    firm: Sequence[str]
    """Single words of this field."""
    loose: Sequence[str]
    """Whole names."""
    usual: str
    foreign: Sequence[str]
    """Runs of letters that phrases have: no pinyin."""


def learn_spellings(
    normalized: Sequence[str], cutter: Cutter, names: Iterable[str], listed: Iterable[str]
) -> Spellings:
    """The terms are those listed, words that phrases have far oftener than other texts, and names."""
    cut = [cutter.cut(text) for text in normalized]
    counts = Counter(word for words in cut for word in set(words))
    common = [
        word
        for word, count in counts.most_common()
        if count >= SEEN and count / len(cut) >= OURS * cutter.share(word)
    ]
    firm = _terms((*listed, *common))
    alone = (word for word, n in counts.items() if len(word) == 1 and n >= USUAL * len(cut))
    return Spellings(
        firm=firm,
        loose=[name for name in _terms(names) if name not in set(firm)],
        usual="".join(sorted(alone)),
        foreign=sorted({run for text in normalized for run in _LETTERS.findall(text)}),
    )


def _terms(words: Iterable[str]) -> list[str]:
    """Those written in characters and long enough, each once."""
    return [
        word
        for word in dict.fromkeys(words)
        if SHORTEST <= len(word) <= LONGEST and _WRITTEN.fullmatch(word)
    ]


def make_speller(
    cutter: Cutter, spellings: Spellings, sounds: Sounds, syllables: Sequence[str]
) -> Speller:
    """A speller from what the phrases show and the names of the syllables."""
    pinyin = make_pinyin_reader(syllables, spellings.foreign)
    return Speller(
        cutter=cutter,
        pinyin=pinyin,
        terms=make_terms(
            spellings.firm, spellings.loose, spellings.usual, sounds, pinyin.syllables
        ),
    )
