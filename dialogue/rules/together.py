"""Several services laid out: all, some or one are chosen, by number, by name, or one by one; then one form."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from catalog.bundles import bundle
from dialogue.focuses import EventShown, Idle, Offered, OneByOne, Together
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.offers import apart_sentences, page_of, steps_of, steps_of_event
from dialogue.places import offer_at
from dialogue.plans import filed, with_event
from dialogue.replies import short_names
from dialogue.rules.beginning import begin_form
from dialogue.rules.introducing import introduce
from dialogue.rules.words import act
from dialogue.selecting import is_leaving_out, seems_selecting, selected
from dialogue.turns import answer, taken_wrongly
from dialogue.wording import beneficiary_of, choice, meanings, say
from intents.writing import bare


def _laid_out(
    moment: Moment, focus: EventShown | Offered
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The services of the page shown, and all that are laid out."""
    already = filed(moment, focus.beneficiary)
    if isinstance(focus, EventShown):
        steps = steps_of_event(moment.catalog.life_events_by_id[focus.life_event], already)
    else:
        steps = steps_of(focus.services, already if focus.source == "needs" else ())
    here = page_of(steps, focus.page)
    return tuple(s.service for s in here), tuple(s.service for s in steps)


def several_chosen(moment: Moment) -> Turn | None:
    """Two or more of what is laid out, named in one breath: 1、3，除了第二个都要."""
    focus = moment.conversation.focus
    if moment.message.pick is not None or not isinstance(focus, EventShown | Offered | Together):
        return None
    here, everything = (
        (focus.services, focus.services)
        if isinstance(focus, Together)
        else _laid_out(moment, focus)
    )
    known = moment.catalog.services_by_id
    others = [known[s] for s in everything if s not in here]
    found = selected(moment.text, [known[s] for s in here], others)
    if len(found) == 1 and is_leaving_out(moment.text):
        return introduce(moment, found[0])
    return offer_together(moment, found, focus.beneficiary) if len(found) > 1 else None


def chosen_of_several(
    moment: Moment, focus: EventShown | Offered | Together | OneByOne, chosen: str
) -> Turn | None:
    """What is done with several services, wherever in choosing them the person is."""
    match focus:
        case Together():
            return _together(moment, focus, chosen)
        case OneByOne():
            return _wanted_or_not(moment, focus, chosen)
        case _:
            return _offered(moment, focus, chosen)


def _offered(moment: Moment, focus: EventShown | Offered, chosen: str) -> Turn | None:
    """What is picked from several services; None when the words are about something else."""
    here, everything = _laid_out(moment, focus)
    if chosen == "more_steps" and len(everything) > len(here):
        turned = replace(focus, page=focus.page + 1)
        return answer(moment, offer_at(moment, turned), focus=turned)
    wanted = chosen or act(moment)
    if wanted in ("back", "cancel", "no", "none_of_these"):
        wrong = taken_wrongly(moment) if wanted == "none_of_these" else ()
        return answer(moment, Reply(paragraphs=(say("what_next"),)), focus=Idle(), effects=wrong)
    if not here:
        return None
    is_all = wanted == "together" or means(moment, "together")
    if is_all or (wanted == "yes" and len(here) > 1):
        return offer_together(moment, here, focus.beneficiary)
    if wanted == "yes" or means(moment, "start"):
        return introduce(moment, here[0])
    if wanted == "one_by_one" or means(moment, "one_by_one"):
        return _one_by_one(moment, here, focus.beneficiary, say("one_by_one_lead"))
    return _in_words(moment, focus, here, everything)


def means(moment: Moment, key: str) -> bool:
    """Whether a choice is meant by its words, though it is not among those shown."""
    return moment.said in _words_for(key)


@cache
def _words_for(key: str) -> frozenset[str]:
    return frozenset(bare(word) for word in (choice(key).label, *meanings(key)))


