"""Inside a form: going back, changing, leaving open, stopping, and answering the question."""

from __future__ import annotations

import re
from dataclasses import replace

from catalog.models import FieldType
from dialogue import form_filling as form
from dialogue.form_replies import consent_words, problem_sentences, receipt
from dialogue.forms import answered_fields, missing_fields
from dialogue.models import (
    Answer,
    CallPerson,
    Correcting,
    FileApplication,
    FormProgress,
    Idle,
    Moment,
    Reply,
    Stopping,
    SubmitCorrections,
    Turn,
)
from dialogue.filings import filing_of, office_for, shared_facts
from dialogue.replies import about
from dialogue.rules.words import act
from dialogue.turns import answer, form_of, go_on_filling, picked
from dialogue.wording import choice, say
from intents.slot_types import Parsed, Problem, Surroundings, read_answer
from intents.small_words import is_done, is_later, is_unknown

_OPEN_TEXT = frozenset({FieldType.TEXT, FieldType.LONG_TEXT, FieldType.WHEN})


def navigate(moment: Moment) -> Turn | None:
    """返回 修改 跳过 算了, and the buttons that mean them."""
    progress = form_of(moment.conversation)
    if progress is None:
        return None
    wanted = act(moment) or picked(moment)
    match wanted:
        case "back":
            return _back(moment, progress)
        case "skip" if progress.stage == "asking":
            return _skip(moment, progress)
        case "change" | "review_change":
            return _change(moment, progress)
        case "cancel" | "stop":
            return _stop(moment, progress)
        case _:
            return None


def _back(moment: Moment, progress: FormProgress) -> Turn:
    if progress.stage in ("review", "changing", "submit") and progress.asked:
        earlier = form.ask_again(progress, moment.catalog, progress.asked[-1])
        return go_on_filling(moment, earlier)
    earlier_or_none = form.go_back(progress, moment.catalog)
    if earlier_or_none is None:
        return go_on_filling(moment, progress, say("first_question"))
    return go_on_filling(moment, earlier_or_none)


def _skip(moment: Moment, progress: FormProgress) -> Turn:
    after = form.skip(progress, moment.catalog)
    if after is None:
        return go_on_filling(moment, progress, say("cannot_skip"))
    put_off = progress.asking in after.deferred
    return go_on_filling(moment, after, say("put_off") if put_off else "")


def _stop(moment: Moment, progress: FormProgress) -> Turn:
    if isinstance(moment.conversation.focus, Correcting):
        return answer(moment, Reply(paragraphs=(say("corrections_later"),)), focus=Idle())
    reply = Reply(
        paragraphs=(say("stop_question"),),
        choices=(choice("keep"), choice("throw_away"), choice("go_on")),
    )
    return answer(moment, reply, focus=Stopping(progress=progress))


def _change(moment: Moment, progress: FormProgress) -> Turn:
    """修改: which answer, said in the same breath (手机号不对，是139…) or asked."""
    field = _field_named(moment, progress)
    if field is None and progress.stage not in ("review", "changing", "submit"):
        field = next((f for f in reversed(progress.asked) if f in progress.answers), None)
    if field is None:
        asking = replace(progress, stage="changing", page=0)
        return go_on_filling(moment, asking)
    asked = form.ask_again(progress, moment.catalog, field)
    spec = form.spec_asked(moment.catalog, asked)
    for part in _new_value_parts(moment.text):
        parsed = read_answer(spec, part, _around(moment, asked))
        if isinstance(parsed, Parsed) and spec.type not in _OPEN_TEXT:
            return go_on_filling(
                moment, form.take(asked, moment.catalog, field, parsed), say("changed")
            )
    return go_on_filling(moment, asked, say("change_now"))


def _new_value_parts(text: str) -> tuple[str, ...]:
    """What may be the new value in 不是二级，是三级: the part after the last 是/改成, then the whole."""
    parts = re.split(r"改成|改为|换成|应该是|而是|[，,]是|是", text)
    return (parts[-1], text) if len(parts) > 1 else (text,)


def _field_named(moment: Moment, progress: FormProgress) -> str | None:
    """The answered field a message names by its label, a part of it, or one of its options."""
    text = moment.text
    best: tuple[int, str] | None = None
    for field in answered_fields(progress):
        spec = moment.catalog.fields[field]
        stems = [spec.label, *re.split(r"[、/和]", spec.label)]
        stems += [stem[:2] for stem in stems if len(stem) >= 3] + [spec.label[-2:]]
        names = stems + [o.label for o in spec.choices if len(o.label) > 1]
        length = max((len(n) for n in names if len(n) > 1 and n in text), default=0)
        if length and (best is None or length > best[0]):
            best = (length, field)
    return best[1] if best else None


def in_form(moment: Moment) -> Turn | None:
    """The stage of the form takes the message: a choice, or an answer in words."""
    progress = form_of(moment.conversation)
    if progress is None or (not moment.text and moment.message.pick is None):
        return None
    chosen = picked(moment)
    match progress.stage:
        case "reuse":
            return _reuse(moment, progress, chosen)
        case "consent":
            return _consent(moment, progress, chosen)
        case "confirming":
            return _confirming(moment, progress, chosen)
        case "review" | "submit" | "changing":
            return _closing(moment, progress, chosen)
        case _:
            return _asking(moment, progress, chosen)


