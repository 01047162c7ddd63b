"""Says everything that is wrong with a catalog at once, in Chinese, each with its path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from pydantic import ValidationError

from catalog.models import Catalog, FieldType, LifeEvent, Service

_WORDS = json.loads(files("catalog").joinpath("check_words.json").read_text("utf-8"))
_CHOICES = (FieldType.CHOICE, FieldType.CHOICES)
_DAYS = (FieldType.DATE, FieldType.WHEN, FieldType.TEXT)
"""Types that may ask for a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing to mend, and where."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}：{self.message}"


def shape_mistakes(error: ValidationError) -> tuple[Mistake, ...]:
    """The mistakes of form a validation found."""
    found = []
    for item in error.errors(include_url=False):
        context = {key: str(value) for key, value in item.get("ctx", {}).items()}
        words = _WORDS["shape"].get(item["type"], _WORDS["shape"]["other"])
        message = words.format_map({"message": item["msg"], **context})
        found.append(Mistake(path=_path(item["loc"]), message=message))
    return tuple(found)


def repeated_keys(text: str) -> tuple[Mistake, ...]:
    """Keys written twice in one group: JSON would silently keep the last."""
    found: list[Mistake] = []

    def group(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        found.extend(
            _wrong(key, "duplicate_key", key=key)
            for key in dict.fromkeys(keys)
            if keys.count(key) > 1
        )
        return dict(pairs)

    json.loads(text, object_pairs_hook=group)
    return tuple(found)


def _path(parts: tuple[int | str, ...]) -> str:
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path or "$"


def mistakes_in(catalog: Catalog) -> tuple[Mistake, ...]:
    """The mistakes of meaning in a catalog of the right form."""
    return tuple(
        mistake
        for check in (_ids, _fields, _offices, _services, _events, _phrases)
        for mistake in check(catalog)
    )


def _wrong(path: str, code: str, **values: str) -> Mistake:
    return Mistake(path=path, message=_WORDS["meaning"][code].format(**values))


def _ids(catalog: Catalog) -> Iterator[Mistake]:
    seen: set[str] = set()
    ids = {
        "services": [service.id for service in catalog.services],
        "life_events": [event.id for event in catalog.life_events],
        "offices": [office.id for office in catalog.offices],
    }
    for name, entries in ids.items():
        for place, entry_id in enumerate(entries):
            if entry_id in seen:
                yield _wrong(f"{name}[{place}].id", "duplicate_id", id=entry_id)
            seen.add(entry_id)


def _fields(catalog: Catalog) -> Iterator[Mistake]:
    for name, spec in catalog.fields.items():
        path = f"fields.{name}"
        if spec.type in _CHOICES and not spec.choices:
            yield _wrong(path, "no_choices")
        if spec.type not in _CHOICES and spec.choices:
            yield _wrong(path, "needless_choices")
        if spec.sensitive and not spec.why:
            yield _wrong(path, "no_why")
        if spec.when != "any" and spec.type not in _DAYS:
            yield _wrong(path, "needless_when")
        meant: dict[str, str] = {}
        options = [option.id for option in spec.choices]
        for option_id in sorted({i for i in options if options.count(i) > 1}):
            yield _wrong(path, "duplicate_id", id=option_id)
        for option in spec.choices:
            for word in dict.fromkeys((option.label, *option.says)):
                if meant.setdefault(word, option.label) != option.label:
                    yield _wrong(
                        path, "says_twice", text=word, one=meant[word], other=option.label
                    )


def _offices(catalog: Catalog) -> Iterator[Mistake]:
    if all(office.kind != "district" for office in catalog.offices):
        yield _wrong("offices", "no_district")
    meant: dict[str, str] = {}
    for place, office in enumerate(catalog.offices):
        for word in (office.name, *office.says):
            if meant.setdefault(word, office.name) != office.name:
                yield _wrong(
                    f"offices[{place}].says",
                    "says_twice",
                    text=word,
                    one=meant[word],
                    other=office.name,
                )


def _services(catalog: Catalog) -> Iterator[Mistake]:
    for place, service in enumerate(catalog.services):
        path = f"services[{place}]({service.id})"
        yield from _form(catalog, service, path)
        if _WORDS["proposal"] not in service.who:
            yield _wrong(f"{path}.who", "not_machine")


def _form(catalog: Catalog, service: Service, path: str) -> Iterator[Mistake]:
    before: set[str] = set()
    for number, item in enumerate(service.form):
        here = f"{path}.form[{number}]"
        if item.field not in catalog.fields:
            yield _wrong(here, "unknown_field", field=item.field)
            continue
        if item.field in before:
            yield _wrong(here, "repeated_field", field=item.field)
        if item.when is not None:
            yield from _condition(catalog, item.when.field, item.when.is_one_of, before, here)
        before.add(item.field)
    if len(service.applicants) > 1 and "applicant_role" not in before:
        yield _wrong(f"{path}.form", "no_applicant")


def _condition(
    catalog: Catalog, field: str, values: tuple[str, ...], before: set[str], here: str
) -> Iterator[Mistake]:
    if field not in before:
        yield _wrong(f"{here}.when", "unknown_condition", field=field)
        return
    options = {option.id for option in catalog.fields[field].choices} or {"yes", "no"}
    for value in values:
        if value not in options:
            yield _wrong(f"{here}.when", "unknown_option", field=field, option=value)


def _events(catalog: Catalog) -> Iterator[Mistake]:
    known = set(catalog.services_by_id)
    for place, event in enumerate(catalog.life_events):
        path = f"life_events[{place}]({event.id})"
        for number, step in enumerate(event.steps):
            if step.service not in known:
                yield _wrong(f"{path}.steps[{number}]", "unknown_service", service=step.service)
        now = sum(step.now for step in event.steps)
        if now > 3:
            yield _wrong(f"{path}.steps", "too_many_now", count=str(now))


def _phrases(catalog: Catalog) -> Iterator[Mistake]:
    owner: dict[str, str] = {}
    entries: tuple[Service | LifeEvent, ...] = (*catalog.services, *catalog.life_events)
    for entry in entries:
        for text in set(entry.examples) & set(entry.checks):
            yield _wrong(entry.id, "example_is_check", text=text)
        for text in (*entry.examples, *entry.checks):
            if owner.setdefault(text, entry.id) != entry.id:
                yield _wrong(entry.id, "claimed_twice", text=text, other=owner[text])
