"""Asked about what does not go together: one answer is put right, or it is so."""

from __future__ import annotations

from dialogue import form_filling as form
from dialogue.contradictions import doubted
from dialogue.models import Moment, Turn
from dialogue.progress import FormProgress
from dialogue.turns import go_on_filling
from dialogue.wording import say


def doubt(moment: Moment, progress: FormProgress, chosen: str) -> Turn | None:
    """One of the answers asked again, or both kept as they are; None when it is neither."""
    found = doubted(progress, moment.catalog, moment.today)
    if chosen == "as_is":
        return go_on_filling(moment, form.ask_next(progress, moment.catalog), say("doubt_kept"))
    field = chosen.removeprefix("change:")
    if found is not None and field in found.fields:
        return go_on_filling(moment, form.ask_again(progress, moment.catalog, field))
    return None
