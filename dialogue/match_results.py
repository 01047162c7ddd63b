"""What was found for a person, in words: what may fit, what is missing, what does not, three services at a time.

Never more than 可能符合, always with the reason and the rule.
"""

from __future__ import annotations

from catalog.assessments import Assessment, Reason, State, in_words, requirement
from catalog.benefits import Match, exclusive, in_order, rule_source
from catalog.models import Catalog
from dialogue.focuses import Matching
from dialogue.match_questions import PAGE, how_to_know, missing_label, phrase
from dialogue.matching import matches_for, named
from dialogue.messages import Choice, Reply
from dialogue.models import Moment
from dialogue.replies import short_names
from dialogue.wording import choice, say

MOST_REASONS = 6
"""Conditions told of one service; no service has more that matter."""


def may_fit(moment: Moment, focus: Matching) -> Reply:
    """The at most three services of this page that may fit, and what can be done with them."""
    found = matches_for(moment, focus.beneficiary)
    ids = tuple(m.service_id for m in found.yes)
    here = tuple(m for m in found.yes if m.service_id in page_of(ids, focus.page))
    head = say("match_found", who=who(focus.beneficiary), count=str(len(ids)))
    lines = [head if focus.page == 0 else say("match_more")]
    if not here:
        lines = [say("match_none", who=who(focus.beneficiary))]
    is_brief = moment.conversation.preferences.simple
    lines += [_line(moment.catalog, m, is_brief=is_brief) for m in here]
    lines += _before(moment.catalog, here)
    lines += _only_one(moment.catalog, tuple(m.service_id for m in here))
    lines.append(say("window_decides"))
    left = len(ids) - (focus.page * PAGE + len(here))
    if left > 0:
        lines.append(say("match_left", count=str(left)))
    return Reply(
        paragraphs=tuple(lines), choices=_result_choices(len(here), len(ids), found.nearly),
        private=True,
    )  # fmt: skip


def nearly(moment: Moment, focus: Matching) -> Reply:
    """What is not known yet, or lacks only a certificate, and what to do about it."""
    found = matches_for(moment, focus.beneficiary).nearly
    ids = page_of(tuple(m.service_id for m in found), focus.page)
    here = tuple(m for m in found if m.service_id in ids)
    lines = [say("match_nearly_lead", count=str(len(found)))]
    lines += _lacks(moment.catalog, tuple(m for m in here if m.assessment.missing))
    lines += _before(moment.catalog, tuple(m for m in here if not m.assessment.missing))
    missing = next((m.assessment.missing for m in here if m.assessment.missing), ())
    first = next((m.first for m in here if m.any_first and m.first), ())
    choices = [choice("match_tell")] if missing else []
    if first and not missing:
        label = moment.catalog.services_by_id[first[0]].short
        choices.append(Choice(id=f"match_one:{first[0]}", label=label))
    choices.append(choice("match_yes"))
    if len(found) > len(here):
        choices.append(choice("more_steps"))
    return Reply(paragraphs=tuple(lines), choices=tuple(choices), private=True)


def unmet(moment: Moment, focus: Matching) -> Reply:
    """What does not seem to fit, with the reason and what was said, so that a mistake can be mended."""
    found = matches_for(moment, focus.beneficiary).no
    ids = page_of(tuple(m.service_id for m in found), focus.page)
    here = tuple(m for m in found if m.service_id in ids)
    lines = [say("match_unmet_lead") if here else say("match_unmet_none")]
    for m in here:
        failed = m.assessment.in_state(State.NO)[0]
        name = moment.catalog.services_by_id[m.service_id].short
        lines.append(say("match_fails", name=name, what=_failed(failed)))
        lines += _said(moment.catalog, failed)
    lines.append(say("match_disagree"))
    choices = [choice("match_change"), choice("match_yes")]
    if len(found) > len(here):
        choices.append(choice("more_steps"))
    return Reply(paragraphs=tuple(lines), choices=tuple(choices), private=True)


def one(moment: Moment, focus: Matching) -> Reply:
    """One service with all its conditions, so that a mistake can be seen."""
    service = moment.catalog.services_by_id[focus.service_id]
    found = matches_for(moment, focus.beneficiary).of(focus.service_id)
    reasons = found.assessment.reasons if found else ()
    verdict = found.assessment.verdict if found else "yes"
    lines = [say("intro_name", name=service.name), say(f"match_verdict_{verdict}")]
    lines += [in_words(reason) for reason in reasons[:MOST_REASONS]]
    failed = next((r for r in reasons if r.state is State.NO), None)
    lines += _said(moment.catalog, failed) if failed else []
    if found and found.first:
        lines += _before(moment.catalog, (found,))
    source = rule_source(service)
    lines += [say("match_source", source=source)] if source else []
    begin = (choice("match_begin"),) if verdict != "no" else (choice("match_change"),)
    return Reply(
        paragraphs=(*lines, say("window_decides")), choices=(*begin, choice("match_yes")),
        private=True,
    )  # fmt: skip


