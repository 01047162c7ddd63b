"""What became of it: progress, taking back, corrections asked for, what we hold about a person."""

from __future__ import annotations

from dataclasses import replace

from casework.models import Case, CaseState
from casework.numbers import find, shown
from catalog.models import FormItem
from dialogue import form_filling as form
from dialogue.models import (
    CallPerson,
    Choice,
    Correcting,
    FormProgress,
    Idle,
    Moment,
    Reply,
    Turn,
    WithdrawCase,
    Withdrawing,
)
from dialogue.replies import case_sentence
from dialogue.rules.words import act
from dialogue.turns import answer, aside, form_of, go_on_filling, picked
from dialogue.wording import choice, say

SHOWN = 3


def status(moment: Moment) -> Turn | None:
    """查进度: one sentence a case; a number that was said narrows it down."""
    number = find(moment.text) if form_of(moment.conversation) is None else None
    if act(moment) != "status" and picked(moment) != "status" and number is None:
        return None
    cases = tuple(c for c in moment.cases if number is None or c.number == number)
    if not cases:
        return aside(moment, say("no_such_case" if number else "no_cases"))
    lines = [case_sentence(case) for case in cases[:SHOWN]]
    if len(cases) > SHOWN:
        lines.append(say("more_cases", count=str(len(cases) - SHOWN)))
    waiting = next((c for c in cases if c.state is CaseState.NEEDS_CORRECTION), None)
    if form_of(moment.conversation) is not None:
        return aside(moment, *lines)
    choices = (choice("correct", id=f"correct:{waiting.id}"),) if waiting else ()
    return answer(moment, Reply(paragraphs=tuple(lines), choices=choices, private=True), focus=Idle())


def withdraw(moment: Moment) -> Turn | None:
    """撤回: which one, are you sure, done."""
    focus = moment.conversation.focus
    if isinstance(focus, Withdrawing):
        return _withdrawing(moment, focus)
    if act(moment) != "withdraw" or form_of(moment.conversation) is not None:
        return None
    open_cases = tuple(c for c in moment.cases if not c.state.is_closed)
    if not open_cases:
        return aside(moment, say("nothing_to_withdraw"))
    if len(open_cases) == 1:
        return _are_you_sure(moment, open_cases[0])
    choices = tuple(
        Choice(id=f"take_back:{c.id}", label=say("case_label", name=c.service_name, number=shown(c.number)))
        for c in open_cases[:SHOWN]
    )
    reply = Reply(
        paragraphs=(say("withdraw_which"),), choices=(*choices, choice("go_on_case")), private=True
    )
    return answer(moment, reply, focus=Withdrawing(numbers=tuple(c.number for c in open_cases)))


def _are_you_sure(moment: Moment, case: Case) -> Turn:
    reply = Reply(
        paragraphs=(
            say("withdraw_sure", name=case.service_name, number=shown(case.number)),
            say("withdraw_means"),
        ),
        choices=(choice("withdraw_yes"), choice("withdraw_no")),
        private=True,
    )
    return answer(moment, reply, focus=Withdrawing(numbers=(case.number,), case_id=case.id))


def _withdrawing(moment: Moment, focus: Withdrawing) -> Turn | None:
    chosen = picked(moment) or act(moment)
    if chosen.startswith("take_back:"):
        case = next((c for c in moment.cases if c.id == chosen.removeprefix("take_back:")), None)
        return _are_you_sure(moment, case) if case else None
    if chosen in ("withdraw_no", "no", "back", "cancel", "go_on_case"):
        return answer(moment, Reply(paragraphs=(say("not_withdrawn"),)), focus=Idle())
    case = next((c for c in moment.cases if c.id == focus.case_id), None)
    if chosen in ("withdraw_yes", "yes") and case is not None and not case.state.is_closed:
        reply = Reply(paragraphs=(say("withdrawn", number=shown(case.number)), say("what_next")))
        return answer(moment, reply, focus=Idle(), effects=(WithdrawCase(case_id=case.id),))
    return None


def corrections(moment: Moment) -> Turn | None:
    """补材料: the items a caseworker asked for, one by one."""
    waiting = tuple(c for c in moment.cases if c.state is CaseState.NEEDS_CORRECTION)
    chosen = picked(moment)
    if not chosen.startswith("correct:") or form_of(moment.conversation) is not None:
        return None
    case = next((c for c in waiting if c.id == chosen.removeprefix("correct:")), None)
    if case is None:
        return aside(moment, say("no_corrections"))
    known = tuple(f for f in case.wanted if f in moment.catalog.fields)
    progress = FormProgress(
        service_ids=(case.service_id,),
        catalog_version=case.catalog_version,
        items=tuple(FormItem(field=f) for f in known),
        fields_of_service={case.service_id: known},
        number=case.number,
        consented=True,
        started_at=moment.now,
        saved_at=moment.now,
    )
    asking = form.ask_next(progress, moment.catalog)
    focus = Correcting(case_id=case.id, number=case.number, progress=asking)
    begun = replace(moment, conversation=replace(moment.conversation, focus=focus))
    return go_on_filling(begun, asking, say("corrections_begin", reason=case.wanted_reason))


def my_data(moment: Moment) -> Turn | None:
    """我的资料: what is kept, in words, and a person to see to the rest."""
    if act(moment) != "my_data":
        return None
    facts = say("list_mark").join(
        moment.catalog.fields[f].label for f in moment.conversation.known if f in moment.catalog.fields
    )
    lines = [say("my_data_cases", count=str(len(moment.cases)))]
    if facts:
        lines.append(say("my_data_facts", labels=facts))
    lines += [say("my_data_kept"), say("my_data_rights")]
    return aside(moment, *lines, effects=(CallPerson(reason="my_data"),))
