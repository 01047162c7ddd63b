"""Filling a form: one question at a time, forwards, backwards, corrected, put off, read back.

Pure steps on `FormProgress`; what is said about them is in `form_replies.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from casework.models import PaperOnFile
from catalog.models import Catalog, FieldSpec, FieldType
from dialogue.forms import MINIMUM, ROLE, item_of, missing_fields, open_fields, spec_of
from dialogue.models import Answer, FormProgress
from dialogue.wording import say
from intents.slot_types import Parsed

CHECKED = frozenset({"birth_date", "sex"})
"""Told by an identity number and read back with it, though no form asks for them."""
TRIES = 2
"""After so many answers that do not fit, what can be taken is taken and people check."""


def ask_next(progress: FormProgress, catalog: Catalog) -> FormProgress:
    """Go to the next open question, to the consent before the first sensitive one, or to the review."""
    waiting = open_fields(progress)
    base = replace(progress, failures=0, page=0, pending={}, stage="asking")
    if not waiting:
        return replace(base, asking="", stage="review")
    field = waiting[0]
    stage = "asking"
    if catalog.fields[field].sensitive and not progress.consented:
        stage = "consent"
    return replace(
        base,
        asking=field,
        stage=stage,  # type: ignore[arg-type]  # a narrowed literal
        asked=(*(f for f in progress.asked if f != field), field),
    )


def take(progress: FormProgress, catalog: Catalog, field: str, parsed: Parsed) -> FormProgress:
    """Take an answer: kept at once when certain and telling nothing else, else read back first."""
    answer = Answer(value=parsed.value, shown=parsed.shown)
    told = _told(progress, catalog, field, parsed.derived)
    if parsed.is_certain and not any(key for key in told if not key.startswith("town_")):
        answers = {**progress.answers, field: answer, **told}
        return ask_next(_applied(progress, field, answers), catalog)
    return replace(progress, stage="confirming", pending={field: answer, **told})


def _told(
    progress: FormProgress, catalog: Catalog, field: str, derived: Mapping[str, str]
) -> dict[str, Answer]:
    """What an answer tells about other questions of this form, in words the person can check."""
    wanted = {item.field for item in progress.items}
    told: dict[str, Answer] = {}
    for key, value in derived.items():
        if key == "town":
            told[f"town_{field}"] = Answer(value=value, shown=value, source="derived")
        elif key in wanted or key in CHECKED:
            told[key] = Answer(value=value, shown=_shown(catalog, key, value), source="derived")
    same = all(
        progress.answers.get(key) is not None and progress.answers[key].value == answer.value
        for key, answer in told.items()
        if not key.startswith("town_")
    )
    return {key: a for key, a in told.items() if key.startswith("town_")} if same else told


def _shown(catalog: Catalog, field: str, value: str) -> str:
    spec = catalog.fields.get(field)
    if spec is not None and spec.choices:
        return next((o.label for o in spec.choices if o.id == value), value)
    if field == "birth_date":
        year, month, day = value.split("-")
        return say("date_shown", year=year, month=str(int(month)), day=str(int(day)))
    if field == "sex":
        return say(f"sex_{value}")
    if spec is not None and spec.type is FieldType.ID_NUMBER:
        return f"{value[:6]} {value[6:14]} {value[14:]}"
    return value


def confirm(progress: FormProgress, catalog: Catalog) -> FormProgress:
    """The person says yes to what was read back."""
    field = progress.asking
    answers = {**progress.answers, **progress.pending}
    return ask_next(_applied(progress, field, answers), catalog)


def deny(progress: FormProgress) -> FormProgress:
    """The person says no: the question is asked again, nothing of it is kept."""
    return replace(progress, stage="asking", pending={}, failures=progress.failures + 1)


def _applied(progress: FormProgress, field: str, answers: dict[str, Answer]) -> FormProgress:
    deferred = tuple(f for f in progress.deferred if f != field)
    return replace(progress, answers=answers, deferred=deferred, pending={})


def fail(progress: FormProgress) -> FormProgress:
    """An answer that does not fit; counted so that help grows."""
    return replace(progress, failures=progress.failures + 1)


def skip(progress: FormProgress, catalog: Catalog) -> FormProgress | None:
    """Leave the question: optional ones for good, required ones to the end; None if it cannot be left."""
    field = progress.asking
    if not field:
        return progress
    item = item_of(progress, field)
    if item.optional or field in progress.deferred:
        if field in MINIMUM:
            return None
        answer = Answer(value="", shown=say("left_open"), source="skipped")
        answers = {**progress.answers, field: answer}
        return ask_next(_applied(progress, field, answers), catalog)
    if field == ROLE:
        return None
    return ask_next(replace(progress, deferred=(*progress.deferred, field)), catalog)


def go_back(progress: FormProgress, catalog: Catalog) -> FormProgress | None:
    """Ask the question before this one again; None when this is the first."""
    if progress.stage == "confirming":
        return replace(progress, stage="asking", pending={})
    earlier = [f for f in progress.asked if f != progress.asking]
    if not earlier:
        return None
    return ask_again(progress, catalog, earlier[-1])


def ask_again(progress: FormProgress, catalog: Catalog, field: str) -> FormProgress:
    """Ask one question anew; its answer and what it had told are taken out until it is answered."""
    told = {f"town_{field}"}
    if catalog.fields[field].type in (FieldType.ID_NUMBER, FieldType.CERT_NO):
        told |= {f for f, a in progress.answers.items() if a.source == "derived" and f != ROLE}
    answers = {f: a for f, a in progress.answers.items() if f != field and f not in told}
    asked = tuple(f for f in progress.asked if f not in (field, progress.asking))
    return replace(
        progress,
        answers=answers,
        asking=field,
        asked=(*asked, field),
        stage="asking",
        pending={},
        page=0,
        failures=0,
    )


def add_paper(progress: FormProgress, paper: PaperOnFile) -> FormProgress:
    """Keep a paper sent while filling; at a question for papers it belongs to that question."""
    papers = (*progress.papers, paper)
    if not paper.field:
        return replace(progress, papers=papers)
    count = sum(p.field == paper.field for p in papers)
    answer = Answer(value=f"{count}", shown=say("papers_count", count=str(count)))
    return replace(progress, papers=papers, answers={**progress.answers, paper.field: answer})


def is_complete(progress: FormProgress) -> bool:
    """Everything is answered or knowingly left open, and the minimum is there."""
    return not open_fields(progress) and not MINIMUM & set(missing_fields(progress))


def prefill(progress: FormProgress, known: Mapping[str, Answer]) -> FormProgress:
    """Offer the shared facts of an earlier filing; nothing is used before the person says for whom."""
    fields = {item.field for item in progress.items}
    offered = {
        field: replace(answer, source="known")
        for field, answer in known.items()
        if (field in fields or field.startswith("town_")) and field not in progress.answers
    }
    if "name" not in offered:
        return progress
    return replace(progress, stage="reuse", pending=offered)


def spec_asked(catalog: Catalog, progress: FormProgress) -> FieldSpec:
    """The field being asked."""
    return spec_of(catalog, progress, progress.asking)
