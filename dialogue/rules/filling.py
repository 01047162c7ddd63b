"""Inside a form: the message is the answer to the question, a choice, or a question of its own."""

from __future__ import annotations

from dataclasses import replace

from catalog.models import FieldSpec, FieldType
from dialogue import ahead, consents
from dialogue import form_filling as form
from dialogue.effects import CallPerson, KeepConsent
from dialogue.focuses import Idle
from dialogue.form_replies import has_papers, problem_sentences
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.picking import picked, several_picked
from dialogue.progress import Answer, FormProgress
from dialogue.replies import about
from dialogue.rules.closing import close
from dialogue.rules.danger import alarm
from dialogue.rules.navigating import OPEN_TEXT, leave, surroundings
from dialogue.rules.whom import reuse, whom
from dialogue.turns import answer, form_of, go_on_filling
from dialogue.wording import choice, say
from intents.slot_types import Parsed, Problem, read_answer
from intents.small_words import (
    is_asking,
    is_done,
    is_keep,
    is_lacking,
    is_later,
    is_same,
    is_unknown,
)

CALL_AFTER = 4
"""After so many answers in a row that do not fit, a person is called."""
_HEARD_SO_FAR = frozenset({"address_town", "address_detail"})
"""Half an address: what was said is put together with what comes next."""
_LONGEST_HEARD = 120
_ANYTHING = frozenset({FieldType.PERSON_NAME, FieldType.ADDRESS})
"""Readers so forgiving that the name of another service would pass as an answer."""


def in_form(moment: Moment) -> Turn | None:
    """The stage of the form takes the message: a choice, or an answer in words."""
    progress = form_of(moment.conversation)
    if progress is None or (not moment.text and moment.message.pick is None):
        return None
    chosen = picked(moment)
    match progress.stage:
        case "whom":
            return whom(moment, progress, chosen) or _aside_or_choose(moment, progress)
        case "reuse":
            return reuse(moment, progress, chosen) or _aside_or_choose(moment, progress)
        case "consent":
            return _consent(moment, progress, chosen)
        case "confirming":
            return _confirming(moment, progress, chosen)
        case "review" | "submit" | "changing":
            return close(moment, progress, chosen) or _aside_or_choose(moment, progress)
        case _:
            return _asking(moment, progress, chosen)


def _consent(moment: Moment, progress: FormProgress, chosen: str) -> Turn | None:
    catalog = moment.catalog
    if chosen == "consent_yes":
        after, given = consents.agree(progress, catalog, moment.now)
        keep = KeepConsent(topic=given.topic, words=given.words)
        return go_on_filling(moment, after, say("consent_thanks"), effects=(keep,))
    if chosen == "consent_no" and consents.is_last_word(progress, catalog):
        reply = Reply(
            paragraphs=(say("consent_refused_1"), say("consent_refused_2")),
            choices=(choice("human"), choice("something_else")),
        )
        return answer(moment, reply, focus=Idle())
    if chosen == "consent_no":
        after, needed = consents.refuse(progress, catalog)
        labels = say("list_mark").join(catalog.fields[f].label for f in needed)
        at_window = say("consent_at_window", labels=labels) if labels else ""
        return go_on_filling(moment, after, say("consent_skipped"), at_window)
    return _aside_or_choose(moment, progress)


def _confirming(moment: Moment, progress: FormProgress, chosen: str) -> Turn | None:
    if chosen == "right":
        return go_on_filling(moment, form.confirm(progress, moment.catalog))
    if chosen == "wrong":
        return go_on_filling(moment, form.deny(progress), say("say_it_again"))
    spec = form.spec_asked(moment.catalog, progress)
    parsed = read_answer(spec, moment.text, surroundings(moment, progress))
    if isinstance(parsed, Parsed) and spec.type not in OPEN_TEXT:
        return go_on_filling(moment, form.take(progress, moment.catalog, progress.asking, parsed))
    return _aside_or_choose(moment, progress)


def _aside_or_choose(moment: Moment, progress: FormProgress) -> Turn | None:
    """A question is answered, another service is asked about, anything else is asked to choose."""
    asked = _answer_question(moment, progress)
    if asked is not None or _names_another(moment, progress):
        return asked
    told = ahead.told(moment, progress) if progress.stage == "consent" else None
    if told is not None:
        return _several(moment, told)
    wanted = "please_consent" if progress.stage == "consent" else "please_choose"
    return go_on_filling(moment, progress, say(wanted))


