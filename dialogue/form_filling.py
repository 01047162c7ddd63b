"""Filling a form: one question at a time, forwards, backwards, corrected, put off, read back.

Pure steps on `FormProgress`; what is said about them is in `form_replies.py`. An answer once given is only
ever replaced by another one: going back asks again and loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from casework.models import PaperOnFile
from catalog.models import Catalog, FieldSpec, FieldType
from dialogue.forms import (
    NAMES,
    ROLE,
    can_be_left,
    is_asked,
    item_of,
    lacking,
    open_fields,
    role_options,
    spec_of,
    with_twins,
)
from dialogue.progress import Answer, FormProgress
from dialogue.topics import needs_consent
from dialogue.wording import say
from intents.places import is_guessed
from intents.slot_types import Parsed

CHECKED = frozenset({"birth_date", "sex"})
"""Told by an identity number and read back with it, though no form asks for them."""
OWN_NUMBERS = ("id_number", "child_id_number")
"""Where the identity number inside a certificate number belongs."""
HOME, CENTER = "residence_address", "reception_center"
"""Any reception center of the district takes a case; the one near home is proposed and read back, not asked."""
NOT_FACTS = frozenset({FieldType.FILES})
"""Papers are offered again at their own question, with their day (`dialogue/earlier_papers.py`)."""
TRIES = 2
"""After so many answers that do not fit, what can be taken is taken and people check."""


def ask_next(progress: FormProgress, catalog: Catalog) -> FormProgress:
    """Go to the next open question, to the consent before the first one of a sensitive topic, or to the review."""
    waiting = open_fields(progress)
    if not waiting:
        return _at(progress, catalog, "", progress.asked)
    field = waiting[0]
    return _at(progress, catalog, field, (*(f for f in progress.asked if f != field), field))


def _at(
    progress: FormProgress, catalog: Catalog, field: str, asked: tuple[str, ...]
) -> FormProgress:
    """Afresh at the question of this field, or first at the consent it needs; at the review without one."""
    stage: Literal["review", "consent", "asking"] = "review"
    if field:
        stage = "consent" if needs_consent(progress, catalog, field) else "asking"
    return replace(
        progress, asking=field, asked=asked, stage=stage, failures=0, page=0, pending={}, heard=""
    )


def take(progress: FormProgress, catalog: Catalog, field: str, parsed: Parsed) -> FormProgress:
    """Take an answer: kept at once when certain and telling nothing else, else read back first."""
    answer = Answer(value=parsed.value, shown=parsed.shown)
    given = {field: answer, **_told(progress, catalog, field, parsed.derived)}
    tells = any(key not in (field, CENTER) and not key.startswith("town_") for key in given)
    town = given.get(f"town_{field}")
    if town is not None and _is_guess(catalog, field, parsed):
        tells = True
        name = catalog.offices_by_id[str(town.value)].name
        given[f"town_{field}"] = replace(town, shown=name)
    if parsed.is_certain and not tells:
        return ask_next(_applied(progress, catalog, field, given), catalog)
    return replace(progress, stage="confirming", pending=given, heard="")


def _is_guess(catalog: Catalog, field: str, parsed: Parsed) -> bool:
    """Whether the town was taken from a road's name or from one of two places: then it is read back."""
    is_address = catalog.fields[field].type is FieldType.ADDRESS
    return is_address and is_guessed(str(parsed.value), catalog.offices)


def _told(
    progress: FormProgress, catalog: Catalog, field: str, derived: Mapping[str, str]
) -> dict[str, Answer]:
    """What an answer tells about other questions of this form, in words the person can check."""
    wanted = {item.field for item in progress.items}
    is_helpers = catalog.fields[field].group == "helper"
    told: dict[str, Answer] = {}
    for key, value in derived.items():
        if key == "id_number" and is_helpers:
            continue
        if key == "town":
            told[f"town_{field}"] = Answer(value=value, shown=value, source="derived")
            if field == HOME and CENTER in wanted:
                told[CENTER] = Answer(
                    value=value, shown=_shown(catalog, CENTER, value), source="derived"
                )
            continue
        own = next((number for number in OWN_NUMBERS if number in wanted), key)
        about = own if key == "id_number" else key
        if about in wanted or (about in CHECKED and not is_helpers):
            told[about] = Answer(
                value=value, shown=_shown(catalog, about, value), source="derived"
            )
    towns = {k: a for k, a in told.items() if k.startswith("town_") or k == CENTER}
    is_known = all(
        progress.answers.get(key) is not None and progress.answers[key].value == answer.value
        for key, answer in told.items()
        if key not in towns
    )
    return towns if is_known else told


def _shown(catalog: Catalog, field: str, value: str) -> str:
    spec = catalog.fields.get(field)
    if spec is not None and spec.type is FieldType.STREET_TOWN:
        return catalog.offices_by_id[value].name
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
    given = dict(progress.pending)
    return ask_next(_applied(progress, catalog, progress.asking, given), catalog)


def deny(progress: FormProgress) -> FormProgress:
    """The person says no: the question is asked again, nothing of it is kept."""
    return replace(progress, stage="asking", pending={})


def _applied(
    progress: FormProgress, catalog: Catalog, field: str, given: dict[str, Answer]
) -> FormProgress:
    """The answers with the new ones in; what the answer before had told goes with it."""
    old = progress.answers.get(field)
    is_changed = old is not None and old.value != given[field].value
    stale = _told_before(progress, catalog, field) if is_changed else frozenset()
    answers = {f: a for f, a in progress.answers.items() if f not in stale}
    deferred = tuple(f for f in progress.deferred if f not in given)
    return replace(progress, answers={**answers, **given}, deferred=deferred, pending={}, heard="")