def _reuse(moment: Moment, progress: FormProgress, chosen: str) -> Turn:
    if chosen == "reuse_yes":
        known = replace(progress, answers={**progress.answers, **progress.pending})
        return go_on_filling(moment, form.ask_next(known, moment.catalog), say("reused"))
    if chosen == "reuse_no":
        return go_on_filling(moment, form.ask_next(progress, moment.catalog))
    return go_on_filling(moment, progress, say("please_choose"))


def _consent(moment: Moment, progress: FormProgress, chosen: str) -> Turn:
    if chosen == "consent_yes":
        return go_on_filling(
            moment, form.ask_next(replace(progress, consented=True), moment.catalog), say("consent_thanks")
        )
    if chosen == "consent_no":
        reply = Reply(
            paragraphs=(say("consent_refused_1"), say("consent_refused_2")),
            choices=(choice("human"), choice("something_else")),
        )
        parked = (*moment.conversation.parked, progress)
        return answer(moment, reply, focus=Idle(), parked=parked)
    return _answer_question(moment, progress) or go_on_filling(moment, progress, say("please_choose"))


def _confirming(moment: Moment, progress: FormProgress, chosen: str) -> Turn:
    if chosen == "right":
        return go_on_filling(moment, form.confirm(progress, moment.catalog))
    if chosen == "wrong":
        return go_on_filling(moment, form.deny(progress), say("say_it_again"))
    spec = form.spec_asked(moment.catalog, progress)
    parsed = read_answer(spec, moment.text, _around(moment, progress))
    if isinstance(parsed, Parsed) and spec.type not in _OPEN_TEXT:
        return go_on_filling(moment, form.take(progress, moment.catalog, progress.asking, parsed))
    return _answer_question(moment, progress) or go_on_filling(moment, progress, say("please_choose"))


def _closing(moment: Moment, progress: FormProgress, chosen: str) -> Turn:
    if chosen == "review_right" and isinstance(moment.conversation.focus, Correcting):
        return _hand_in_corrections(moment, progress)
    if chosen == "review_right":
        return _to_submit(moment, progress)
    if chosen == "submit":
        return _file(moment, progress)
    if chosen == "more_options":
        return go_on_filling(moment, replace(progress, page=progress.page + 1))
    if chosen.startswith("change:"):
        asked = form.ask_again(progress, moment.catalog, chosen.removeprefix("change:"))
        return go_on_filling(moment, asked)
    if _field_named(moment, progress):
        return _change(moment, progress)
    return _answer_question(moment, progress) or go_on_filling(moment, progress, say("please_choose"))


def _to_submit(moment: Moment, progress: FormProgress) -> Turn:
    if not form.is_complete(progress):
        return go_on_filling(moment, form.ask_next(progress, moment.catalog), say("still_needed"))
    return go_on_filling(moment, replace(progress, stage="submit"))


def _file(moment: Moment, progress: FormProgress) -> Turn:
    office = office_for(progress, moment.catalog)
    words = consent_words(progress, moment.catalog)
    filing = filing_of(progress, moment.catalog, office.id, words)
    plan = tuple(s for s in moment.conversation.plan if s not in progress.service_ids)
    choices = tuple(
        replace(choice("service", id=f"service:{s}"), label=moment.catalog.services_by_id[s].short)
        for s in plan[:2]
    )
    follow = (say("plan_left"),) if choices else ()
    reply = Reply(
        paragraphs=(*receipt(progress, moment.catalog, office.name), *follow),
        choices=(*choices, choice("status")),
        private=True,
    )
    return answer(
        moment,
        reply,
        effects=(FileApplication(filing=filing),),
        focus=Idle(),
        plan=plan,
        known={**moment.conversation.known, **shared_facts(progress, moment.catalog)},
    )


def _hand_in_corrections(moment: Moment, progress: FormProgress) -> Turn:
    focus = moment.conversation.focus
    if not isinstance(focus, Correcting):
        raise TypeError(focus)
    given = {f: progress.answers[f] for f in answered_fields(progress)}
    papers = tuple(p for p in progress.papers)
    effect = SubmitCorrections(case_id=focus.case_id, answers=given, papers=papers)
    reply = Reply(paragraphs=(say("corrections_in"), say("corrections_next")), private=True)
    return answer(moment, reply, effects=(effect,), focus=Idle())


def _asking(moment: Moment, progress: FormProgress, chosen: str) -> Turn | None:
    spec = form.spec_asked(moment.catalog, progress)
    if chosen == "more_options":
        return go_on_filling(moment, replace(progress, page=progress.page + 1))
    if chosen == "options_done" or (spec.type is FieldType.CHOICES and is_done(moment.text)):
        return _options_done(moment, progress)
    if chosen.startswith("option:"):
        return _option(moment, progress, chosen.removeprefix("option:"))
    if spec.type is FieldType.FILES:
        return _papers(moment, progress, chosen)
    if chosen in ("yes", "no") and spec.type is FieldType.YES_NO:
        parsed = Parsed(value=chosen, shown=choice(chosen).label)
        return go_on_filling(moment, form.take(progress, moment.catalog, progress.asking, parsed))
    return _in_words(moment, progress)


