"""One short question a fact: how it is put, its choices, and how an answer in words is read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from catalog.facts import Facts, facts_from
from catalog.models import Catalog, FieldSpec, FieldType, Office, Option
from dialogue.focuses import Matching
from dialogue.messages import Choice, Reply
from dialogue.progress import Answer
from dialogue.wording import choice, patterns, say
from intents.numerals import only_digits
from intents.options import all_named, find_option, is_option
from intents.places import find_office
from intents.slot_types import Problem, Surroundings, read_answer
from intents.small_words import begins_with_yes, is_unknown, is_yes
from intents.writing import bare, half_width

PAGE = 3
_WORDS = json.loads(files("catalog").joinpath("eligibility_words.json").read_text("utf-8"))
_QUESTIONS: Mapping[str, Mapping[str, Any]] = _WORDS["questions"]
_HOW: Mapping[str, str] = _WORDS["how_to_know"]
SENSITIVE = frozenset(fact for fact, entry in _QUESTIONS.items() if entry.get("sensitive"))
"""Facts that may only be asked after the person agreed."""
NUMBER_ONLY = "age"
SEVERAL = "kinds"
_OLDEST = 120
_PLACES = ("hukou", "home")
_ON_CERTIFICATE = ("certificate", "level", "category")
_NUMBERS = ("disability_cert_no", "id_number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What an answer tells: facts by name, or form answers told by a number, which are read back first."""

    facts: dict[str, Answer] = field(default_factory=dict)
    numbers: dict[str, Answer] = field(default_factory=dict)
    is_unknown: bool = False


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
        }
    )


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


def options_of(catalog: Catalog, fact: str) -> tuple[Option, ...]:
    """What may be chosen; 不知道 is offered apart."""
    without = {"unknown", "multiple"} if fact == SEVERAL else {"unknown"}
    return tuple(o for o in spec_of(catalog, fact).choices if o.id not in without)


def chosen(catalog: Catalog, fact: str, option_id: str) -> Answer | None:
    """The answer of an option picked; None when this question has no such option."""
    option = next((o for o in _all_options(catalog, fact) if o.id == option_id), None)
    return Answer(value=option.id, shown=option.label) if option else None


def _all_options(catalog: Catalog, fact: str) -> tuple[Option, ...]:
    rarer = tuple(Option(**option) for option in _QUESTIONS[fact].get("more", ()))
    return (*spec_of(catalog, fact).choices, *rarer)


def read(catalog: Catalog, fact: str, text: str, today: date) -> Heard | Problem | None:
    """What these words tell, asked for this fact; a `Problem` for a number that is wrong, None for no answer."""
    numbers = _numbers(catalog, text, today)
    if numbers is not None:
        return numbers
    if is_unknown(text):
        return Heard(is_unknown=True)
    if fact == NUMBER_ONLY:
        return _age(text, today)
    if fact == SEVERAL:
        kinds = tuple(k for k in all_named(spec_of(catalog, fact), bare(text)) if k != "multiple")
        return Heard(facts={fact: several(catalog, kinds)}) if kinds else None
    return _option(catalog, fact, text, today)


def is_plain(catalog: Catalog, fact: str, text: str, today: date) -> bool:
    """Whether the whole text is an option of this question, or an age where one is asked."""
    if fact == NUMBER_ONLY:
        return isinstance(_age(text, today), Heard)
    return is_option(spec_of(catalog, fact), text)


def read_other(catalog: Catalog, text: str, today: date) -> dict[str, Answer]:
    """What the whole text tells of a fact that was not asked: 低保, 失业了, 4岁; nothing when two facts fit.

    孤独症 is a diagnosis first: what a certificate will say of it nobody knows yet.
    """
    if re.fullmatch(patterns("benefits")["age"], bare(text)):
        years = _age(text, today)
        return years.facts if isinstance(years, Heard) else {}
    found = {}
    for fact in _QUESTIONS:
        spec = spec_of(catalog, fact)
        if fact != SEVERAL and spec.choices and is_option(spec, text):
            found[fact] = find_option(spec, text)
    found = {"equivalents": found["equivalents"]} if "equivalents" in found else found
    if len(found) != 1:
        return {}
    fact, option = next(iter(found.items()))
    given = chosen(catalog, fact, option[0]) if option and option[0] != "unknown" else None
    return {fact: given} if given else {}


def noted(facts: Mapping[str, Answer]) -> str:
    """What was told, to be said back; a bare yes is told by what came with it."""
    words = [a.shown for a in facts.values() if a.value not in ("yes", "no")]
    return say("list_mark").join(words or [a.shown for a in facts.values()])


def several(catalog: Catalog, kinds: tuple[str, ...]) -> Answer:
    """Several kinds as one answer."""
    labels = {o.id: o.label for o in spec_of(catalog, SEVERAL).choices}
    return Answer(value=kinds, shown=say("list_mark").join(labels[k] for k in kinds))


