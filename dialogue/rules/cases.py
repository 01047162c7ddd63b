"""What became of it: progress, taking back, corrections asked for."""

from __future__ import annotations

from casework.authorizations import Scope
from casework.models import Case, CaseState
from casework.numbers import find, shown
from catalog.models import FormItem
from dialogue import form_filling as form
from dialogue.effects import WithdrawCase
from dialogue.focuses import Idle, Withdrawing
from dialogue.forms import NAMES, ROLE
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.picking import picked
from dialogue.places import SHOWN, asked_at, withdraw_question
from dialogue.progress import Answer, FormProgress
from dialogue.replies import as_sentence, case_sentence
from dialogue.rules.words import act
from dialogue.turns import answer, aside, form_of, go_on_filling, unfinished
from dialogue.wording import asks_for, choice, say

ANY_CASE = "extra_note"
"""The question asked when a caseworker wants something no question of ours is about."""


def status(moment: Moment) -> Turn | None:
    """查进度: one sentence a case; a number that was said narrows it down."""
    is_busy = form_of(moment.conversation) is not None
    is_number_meant = not is_busy and not isinstance(moment.conversation.focus, Withdrawing)
    number = find(moment.text) if is_number_meant else None
    if act(moment) != "status" and picked(moment) != "status" and number is None:
        return None
    cases = tuple(c for c in moment.cases if number is None or c.number == number)
    over = () if number else tuple(say("helping_over", who=w) for w in moment.people.over)
    if not cases:
        none = say("no_such_case" if number else "no_cases")
        return aside(moment, *(over or (none, say("cases_elsewhere"))), private=bool(over))
    told = cases if number else cases[:SHOWN]
    lines = [_with_whose(moment, case) for case in told]
    if len(cases) > len(told):
        lines.append(say("more_cases", count=str(len(cases) - len(told))))
    lines.extend(over)
    if asked_at(moment) is not None:
        return aside(moment, *lines, private=True)
    waiting = next((c for c in cases if c.state is CaseState.NEEDS_CORRECTION), None)
    choices = (choice("correct", id=f"correct:{waiting.id}"),) if waiting else ()
    choices = (*choices, choice("timeline"))
    return answer(moment, Reply(paragraphs=tuple(lines), choices=choices, private=True))


def _with_whose(moment: Moment, case: Case) -> str:
    """One case in one sentence; whose it is comes first when it is not her own."""
    whose = moment.people.whose(case)
    line = case_sentence(case)
    return say("case_whose", who=whose, line=line) if whose else line


def _open_cases(moment: Moment) -> tuple[Case, ...]:
    """The open cases she may act on."""
    people, now = moment.people, moment.now
    return tuple(
        c for c in moment.cases if not c.state.is_closed and people.may(Scope.SUBMIT, c, now)
    )


def withdraw(moment: Moment) -> Turn | None:
    """撤回: which one, are you sure, done."""
    focus = moment.conversation.focus
    if isinstance(focus, Withdrawing):
        return _withdrawing(moment, focus)
    if not _wants_withdrawal(moment) or form_of(moment.conversation) is not None:
        return None
    open_cases = _open_cases(moment)
    if not open_cases:
        return aside(moment, say("nothing_to_withdraw"))
    named = _case_named(moment, open_cases)
    if named is None and len(open_cases) == 1:
        named = open_cases[0]
    return _ask(moment, named.id if named else "")


def _wants_withdrawal(moment: Moment) -> bool:
    """撤回, or words it is the likeliest meaning of while something can be taken back: 撤回租轮椅那个."""
    likeliest = next(iter(moment.recognition.candidates), None)
    is_likely = likeliest is not None and likeliest.id == "withdraw"
    is_typed = moment.message.pick is None and is_likely
    return act(moment) == "withdraw" or (is_typed and bool(_open_cases(moment)))


def _ask(moment: Moment, case_id: str) -> Turn:
    reply = withdraw_question(_open_cases(moment), moment.people, case_id)
    if reply is None:
        return answer(moment, Reply(paragraphs=(say("nothing_to_withdraw"),)), focus=Idle())
    numbers = tuple(c.number for c in _open_cases(moment))
    return answer(moment, reply, focus=Withdrawing(numbers=numbers, case_id=case_id))


def _case_named(moment: Moment, cases: tuple[Case, ...]) -> Case | None:
    """The one case of this number or, as cases of one form share it, of the service named."""
    number = find(moment.text)
    named = [c for c in cases if c.number == number]
    if len(named) == 1:
        return named[0]
    called = [c for c in named or cases if _is_called(moment, c)]
    return called[0] if len(called) == 1 else None


