"""Numbers nobody has yet: of an application, and one-time codes."""

from __future__ import annotations

import secrets
from dataclasses import replace

from casework.numbers import number_from
from dialogue.focuses import Filling
from dialogue.models import Conversation
from storage.unit_of_work import UnitOfWork

_MAY_FILE = ("review", "changing", "submit")
"""Stages of a form whose next message may file it."""


def with_free_number(work: UnitOfWork, conversation: Conversation) -> Conversation:
    """The conversation whose form is about to be filed under a number nobody took in the meantime."""
    focus = conversation.focus
    if not isinstance(focus, Filling) or focus.progress.stage not in _MAY_FILE:
        return conversation
    if work.applications.is_free(focus.progress.number):
        return conversation
    number = new_number()
    while not work.applications.is_free(number):
        number = new_number()
    progress = replace(focus.progress, number=number)
    return replace(conversation, focus=replace(focus, progress=progress))


def new_number() -> str:
    """A number for a form that may begin; whether it is free is seen when the form is filed."""
    return number_from(secrets.randbelow(10_000_000))


def new_code() -> str:
    """Nine digits nobody can guess; not beginning with 0, so that none is lost on the way."""
    return str(secrets.randbelow(900_000_000) + 100_000_000)
