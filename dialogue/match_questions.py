"""One short question a fact: how it is put, its choices, and how what is known of it is said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from catalog.facts import Facts
from catalog.models import Catalog, FieldSpec, FieldType, Option
from dialogue.focuses import Matching
from dialogue.messages import Choice, Reply
from dialogue.progress import Answer
from dialogue.wording import choice, say

PAGE = 3
_WORDS = json.loads(files("catalog").joinpath("eligibility_words.json").read_text("utf-8"))
_QUESTIONS: Mapping[str, Mapping[str, Any]] = _WORDS["questions"]
_HOW: Mapping[str, str] = _WORDS["how_to_know"]
FACTS_ASKED = tuple(_QUESTIONS)
SENSITIVE = frozenset(fact for fact, entry in _QUESTIONS.items() if entry.get("sensitive"))
"""Facts that may only be asked after the person agreed."""
NUMBER_ONLY = "age"
SEVERAL = "kinds"


def spec_of(catalog: Catalog, fact: str) -> FieldSpec:
    """How this fact is asked: as the form field of the catalog, or with its own short question."""
    entry = _QUESTIONS[fact]
    if "field" not in entry:
        return _own_spec(fact)
    spec = catalog.fields[entry["field"]]
    return spec.model_copy(
        update={
            "question": entry.get("question", spec.question),
            "hint": entry.get("hint", spec.hint),
            "choices": _in_order(spec.choices, entry),
        }
    )


def _in_order(options: tuple[Option, ...], entry: Mapping[str, Any]) -> tuple[Option, ...]:
    """The options of a field, the most common first, with more words people use for them here."""
    first, says = entry.get("first", []), entry.get("says", {})
    told = (
        option.model_copy(update={"says": (*option.says, *says.get(option.id, ()))})
        for option in options
    )
    return tuple(sorted(told, key=lambda o: first.index(o.id) if o.id in first else len(first)))


def label_of(fact: str) -> str:
    """What the fact is called."""
    return str(_QUESTIONS[fact]["label"])


def missing_label(fact: str) -> str:
    """What is not known when this fact is not: 有没有残疾人证."""
    return str(_QUESTIONS[fact].get("missing", label_of(fact)))


def how_to_know(fact: str) -> str:
    """Where a person finds it out: 看残疾人证."""
    return _HOW[fact]


def question(catalog: Catalog, focus: Matching, who: str, *, is_brief: bool) -> Reply:
    """The question with at most three choices and 不清楚; a number is said, not chosen."""
    spec = spec_of(catalog, focus.asking)
    lines = [spec.question.replace("{who}", who)]
    if spec.hint and not is_brief:
        lines.append(spec.hint)
    return Reply(paragraphs=tuple(lines), choices=_choices(catalog, focus))


def options_of(catalog: Catalog, fact: str) -> tuple[Option, ...]:
    """What may be chosen; 不知道 is offered apart."""
    without = {"unknown", "multiple"} if fact == SEVERAL else {"unknown"}
    return tuple(o for o in spec_of(catalog, fact).choices if o.id not in without)


def all_options(catalog: Catalog, fact: str) -> tuple[Option, ...]:
    """Every option, also the rarer ones that are not offered but may be said."""
    rarer = tuple(Option(**option) for option in _QUESTIONS[fact].get("more", ()))
    return (*spec_of(catalog, fact).choices, *rarer)


def chosen(catalog: Catalog, fact: str, option_id: str) -> dict[str, Answer]:
    """The facts an option of this question tells; a level tells that there is a certificate."""
    option = next((o for o in all_options(catalog, fact) if o.id == option_id), None)
    if option is None or option.id == "unknown":
        return {}
    given = Answer(value=option.id, shown=option.label)
    if fact == "certificate" and option.id.startswith("level_"):
        return {"level": given, fact: Answer(value="yes", shown=_phrases(fact)["yes"])}
    if fact == "certificate":
        return {fact: Answer(value=option.id, shown=_phrases(fact)[option.id])}
    return {fact: given}


def _phrases(fact: str) -> Mapping[str, str]:
    phrases: Mapping[str, str] = _QUESTIONS[fact]["phrase"]
    return phrases


def several(catalog: Catalog, kinds: tuple[str, ...]) -> Answer:
    """Several kinds as one answer."""
    labels = {o.id: o.label for o in spec_of(catalog, SEVERAL).choices}
    return Answer(value=kinds, shown=say("list_mark").join(labels[k] for k in kinds))


def told_in_words(catalog: Catalog, fact: str, facts: Facts) -> str:
    """What is known of a fact, in the words of its choices; empty when nothing is."""
    value = getattr(facts, fact)
    if value is None:
        return ""
    if fact == NUMBER_ONLY:
        return age_in_words(value)
    if fact == "certificate":
        return _phrases(fact)[_code(fact, value)]
    codes = sorted(value) if isinstance(value, frozenset) else [_code(fact, value)]
    labels = {o.id: o.label for o in all_options(catalog, fact)}
    return say("list_mark").join(labels.get(code, code) for code in codes or ["none"])


def phrase(catalog: Catalog, fact: str, value: str) -> str:
    """One known fact as it is said in a reason: 浦东户口, 45岁, 肢体残疾; no level is no certificate."""
    if (fact, value) == ("level", "0"):
        return _phrases("certificate")["no"]
    facts = Facts(**{fact: _value(fact, value)})  # type: ignore[arg-type]
    words = told_in_words(catalog, fact, facts)
    how = _QUESTIONS[fact].get("phrase", "{value}")
    return str(how[value] if isinstance(how, dict) else how.format(value=words))


def age_in_words(years: int) -> str:
    """How an age is said."""
    return str(_QUESTIONS["age"]["value"]).format(n=years)


@cache
def _own_spec(fact: str) -> FieldSpec:
    entry = _QUESTIONS[fact]
    return FieldSpec(
        label=entry["label"],
        type=FieldType.NUMBER if fact == NUMBER_ONLY else FieldType.CHOICE,
        group="special",
        shared=False,
        sensitive=fact in SENSITIVE,
        question=entry["question"],
        hint=entry.get("hint", ""),
        choices=tuple(Option(**option) for option in entry.get("choices", ())),
    )


def _choices(catalog: Catalog, focus: Matching) -> tuple[Choice, ...]:
    if focus.asking == NUMBER_ONLY:
        return ()
    options = [o for o in options_of(catalog, focus.asking) if o.id not in focus.picked]
    pages = max(1, -(-len(options) // PAGE))
    start = (focus.page % pages) * PAGE
    shown = tuple(Choice(id=f"fact:{o.id}", label=o.label) for o in options[start : start + PAGE])
    more = (choice("more_options"),) if pages > 1 else ()
    last = choice("options_done") if focus.picked else choice("not_sure")
    return (*shown, *more, last)


def _value(fact: str, code: str) -> object:
    """The value of a fact from the code a reason keeps."""
    if fact in ("age", "level"):
        return int(code)
    if fact in ("equivalents", SEVERAL):
        return frozenset(code.split(",")) - {""}
    return {"yes": True, "no": False}.get(code, code)


def _code(fact: str, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"level_{value}" if fact == "level" else str(value)