def which_services(moment: Moment, focus: Matching) -> Reply:
    """Which of these: some of a page, or the one of several that exclude each other."""
    ids = focus.picked
    if focus.stage == "exclusive":
        ids = exclusive(ids)
        lines = [
            say("match_only_one", names=short_names(ids, moment.catalog)),
            say("match_which_one"),
        ]
    else:
        lines = [say("event_pick_some")]
    choices = tuple(
        Choice(id=f"match_pick:{s}", label=moment.catalog.services_by_id[s].short)
        for s in in_order(ids)
    )
    return Reply(
        paragraphs=tuple(lines), choices=(*choices, choice("none_of_these")), private=True
    )


def page_of(ids: tuple[str, ...], page: int) -> tuple[str, ...]:
    """The at most three services of a page; after the last page comes the first."""
    start = (page % max(1, -(-len(ids) // PAGE))) * PAGE
    return ids[start : start + PAGE]


def who(beneficiary: str) -> str:
    """How the person is called in a question: 你, 你爸爸."""
    return named(beneficiary) or say("who_you")


def _result_choices(here: int, every: int, nearly: tuple[Match, ...]) -> tuple[Choice, ...]:
    choices: list[Choice] = []
    if here:
        choices.append(choice("match_file" if here > 1 else "match_file_one", id="match_file"))
    if here > 1:
        choices.append(choice("match_some"))
    if nearly:
        choices.append(choice("match_nearly"))
    if every > here:
        choices.append(choice("more_steps"))
    return tuple(choices) or (choice("match_change"), choice("match_unmet"), choice("human"))


def _line(catalog: Catalog, found: Match, *, is_brief: bool) -> str:
    """One service with the reason in plain words and where the rule stands."""
    service = catalog.services_by_id[found.service_id]
    told = _seen(catalog, found.assessment)
    key = "match_fits" if told else "match_fits_all"
    line = say(key, name=service.short, told=say("list_mark").join(told))
    if is_brief:
        return line
    window = (r for r in found.assessment.in_state(State.WINDOW) if r.kind != "excludes")
    line += "".join(say("match_window", what=requirement(r)) for r in list(window)[:1])
    source = rule_source(service)
    return line + (say("match_source", source=source) if source else "")


def _seen(catalog: Catalog, assessment: Assessment) -> tuple[str, ...]:
    """The facts that met the conditions, in words: 上海户口, 45岁, 一级."""
    met = (r for r in assessment.in_state(State.YES) if r.kind != "excludes")
    told = dict(pair for reason in met for pair in reason.told)
    return tuple(phrase(catalog, name, value) for name, value in told.items())


def _before(catalog: Catalog, here: tuple[Match, ...]) -> list[str]:
    """What comes first: 先办好“养护需求评估”，再办居家养护; of several proofs one is enough."""
    lines = []
    for first in dict.fromkeys(m.first for m in here if m.first):
        after = tuple(m for m in here if m.first == first)
        mark = say("match_or" if after[0].any_first else "list_mark")
        names = mark.join(say("quoted", word=catalog.services_by_id[s].short) for s in first)
        ids = tuple(m.service_id for m in after)
        lines.append(say("match_then", first=names, names=short_names(ids, catalog)))
    return lines


def _only_one(catalog: Catalog, ids: tuple[str, ...]) -> list[str]:
    among = exclusive(ids)
    return [say("match_only_one", names=short_names(among, catalog))] if among else []


def _lacks(catalog: Catalog, here: tuple[Match, ...]) -> list[str]:
    """What is not known yet, for which services, and how to find out."""
    lines = []
    for missing in dict.fromkeys(m.assessment.missing for m in here):
        ids = tuple(m.service_id for m in here if m.assessment.missing == missing)
        asked = say("list_mark").join(missing_label(fact) for fact in missing)
        line = say("match_lacks", names=short_names(ids, catalog), facts=asked)
        lines.append(line + say("match_how", how=how_to_know(missing[0])))
    return lines


def _failed(reason: Reason) -> str:
    key = "match_left_out" if reason.kind == "excludes" else "match_needs"
    return say(key, what=requirement(reason))


def _said(catalog: Catalog, reason: Reason) -> list[str]:
    told = [phrase(catalog, name, value) for name, value in reason.told]
    return [say("match_you_said", told=say("list_mark").join(told))] if told else []
