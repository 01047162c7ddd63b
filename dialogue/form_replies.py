"""What is said while a form is filled: the question, the error with an example, the read-back."""

from __future__ import annotations

from catalog.models import Catalog, FieldSpec, FieldType
from dialogue.contradictions import doubt_question
from dialogue.earlier_papers import day_sent
from dialogue.form_endings import review, submit_question
from dialogue.form_filling import CHECKED, spec_asked
from dialogue.forms import (
    NAMES,
    ROLE,
    answered_fields,
    is_given,
    item_of,
    open_fields,
    role_options,
)
from dialogue.messages import Choice, Reply
from dialogue.needs import NeedsProfile
from dialogue.people import name_in
from dialogue.progress import FormProgress
from dialogue.topics import consent_sentences
from dialogue.wording import beneficiary_of, choice, say
from intents.slot_types import Problem

PAGE = 3
"""At most three choices at a time (MITRE 4.2.14)."""

_DIGITS = frozenset({FieldType.NUMBER, FieldType.MONEY})
"""A digit typed here is the answer, so these questions carry no numbered choices."""


def form_reply(
    progress: FormProgress, catalog: Catalog, preferences: NeedsProfile, *before: str
) -> Reply:
    """What to say at the present place of the form, after the given first sentences."""
    match progress.stage:
        case "whom":
            reply = _whom(progress)
        case "reuse":
            reply = _reuse(progress)
        case "whose":
            reply = _whose(progress)
        case "doubt":
            reply = doubt_question(progress, catalog)
        case "consent":
            reply = _consent(progress, catalog)
        case "confirming":
            reply = _read_back(progress, catalog)
        case "review":
            reply = review(progress, catalog)
        case "changing":
            reply = _which_to_change(progress, catalog)
        case "submit":
            reply = submit_question(progress, catalog)
        case _:
            reply = _question(progress, catalog, preferences, is_first=not any(before))
    lead = tuple(sentence for sentence in before if sentence)
    return Reply(
        paragraphs=(*lead, *reply.paragraphs), choices=reply.choices, private=reply.private
    )


def who(progress: FormProgress, catalog: Catalog) -> str:
    """How the beneficiary is named in a question."""
    named, _ = beneficiary_of(progress.beneficiary)
    role = progress.answers.get(ROLE)
    if role is not None and role.value == "self":
        return say("who_you")
    if named:
        return named
    name = name_in(progress.answers)
    if role is not None and name:
        return name
    if any(item.field in NAMES - {"name"} for item in progress.items):
        return say("who_child")
    may_be_self = any(
        option.id == "self" for option in role_options(catalog, progress.service_ids)
    )
    return say("who_you") if role is None and may_be_self else say("who_family")


def _question(
    progress: FormProgress, catalog: Catalog, preferences: NeedsProfile, *, is_first: bool
) -> Reply:
    spec = spec_asked(catalog, progress)
    item = item_of(progress, progress.asking)
    called = who(progress, catalog)
    paragraphs = [spec.question.replace("{who}", called)]
    holds = is_given(progress, progress.asking) and spec.type is not FieldType.FILES
    if holds and (is_first or spec.type is not FieldType.CHOICES):
        now = progress.answers[progress.asking].shown
        paragraphs.append(say("now_noted", value=now))
    if progress.earlier:
        paragraphs = [_earlier(spec, progress)]
    elif spec.hint and not preferences.is_brief:
        paragraphs.append(spec.hint)
    if spec.sensitive and spec.why and progress.failures == 0 and not preferences.is_brief:
        paragraphs.append(say("why_asked", why=spec.why))
    left = len([f for f in open_fields(progress) if f not in progress.deferred])
    if left and left % 5 == 0 and progress.failures == 0 and not holds:
        paragraphs.insert(0, say("questions_left", count=str(left)))
    return Reply(
        paragraphs=tuple(paragraphs),
        choices=_choices_for(spec, progress, is_optional=item.optional),
        private=holds or ("{who}" in spec.question and called == name_in(progress.answers)),
    )


def _earlier(spec: FieldSpec, progress: FormProgress) -> str:
    """A paper sent before, with its day: is it still the right one?"""
    day = day_sent(progress.earlier[0])
    return say("paper_earlier", day=day, label=spec.label, who=say("who_you"))


