"""A conversation nobody would write down: words, numbers, old buttons, files and notices in any order.

Hypothesis plays the person; after every turn what must always hold is checked. `ZHUCAN_EXAMPLES=500` plays longer.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, ClassVar

import pytest
from databases import open_database
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from test_bad_input import ODD_TEXTS
from test_wording import MENU
from tester import CERT, ID, MOBILE, Clock, Tester, fitting_answer, spec_of

from actions.mind import Mind
from actions.tell_resident import tell_resident
from casework.models import Action
from dialogue.messages import Message, Pick, Reply
from dialogue.models import Conversation
from dialogue.notices import message_from_person
from dialogue.progress import FormProgress
from dialogue.wording import say
from speech import to_spoken
from storage.database import Database

EXAMPLES = int(os.environ.get("ZHUCAN_EXAMPLES", "30"))
STEPS = 40
BEGINNINGS = (
    "我爸上个月中风，半边身子不能动了", "残疾证丢了", "盲道上停满共享单车", "想配个助听器", "护理补贴怎么办",
    "我儿子自闭症，想做康复", "换证", "我要学开车", "想找工作",
)  # fmt: skip
ESCAPES = (
    "返回",
    "修改",
    "跳过",
    "再说一遍",
    "慢一点",
    "人工",
    "算了",
    "继续",
    "查进度",
    "撤回",
    "帮助",
    "读给我听",
)
SMALL = (
    "是",
    "不是",
    "好",
    "不对",
    "1",
    "2",
    "3",
    "9",
    "谢谢",
    "没了",
    "对",
    "不知道",
    "要带什么",
    "我妈",
    "我的资料",
)
ANSWERS = (
    ID,
    CERT,
    MOBILE,
    "王秀英",
    "花木街道",
    "昨天",
    "浦东新区花木街道幸福路12弄3号401室",
    "给我自己办",
    "给我妈办",
)
words = st.one_of(
    st.sampled_from(BEGINNINGS), st.sampled_from(ESCAPES), st.sampled_from(SMALL), st.sampled_from(ANSWERS),
    st.sampled_from(sorted(ODD_TEXTS.values())[:40]),
)  # fmt: skip
GOES_ON = (
    "start", "consent_yes", "right", "whom_new", "reuse_no", "options_done", "papers_done", "review_right", "submit",
)  # fmt: skip
"""Choices that lead on through a form, in the order they are preferred."""
WAYS_OUT = {*MENU, "not_sure"}
ENDS_A_FORM = {"throw_away", "start_anew", "submit"}
"""Choices that may end a form: thrown away, begun anew, filed."""


@dataclass(frozen=True)
class Known:
    """What was known of a form after the turn before."""

    answers: dict[str, object]
    was_offered: frozenset[str]


class ConversationMachine(RuleBasedStateMachine):
    """One person, one conversation; the database is shared, as in life."""

    database: ClassVar[Database]
    mind: ClassVar[Mind]
    people = count(1)

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock(datetime(2026, 11, 25, 1, 30, tzinfo=UTC))
        peer = f"person{next(self.people)}"
        self.me = Tester(self.database, self.mind, channel="webchat", peer=peer, clock=self.clock)
        self.heard: list[Reply] = []
        self.last: Message | None = None
        self.known: dict[str, Known] = {}
        self.submits: set[str] = set()
        self.said: list[str] = []

    @initialize(
        text=st.sampled_from(("你好", *BEGINNINGS)), far=st.sampled_from((0, 4, 12, 30, 60))
    )
    def begins(self, text: str, far: int) -> None:
        """Somewhere between the first word and an application handed in."""
        self._send(text, text=text)
        for _ in range(far):
            if self.me.cases():
                break
            self._go_on()

    # ---- what a person may do

    @rule(text=words)
    def says(self, text: str) -> None:
        self._send(text, text=text.encode("utf-8", "replace").decode())

    @rule(place=st.integers(0, 5))
    def presses(self, place: int) -> None:
        choices = self.me.reply.choices
        if choices:
            self._press(self.me.reply.turn, choices[place % len(choices)].id)

    @rule(back=st.integers(2, 8), place=st.integers(0, 5))
    def presses_an_old_button(self, back: int, place: int) -> None:
        old = self.heard[-back] if len(self.heard) >= back else None
        if old is not None and old.choices:
            self._press(old.turn, old.choices[place % len(old.choices)].id)

    @rule(
        choice=st.sampled_from(
            ["submit", "right", "withdraw_yes", "take_back:0", "", "option:x", "correct:1"]
        )
    )
    def forges_a_button(self, choice: str) -> None:
        self._press(self.me.reply.turn, choice)

    @rule(problem=st.sampled_from(["", "", "too_big", "unreadable", "wrong_type"]))
    def sends_a_photo(self, problem: str) -> None:
        self.said.append(f"[photo {problem}]")
        self.me.sends_photo(problem=problem)
        self._listen()

    @rule(times=st.integers(1, 7))
    def answers_what_is_asked(self, times: int) -> None:
        for _ in range(times):
            self._go_on()

    def _go_on(self) -> None:
        """What most people would do: press on, or answer."""
        offered = [c.id for c in self.me.reply.choices]
        onward = next((c for c in GOES_ON if c in offered), "")
        form = self.me.form if self.me.is_filling else None
        if onward:
            self._press(self.me.reply.turn, onward)
        elif form is not None and form.stage == "asking" and form.asking:
            text = fitting_answer(spec_of(self.me.catalog, form, form.asking))
            self._send(text, text=text)
        elif offered:
            self._press(self.me.reply.turn, offered[0])

    @rule()
    def sends_the_same_again(self) -> None:
        """The network repeats: the same reply, and nothing else has changed."""
        assert self.last is not None
        before, cases = self.me.conversation, self.me.cases()
        reply = self.me.reply
        again = self.me.sends_message(self.last)

        assert again in self.heard, self._told()
        assert self.me.conversation == before, self._told()
        assert self.me.cases() == cases
        self.me.reply = reply

    @rule(days=st.integers(1, 60))
    def comes_back_later(self, days: int) -> None:
        self.clock.forward(days=days)

    @rule(text=st.sampled_from(["材料收到了。", "请问方便接电话吗？", "<b>你好</b>"]))
    def is_written_to(self, text: str) -> None:
        stored = self.me.conversation
        with self.database.write() as work:
            tell_resident(work, stored.id, message_from_person(text), self.clock.tick())
            work.commit()
        self.said.append(f"[notice {text}]")

    @rule(action=st.sampled_from([Action.ACCEPT, Action.DECLINE, Action.REQUEST_CORRECTIONS]))
    def a_caseworker_decides(self, action: Action) -> None:
        fitting = [c for c in self.me.cases() if not c.state.is_closed]
        if not fitting or fitting[0].state.value != "submitted":
            return
        wish: dict[str, Any] = {"reason": "写清楚一点。"} if action is not Action.ACCEPT else {}
        if action is Action.REQUEST_CORRECTIONS:
            wish["items"] = ("mobile",)
        if action is Action.DECLINE:
            action = Action.NOT_ACCEPT
        self.said.append(f"[{action.value}]")
        kept = self.me.reply
        self.me.clerk(action, **wish)
        self.me.reply = kept

    # ---- what must always hold

    def _send(self, told: str, **values: Any) -> None:
        self.said.append(told)
        self.last = self.me.message(**values)
        self._note_submit()
        self.me.sends_message(self.last)
        self._listen()

    def _press(self, turn: int, choice: str) -> None:
        self._send(f"[{choice}]", pick=Pick(turn=turn, choice=choice))

    def _note_submit(self) -> None:
        """Whatever is sent while a form stands before filing may file it, once."""
        if self.heard and any(c.id == "submit" for c in self.me.reply.choices):
            self.submits.update(f.number for f in forms_of(self.me.conversation))

    def _listen(self) -> None:
        reply = self.me.reply
        self.heard.append(reply)
        text = reply.as_plain_text()
        ours = text.replace(ODD_TEXTS["format placeholders"], "")  # read back as she said it
        ids = [c.id for c in reply.choices]
        assert say("trouble", code="")[:9] not in text, self._told()
        assert text.strip(), self._told()
        assert len([i for i in ids if i.partition(":")[0] not in WAYS_OUT]) <= 3, self._told()
        assert len(ids) == len(set(ids)), self._told()
        assert to_spoken(text).strip(), self._told()
        assert not re.search(r"\{\w*\}|None\b|[\ud800-\udfff]", ours), self._told()
        told = (p for p in reply.paragraphs if not p.startswith(say("for_example", example="")))
        bare = re.sub(r"\W", "", "".join(told))
        if any(number in bare for number in (ID, MOBILE, CERT)):
            assert reply.private, self._told()
        self._check_answers()

    def _check_answers(self) -> None:
        """No answer is lost: a form goes on, is put aside, or ends because its person said so."""
        conversation = self.me.conversation
        forms = {form.number: form for form in forms_of(conversation)}
        filed = {case.number for case in self.me.cases()}
        for number, known in self.known.items():
            if number in filed:
                continue
            if number not in forms:
                assert known.was_offered & ENDS_A_FORM, f"a form is gone:\n{self._told()}"
                continue
            form = forms[number]
            lost = known.answers.keys() - form.answers.keys() - form.pending.keys()
            lost -= {asked for asked in lost if asked not in {item.field for item in form.items}}
            assert not lost or known.was_offered & ENDS_A_FORM, f"lost {lost}:\n{self._told()}"
        offered = frozenset(choice.id for choice in self.me.reply.choices)
        gone = {n: k for n, k in self.known.items() if n in forms and n not in filed}
        self.known = {
            number: Known(answers=dict(form.answers), was_offered=offered)
            for number, form in forms.items()
        }
        assert set(gone) <= set(self.known)

    @invariant()
    def every_case_was_handed_in_once(self) -> None:
        if not self.heard:
            return
        numbers = [case.number for case in self.me.cases()]
        assert set(numbers) <= self.submits, self._told()
        for number in set(numbers):
            services = [c.service_id for c in self.me.cases() if c.number == number]
            assert len(services) == len(set(services)), self._told()

    def _told(self) -> str:
        return f"{self.said}\n机：{self.me.reply.as_plain_text()}"


def forms_of(conversation: Conversation) -> Iterator[FormProgress]:
    """The applications begun and not filed, wherever the conversation keeps them."""
    progress = getattr(conversation.focus, "progress", None)
    for form in (progress, *conversation.parked):
        if form is not None and not form.corrects:
            yield form


@pytest.fixture(scope="module")
def shared_database() -> Iterator[Database]:
    opened = open_database("sqlite://")
    opened.migrate()
    yield opened
    opened.close()


def test_whatever_a_person_does_she_is_answered_and_nothing_is_lost(
    shared_database: Database, mind: Mind
) -> None:
    ConversationMachine.database = shared_database
    ConversationMachine.mind = mind
    run_state_machine_as_test(
        ConversationMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            suppress_health_check=list(HealthCheck),
            deadline=None,
            database=None,
            derandomize=True,
        ),
    )
