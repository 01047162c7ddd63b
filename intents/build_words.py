"""Builds `words.txt`: the common words of jieba's dictionary (MIT), with their counts.

A build-time tool (`python -m intents.build_words`). jieba's own 349,000 words take 0.6 s and 60 MB
to load; a resident's message needs the most frequent ones and those of this field, which are the
words that the catalog's texts already use.
"""

from __future__ import annotations

from pathlib import Path

import jieba

HERE = Path(__file__).parent
TARGET = HERE / "words.txt"
KEPT = 30_000
FIELD_TEXTS = (HERE.parent / "services_catalog.json", HERE / "common_intents.json")


def build() -> str:
    """Lines of `word count`, most frequent first."""
    counts = []
    for line in Path(jieba.__file__).with_name("dict.txt").read_text("utf-8").splitlines():
        word, count, _ = line.split(" ")
        counts.append((-int(count), word))
    counts.sort()
    field = {word for path in FIELD_TEXTS for word in jieba.cut(path.read_text("utf-8"))}
    kept = counts[:KEPT] + [pair for pair in counts[KEPT:] if pair[1] in field]
    return "".join(f"{word} {-negative}\n" for negative, word in kept)


if __name__ == "__main__":
    TARGET.write_text(build(), "utf-8")
