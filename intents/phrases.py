"""Gathers from the catalog and the common intents what is taught, and what things are called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalog.models import Catalog
from intents.common import CommonIntents
from intents.model import Label

EMERGENCY = Label(kind="act", id="emergency")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One phrase that is taught."""

    text: str
    label: Label
    named: bool
    """A name or a fixed form: learned always, never held out to calibrate."""
    danger: str = ""
    """The group of a danger that it tells of."""


def read_phrases(catalog: Catalog, common: CommonIntents) -> Iterator[Phrase]:
    """Every phrase that is taught, with what it stands for."""
    for service in catalog.services:
        label = Label(kind="service", id=service.id)
        names = (service.name, service.short, *service.aliases)
        yield from _labelled(label, names, service.examples)
    for event in catalog.life_events:
        label = Label(kind="life_event", id=event.id)
        yield from _labelled(label, (event.name, event.short), event.examples)
    for kind, group in (("act", common.acts), ("outside", common.outside)):
        for sayings in group:
            label = Label(kind=kind, id=sayings.id)
            yield from _labelled(label, sayings.exact, sayings.examples)
            if label == EMERGENCY:
                yield from _in_danger(common)
    yield from _labelled(Label(kind="calm", id="not_danger"), (), common.not_danger)


def names(catalog: Catalog) -> Iterator[str]:
    """What services are called, and the answers that forms offer."""
    for service in catalog.services:
        yield from (service.name, service.short, *service.aliases)
    for field in catalog.fields.values():
        for option in field.choices:
            yield from (option.label, *option.says)


def _in_danger(common: CommonIntents) -> Iterator[Phrase]:
    for danger, texts in common.danger_examples.items():
        for text in texts:
            yield Phrase(text=text, label=EMERGENCY, named=False, danger=danger)


def _labelled(label: Label, names: Sequence[str], examples: Sequence[str]) -> Iterator[Phrase]:
    for text in names:
        yield Phrase(text=text, label=label, named=True)
    for text in examples:
        yield Phrase(text=text, label=label, named=False)
