"""What is said while looking for benefits: for whom, what is known, the questions, what a number told."""

from __future__ import annotations

from catalog.facts import Facts
from catalog.models import Catalog
from dialogue import match_results as results
from dialogue.focuses import Matching
from dialogue.match_questions import label_of, question, told_in_words
from dialogue.match_results import page_of, who
from dialogue.matching import facts_of
from dialogue.messages import Choice, Reply
from dialogue.models import Moment
from dialogue.wording import choice, say


def match_reply(moment: Moment, focus: Matching) -> Reply:
    """What is said at this place of the search."""
    match focus.stage:
        case "whom":
            choices = (choice("match_me"), choice("match_child"), choice("match_family"))
            return Reply(paragraphs=(say("match_whom"),), choices=choices)
        case "reuse":
            return _reuse(moment, focus)
        case "consent":
            return consent_question()
        case "asking":
            is_brief = moment.conversation.preferences.simple
            return question(moment.catalog, focus, who(focus.beneficiary), is_brief=is_brief)
        case "confirming":
            return _read_back(moment.catalog, focus)
        case "changing":
            return _which_fact(moment, focus)
        case "one":
            return results.one(moment, focus)
        case "nearly":
            return results.nearly(moment, focus)
        case "unmet":
            return results.unmet(moment, focus)
        case "some" | "exclusive":
            return results.which_services(moment, focus)
        case _:
            return results.may_fit(moment, focus)


def consent_question() -> Reply:
    """The two sentences before the first sensitive question; the words are those of the forms."""
    return Reply(
        paragraphs=(say("match_consent"), say("match_consent_free")),
        choices=(choice("consent_yes"), choice("consent_no")),
    )


def facts_in_words(catalog: Catalog, facts: Facts) -> tuple[tuple[str, str], ...]:
    """Every fact known, with what is known of it."""
    names = (field for field in Facts.__dataclass_fields__)
    told = ((name, told_in_words(catalog, name, facts)) for name in names)
    return tuple((name, words) for name, words in told if words)


def _reuse(moment: Moment, focus: Matching) -> Reply:
    facts = facts_in_words(moment.catalog, facts_of(moment, focus.beneficiary))
    lines = [say("read_line", label=label_of(name), value=words) for name, words in facts]
    return Reply(
        paragraphs=(say("match_known", who=who(focus.beneficiary)), *lines, say("match_still")),
        choices=(choice("match_same"), choice("match_anew")),
        private=True,
    )


def _read_back(catalog: Catalog, focus: Matching) -> Reply:
    lines = []
    for name, answer in focus.pending.items():
        label = catalog.fields[name].label if name in catalog.fields else say("match_sex")
        lines.append(say("read_line", label=label, value=answer.shown))
    return Reply(
        paragraphs=(say("read_back"), *lines, say("is_right")),
        choices=(choice("right"), choice("wrong")),
        private=True,
    )


def _which_fact(moment: Moment, focus: Matching) -> Reply:
    facts = facts_in_words(moment.catalog, facts_of(moment, focus.beneficiary))
    labels = {name: say("match_fact", label=label_of(name), value=words) for name, words in facts}
    shown = page_of(tuple(labels), focus.page)
    choices = tuple(Choice(id=f"match_fact:{name}", label=labels[name]) for name in shown)
    more = (choice("more_options"),) if len(labels) > len(shown) else ()
    return Reply(paragraphs=(say("match_which_fact"),), choices=(*choices, *more), private=True)