def _options_done(moment: Moment, progress: FormProgress) -> Turn:
    if progress.asking in progress.answers:
        return go_on_filling(moment, form.ask_next(progress, moment.catalog))
    return _skip(moment, progress)


def _option(moment: Moment, progress: FormProgress, option: str) -> Turn:
    spec = form.spec_asked(moment.catalog, progress)
    label = next((o.label for o in spec.choices if o.id == option), "")
    if not label:
        return go_on_filling(moment, progress, say("please_choose"))
    if spec.type is FieldType.CHOICES:
        return _add_options(moment, progress, Parsed(value=(option,), shown=label))
    parsed = Parsed(value=option, shown=label)
    return go_on_filling(moment, form.take(progress, moment.catalog, progress.asking, parsed))


def _add_options(moment: Moment, progress: FormProgress, parsed: Parsed) -> Turn:
    """A multiple choice grows until the person says that it is all."""
    before = progress.answers.get(progress.asking)
    chosen = before.value if before is not None and isinstance(before.value, tuple) else ()
    both = tuple(dict.fromkeys((*chosen, *parsed.value)))
    spec = form.spec_asked(moment.catalog, progress)
    labels = {o.id: o.label for o in spec.choices}
    shown = say("list_mark").join(labels[o] for o in both)
    grown = replace(
        progress,
        answers={**progress.answers, progress.asking: Answer(value=both, shown=shown)},
        page=0,
        failures=0,
    )
    alone = {"none", "unknown"} & set(parsed.value)
    if alone or len(parsed.value) > 1 or len(both) == len(spec.choices):
        return go_on_filling(moment, form.ask_next(grown, moment.catalog), say("noted", what=shown))
    return go_on_filling(moment, grown, say("noted_more", what=shown))


def _papers(moment: Moment, progress: FormProgress, chosen: str) -> Turn:
    has_some = progress.asking in progress.answers
    if has_some and (chosen == "papers_done" or is_done(moment.text)):
        return go_on_filling(moment, form.ask_next(progress, moment.catalog))
    if chosen == "later" or is_later(moment.text):
        answers = {
            **progress.answers,
            progress.asking: Answer(value="", shown=say("left_open"), source="skipped"),
        }
        after = form.ask_next(replace(progress, answers=answers), moment.catalog)
        return go_on_filling(moment, after, say("papers_later"))
    return _answer_question(moment, progress) or _misfit(moment, progress, Problem(code="file_wanted"))


def _in_words(moment: Moment, progress: FormProgress) -> Turn | None:
    spec = form.spec_asked(moment.catalog, progress)
    if spec.type is not FieldType.LONG_TEXT:
        asked = _answer_question(moment, progress)
        if asked is not None:
            return asked
    parsed = read_answer(spec, moment.text, _around(moment, progress))
    if isinstance(parsed, Problem):
        if is_unknown(moment.text):
            return _skip(moment, progress)
        if moment.recognition.accepted("service") or moment.recognition.accepted("life_event"):
            return None
        return _misfit(moment, progress, parsed)
    if spec.type is FieldType.CHOICES:
        return _add_options(moment, progress, parsed)
    after = form.take(progress, moment.catalog, progress.asking, parsed)
    return go_on_filling(moment, after)


def _misfit(moment: Moment, progress: FormProgress, problem: Problem) -> Turn:
    spec = form.spec_asked(moment.catalog, progress)
    sentences = problem_sentences(problem, spec, progress.failures)
    failed = form.fail(progress)
    effects = (CallPerson(reason="lost", office_id=progress.town),) if failed.failures == 4 else ()
    return go_on_filling(moment, failed, *sentences, effects=effects)


def _answer_question(moment: Moment, progress: FormProgress) -> Turn | None:
    """A question in the middle (要带什么材料?) is answered, and the form's question asked again."""
    question = moment.recognition.question
    best = moment.recognition.best
    if not question or moment.message.pick is not None:
        return None
    if question == "why":
        spec = moment.catalog.fields.get(progress.asking)
        why = (spec.why if spec else "") or say("why_general")
        return go_on_filling(moment, progress, why)
    named = best.id if best is not None and best.kind == "service" else ""
    if named and moment.recognition.accepted("service") and named not in progress.service_ids:
        service_id = named
    else:
        service_id = progress.service_ids[0]
    sentences = about(moment.catalog.services_by_id[service_id], question)
    return go_on_filling(moment, progress, *sentences, say("back_to_question"))


def _around(moment: Moment, progress: FormProgress) -> Surroundings:
    return Surroundings(
        today=moment.now.date(),
        offices=moment.catalog.offices,
        last_try=progress.failures >= form.TRIES,
    )
