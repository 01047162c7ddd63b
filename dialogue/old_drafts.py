"""Forms left for so long that they go: never without a word a good while before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from dialogue.focuses import Idle
from dialogue.models import Conversation
from dialogue.progress import FormProgress

Change = Callable[[FormProgress], FormProgress | None]


def drafts_to_tell(conversation: Conversation, before: datetime) -> tuple[FormProgress, ...]:
    """Forms nobody touched since then whose owner was not told yet."""
    return tuple(
        form
        for form in _forms(conversation)
        if form.saved_at is not None and form.saved_at < before and not _is_told(form)
    )


def told_about(
    conversation: Conversation, old: tuple[FormProgress, ...], now: datetime
) -> Conversation:
    """The conversation in which she has been told about these forms."""
    return changed_forms(
        conversation, lambda form: replace(form, told_at=now) if form in old else form
    )


def drafts_to_drop(conversation: Conversation, before: datetime) -> tuple[FormProgress, ...]:
    """Forms whose owner was told before then and has not touched them since."""
    return tuple(
        form
        for form in _forms(conversation)
        if _is_told(form) and form.told_at is not None and form.told_at < before
    )


def without_drafts(conversation: Conversation, old: tuple[FormProgress, ...]) -> Conversation:
    """The conversation without these forms."""
    return changed_forms(conversation, lambda form: None if form in old else form)


def without_drafts_for(conversation: Conversation, person_id: str) -> Conversation:
    """The conversation without forms begun for this person, who wants to be forgotten."""
    return changed_forms(conversation, lambda form: None if form.person == person_id else form)


def changed_forms(conversation: Conversation, change: Change) -> Conversation:
    """The conversation with each of its forms changed, or taken out where the change gives none."""
    parked = tuple(new for form in conversation.parked if (new := change(form)) is not None)
    focus: Any = conversation.focus
    present = _present(conversation)
    if present is not None:
        new = change(present)
        if new is None:
            focus = Idle()
        elif new is not present:
            focus = replace(focus, progress=new)
    if parked == conversation.parked and focus is conversation.focus:
        return conversation
    return replace(conversation, parked=parked, focus=focus)


def _forms(conversation: Conversation) -> tuple[FormProgress, ...]:
    present = _present(conversation)
    return (*conversation.parked, *((present,) if present is not None else ()))


def _present(conversation: Conversation) -> FormProgress | None:
    """The form the conversation is in the middle of, whatever is being asked just now."""
    form = getattr(conversation.focus, "progress", None)
    return form if isinstance(form, FormProgress) else None


def _is_told(form: FormProgress) -> bool:
    return form.told_at is not None and (form.saved_at is None or form.told_at > form.saved_at)
