"""Whether a person may be entitled: one pure function over the catalog's conditions.

It says yes (可能符合), no or unknown, and why; it never decides (个人信息保护法 art. 24): people do.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from importlib.resources import files
from typing import Any

from catalog.assessments import Assessment, Kind, Reason, State
from catalog.facts import Facts, Place
from catalog.models import Eligibility

_WORDS = json.loads(files("catalog").joinpath("eligibility_words.json").read_text("utf-8"))
_TEXTS: Mapping[str, Mapping[str, Any]] = _WORDS["texts"]
_CATEGORIES: Mapping[str, str] = _WORDS["categories"]
_LABELS = {label: category for category, label in _CATEGORIES.items()}
_LEVELS = (1, 2, 3, 4)
_NO_LEVEL = 0
_OLDEST = 150
_NOT_A_CONDITION = {"says_only", "eases_level", "instead"}
"""Marks of texts that explain another condition instead of being one."""
_IN_SHANGHAI = (Place.PUDONG, Place.OTHER_DISTRICT, Place.SHANGHAI)

Value = bool | int | str
Clause = Mapping[str, Collection[Value]]
"""Facts that must all have one of these values."""

_RESIDENCY: Mapping[str, tuple[Clause, ...]] = {
    "none": (),
    "pudong_hukou": ({"hukou": (Place.PUDONG,)},),
    "pudong_hukou_or_permit": ({"hukou": (Place.PUDONG,)}, {"permit": (True,)}),
    "pudong_hukou_or_resident": ({"hukou": (Place.PUDONG,)}, {"home": (Place.PUDONG,)}),
    "pudong_resident": ({"home": (Place.PUDONG,)},),
    "shanghai_hukou": ({"hukou": _IN_SHANGHAI},),
    "shanghai_hukou_or_permit": ({"hukou": _IN_SHANGHAI}, {"permit": (True,)}),
    "shanghai_hukou_or_student": ({"hukou": _IN_SHANGHAI}, {"studies": (True,)}),
    "shanghai_insured": ({"insured": (True,)},),
    "shanghai_resident": ({"home": _IN_SHANGHAI},),
}


def assess(eligibility: Eligibility, facts: Facts) -> Assessment:
    """Judge these conditions by what is known. The order of reasons is that of the catalog's fields."""
    found = (
        _reason("residency", (eligibility.residency,), _RESIDENCY[eligibility.residency], facts),
        _certificate(eligibility, facts),
        _age(eligibility, facts),
        _category(eligibility, facts),
        _level(eligibility, facts),
        _text("income", eligibility.income, facts),
        *(_text("other", text, facts) for text in eligibility.other),
        *(_excluded(text, facts) for text in eligibility.excludes),
    )
    return Assessment(reasons=tuple(reason for reason in found if reason is not None))


def holds(clause: Clause, facts: Facts) -> bool:
    """Whether all facts of this clause are known to have one of its values."""
    return all(_is_one_of(_known(facts, name), values) for name, values in clause.items())


def clauses(written: Collection[Mapping[str, Any]]) -> tuple[Clause, ...]:
    """Clauses as `eligibility_words.json` writes them: values listed, or years {"from": 16, "to": 17}."""
    return tuple({name: _values(values) for name, values in clause.items()} for clause in written)


def _values(written: Any) -> Collection[Value]:
    if isinstance(written, dict):
        return range(written.get("from", 0), written.get("to", _OLDEST) + 1)
    return tuple(written)


def _certificate(eligibility: Eligibility, facts: Facts) -> Reason | None:
    """What counts instead of a certificate is said by a text of the service, else the usual papers do."""
    if eligibility.certificate == "not_needed":
        return None
    any_of: list[Clause] = [{"certificate": (True,)}]
    instead: tuple[str, ...] = ()
    if eligibility.certificate == "or_equivalent":
        said = (_TEXTS.get(text, {}).get("instead") for text in eligibility.other)
        instead = tuple(next((papers for papers in said if papers), _WORDS["instead"]))
        any_of.append({"equivalents": instead})
    return _reason("certificate", instead, any_of, facts)


def _age(eligibility: Eligibility, facts: Facts) -> Reason | None:
    low, high = eligibility.age_min, eligibility.age_max
    if low is None and high is None:
        return None
    years = range(low or 0, _OLDEST + 1 if high is None else high + 1)
    wanted = tuple(f"{name}={n}" for name, n in (("min", low), ("max", high)) if n is not None)
    return _reason("age", wanted, ({"age": years},), facts)


