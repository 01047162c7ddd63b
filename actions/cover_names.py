"""Covers names in free text: those known of who said it, and what follows 我叫, 名字是, 我是.

No rule finds every name. What is left is read by caseworkers only, and before it goes into a catalog, by whoever
labels it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from actions.cover_numbers import cover_numbers
from actions.read_cases_around import read_cases_around
from catalog.models import Catalog, FieldType
from dialogue.turns import unfinished
from intents.person_names import HAN, is_no_name, looks_like_name
from storage.unit_of_work import UnitOfWork

_COVER = "＊" * 4
_SHORTEST = 2
_TOLD = re.compile(
    rf"(?:(?:[我他她]|名字|姓)叫(?:做)?|名叫|(?:姓名|名字)(?:是|为)?|本人|[我他她]是)[\s:：，]*({HAN}{{2,}})"
)
_NOT_OF_NAME = frozenset("的了在要想办家住有是和跟来去不没今也就都")
"""What follows a name of two characters and is none of it."""
_SURE = re.compile(r"叫|名")
"""After these words a name is meant, whatever it looks like; after 我是 it may be anything."""


def cover_names(text: str, known: frozenset[str] = frozenset()) -> str:
    """The text with names covered, and with long numbers covered as everywhere."""
    return _TOLD.sub(_covered, cover_numbers(text, known))


def names_known(work: UnitOfWork, catalog: Catalog, conversation_id: str) -> frozenset[str]:
    """The names in what is known of the speaker, in her forms, and in the cases she has or filed."""
    stored = work.conversations.get(conversation_id)
    if stored is None:
        return frozenset()
    fields = {f for f, spec in catalog.fields.items() if spec.type is FieldType.PERSON_NAME}

    def said() -> Iterator[tuple[str, object]]:
        for fact in work.people.facts((stored.person_id,)).values():
            yield from ((field, answer.value) for field, answer in fact.items())
        for form in (unfinished(stored.conversation), *stored.conversation.parked):
            if form is not None:
                yield from ((field, answer.value) for field, answer in form.answers.items())
        for case in read_cases_around(work, stored):
            yield from ((question.field, question.value) for question in case.questions)

    names = (name for field, name in said() if field in fields and isinstance(name, str))
    return frozenset(name for name in names if len(name) >= _SHORTEST)


def _covered(match: re.Match[str]) -> str:
    after = match[1]
    before = match[0].removesuffix(after)
    name = next((after[:n] for n in (4, 3, 2) if looks_like_name(after[:n])), "")
    if len(name) == _SHORTEST and after[2:3] not in _NOT_OF_NAME:
        name = after[:3]
    if not name and _SURE.search(before) and not is_no_name(after):
        name = after[:3]
    return f"{before}{_COVER}{after[len(name) :]}" if name else match[0]
