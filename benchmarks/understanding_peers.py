"""The peers that install in seconds, on the same phrases and the same messages: what must be beaten.

rapidfuzz over cut words (the plain way to do it), BM25 written out over character pairs, and, where
scikit-learn happens to be installed, logistic regression over character n-grams.
"""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from statistics import mean
from typing import Any

from rapidfuzz import fuzz, process

from catalog.models import Catalog
from intents.recognizer import Recognizer

Ranker = Callable[[str], list[str]]
"""The ids of a message, best first."""
Taught = Sequence[tuple[str, str]]


def taught(catalog: Catalog) -> Taught:
    """Every phrase of a service or life event with its id."""
    entries = (*catalog.services, *catalog.life_events)
    return [
        (text, entry.id)
        for entry in entries
        for text in (entry.name, entry.short, *entry.examples)
    ]


def first_ids(ranked: Sequence[str]) -> list[str]:
    """The first three different ids."""
    return list(dict.fromkeys(ranked))[:3]


def by_tokens(phrases: Taught, recognizer: Recognizer) -> Ranker:
    """rapidfuzz token_set_ratio over words."""
    words = [
        " ".join(recognizer.speller.cutter.cut(recognizer.normalizer.normalize(t)))
        for t, _ in phrases
    ]

    def rank(text: str) -> list[str]:
        cut = " ".join(recognizer.speller.cutter.cut(recognizer.normalizer.normalize(text)))
        found = process.extract(cut, words, scorer=fuzz.token_set_ratio, limit=30)
        return first_ids([phrases[place][1] for _, _, place in found])

    return rank


def by_bm25(phrases: Taught, recognizer: Recognizer) -> Ranker:
    """BM25 (k1 1.5, b .75) over single characters and pairs, a document a phrase."""
    texts = [recognizer.normalizer.normalize(text) for text, _ in phrases]
    documents = [Counter([*text, *map(str.__add__, text, text[1:])]) for text in texts]
    average = mean(sum(document.values()) for document in documents)
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, document in enumerate(documents):
        spread = 1.5 * (0.25 + 0.75 * sum(document.values()) / average)
        for term, count in document.items():
            postings[term].append((number, count * 2.5 / (count + spread)))
    rarity = {
        t: math.log(1 + (len(texts) - len(p) + 0.5) / (len(p) + 0.5)) for t, p in postings.items()
    }

    def rank(text: str) -> list[str]:
        said = recognizer.normalizer.normalize(text)
        scores: dict[int, float] = defaultdict(float)
        for term in {*said, *map(str.__add__, said, said[1:])}:
            for number, weight in postings.get(term, ()):
                scores[number] += rarity[term] * weight
        best = sorted(scores, key=lambda n: (-scores[n], n))[:60]
        return first_ids([phrases[n][1] for n in best])

    return rank


def by_regression(phrases: Taught, recognizer: Recognizer) -> Ranker | None:
    """scikit-learn's TF-IDF and logistic regression, or nothing where it is not installed."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    except ImportError:
        return None
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    plain = recognizer.normalizer.normalize
    learned = LogisticRegression(C=10, max_iter=200)
    learned.fit(vectorizer.fit_transform([plain(t) for t, _ in phrases]), [i for _, i in phrases])

    def rank(text: str) -> list[str]:
        chances = learned.predict_proba(vectorizer.transform([plain(text)]))[0]
        return [str(learned.classes_[i]) for i in chances.argsort()[::-1][:3]]

    return rank


def compare(
    catalog: Catalog, recognizer: Recognizer, messages: Sequence[tuple[str, set[str]]]
) -> list[dict[str, Any]]:
    """Hits and time of each peer, and ours, on messages that want a service or life event."""
    phrases = taught(catalog)
    peers: dict[str, Ranker | None] = {
        "ours": lambda text: [c.id for c in recognizer.recognize(text).candidates[:3]],
        "rapidfuzz token_set_ratio": by_tokens(phrases, recognizer),
        "BM25 character pairs": by_bm25(phrases, recognizer),
        "sklearn character LR": by_regression(phrases, recognizer),
    }
    rows = []
    for name, rank in peers.items():
        if rank is None:
            continue
        start = time.perf_counter()
        ranked = [rank(text) for text, _ in messages]
        took = (time.perf_counter() - start) / len(messages)
        hits = [
            [i in right for i in ids] for ids, (_, right) in zip(ranked, messages, strict=True)
        ]
        rows.append(
            {
                "peer": name,
                "top1": mean(bool(hit[:1] and hit[0]) for hit in hits),
                "top3": mean(any(hit) for hit in hits),
                "mean_us": took * 1e6,
            }
        )
    return rows
