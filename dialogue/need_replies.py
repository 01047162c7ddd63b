"""The one question about needs, three choices at a time."""

from __future__ import annotations

from dataclasses import replace

from dialogue.messages import Choice, Reply
from dialogue.needs import NeedsProfile
from dialogue.wording import choice, say

PAGE = 3


def needs_page(needs: NeedsProfile, page: int, *, is_more: bool = False) -> Reply:
    """Three things she may want and does not have yet, the way to the others, and the way out."""
    options = [o for o in _options() if o.id.removeprefix("need:") not in needs.flags]
    pages = max(1, -(-len(options) // PAGE))
    start = (page % pages) * PAGE
    choices = options[start : start + PAGE]
    if pages > 1:
        choices.append(choice("more_options"))
    choices.append(choice("options_done") if is_more else choice("needs_none"))
    key = "needs_more" if is_more else "needs_question"
    return Reply(paragraphs=(say(key),), choices=tuple(choices))


def _options() -> tuple[Choice, ...]:
    """What can be wanted, in the order it helps most people."""
    labels = (
        choice("need_aloud"),
        choice("need_large"),
        choice("need_no_calls"),
        choice("need_simple"),
        choice("need_one_question"),
        choice("need_slow"),
        choice("need_sign_language"),
        choice("need_contact"),
    )
    return tuple(replace(c, id=c.id.replace("need_", "need:", 1)) for c in labels)