def _asking(moment: Moment, progress: FormProgress, chosen: str) -> Turn | None:
    spec = form.spec_asked(moment.catalog, progress)
    if chosen == "more_options":
        return go_on_filling(moment, replace(progress, page=progress.page + 1))
    if chosen == "keep_answer" or (is_keep(moment.text) and progress.asking in progress.answers):
        return go_on_filling(moment, form.ask_next(progress, moment.catalog))
    if chosen == "options_done" or (spec.type is FieldType.CHOICES and is_done(moment.text)):
        return leave(moment, progress)
    if chosen.startswith("option:"):
        return _option(moment, progress, chosen.removeprefix("option:"))
    if spec.type is FieldType.FILES:
        return _papers(moment, progress, chosen)
    if chosen in ("yes", "no") and spec.type is FieldType.YES_NO:
        parsed = Parsed(value=chosen, shown=choice(chosen).label)
        return go_on_filling(moment, form.take(progress, moment.catalog, progress.asking, parsed))
    several = several_picked(moment) if spec.type is FieldType.CHOICES else ()
    if several:
        return _add_options(moment, progress, several)
    return _in_words(moment, progress, spec)


def _option(moment: Moment, progress: FormProgress, picked_id: str) -> Turn:
    spec = form.spec_asked(moment.catalog, progress)
    option = next((o for o in spec.choices if o.id == picked_id), None)
    if option is None:
        return go_on_filling(moment, progress, say("please_choose"))
    if spec.type is FieldType.CHOICES:
        return _add_options(moment, progress, (option.id,))
    parsed = Parsed(value=option.id, shown=option.label)
    after = form.take(progress, moment.catalog, progress.asking, parsed)
    return alarm(moment, option.danger, after) if option.danger else go_on_filling(moment, after)


def _add_options(moment: Moment, progress: FormProgress, new: tuple[str, ...]) -> Turn:
    """A multiple choice grows until the person says that it is all; 都不用 stands alone."""
    spec = form.spec_asked(moment.catalog, progress)
    before = progress.answers.get(progress.asking)
    chosen = before.value if before is not None and isinstance(before.value, tuple) else ()
    alone = {"none", "unknown"} & set(new)
    kept = () if alone else tuple(o for o in chosen if o not in ("none", "unknown"))
    both = tuple(dict.fromkeys((*kept, *new)))
    labels = {o.id: o.label for o in spec.choices}
    shown = say("list_mark").join(labels[o] for o in both)
    grown = replace(
        progress,
        answers={**progress.answers, progress.asking: Answer(value=both, shown=shown)},
        page=0,
        failures=0,
    )
    if alone or len(new) > 1 or len(both) == len(spec.choices):
        after = form.ask_next(grown, moment.catalog)
        return go_on_filling(moment, after, say("noted", what=shown), private=True)
    return go_on_filling(moment, grown, say("noted_more", what=shown), private=True)


def _papers(moment: Moment, progress: FormProgress, chosen: str) -> Turn:
    if chosen == "paper_reuse" and progress.earlier:
        return go_on_filling(moment, form.use_earlier(progress, moment.catalog), say("paper_kept"))
    if chosen == "paper_new":
        return go_on_filling(moment, form.want_new(progress))
    if has_papers(progress) and (chosen == "papers_done" or is_done(moment.text)):
        return go_on_filling(moment, form.ask_next(progress, moment.catalog))
    if not has_papers(progress) and (chosen == "later" or is_later(moment.text)):
        after = form.leave_open(progress, moment.catalog)
        return go_on_filling(moment, after, say("papers_later"))
    asked = _answer_question(moment, progress)
    return asked or _misfit(moment, progress, Problem(code="file_wanted"))


