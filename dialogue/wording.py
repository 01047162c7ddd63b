"""The sentences of the bot: looked up by key in `wording.json`, filled with values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from dialogue.messages import Choice
from intents.writing import bare, bare_word


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


def carries_on(said: str) -> bool:
    """Whether the person says that she wants to go on where she was: 继续. `said` is bare, here and below."""
    return said in _phrases("carry_on")


def asks_for(key: str, said: str) -> bool:
    """Whether the whole text asks for this: the plan, the timeline of an application."""
    return said in _asked()[key]


def matches(key: str, said: str) -> bool:
    """Whether the whole text is of this kind, however it is put: 别告诉我女儿, 不要让我儿子知道."""
    return _whole(key).fullmatch(said) is not None


def says_only_whom(said: str, named: str) -> str:
    """The word for the person it is for, when the text says nothing else: 我妈 of 给我妈办; or empty."""
    word = named or next((own for own in _phrases("self_words") if own in said), "")
    if not word or word not in said or not matches("for_whom", said.replace(word, "", 1)):
        return ""
    return word if beneficiary_of(word)[0] else ""


def self_word() -> str:
    """The word for the writer herself, as it stands among those for other people."""
    word: str = _data()["self_words"][0]
    return word


def patterns(key: str) -> Mapping[str, str]:
    """The regular expressions of this kind of words, over texts made bare."""
    found: Mapping[str, str] = _data()[key]
    return found


def asks_for_drafts(said: str) -> bool:
    """Whether the person asks what she has not finished: 我没办完的."""
    return said in _phrases("unfinished")


def asks_to_rate(said: str) -> bool:
    """Whether the person wants to say what she thinks of a decided case: 评价."""
    return said in _phrases("rating")


def objects(said: str) -> bool:
    """Whether the person says that she does not accept a decision, and nothing else: 我不服."""
    return said in _phrases("objecting")


def own_data_wish(said: str, *, is_certain: bool) -> str:
    """What a person wants with her own data, by the choice that means it; `my_data` for all of it, or empty.

    Only whole phrases count unless it is certain from elsewhere that her data is what she means.
    """
    wish = _own_data_phrases().get(said, "")
    if wish or not is_certain:
        return wish
    words: Mapping[str, str] = _data()["own_data"]["words"]
    return next((w for w, pattern in words.items() if re.search(pattern, said)), "my_data")


def to_correct(said: str) -> str:
    """What of her own data a person wants to have changed, in her words: 手机号 of 改我的手机号; or empty."""
    found = re.fullmatch(_data()["own_data"]["correct_one"], said)
    return found["what"] if found else ""


@cache
def _phrases(key: str) -> frozenset[str]:
    return frozenset(_data()[key])


@cache
def _asked() -> Mapping[str, frozenset[str]]:
    return {key: frozenset(phrases) for key, phrases in _data()["asked"].items()}


@cache
def _whole(key: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in _data()["patterns"][key]))


@cache
def _own_data_phrases() -> Mapping[str, str]:
    """Whole phrases about one's own data, as they are compared, and the choice each means; the first holds."""
    exact = _data()["own_data"]["exact"]
    pairs = [
        (bare_word(phrase), str(wish)) for wish, phrases in exact.items() for phrase in phrases
    ]
    return dict(reversed(pairs))


def other_labels(label: str) -> tuple[str, ...]:
    """What people call a question whose label is an official word: 身份证 for 公民身份号码."""
    return tuple(_data()["labels_said"].get(label, ()))


def beneficiary_of(word: str) -> tuple[str, str]:
    """Whom a writer's word means: how we name that person, and the likely role of the writer."""
    entry = _data()["beneficiaries"].get(word)
    return (entry["who"], entry["role"]) if entry else ("", "")


def people_in(text: str) -> frozenset[str]:
    """How we name the persons whose words stand in a text: 给我妈 → 你妈妈."""
    said = bare(text)
    found = {
        word: entry["who"] for word, entry in _data()["beneficiaries"].items() if word in said
    }
    longest = {w for w in found if not any(w != other and w in other for other in found)}
    return frozenset(found[word] for word in longest)


def beneficiary_at(text: str) -> str:
    """The word for a person the text begins with, the longest there is: 女儿 of 女儿13912345678."""
    people = _data()["beneficiaries"]
    return max((word for word in people if text.startswith(word)), key=len, default="")


def reworded(paragraph: str, need: str) -> str:
    """The paragraph in the words this need asks for; empty when it is left out, as it was when none are known.

    A sentence is found by its own template, so nothing but our own words is ever changed.
    """
    for pattern, other in _other_words(need):
        match = pattern.fullmatch(paragraph)
        if match is not None:
            return other.format(**match.groupdict())
    return paragraph


@cache
def _other_words(need: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    sentences, others = _data()["sentences"], _data()["other_words"][need]
    return tuple((_pattern(sentences[key]), other) for key, other in others.items())


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"{(\w+)}", sentence)
    named = (
        f"(?P<{part}>.*)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    )
    return re.compile("".join(named), re.DOTALL)


@cache
def _questions() -> frozenset[str]:
    sentences: Mapping[str, str] = _data()["sentences"]
    others = (s for words in _data()["other_words"].values() for s in words.values())
    return frozenset(s for s in (*sentences.values(), *others) if "？" in s and "{" not in s)


def is_own_question(paragraph: str) -> bool:
    """Whether the paragraph is one of our own fixed questions, not one of a form or of a caseworker."""
    return paragraph in _questions()


def other_words() -> Mapping[str, Mapping[str, str]]:
    """The sentences said in other words by need, for tests."""
    words: Mapping[str, Mapping[str, str]] = _data()["other_words"]
    return words


def role_of(word: str) -> str:
    """The likely role of the writer, when her word for the person tells it: guardian, agent, self or empty."""
    return beneficiary_of(word)[1]


def all_sentences() -> Mapping[str, str]:
    """Every sentence by key, for rendering ahead and for tests."""
    sentences: Mapping[str, str] = _data()["sentences"]
    return sentences


def all_choices() -> Mapping[str, Any]:
    """Every standard choice by key, for tests."""
    choices: Mapping[str, Any] = _data()["choices"]
    return choices
