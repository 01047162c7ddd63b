"""Inside a form: the message is the answer to the question, a choice, or a question of its own."""

from __future__ import annotations

from dataclasses import replace

from catalog.models import FieldSpec, FieldType
from dialogue import ahead, consents
from dialogue import form_filling as form
from dialogue.correction_words import begins_wrong
from dialogue.corrections import OPEN_TEXT, before
from dialogue.effects import KeepConsent
from dialogue.focuses import Idle
from dialogue.form_replies import has_papers
from dialogue.forms import ROLE
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.naming import surroundings, surroundings_now
from dialogue.number_parts import is_house, joined, longer
from dialogue.picking import picked, several_picked
from dialogue.progress import FormProgress
from dialogue.replies import about
from dialogue.rules.closing import close
from dialogue.rules.correcting import volunteered
from dialogue.rules.danger import alarm
from dialogue.rules.doubting import doubt
from dialogue.rules.misfits import (
    danger_of,
    is_about_danger,
    may_be_yes,
    misfit,
    names_another,
    not_an_answer,
)
from dialogue.rules.navigating import leave
from dialogue.rules.several_options import add_options, beside_earlier
from dialogue.rules.whom import reuse, whom, whose
from dialogue.turns import answer, form_of, go_on_filling
from dialogue.wording import choice, say, says_only_whom
from intents.slot_types import Parsed, Problem, read_answer
from intents.small_words import (
    is_asking,
    is_done,
    is_keep,
    is_later,
    is_same,
)

_UNSURE = frozenset({"unknown", "decline"})
"""Answers to a question about danger that are no no."""
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
        case "whose":
            return whose(moment, progress, chosen) or _aside_or_choose(moment, progress)
        case "doubt":
            return doubt(moment, progress, chosen) or _aside_or_choose(moment, progress)
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
    around = surroundings(moment, progress)
    parsed = longer(spec, progress, moment.text, around) or read_answer(spec, moment.text, around)
    if isinstance(parsed, Parsed) and spec.type not in OPEN_TEXT:
        return go_on_filling(moment, form.take(progress, moment.catalog, progress.asking, parsed))
    if begins_wrong(moment.text):
        return go_on_filling(moment, form.deny(progress), say("say_it_again"))
    return _aside_or_choose(moment, progress)


def _aside_or_choose(moment: Moment, progress: FormProgress) -> Turn | None:
    """A question is answered, another service is asked about, anything else is asked to choose."""
    asked = _answer_question(moment, progress)
    if asked is not None or names_another(moment, progress):
        return asked
    told = ahead.told(moment, progress) if progress.stage == "consent" else None
    if told is not None:
        return _several(moment, told)
    if progress.stage == "review":
        return _briefly(moment)
    wanted = "please_consent" if progress.stage == "consent" else "please_choose"
    return go_on_filling(moment, progress, say(wanted))


def _briefly(moment: Moment) -> Turn:
    """Everything was read out already: only what can be chosen is said again, the rest when asked for."""
    last = moment.conversation.last
    lines = (say("please_choose"), say("review_question"))
    reply = Reply(paragraphs=lines, choices=last.choices if last is not None else ())
    return answer(moment, reply, remember=False)


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
        return add_options(moment, progress, several)
    return _in_words(moment, progress, spec)


def _option(moment: Moment, progress: FormProgress, picked_id: str) -> Turn:
    spec = form.spec_asked(moment.catalog, progress)
    option = next((o for o in spec.choices if o.id == picked_id), None)
    if option is None:
        return go_on_filling(moment, progress, say("please_choose"))
    if spec.type is FieldType.CHOICES:
        return add_options(moment, progress, (option.id,))
    parsed = Parsed(value=option.id, shown=option.label)
    after = form.take(progress, moment.catalog, progress.asking, parsed)
    return alarm(moment, option.danger, after) if option.danger else go_on_filling(moment, after)


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
    return asked or misfit(moment, progress, Problem(code="file_wanted"))


def _in_words(moment: Moment, progress: FormProgress, spec: FieldSpec) -> Turn | None:
    told = ahead.told(moment, progress)
    if told is not None:
        return _several(moment, told)
    is_long = spec.type is FieldType.LONG_TEXT
    asked = None if is_long else _answer_question(moment, progress)
    if asked is not None and is_asking(moment.text):
        return asked
    around = surroundings(moment, progress)
    parsed = (
        _same_address(moment, progress, spec)
        or joined(spec, progress, moment.text, around)
        or read_answer(spec, moment.text, around)
    )
    if isinstance(parsed, Problem) and progress.asking == ROLE:
        word = says_only_whom(moment.said, moment.recognition.beneficiary)
        parsed = (ahead.role_told(moment, spec) if word else None) or parsed
        progress = replace(progress, beneficiary=word or progress.beneficiary)
    if isinstance(parsed, Problem):
        return (
            _with_house(moment, progress)
            or volunteered(moment, progress)
            or asked
            or not_an_answer(moment, progress, parsed)
        )
    is_lenient = spec.type in _ANYTHING and not parsed.derived
    if is_lenient and len(moment.text) > 3 and names_another(moment, progress):
        return None
    if spec.type is FieldType.CHOICES and parsed.is_certain and isinstance(parsed.value, tuple):
        return add_options(moment, progress, parsed.value)
    parsed = beside_earlier(progress, spec, parsed, moment.text)
    return _taken(moment, progress, spec, parsed)


def _taken(moment: Moment, progress: FormProgress, spec: FieldSpec, parsed: Parsed) -> Turn:
    """The answer in the form; one that tells of danger leads to the emergency card, as by button."""
    after = form.take(progress, moment.catalog, progress.asking, parsed)
    option = next((o for o in spec.choices if o.id == parsed.value), None)
    if option is not None and option.danger:
        return alarm(moment, option.danger, after)
    if is_about_danger(spec) and option is not None and option.id in _UNSURE:
        if may_be_yes(moment.text):
            return alarm(moment, danger_of(spec), after)
        return go_on_filling(moment, after, say("help_line"))
    return go_on_filling(moment, after)


def _with_house(moment: Moment, progress: FormProgress) -> Turn | None:
    """119号, after an address without a number: it belongs there, and is read back."""
    field = next(iter(before(progress)), "")
    around = surroundings_now(moment)
    if not field or progress.failures or not is_house(moment.text, around):
        return None
    spec, street = moment.catalog.fields[field], str(progress.answers[field].value)
    if spec.type is not FieldType.ADDRESS or any(c.isdigit() for c in street):
        return None
    whole = read_answer(spec, street + moment.text, around)
    asked = form.ask_again(progress, moment.catalog, field)
    if not isinstance(whole, Parsed) or asked.stage != "asking":
        return None
    sure = replace(whole, is_certain=False)
    return go_on_filling(moment, form.take(asked, moment.catalog, field, sure))


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
