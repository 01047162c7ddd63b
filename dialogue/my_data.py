"""What is said about a person's own data (个人信息保护法 art. 44–50): what is held, and what she can do about it."""

from __future__ import annotations

from dataclasses import replace

from casework.deadlines import SHANGHAI
from catalog.models import Catalog, FieldSpec
from dialogue.focuses import MyData
from dialogue.messages import Choice, Reply
from dialogue.models import Conversation, Moment
from dialogue.old_drafts import changed_forms
from dialogue.own_file import Look
from dialogue.progress import Answer, FormProgress
from dialogue.topics import topic_of
from dialogue.wording import choice, own_data_wish, say
from intents.models import Recognition
from intents.slot_types import mask
from intents.writing import bare

PAGE = 3
LINES = 5
"""Facts or looks told at a time: more is not kept in mind."""
OPTIONS = 6
_TOLD_AGAIN = frozenset({"disability", "household", "special"})
"""Topics about which something may have been told while looking for benefits."""


def is_about_own_data(
    conversation: Conversation, text: str, recognition: Recognition, picked: str
) -> bool:
    """Whether this turn will have to know who looked at her data and what she agreed to."""
    if isinstance(conversation.focus, MyData) or picked in ("my_log", "my_consents"):
        return True
    best = recognition.accepted("act")
    is_certain = best is not None and best.id == "my_data"
    return bool(own_data_wish(bare(text), is_certain=is_certain))


def my_data_reply(moment: Moment, focus: MyData, *before: str) -> Reply:
    """What is said at this step, after the given first sentences."""
    match focus.step:
        case "more":
            reply = _more()
        case "facts":
            reply = _facts(moment, focus.page)
        case "correct":
            reply = _which(moment, focus.page)
        case "value":
            reply = _what_instead(moment, focus.about)
        case "delete":
            reply = _sure(moment)
        case "consents":
            reply = _consents(focus.topics, focus.page)
        case "end":
            reply = _end_sure(focus.about)
        case _:
            reply = _menu(*(before or overview(moment)))
            before = ()
    lead = tuple(sentence for sentence in before if sentence)
    return Reply(paragraphs=(*lead, *reply.paragraphs), choices=reply.choices, private=True)


def overview(moment: Moment) -> tuple[str, ...]:
    """How much is held, in a few sentences."""
    own = [c for c in moment.cases if c.person_id in ("", moment.people.me)]
    lines = [say("my_data_cases", count=str(len(own)))]
    labels = [_label(moment.catalog, f) for f in _known(moment)]
    if labels:
        lines.append(say("my_data_facts", labels=say("list_mark").join(labels)))
    is_filling = getattr(moment.conversation.focus, "progress", None) is not None
    drafts = len(moment.conversation.parked) + is_filling
    if drafts:
        lines.append(say("my_data_drafts", count=str(drafts)))
    return (*lines, say("my_data_kept"))


def looks_in_words(looks: tuple[Look, ...]) -> tuple[str, ...]:
    """谁看过我的资料: the newest looks, and how many there were."""
    if not looks:
        return (say("my_data_no_looks"),)
    lines = (look_in_words(look) for look in looks[:LINES])
    return (say("my_data_looks", count=str(len(looks))), *lines)


def look_in_words(look: Look) -> str:
    """One look as a sentence: when, from which office, at what."""
    at = look.at.astimezone(SHANGHAI)
    shown = say(
        "moment_shown",
        month=str(at.month),
        day=str(at.day),
        hour=str(at.hour),
        minute=f"{at.minute:02d}",
    )
    return say("my_data_look", at=shown, office=look.office, name=look.service, what=look.what)


def facts_shown(catalog: Catalog, facts: dict[str, Answer]) -> tuple[tuple[str, str], ...]:
    """Labels and values, with what identifies a person covered."""
    return tuple(
        (_label(catalog, field), _shown(catalog.fields[field], answer))
        for field, answer in facts.items()
        if field in catalog.fields
    )


def without_topic(catalog: Catalog, facts: dict[str, Answer], topic: str) -> dict[str, Answer]:
    """What is left of some facts when a topic is no longer agreed to; a town told by an address goes with it."""
    return {
        f: a for f, a in facts.items() if not is_about(catalog, f.removeprefix("town_"), topic)
    }


def form_without_topic(catalog: Catalog, form: FormProgress, topic: str) -> FormProgress:
    """A form without the answers and papers of a topic; they are asked again only after a new yes."""
    return replace(
        form,
        answers=without_topic(catalog, form.answers, topic),
        pending=without_topic(catalog, form.pending, topic),
        papers=tuple(p for p in form.papers if not is_about(catalog, p.field, topic)),
        agreed=tuple(a for a in form.agreed if a.topic != topic),
        consented=False,
    )