def _choices_for(
    spec: FieldSpec, progress: FormProgress, *, is_optional: bool
) -> tuple[Choice, ...]:
    keep = (choice("keep_answer"),) if is_given(progress, progress.asking) else ()
    if spec.type is FieldType.CHOICES:
        return option_page(spec, progress)
    if spec.type is FieldType.CHOICE:
        return (*option_page(spec, progress), *keep)
    if spec.type is FieldType.YES_NO:
        return (choice("yes"), choice("no"), *keep)
    if spec.type is FieldType.FILES:
        if progress.earlier:
            return (choice("paper_reuse"), choice("paper_new"), choice("later"))
        return (choice("papers_done"),) if has_papers(progress) else (choice("later"),)
    if spec.type in _DIGITS:
        return ()
    return keep or ((choice("skip"),) if is_optional else ())


def has_papers(progress: FormProgress) -> bool:
    """Whether papers came already for the question being asked."""
    return any(paper.field == progress.asking for paper in progress.papers)


def option_page(spec: FieldSpec, progress: FormProgress) -> tuple[Choice, ...]:
    """Three options, and the way to the others; chosen ones of a multiple choice are left out."""
    chosen = progress.answers.get(progress.asking)
    taken = chosen.value if chosen is not None and isinstance(chosen.value, tuple) else ()
    options = [o for o in spec.choices if o.id not in taken]
    pages = max(1, -(-len(options) // PAGE))
    start = (progress.page % pages) * PAGE
    choices = [Choice(id=f"option:{o.id}", label=o.label) for o in options[start : start + PAGE]]
    if pages > 1:
        choices.append(choice("more_options"))
    if taken:
        choices.append(choice("options_done"))
    return tuple(choices)


def problem_sentences(problem: Problem, spec: FieldSpec, failures: int) -> tuple[str, ...]:
    """What is wrong and what to do, with an example; shorter and with a way out when it happens again."""
    sentence = say(f"problem_{problem.code}", **problem.details)
    example = say("for_example", example=spec.example) if spec.example else ""
    way_out = say("way_out") if failures >= 1 else ""
    return tuple(part for part in (sentence, example, way_out) if part)


def _consent(progress: FormProgress, catalog: Catalog) -> Reply:
    return Reply(
        paragraphs=consent_sentences(progress, catalog),
        choices=(choice("consent_yes"), choice("consent_no")),
    )


def _whom(progress: FormProgress) -> Reply:
    """Which of the known persons it is for, three at a time, or somebody else."""
    pages = max(1, -(-len(progress.offers) // PAGE))
    start = (progress.page % pages) * PAGE
    choices = [Choice(id=f"whom:{p}", label=n) for p, n in progress.offers[start : start + PAGE]]
    if pages > 1:
        choices.append(choice("more_options"))
    return Reply(
        paragraphs=(say("whom_question"),), choices=(*choices, choice("whom_new")), private=True
    )


def _whose(progress: FormProgress) -> Reply:
    called, _ = beneficiary_of(progress.said_whom)
    question = say("whose_question", who=called)
    return Reply(paragraphs=(question,), choices=(choice("whose_yes"), choice("whose_no")))


def _reuse(progress: FormProgress) -> Reply:
    names = say("reuse_facts", name=name_in(progress.pending))
    return Reply(
        paragraphs=(names, say("reuse_question")),
        choices=(choice("reuse_yes"), choice("reuse_no")),
        private=True,
    )


def _read_back(progress: FormProgress, catalog: Catalog) -> Reply:
    lines = []
    for field, answer in progress.pending.items():
        if field.startswith("town_"):
            if progress.pending[field].shown != progress.pending[field].value:
                lines.append(say("read_town", town=answer.shown))
            continue
        if field in CHECKED:
            lines.append(say(f"read_{field}", value=answer.shown))
        else:
            lines.append(say("read_line", label=catalog.fields[field].label, value=answer.shown))
    return Reply(
        paragraphs=(say("read_back"), *lines, say("is_right")),
        choices=(choice("right"), choice("wrong")),
        private=True,
    )


def changeable(progress: FormProgress, catalog: Catalog) -> tuple[Choice, ...]:
    """Three answered questions of the present page, and the way to the others."""
    fields = answered_fields(progress)
    fields = (
        *(f for f in progress.named if f in fields),
        *(f for f in fields if f not in progress.named),
    )
    pages = max(1, -(-len(fields) // PAGE))
    start = (progress.page % pages) * PAGE
    choices = [
        Choice(id=f"change:{f}", label=catalog.fields[f].label)
        for f in fields[start : start + PAGE]
    ]
    return (*choices, choice("more_options")) if pages > 1 else tuple(choices)


def _which_to_change(progress: FormProgress, catalog: Catalog) -> Reply:
    return Reply(paragraphs=(say("change_which"),), choices=changeable(progress, catalog))