def _in_words(moment: Moment, progress: FormProgress, spec: FieldSpec) -> Turn | None:
    told = ahead.told(moment, progress)
    if told is not None:
        return _several(moment, told)
    is_long = spec.type is FieldType.LONG_TEXT
    asked = None if is_long else _answer_question(moment, progress)
    if asked is not None and is_asking(moment.text):
        return asked
    parsed = _same_address(moment, progress, spec) or _read(moment, progress, spec)
    if isinstance(parsed, Problem):
        return asked or _not_an_answer(moment, progress, parsed)
    is_lenient = spec.type in _ANYTHING and not parsed.derived
    if is_lenient and len(moment.text) > 3 and _names_another(moment, progress):
        return None
    if spec.type is FieldType.CHOICES and parsed.is_certain and isinstance(parsed.value, tuple):
        return _add_options(moment, progress, parsed.value)
    return go_on_filling(moment, form.take(progress, moment.catalog, progress.asking, parsed))


def _several(moment: Moment, told: ahead.Told) -> Turn:
    """What was asked is taken, what was told besides waits for its question."""
    what = say("list_mark").join(told.labels)
    noted = say("told_ahead", what=what) if told.labels else ""
    if told.own is None:
        return go_on_filling(moment, told.progress, noted)
    after = form.take(told.progress, moment.catalog, told.progress.asking, told.own)
    return go_on_filling(moment, after, noted)


def _same_address(moment: Moment, progress: FormProgress, spec: FieldSpec) -> Parsed | None:
    """一样, 同上: the address given last, with its town."""
    if spec.type is not FieldType.ADDRESS or not is_same(moment.text):
        return None
    types = {f: moment.catalog.fields[f].type for f in progress.asked if f in progress.answers}
    given = [f for f, kind in types.items() if kind is FieldType.ADDRESS and f != progress.asking]
    if not given:
        return None
    answer_before = progress.answers[given[-1]]
    town = progress.answers.get(f"town_{given[-1]}")
    told = {"town": str(town.value)} if town else {}
    return Parsed(value=answer_before.value, shown=answer_before.shown, derived=told)


def _read(moment: Moment, progress: FormProgress, spec: FieldSpec) -> Parsed | Problem:
    """The answer in the words, put together with what was heard a moment ago where that was not enough."""
    around = surroundings(moment, progress)
    parsed = read_answer(spec, moment.text, around)
    is_half = isinstance(parsed, Problem) or around.last_try
    if spec.type is not FieldType.ADDRESS or not progress.heard or not is_half:
        return parsed
    strict = replace(around, last_try=False)
    before, now = progress.heard, moment.text
    names_town = isinstance(parsed, Problem) and parsed.code == "address_detail"
    for joined in (
        (f"{now}{before}", f"{before}{now}")
        if names_town
        else (f"{before}{now}", f"{now}{before}")
    ):
        both = read_answer(spec, joined, strict)
        if isinstance(both, Parsed):
            return replace(both, is_certain=False)
    return parsed


def _not_an_answer(moment: Moment, progress: FormProgress, problem: Problem) -> Turn | None:
    has_none = problem.code in ("digits_none", "date_unclear") and is_lacking(moment.text)
    if is_unknown(moment.text) or has_none:
        return leave(moment, progress)
    if _names_another(moment, progress):
        return None
    return _misfit(moment, progress, problem)


def _names_another(moment: Moment, progress: FormProgress) -> bool:
    """Whether something else than this form's own services was clearly named."""
    best = moment.recognition.accepted("service") or moment.recognition.accepted("life_event")
    return best is not None and best.id not in progress.service_ids


def _misfit(moment: Moment, progress: FormProgress, problem: Problem) -> Turn:
    spec = form.spec_asked(moment.catalog, progress)
    sentences = problem_sentences(problem, spec, progress.failures)
    failed = form.fail(progress)
    if problem.code in _HEARD_SO_FAR and len(moment.text) <= _LONGEST_HEARD:
        failed = replace(failed, heard=moment.text)
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


def _answer_question(moment: Moment, progress: FormProgress) -> Turn | None:
    """A question in the middle (要带什么材料?) is answered, and the form's question asked again."""
    question = moment.recognition.question
    if not question or moment.message.pick is not None:
        return None
    if question == "why":
        spec = moment.catalog.fields.get(progress.asking)
        why = (spec.why if spec else "") or say("why_general")
        return go_on_filling(moment, progress, why)
    best = moment.recognition.accepted("service")
    service_id = best.id if best is not None else progress.service_ids[0]
    sentences = about(moment.catalog.services_by_id[service_id], question)
    return go_on_filling(moment, progress, *sentences, say("back_to_question"))
