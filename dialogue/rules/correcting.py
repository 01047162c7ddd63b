"""A correction is followed at once, whatever is being asked: the new value is taken and said back."""

from __future__ import annotations

from dataclasses import replace

from catalog.models import FieldType
from dialogue import form_filling as form
from dialogue.correction_words import begins_wrong, says_whom, taken_apart
from dialogue.corrections import OPEN_TEXT, Correction, before, correction
from dialogue.forms import ROLE, is_given, role_options, spec_of
from dialogue.models import Moment, Turn
from dialogue.naming import label_of, surroundings_now
from dialogue.progress import Answer, FormProgress
from dialogue.turns import go_on_filling
from dialogue.wording import beneficiary_of, say
from intents.several_facts import several_facts
from intents.slot_types import Parsed, read_answer

_ELSEWHERE = ("whom", "reuse", "whose")
"""Places where for whom it is, is the question."""


def corrected(moment: Moment, progress: FormProgress) -> Turn | None:
    """不对，是王建民; 错了，我是给我妈办的; None when the message corrects nothing that can be followed."""
    if moment.message.pick is not None or not moment.text or progress.stage in _ELSEWHERE:
        return None
    for_another = _whom_corrected(moment, progress)
    if for_another is not None:
        return for_another
    meant = correction(moment, progress)
    return follow(moment, progress, meant) if meant is not None else None


def follow(moment: Moment, progress: FormProgress, meant: Correction) -> Turn:
    """The new value taken; read back first where it tells more; asked for where there is none."""
    catalog, field = moment.catalog, meant.field
    if meant.told_by:
        return ask_for_number(moment, progress, field, meant.told_by)
    if progress.stage == "confirming" and field == progress.asking and meant.parsed:
        return go_on_filling(moment, form.take(progress, catalog, field, meant.parsed))
    is_new = not is_given(progress, field)
    asked = form.ask_again(progress, catalog, field)
    if meant.parsed is None or asked.stage != "asking":
        heard = _half_of_address(moment, asked)
        return go_on_filling(moment, replace(asked, heard=heard), say("change_now"))
    after = form.take(asked, catalog, field, meant.parsed)
    if after.stage == "confirming":
        return go_on_filling(moment, after)
    shown, label = meant.parsed.shown, catalog.fields[field].label
    lead = say("noted", what=shown) if is_new else say("changed_to", label=label, shown=shown)
    return go_on_filling(moment, after, lead, private=True)


def volunteered(moment: Moment, progress: FormProgress) -> Turn | None:
    """A certificate or identity number said anew where another question is open: read back in place of the old."""
    facts = several_facts(moment.text, moment.catalog.offices).facts
    if len(facts) != 1 or facts[0][0] not in (FieldType.CERT_NO, FieldType.ID_NUMBER):
        return None
    kind, said = facts[0]
    for field in before(progress):
        spec = moment.catalog.fields[field]
        parsed = read_answer(spec, said, surroundings_now(moment)) if spec.type is kind else None
        if isinstance(parsed, Parsed) and parsed.value != progress.answers[field].value:
            new = replace(parsed, is_certain=False)
            return follow(moment, progress, Correction(field=field, parsed=new))
    return None


def ask_for_number(moment: Moment, progress: FormProgress, field: str, told_by: str) -> Turn:
    """What a number tells is changed with the number: it stands on the certificate as it does in the file."""
    number = moment.catalog.fields[told_by].label
    asked = form.ask_again(progress, moment.catalog, told_by)
    label = label_of(moment.catalog, field)
    return go_on_filling(moment, asked, say("told_by_number", label=label, number=number))


def _half_of_address(moment: Moment, asked: FormProgress) -> str:
    """A town said without its street is kept for what comes next."""
    said = taken_apart(moment.text)
    is_address = moment.catalog.fields[asked.asking].type is FieldType.ADDRESS
    return said.new if said is not None and is_address and asked.stage == "asking" else ""


def _whom_corrected(moment: Moment, progress: FormProgress) -> Turn | None:
    """错了，我是给我妈办的: the role, and whose facts those are that were told already."""
    now = progress.answers.get(ROLE)
    is_open = progress.stage == "asking" and progress.asking == ROLE
    is_told_freely = (
        progress.stage == "asking"
        and spec_of(moment.catalog, progress, progress.asking).type in OPEN_TEXT
    )
    is_meant = not is_open and (not is_told_freely or begins_wrong(moment.text))
    word = says_whom(moment.text) if now is not None and is_meant else ""
    named, role = beneficiary_of(word)
    if now is None or not role or (named == beneficiary_of(progress.beneficiary)[0]):
        return None
    options = {o.id: o.label for o in role_options(moment.catalog, progress.service_ids)}
    if role not in options:
        asked = form.ask_again(progress, moment.catalog, ROLE)
        return go_on_filling(moment, asked, say("change_now"))
    if role == now.value and not progress.beneficiary:
        return None
    new = {ROLE: Answer(value=role, shown=options[role])}
    told = [f for f in before(progress) if f != ROLE]
    if not told:
        other = replace(progress, answers={**progress.answers, **new}, beneficiary=word)
        return go_on_filling(moment, form.ask_next(other, moment.catalog), say("changed"))
    asked = replace(progress, stage="whose", pending=new, said_whom=word)
    return go_on_filling(moment, asked)