def _is_called(moment: Moment, case: Case) -> bool:
    """Whether the case is named, or its service thought of: among her few cases a likely one will do."""
    service = moment.catalog.services_by_id.get(case.service_id)
    names = (case.service_name, service.short) if service else (case.service_name,)
    likely = {c.id for c in moment.recognition.candidates if c.kind == "service"}
    return case.service_id in likely or any(name in moment.text for name in names)


def _withdrawing(moment: Moment, focus: Withdrawing) -> Turn | None:
    chosen = picked(moment) or act(moment)
    open_cases = _open_cases(moment)
    named = _case_named(moment, open_cases)
    if chosen.startswith("take_back:"):
        return _ask(moment, chosen.removeprefix("take_back:"))
    if chosen in ("withdraw_no", "no", "back", "cancel", "go_on_case"):
        return answer(moment, Reply(paragraphs=(say("not_withdrawn"),)), focus=Idle())
    if named is not None:
        return _ask(moment, named.id)
    if chosen not in ("withdraw_yes", "yes") or not focus.case_id:
        return _ask(moment, focus.case_id) if chosen == "withdraw" else None
    case = next((c for c in open_cases if c.id == focus.case_id), None)
    if case is None:
        return _ask(moment, focus.case_id)
    first = say("withdrawn", name=case.service_name, number=shown(case.number))
    is_one_of_several = any(c.number == case.number and c.id != case.id for c in open_cases)
    rest = (say("withdrawn_rest"),) if is_one_of_several else ()
    reply = Reply(paragraphs=(first, *rest, say("what_next")), private=True)
    return answer(moment, reply, focus=Idle(), effects=(WithdrawCase(case_id=case.id),))


def corrections(moment: Moment) -> Turn | None:
    """补材料: the items a caseworker asked for, one by one; a form being filled is kept meanwhile."""
    chosen = picked(moment)
    if chosen == "correct_later":
        return aside(moment, say("corrections_later"))
    if not chosen and _wants_to_correct(moment):
        waiting = (c for c in moment.cases if c.state is CaseState.NEEDS_CORRECTION)
        chosen = f"correct:{next((c.id for c in waiting), '')}"
    if not chosen.startswith("correct:"):
        return None
    case_id = chosen.removeprefix("correct:")
    case = next((c for c in moment.cases if c.id == case_id), None)
    if case is None or case.state is not CaseState.NEEDS_CORRECTION:
        return aside(moment, say("no_corrections"))
    if not moment.people.may(Scope.SUBMIT, case, moment.now):
        return aside(moment, say("not_yours_to_do"))
    wanted = tuple(f for f in case.wanted if f in moment.catalog.fields) or (ANY_CASE,)
    progress = _begun(moment, case_id, wanted) or form.ask_next(
        _fresh(moment, case, wanted), moment.catalog
    )
    left = unfinished(moment.conversation)
    is_leaving = left is not None and left.corrects != case_id
    parked = tuple(p for p in moment.conversation.parked if p.corrects != case_id)
    whose = moment.people.whose(case)
    about = (say("whose_notice", who=whose),) if whose else ()
    before = (*about, say("kept_meanwhile")) if is_leaving else about
    return go_on_filling(
        moment,
        progress,
        *before,
        say("corrections_begin", reason=as_sentence(case.wanted_reason)),
        private=True,
        parked=(*parked, left) if is_leaving and left is not None else parked,
    )


def _wants_to_correct(moment: Moment) -> bool:
    """我要补材料, said outside of a form."""
    return form_of(moment.conversation) is None and asks_for("corrections", moment.said)


def _begun(moment: Moment, case_id: str, wanted: tuple[str, ...]) -> FormProgress | None:
    """The corrections of this case as far as they were answered before, if the same things are wanted."""
    now = unfinished(moment.conversation)
    forms: tuple[FormProgress, ...] = (*moment.conversation.parked, *((now,) if now else ()))
    for progress in reversed(forms):
        if progress.corrects == case_id and tuple(i.field for i in progress.items) == wanted:
            return progress
    return None


def _who_it_is(case: Case) -> dict[str, Answer]:
    """Whom the questions are about when it is not the writer herself: her name, and who applies."""
    return {
        q.field: Answer(value=q.value, shown=q.shown, source="known")
        for q in case.questions
        if q.field in (ROLE, *NAMES) and isinstance(q.value, str) and q.value
    }


def _fresh(moment: Moment, case: Case, wanted: tuple[str, ...]) -> FormProgress:
    told = _who_it_is(case) if moment.people.whose(case) else {}
    return FormProgress(
        service_ids=(case.service_id,),
        answers=told,
        catalog_version=case.catalog_version,
        items=tuple(FormItem(field=f) for f in wanted),
        fields_of_service={case.service_id: wanted},
        number=case.number,
        corrects=case.id,
        consented=True,
        started_at=moment.now,
        saved_at=moment.now,
    )