def _in_words(
    moment: Moment, focus: EventShown | Offered, here: tuple[str, ...], everything: tuple[str, ...]
) -> Turn | None:
    known = moment.catalog.services_by_id
    needs = tuple(n for n in moment.recognition.needs if n in everything)
    if len(needs) > 1 and len(needs) == len(moment.recognition.needs):
        return offer_together(moment, needs, focus.beneficiary)
    others = [known[s] for s in everything if s not in here]
    found = selected(moment.text, [known[s] for s in here], others)
    if found:
        return introduce(moment, found[0])
    if moment.recognition.accepted("service") or not seems_selecting(moment.text):
        return None
    return _one_by_one(moment, here, focus.beneficiary, say("one_by_one_unclear"))


def offer_together(
    moment: Moment, service_ids: tuple[str, ...], beneficiary: str, *before: str
) -> Turn:
    """One form for as many of these as fit is offered, and it is said what stays outside and why."""
    _, role = beneficiary_of(beneficiary)
    chosen = bundle(moment.catalog, service_ids, role)
    if len(chosen.together) < 2:
        first = (*chosen.together, *(a.service_id for a in chosen.apart))[0]
        rest = tuple(a for a in chosen.apart if a.service_id != first)
        return introduce(moment, first, *before, *apart_sentences(rest, moment.catalog))
    focus = Together(services=service_ids, beneficiary=beneficiary)
    reply = offer_at(moment, focus)
    reply = replace(reply, paragraphs=(*before, *reply.paragraphs))
    return answer(moment, reply, focus=focus, **with_event(moment, *service_ids))


def _together(moment: Moment, focus: Together, chosen: str) -> Turn | None:
    """Begin the one form, pick again, or leave it."""
    wanted = chosen or act(moment)
    if wanted in ("start", "yes", "together"):
        _, role = beneficiary_of(focus.beneficiary)
        ids = bundle(moment.catalog, focus.services, role).together
        names = short_names(ids, moment.catalog)
        lead = say("together_begins", count=str(len(ids)), names=names)
        return begin_form(moment, ids, focus.beneficiary, lead)
    if wanted == "one_by_one":
        return _one_by_one(moment, focus.services, focus.beneficiary, say("one_by_one_lead"))
    if wanted in ("no", "back", "cancel"):
        wrong = taken_wrongly(moment) if wanted == "no" else ()
        return answer(moment, Reply(paragraphs=(say("what_next"),)), focus=Idle(), effects=wrong)
    found = selected(moment.text, [moment.catalog.services_by_id[s] for s in focus.services])
    return introduce(moment, found[0]) if found else None


def _one_by_one(moment: Moment, service_ids: tuple[str, ...], beneficiary: str, lead: str) -> Turn:
    focus = OneByOne(services=service_ids, beneficiary=beneficiary)
    reply = offer_at(moment, focus)
    reply = replace(reply, paragraphs=(lead, *reply.paragraphs))
    return answer(moment, reply, focus=focus, **with_event(moment))


def _wanted_or_not(moment: Moment, focus: OneByOne, chosen: str) -> Turn | None:
    """One service asked about by itself: on to the next, or to what was wanted."""
    wanted = chosen or act(moment)
    if wanted in ("cancel", "stop"):
        return answer(moment, Reply(paragraphs=(say("what_next"),)), focus=Idle())
    if wanted == "back":
        place = max(0, focus.place - 1)
        before = set(focus.services[:place])
        kept = tuple(s for s in focus.wanted if s in before)
        earlier = replace(focus, place=place, wanted=kept)
        return answer(moment, offer_at(moment, earlier), focus=earlier)
    if wanted not in ("want", "want_not", "options_done", "yes", "no", "skip"):
        return None
    is_wanted = wanted in ("want", "yes")
    picked = (*focus.wanted, focus.services[focus.place]) if is_wanted else focus.wanted
    after = replace(focus, place=focus.place + 1, wanted=picked)
    if after.place < len(focus.services) and wanted != "options_done":
        return answer(moment, offer_at(moment, after), focus=after)
    if not picked:
        reply = Reply(paragraphs=(say("none_wanted"), say("what_next")))
        return answer(moment, reply, focus=Idle())
    if len(picked) == 1:
        return introduce(moment, picked[0])
    return offer_together(moment, picked, focus.beneficiary)
