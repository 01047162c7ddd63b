"""The sentences of the bot: looked up by key in `wording.json`, filled with values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from dialogue.messages import Choice
from intents.writing import bare


@cache
def _data() -> Mapping[str, Any]:
    data: Mapping[str, Any] = json.loads(
        files("dialogue").joinpath("wording.json").read_text("utf-8")
    )
    return data


def say(key: str, /, **values: str) -> str:
    """The sentence of this key with its placeholders filled."""
    sentence: str = _data()["sentences"][key]
    return sentence.format(**values)


def has(key: str) -> bool:
    """Whether there is a sentence of this key."""
    return key in _data()["sentences"]


def choice(key: str, /, id: str = "", **values: str) -> Choice:  # noqa: A002 - the field's name
    """A standard choice: its label from the wording, its id the key unless another is given."""
    label: str = _data()["choices"][key]["label"]
    return Choice(id=id or key, label=label.format(**values))


def meanings(key: str) -> tuple[str, ...]:
    """Other words people use for a standard choice."""
    entry = _data()["choices"].get(key)
    return tuple(entry.get("says", ())) if entry else ()


def carries_on(text: str) -> bool:
    """Whether the person says that she wants to go on where she was: 继续."""
    return bare(text) in _data()["carry_on"]


def other_labels(label: str) -> tuple[str, ...]:
    """What people call a question whose label is an official word: 身份证 for 公民身份号码."""
    return tuple(_data()["labels_said"].get(label, ()))


def beneficiary_of(word: str) -> tuple[str, str]:
    """Whom a writer's word means: how we name that person, and the likely role of the writer."""
    entry = _data()["beneficiaries"].get(word)
    return (entry["who"], entry["role"]) if entry else ("", "")


def all_sentences() -> Mapping[str, str]:
    """Every sentence by key, for rendering ahead and for tests."""
    sentences: Mapping[str, str] = _data()["sentences"]
    return sentences


def all_choices() -> Mapping[str, Any]:
    """Every standard choice by key, for tests."""
    choices: Mapping[str, Any] = _data()["choices"]
    return choices
