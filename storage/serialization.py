"""How values become JSON and come back: an added field with a default still loads, a removed one is ignored."""

from __future__ import annotations

from typing import TypeVar

from pydantic import TypeAdapter

from casework.models import PaperOnFile, Question
from dialogue.messages import Message, Reply
from dialogue.models import Conversation
from dialogue.progress import Answer

T = TypeVar("T")

CONVERSATION = TypeAdapter(Conversation)
MESSAGE = TypeAdapter(Message)
REPLY = TypeAdapter(Reply)
QUESTIONS = TypeAdapter(tuple[Question, ...])
PAPERS = TypeAdapter(tuple[PaperOnFile, ...])
FACTS = TypeAdapter(dict[str, Answer])
TEXTS = TypeAdapter(tuple[str, ...])


def to_json(adapter: TypeAdapter[T], value: T) -> str:
    """A value as compact JSON text."""
    return adapter.dump_json(value).decode()