def _told_before(progress: FormProgress, catalog: Catalog, field: str) -> frozenset[str]:
    """What rests on the answer of this field: the town of an address, all that a number told."""
    spec = catalog.fields[field]
    if spec.type is FieldType.CERT_NO:
        told = {f for f, a in progress.answers.items() if a.source == "derived" and f != ROLE}
        return frozenset(f for f in told if not f.startswith("town_"))
    if spec.type is FieldType.ID_NUMBER and spec.group != "helper":
        return CHECKED
    center = progress.answers.get(CENTER)
    if field == HOME and center is not None and center.source == "derived":
        return frozenset({f"town_{field}", CENTER})
    return frozenset({f"town_{field}"})


def fail(progress: FormProgress) -> FormProgress:
    """An answer that does not fit; counted so that help grows."""
    return replace(progress, failures=progress.failures + 1)


def skip(progress: FormProgress, catalog: Catalog) -> FormProgress | None:
    """Leave the question: optional ones for good, required ones to the end; None if it cannot be left.

    A question that has an answer already keeps it.
    """
    field = progress.asking
    if not field or field in progress.answers:
        return ask_next(progress, catalog)
    if item_of(progress, field).optional or field in progress.deferred:
        if not can_be_left(progress, field):
            return None
        words = say("not_given" if item_of(progress, field).optional else "left_open")
        left = Answer(value="", shown=words, source="skipped")
        return ask_next(_applied(progress, catalog, field, {field: left}), catalog)
    if field == ROLE:
        return None
    return ask_next(replace(progress, deferred=(*progress.deferred, field)), catalog)


def leave_open(progress: FormProgress, catalog: Catalog) -> FormProgress:
    """A paper that will be handed in later."""
    left = Answer(value="", shown=say("left_open"), source="skipped")
    return ask_next(_applied(progress, catalog, progress.asking, {progress.asking: left}), catalog)


def go_back(progress: FormProgress, catalog: Catalog) -> FormProgress | None:
    """Ask the question before this one again; None when this is the first."""
    if progress.stage == "confirming":
        return replace(progress, stage="asking", pending={})
    if progress.stage in ("changing", "submit", "doubt"):
        return ask_next(progress, catalog)
    asked = progress.asked
    place = asked.index(progress.asking) if progress.asking in asked else len(asked)
    earlier = [f for f in asked[:place] if is_asked(progress, item_of(progress, f))]
    return ask_again(progress, catalog, earlier[-1]) if earlier else None


def ask_again(progress: FormProgress, catalog: Catalog, field: str) -> FormProgress:
    """Ask one question anew; its answer stays until another one is given."""
    asked = progress.asked if field in progress.asked else (*progress.asked, field)
    return _at(progress, catalog, field, asked)


def add_paper(progress: FormProgress, paper: PaperOnFile) -> FormProgress:
    """Keep a paper sent while filling; at a question for papers it belongs to that question."""
    papers = (*progress.papers, paper)
    if not paper.field:
        return replace(progress, papers=papers)
    count = sum(p.field == paper.field for p in papers)
    answer = Answer(value=f"{count}", shown=say("papers_count", count=str(count)))
    return replace(progress, papers=papers, answers={**progress.answers, paper.field: answer})


def use_earlier(progress: FormProgress, catalog: Catalog) -> FormProgress:
    """The papers sent before stand for this question too: the same bytes under the same key."""
    for paper in progress.earlier:
        progress = add_paper(progress, paper)
    return ask_next(replace(progress, earlier=()), catalog)


def want_new(progress: FormProgress) -> FormProgress:
    """A new paper is wanted: the earlier one is not offered again in this form."""
    return replace(progress, earlier=(), new_papers=(*progress.new_papers, progress.asking))


def is_complete(progress: FormProgress) -> bool:
    """Everything is answered or knowingly left open, and the minimum is there."""
    return not open_fields(progress) and not lacking(progress)


def ask_lacking(progress: FormProgress, catalog: Catalog) -> FormProgress:
    """Go to what is still missing before it can be filed."""
    if open_fields(progress):
        return ask_next(progress, catalog)
    return ask_again(progress, catalog, lacking(progress)[0])


def prefill(progress: FormProgress, catalog: Catalog, known: Mapping[str, Answer]) -> FormProgress:
    """Offer the shared facts of an earlier filing; nothing is used before the person says for whom.

    Nothing is offered when the message told that it is for somebody else than last time.
    """
    told, before = progress.answers.get(ROLE), known.get(ROLE)
    if told is not None and before is not None and told.value != before.value:
        return progress
    asked = {i.field for i in progress.items if catalog.fields[i.field].type not in NOT_FACTS}
    fields = asked - set(progress.answers)
    if before is not None and all(
        o.id != before.value for o in role_options(catalog, progress.service_ids)
    ):
        fields.discard(ROLE)
    offered = {
        field: replace(answer, source="known")
        for field, answer in with_twins(known).items()
        if field.removeprefix("town_") in fields
    }
    if not NAMES & set(offered):
        return progress
    return replace(progress, stage="reuse", pending=offered)


def reuse(progress: FormProgress, catalog: Catalog) -> FormProgress:
    """The person says that it is for the same person: the facts of last time are taken."""
    answers = {**progress.answers, **progress.pending}
    return ask_next(replace(progress, answers=answers), catalog)


def spec_asked(catalog: Catalog, progress: FormProgress) -> FieldSpec:
    """The field being asked."""
    return spec_of(catalog, progress, progress.asking)
