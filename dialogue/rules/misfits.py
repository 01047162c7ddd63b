"""An answer that does not fit: what is wrong, with an example; what was heard is kept; then a person is called."""

from __future__ import annotations

import re
from dataclasses import replace

from catalog.models import FieldSpec, FieldType
from dialogue import form_filling as form
from dialogue.effects import CallPerson
from dialogue.form_replies import problem_sentences
from dialogue.models import Moment, Turn
from dialogue.naming import surroundings_now
from dialogue.number_parts import LONGEST, heard_so_far, is_on_photo
from dialogue.progress import FormProgress
from dialogue.rules.danger import alarm
from dialogue.rules.navigating import leave
from dialogue.turns import go_on_filling
from dialogue.wording import patterns, say
from intents.slot_types import Problem, read_answer
from intents.small_words import is_lacking, is_unknown, is_yes
from intents.writing import bare

CALL_AFTER = 4
"""After so many answers in a row that do not fit, a person is called."""


def is_about_danger(spec: FieldSpec) -> bool:
    """Whether the question is whether somebody is in danger."""
    return any(option.danger for option in spec.choices)


def may_be_yes(text: str) -> bool:
    """Whether an answer to a question about danger may be a yes: 有过一次, 有时候有点, 以前想过."""
    hint = re.compile(patterns("crisis")["hint"])
    return bool(is_yes(text)) or hint.search(bare(text)) is not None


def danger_of(spec: FieldSpec) -> str:
    """Of which danger such a question asks first."""
    return next(option.danger for option in spec.choices if option.danger)


def not_an_answer(moment: Moment, progress: FormProgress, problem: Problem) -> Turn | None:
    """No answer to this question: not known, about something else (None), or told what is wrong with it."""
    if is_on_photo(moment.said, problem.code):
        return go_on_filling(moment, form.fail(progress), say("number_on_photo"))
    has_none = problem.code in ("digits_none", "date_unclear") and is_lacking(moment.text)
    if is_unknown(moment.text) or has_none:
        return leave(moment, progress)
    if names_another(moment, progress):
        return None
    return misfit(moment, progress, problem)


def names_another(moment: Moment, progress: FormProgress) -> bool:
    """Whether something else than this form's own services was clearly named."""
    best = moment.recognition.accepted("service") or moment.recognition.accepted("life_event")
    return best is not None and best.id not in progress.service_ids


def misfit(moment: Moment, progress: FormProgress, problem: Problem) -> Turn:
    """What is wrong and what to do; the question again, with what was heard of it kept."""
    spec = form.spec_asked(moment.catalog, progress)
    if is_about_danger(spec) and may_be_yes(moment.text):
        return alarm(moment, danger_of(spec), progress)
    sentences = problem_sentences(problem, spec, progress.failures)
    failed = form.fail(progress)
    part = heard_so_far(spec, progress, moment.text, problem)
    failed = replace(failed, heard=part or progress.heard)
    if problem.code == "cert_is_id_number":
        failed = replace(failed, ahead=(*failed.ahead, (FieldType.ID_NUMBER, part)))
    if part and spec.type in LONGEST:
        whole = read_answer(spec, part, surroundings_now(moment))
        problem = whole if isinstance(whole, Problem) else problem
        told = problem_sentences(problem, spec, progress.failures)
        sentences = (*told, say("heard_part"))
    if is_about_danger(spec):
        sentences = (say("help_line"), *sentences)
    if failed.failures != CALL_AFTER:
        return go_on_filling(moment, failed, *sentences, private=bool(problem.details))
    call = CallPerson(reason="lost", office_id=progress.town)
    return go_on_filling(
        moment,
        failed,
        *sentences,
        say("person_asked"),
        private=bool(problem.details),
        effects=(call,),
    )
