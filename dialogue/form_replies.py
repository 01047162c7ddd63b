"""What is said while a form is filled: the question, the error with an example, the read-back, the receipt."""

from __future__ import annotations

from casework.numbers import shown
from catalog.models import Catalog, FieldSpec, FieldType
from dialogue.form_filling import CHECKED, spec_asked
from dialogue.forms import (
    NAMES,
    ROLE,
    answered_fields,
    is_given,
    item_of,
    missing_fields,
    open_fields,
    role_options,
)
from dialogue.messages import Choice, Reply
from dialogue.models import Preferences
from dialogue.progress import FormProgress
from dialogue.wording import beneficiary_of, choice, say
from intents.slot_types import Problem

PAGE = 3
"""At most three choices at a time (MITRE 4.2.14)."""

_DIGITS = frozenset({FieldType.NUMBER, FieldType.MONEY})
"""A digit typed here is the answer, so these questions carry no numbered choices."""


def form_reply(
    progress: FormProgress, catalog: Catalog, preferences: Preferences, *before: str
) -> Reply:
    """What to say at the present place of the form, after the given first sentences."""
    match progress.stage:
        case "reuse":
            reply = _reuse(progress)
        case "consent":
            reply = _consent()
        case "confirming":
            reply = _read_back(progress, catalog)
        case "review":
            reply = _review(progress, catalog)
        case "changing":
            reply = _which_to_change(progress, catalog)
        case "submit":
            reply = _submit(progress, catalog)
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
    if any(item.field in NAMES - {"name"} for item in progress.items):
        return say("who_child")
    may_be_self = any(
        option.id == "self" for option in role_options(catalog, progress.service_ids)
    )
    return say("who_you") if role is None and may_be_self else say("who_family")


def _question(
    progress: FormProgress, catalog: Catalog, preferences: Preferences, *, is_first: bool
) -> Reply:
    spec = spec_asked(catalog, progress)
    item = item_of(progress, progress.asking)
    paragraphs = [spec.question.replace("{who}", who(progress, catalog))]
    holds = is_given(progress, progress.asking) and spec.type is not FieldType.FILES
    if holds and (is_first or spec.type is not FieldType.CHOICES):
        now = progress.answers[progress.asking].shown
        paragraphs.append(say("now_noted", value=now))
    if spec.hint and not preferences.simple:
        paragraphs.append(spec.hint)
    if spec.sensitive and spec.why and progress.failures == 0 and not preferences.simple:
        paragraphs.append(say("why_asked", why=spec.why))
    left = len([f for f in open_fields(progress) if f not in progress.deferred])
    if left and left % 5 == 0 and progress.failures == 0 and not holds:
        paragraphs.insert(0, say("questions_left", count=str(left)))
    return Reply(
        paragraphs=tuple(paragraphs),
        choices=_choices_for(spec, progress, is_optional=item.optional),
        private=holds,
    )


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


def _consent() -> Reply:
    return Reply(
        paragraphs=(say("consent_sensitive_1"), say("consent_sensitive_2")),
        choices=(choice("consent_yes"), choice("consent_no")),
    )


def _reuse(progress: FormProgress) -> Reply:
    names = say("reuse_facts", name=progress.pending["name"].shown)
    return Reply(
        paragraphs=(names, say("reuse_question")),
        choices=(choice("reuse_yes"), choice("reuse_no")),
        private=True,
    )


def _read_back(progress: FormProgress, catalog: Catalog) -> Reply:
    lines = []
    for field, answer in progress.pending.items():
        if field.startswith("town_"):
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


def _review(progress: FormProgress, catalog: Catalog) -> Reply:
    lines = [
        say("read_line", label=catalog.fields[field].label, value=progress.answers[field].shown)
        for field in answered_fields(progress)
        if progress.answers[field].source != "skipped"
    ]
    missing = [catalog.fields[field].label for field in missing_fields(progress)]
    if missing:
        lines.append(say("review_missing", labels=say("list_mark").join(missing)))
    return Reply(
        paragraphs=(say("review_lead"), *lines, say("review_question")),
        choices=(choice("review_right"), choice("review_change"), choice("stop")),
        private=True,
    )


def changeable(progress: FormProgress, catalog: Catalog) -> tuple[Choice, ...]:
    """Three answered questions of the present page, and the way to the others."""
    fields = answered_fields(progress)
    pages = max(1, -(-len(fields) // PAGE))
    start = (progress.page % pages) * PAGE
    choices = [
        Choice(id=f"change:{f}", label=catalog.fields[f].label)
        for f in fields[start : start + PAGE]
    ]
    return (*choices, choice("more_options")) if pages > 1 else tuple(choices)


def _which_to_change(progress: FormProgress, catalog: Catalog) -> Reply:
    return Reply(paragraphs=(say("change_which"),), choices=changeable(progress, catalog))


def consent_words(progress: FormProgress, catalog: Catalog) -> tuple[str, ...]:
    """The sentences a person agrees to when filing; kept with the application as shown."""
    names = say("list_mark").join(catalog.services_by_id[s].name for s in progress.service_ids)
    return (say("submit_what", services=names), say("submit_truth"), say("submit_use"))


def _submit(progress: FormProgress, catalog: Catalog) -> Reply:
    return Reply(
        paragraphs=(*consent_words(progress, catalog), say("submit_question")),
        choices=(choice("submit"), choice("review_change"), choice("stop")),
    )


def receipt(progress: FormProgress, catalog: Catalog, office_name: str) -> tuple[str, ...]:
    """What a person hears when her application is stored: the number, who has it, what comes next."""
    sentences = [
        say("stored", number=shown(progress.number)),
        say("stored_office", office=office_name),
    ]
    for service_id in progress.service_ids:
        service = catalog.services_by_id[service_id]
        if service.after:
            sentences.append(service.after)
    missing = [catalog.fields[field].label for field in missing_fields(progress)]
    if missing:
        sentences.append(say("stored_missing", labels=say("list_mark").join(missing)))
    sentences.append(say("stored_ask"))
    return tuple(sentences)
