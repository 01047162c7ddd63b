"""Which of a question's options a person means: equal, contained, or nearly spelled so."""

from __future__ import annotations

from rapidfuzz import fuzz

from catalog.models import FieldSpec
from intents.small_words import WORDS, is_unknown
from intents.writing import bare, bare_word


def is_option(spec: FieldSpec, text: str) -> bool:
    """Whether the whole text is one option's label or one of its other words."""
    return is_name_of_option(spec, bare(text))


def is_name_of_option(spec: FieldSpec, said: str) -> bool:
    """The same of a text already made bare."""
    return any(
        said == bare_word(name) for option in spec.choices for name in (option.label, *option.says)
    )


def find_option(spec: FieldSpec, text: str) -> tuple[str, bool] | None:
    """Option id by label or meaning, and whether it is certain.

    Equal, contained (the longest wins), then nearly spelled so, which is read back.
    """
    said = bare(text)
    names = _names(spec)
    for name, option in names:
        if said == name:
            return option, True
    if is_unknown(text):
        unknown = next((o.id for o in spec.choices if o.id == "unknown"), None)
        return (unknown, True) if unknown else None
    inside = _named(names, said)
    if inside:
        longest = max(len(name) for _, name, _ in inside)
        best = {option for _, name, option in inside if len(name) == longest}
        return (best.pop(), True) if len(best) == 1 else None
    return _nearly(said, names)


def _nearly(said: str, names: list[tuple[str, str]]) -> tuple[str, bool] | None:
    if len(said) < 2 or any(word in said for word in WORDS["not_this"]):
        return None
    scores: dict[str, float] = {}
    for name, option in names:
        scores[option] = max(scores.get(option, 0.0), fuzz.ratio(said, name))
    first, second = sorted((*scores.values(), 0.0, 0.0), reverse=True)[:2]
    if first < _NEAR or first == second:
        return None
    return max(scores, key=lambda option: scores[option]), False


_NEAR = 75.0
"""One wrong character in four."""


def _names(spec: FieldSpec) -> list[tuple[str, str]]:
    return [(bare_word(name), o.id) for o in spec.choices for name in (o.label, *o.says)]


def _named(names: list[tuple[str, str]], said: str) -> list[tuple[int, str, str]]:
    """Place, name and option of every name in the text, the longest first.

    What is ruled out (不要电动轮椅) is passed over, and so is a name inside a longer one.
    """
    found = []
    for name, option in sorted(names, key=lambda pair: -len(pair[0])):
        if len(name) < 2 or name not in said:
            continue
        place = said.index(name)
        if not said[:place].endswith(tuple(WORDS["not_this"])):
            found.append((place, name, option))
        said = said.replace(name, "\0" * len(name))
    return found


def all_named(spec: FieldSpec, said: str) -> tuple[str, ...]:
    """Every option named in the text, in order of mention."""
    exact = [option for name, option in _names(spec) if name == said]
    if exact:
        return (exact[0],)
    return tuple(dict.fromkeys(option for _, _, option in sorted(_named(_names(spec), said))))