def _category(eligibility: Eligibility, facts: Facts) -> Reason | None:
    wanted = tuple(_LABELS.get(label, label) for label in eligibility.categories)
    if set(wanted) == set(_CATEGORIES):
        return None
    return _reason("category", wanted, _of_category(wanted) if wanted else (), facts)


def _of_category(categories: Collection[str]) -> tuple[Clause, ...]:
    """A multiple disability counts by the kinds it is made of."""
    return ({"category": categories}, {"category": ("multiple",), "kinds": categories})


def _level(eligibility: Eligibility, facts: Facts) -> Reason | None:
    levels = eligibility.levels
    if not levels or set(levels) == set(_LEVELS):
        return None
    exceptions = eligibility.level_exceptions
    any_of: list[Clause] = [{"level": levels}]
    for label, more in exceptions.items():
        any_of += [
            {"level": more, **clause} for clause in _of_category((_LABELS.get(label, label),))
        ]
    eased = _TEXTS.get(eligibility.income, {}).get("eases_level", [])
    any_of += eased
    wanted = (
        *(str(level) for level in levels),
        *(f"{_LABELS.get(c, c)}={n}" for c, more in exceptions.items() for n in more),
        *((eligibility.income,) if eased else ()),
    )
    if facts.certificate is False:
        return Reason(kind="level", state=State.WINDOW, wanted=wanted)
    return _reason("level", wanted, any_of, facts)


def _text(kind: Kind, text: str, facts: Facts) -> Reason | None:
    """A condition in words: decided where `eligibility_words.json` says by which facts, else for the window."""
    rule = _TEXTS.get(text, {})
    if not text or not _NOT_A_CONDITION.isdisjoint(rule):
        return None
    meets = _reason(kind, (text,), clauses(rule.get("meets", ())), facts)
    fails = _reason(kind, (text,), clauses(rule.get("fails", ())), facts)
    if meets and meets.state is State.YES:
        return meets
    if fails is None or fails.state is State.NO:
        return Reason(kind=kind, state=State.WINDOW, wanted=(text,))
    if fails.state is State.YES:
        return Reason(kind=kind, state=State.NO, wanted=(text,), told=fails.told)
    return meets if meets and meets.missing else fails


def _excluded(text: str, facts: Facts) -> Reason | None:
    found = _reason("excludes", (text,), clauses(_TEXTS.get(text, {}).get("meets", ())), facts)
    if found is None:
        return Reason(kind="excludes", state=State.WINDOW, wanted=(text,))
    turned = {State.YES: State.NO, State.NO: State.YES}.get(found.state, found.state)
    return Reason(
        kind="excludes", state=turned, wanted=(text,), told=found.told, missing=found.missing
    )


def _reason(
    kind: Kind, wanted: tuple[str, ...], any_of: Collection[Clause], facts: Facts
) -> Reason | None:
    """Whether one of these clauses holds, in three values; no clauses are no condition."""
    if not any_of:
        return None
    names = dict.fromkeys(name for clause in any_of for name in clause)
    told = tuple(
        (name, _shown(_known(facts, name))) for name in names if _known(facts, name) is not None
    )
    missing: list[str] = []
    for clause in any_of:
        atoms = {name: _is_one_of(_known(facts, name), values) for name, values in clause.items()}
        if all(atoms.values()):
            met = tuple((name, value) for name, value in told if name in clause)
            return Reason(kind=kind, state=State.YES, wanted=wanted, told=met)
        if False not in atoms.values():
            missing.append(next(name for name, holds in atoms.items() if holds is None))
    state = State.UNKNOWN if missing else State.NO
    return Reason(
        kind=kind, state=state, wanted=wanted, told=told, missing=tuple(dict.fromkeys(missing))
    )


def _known(facts: Facts, name: str) -> object:
    """A fact with what follows from another: who has a level has a certificate, and the reverse."""
    value: object = getattr(facts, name)
    if name == "certificate" and value is None and facts.level is not None:
        return True
    if name == "level" and facts.certificate is False:
        return _NO_LEVEL
    return value


def _is_one_of(value: object, values: Collection[Value]) -> bool | None:
    if value is None:
        return None
    if isinstance(value, frozenset):
        return not value.isdisjoint(values)
    if value == Place.SHANGHAI and value not in values and Place.PUDONG in values:
        return None
    return value in values


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(sorted(value)) if isinstance(value, frozenset) else str(value)
