"""Looking for what a person may be entitled to: what is known of her, and which short question comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from catalog.benefits import Matches, match, question_to_ask
from catalog.facts import Facts, facts_from
from catalog.models import Catalog
from dialogue.focuses import Matching
from dialogue.match_questions import SENSITIVE
from dialogue.models import Moment, asked_once
from dialogue.people import People
from dialogue.progress import Answer
from dialogue.told import FIELD_OF, ToldFacts, told_of
from dialogue.wording import beneficiary_of

MOST_QUESTIONS = 5
_RESULTS = frozenset({"result", "nearly", "unmet", "one", "some", "exclusive"})


def named(beneficiary: str) -> str:
    """Under which name the facts of this person are kept; empty is the writer herself."""
    who, role = beneficiary_of(beneficiary)
    return "" if role == "self" else who or beneficiary


def known_answers(people: People, beneficiary: str) -> Mapping[str, Answer]:
    """What earlier filings tell of this person: of the writer, or of the only one she helps who is called so."""
    who = named(beneficiary)
    if not who:
        return people.facts
    helped = [h for h in people.helped if h.authorization.relation == who]
    return helped[0].facts if len(helped) == 1 else {}


def told(moment: Moment, beneficiary: str) -> ToldFacts:
    """What was told of this person while looking for benefits."""
    return told_of(moment.conversation.told, named(beneficiary), moment.now)


def answers(moment: Moment, beneficiary: str) -> dict[str, Answer]:
    """Everything known of this person; what she told last counts before what was filed once."""
    said = told(moment, beneficiary)
    if said.anew:
        return dict(said.answers)
    return {**known_answers(moment.people, beneficiary), **said.answers}


def facts_of(moment: Moment, beneficiary: str) -> Facts:
    """The facts known of this person."""
    given = answers(moment, beneficiary)
    values = {k: a.value for k, a in given.items() if a.source != "skipped"}
    return facts_from(values, today=moment.today)


@asked_once
def matches_for(moment: Moment, beneficiary: str) -> Matches:
    """How every offered service stands for this person."""
    return match(moment.catalog, facts_of(moment, beneficiary))


def is_result(focus: Matching) -> bool:
    """Whether the questions are over and what was found is being looked at."""
    return focus.stage in _RESULTS


def next_step(focus: Matching, catalog: Catalog, facts: Facts) -> Matching:
    """The next question that decides most, the consent it needs, or the result; never more than five."""
    base = replace(focus, failures=0, page=0, pending={}, picked=())
    fact = _left_behind(focus, facts) or _new(focus, catalog, facts)
    if not fact:
        return replace(base, stage="result", asking="")
    asked = focus.asked if fact in focus.asked else (*focus.asked, fact)
    needs_consent = fact in SENSITIVE and focus.sensitive != "yes"
    return replace(base, asking=fact, asked=asked, stage="consent" if needs_consent else "asking")


def ask(focus: Matching, fact: str) -> Matching:
    """Ask about this fact: again, or because the person wants to tell it."""
    needs_consent = fact in SENSITIVE and focus.sensitive != "yes"
    return replace(
        focus,
        asking=fact,
        asked=focus.asked if fact in focus.asked else (*focus.asked, fact),
        skipped=tuple(f for f in focus.skipped if f != fact),
        stage="consent" if needs_consent else "asking",
        page=0, failures=0, pending={}, picked=(),
    )  # fmt: skip


def left_open(focus: Matching) -> Matching:
    """The question being asked stays unknown."""
    return replace(focus, skipped=(*(f for f in focus.skipped if f != focus.asking), focus.asking))


def _left_behind(focus: Matching, facts: Facts) -> str:
    """A question she went back from before answering it."""
    waiting = (
        fact
        for fact in focus.asked
        if fact not in focus.skipped
        and getattr(facts, fact) is None
        and not (fact in SENSITIVE and focus.sensitive == "no")
        and not (fact == "level" and facts.certificate is False)
    )
    return next(waiting, "")


def _new(focus: Matching, catalog: Catalog, facts: Facts) -> str:
    if len(focus.asked) >= MOST_QUESTIONS:
        return ""
    refused = SENSITIVE if focus.sensitive == "no" else frozenset[str]()
    return question_to_ask(catalog, facts, {*focus.asked, *focus.skipped, *refused})


def form_answers(given: Mapping[str, Answer], fields: frozenset[str]) -> dict[str, Answer]:
    """What was told that a form with these fields asks too, under the names the form uses."""
    own = {**given, **{name: given[fact] for fact, name in FIELD_OF.items() if fact in given}}
    return {field: answer for field, answer in own.items() if field in fields}