def talk_without_topic(catalog: Catalog, conversation: Conversation, topic: str) -> Conversation:
    """A conversation whose unfinished forms hold nothing of a topic any more."""
    changed = changed_forms(conversation, lambda f: form_without_topic(catalog, f, topic))
    return replace(changed, told=()) if topic in _TOLD_AGAIN else changed


def is_about(catalog: Catalog, field: str, topic: str) -> bool:
    """Whether a field is a sensitive one of this topic."""
    spec = catalog.fields.get(field)
    return spec is not None and spec.sensitive and topic_of(catalog, field) == topic


def fact_page(moment: Moment, page: int) -> tuple[str, ...]:
    """Three known facts at a time."""
    known = _known(moment)
    pages = max(1, -(-len(known) // PAGE))
    start = (page % pages) * PAGE
    return known[start : start + PAGE]


def _menu(*lines: str) -> Reply:
    choices = (choice("my_see"), choice("my_copy"), choice("my_correct"), choice("more_options"))
    return Reply(paragraphs=(*lines, say("my_data_what")), choices=(*choices, choice("my_done")))


def _more() -> Reply:
    choices = (choice("my_delete"), choice("my_log"), choice("my_consents"), choice("my_done"))
    return Reply(paragraphs=(say("my_data_more"),), choices=choices)


def _facts(moment: Moment, page: int) -> Reply:
    shown = facts_shown(moment.catalog, moment.people.facts)
    if not shown:
        return _menu(say("my_data_nothing"))
    pages = -(-len(shown) // LINES)
    start = (page % pages) * LINES
    lines = [say("read_line", label=k, value=v) for k, v in shown[start : start + LINES]]
    more = (choice("more_options"),) if pages > 1 else ()
    return Reply(
        paragraphs=(say("my_data_lead"), *lines, say("my_data_hidden")),
        choices=(choice("my_copy"), choice("my_correct"), *more, choice("my_done")),
    )


def _which(moment: Moment, page: int) -> Reply:
    known = _known(moment)
    if not known:
        return _menu(say("my_data_nothing"), say("my_data_correct_filed"))
    choices = [
        Choice(id=f"fact:{f}", label=_label(moment.catalog, f)) for f in fact_page(moment, page)
    ]
    if len(known) > PAGE:
        choices.append(choice("more_options"))
    lines = (say("my_data_correct"), say("my_data_correct_filed"))
    return Reply(paragraphs=lines, choices=(*choices, choice("my_done")))


def _what_instead(moment: Moment, field: str) -> Reply:
    spec = moment.catalog.fields[field]
    now = moment.people.facts.get(field)
    value = now.shown if now is not None else say("not_given")
    lines = [say("my_data_value", label=spec.label, value=value)]
    if spec.choices:
        options = say("list_mark").join(o.label for o in spec.choices[:OPTIONS])
        lines.append(say("my_data_value_options", options=options))
    return Reply(paragraphs=tuple(lines), choices=(choice("my_drop"), choice("my_done")))


def _sure(moment: Moment) -> Reply:
    waiting = [c for c in moment.cases if not c.state.is_closed and _is_own(moment, c.person_id)]
    lines = [say("my_data_delete"), say("my_data_delete_record")]
    if waiting:
        lines.append(say("my_data_delete_open", count=str(len(waiting))))
    choices = (choice("my_delete_no"), choice("my_copy"), choice("my_delete_yes"))
    return Reply(paragraphs=(*lines, say("my_data_sure")), choices=choices)


def _is_own(moment: Moment, person_id: str) -> bool:
    return person_id in ("", moment.people.me)


def _consents(topics: tuple[str, ...], page: int) -> Reply:
    if not topics:
        return _menu(say("my_data_no_consents"))
    pages = -(-len(topics) // PAGE)
    start = (page % pages) * PAGE
    choices = [
        Choice(id=f"topic:{t}", label=say(f"topic_{t}")) for t in topics[start : start + PAGE]
    ]
    if pages > 1:
        choices.append(choice("more_options"))
    return Reply(paragraphs=(say("my_data_consents"),), choices=(*choices, choice("my_done")))


def _end_sure(topic: str) -> Reply:
    lines = (say("my_data_end_sure", topic=say(f"topic_{topic}")), say("my_data_end_filed"))
    return Reply(paragraphs=lines, choices=(choice("my_end_no"), choice("my_end_yes")))


def _known(moment: Moment) -> tuple[str, ...]:
    return tuple(f for f in moment.people.facts if f in moment.catalog.fields)


def _label(catalog: Catalog, field: str) -> str:
    return catalog.fields[field].label


def _shown(spec: FieldSpec, answer: Answer) -> str:
    return mask(spec.type, answer.value, answer.shown) if spec.sensitive else answer.shown