def _numbers(catalog: Catalog, text: str, today: date) -> Heard | Problem | None:
    """A certificate or identity number said at any question, with all it tells."""
    if len(re.sub(r"\D", "", half_width(text))) < len("310115200001010"):
        return None
    is_long = len(only_digits(text)) > len("310115200001010000")
    name = _NUMBERS[0] if is_long else _NUMBERS[1]
    parsed = read_answer(catalog.fields[name], text, Surroundings(today=today))
    if isinstance(parsed, Problem):
        return parsed
    found = {name: Answer(value=parsed.value, shown=parsed.shown)}
    for key, value in parsed.derived.items():
        found[key] = Answer(value=value, shown=_shown(catalog, key, value), source="derived")
    return Heard(numbers=found)


def _shown(catalog: Catalog, name: str, value: str) -> str:
    if name == "birth_date":
        year, month, day = value.split("-")
        return say("date_shown", year=year, month=str(int(month)), day=str(int(day)))
    if name == "sex":
        return say("sex_male" if value == "male" else "sex_female")
    spec = catalog.fields[name]
    return next((o.label for o in spec.choices if o.id == value), value)


def _age(text: str, today: date) -> Heard | Problem | None:
    if re.search(patterns("benefits")["infant"], bare(text)):
        return Heard(facts={"age": Answer(value="0", shown=age_in_words(0))})
    parsed = read_answer(_own_spec("age"), text, Surroundings(today=today))
    if isinstance(parsed, Problem):
        return None
    years = int(str(parsed.value))
    if not 0 <= years <= _OLDEST:
        return Problem(code="number_unclear")
    return Heard(facts={"age": Answer(value=str(years), shown=age_in_words(years))})


def age_in_words(years: int) -> str:
    """How an age is said."""
    return str(_QUESTIONS["age"]["value"]).format(n=years)


def _option(catalog: Catalog, fact: str, text: str, today: date) -> Heard | None:
    spec = spec_of(catalog, fact).model_copy(update={"choices": _all_options(catalog, fact)})
    told = _on_certificate(catalog, text) if fact in _ON_CERTIFICATE else {}
    found = find_option(spec, text)
    option = (
        found[0] if found else _yes_no(spec, text) or _place(fact, text, today, catalog.offices)
    )
    if option == "unknown":
        return Heard(is_unknown=True)
    given = chosen(catalog, fact, option) if option else None
    if given is not None:
        told = {**told, fact: given}
    if told and fact == "certificate" and fact not in told and "level" in told:
        told = {**told, fact: Answer(value="yes", shown=_QUESTIONS[fact]["choices"][0]["label"])}
    return Heard(facts=told) if fact in told else None


def _on_certificate(catalog: Catalog, text: str) -> dict[str, Answer]:
    """Kind and level said along: 有，肢体二级."""
    told = {}
    for fact in ("category", "level"):
        options = spec_of(catalog, fact).choices
        named = [o for o in options if o.id != "unknown" and o.label in text]
        if len(named) == 1:
            told[fact] = Answer(value=named[0].id, shown=named[0].label)
    return told


def _yes_no(spec: FieldSpec, text: str) -> str:
    said = is_yes(text)
    if said is None:
        said = begins_with_yes(bare(text))
    ids = {option.id for option in spec.choices}
    if said is None or not {"yes", "no"} <= ids:
        return ""
    return "yes" if said else "no"


def _place(fact: str, text: str, today: date, offices: tuple[Office, ...]) -> str:
    """A town, an address or a province told where only the district is asked."""
    if fact not in _PLACES:
        return ""
    address = "hukou_address" if fact == "hukou" else "residence_address"
    place = getattr(facts_from({address: text}, today=today), fact)
    if place is None and find_office(text, offices) is not None:
        return "pudong"
    return place.value if place is not None else ""


def told_in_words(catalog: Catalog, fact: str, facts: Facts) -> str:
    """What is known of a fact, in the words of its choices; empty when nothing is."""
    value = getattr(facts, fact)
    if value is None:
        return ""
    if fact == NUMBER_ONLY:
        return age_in_words(value)
    codes = sorted(value) if isinstance(value, frozenset) else [_code(fact, value)]
    labels = {o.id: o.label for o in _all_options(catalog, fact)}
    return say("list_mark").join(labels.get(code, code) for code in codes or ["none"])


def phrase(catalog: Catalog, fact: str, value: str) -> str:
    """One known fact as it is said in a reason: 浦东户口, 45岁, 肢体残疾."""
    facts = Facts(**{fact: _value(fact, value)})  # type: ignore[arg-type]
    words = told_in_words(catalog, fact, facts)
    how = _QUESTIONS[fact].get("phrase", "{value}")
    return str(how[value] if isinstance(how, dict) else how.format(value=words))


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
