"""One message: taken once, in order, whole or not at all, whatever goes wrong on the way."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from tester import ID, Clock, FakeRecognizer, Tester

from actions import receive_message as door
from actions.mind import Mind
from actions.receive_message import receive_message
from bot.logs import EventFormatter
from casework.models import Action, CaseState
from casework.numbers import number_from
from catalog.models import Catalog
from dialogue.messages import Attachment, Pick
from storage.database import Database
from storage.errors import Conflict

SELF = {"applicant_role": "给我自己办"}


@pytest.fixture
def quick_mind(catalog: Catalog) -> Mind:
    """Exact words and one sentence."""
    recognizer = FakeRecognizer()
    recognizer.knows("景点", "scenic_free_entry")
    recognizer.knows("换证", "cert_renew")
    return Mind(catalog=catalog, recognizer=recognizer)


@pytest.fixture
def resident(database: Database, quick_mind: Mind, clock: Clock) -> Tester:
    """On SQLite and on PostgreSQL."""
    return Tester(database, quick_mind, clock=clock)


def another(resident: Tester, peer: str) -> Tester:
    return Tester(resident.database, resident.mind, peer=peer, clock=resident.clock)


def messages(resident: Tester) -> list[str]:
    """What stands in the conversation: > came in, < went out."""
    with resident.database.read() as work:
        stored = work.conversations.find(resident.channel, resident.peer)
        if stored is None:
            return []
        lines = work.messages.latest(stored.conversation.id, 500)
    return [f"> {m.message.text}" if m.message else f"< {m.reply.paragraphs[0]}" for m in lines]


def filed(resident: Tester) -> Tester:
    resident.says("景点", "开始").fills(SELF)
    resident.says("都对", "同意")
    return resident


def test_a_message_and_its_reply_are_stored_together(resident: Tester):
    resident.says("你好")

    assert messages(resident) == ["> 你好", f"< {resident.reply.paragraphs[0]}"]


@pytest.mark.parametrize("times", [2, 3])
def test_the_same_event_gives_the_same_reply_and_changes_nothing(resident: Tester, times: int):
    resident.says("景点", "开始")
    message = resident.message(text="给我自己办")
    first = resident.sends_message(message)
    before = (resident.conversation, messages(resident))

    for _ in range(times - 1):
        assert resident.sends_message(message) == first
        assert resident.received.is_duplicate
    assert (resident.conversation, messages(resident)) == before


def test_the_same_event_id_of_another_channel_is_another_event(resident: Tester):
    message = resident.message(text="你好", event_id="1")
    resident.sends_message(message)

    resident.sends_message(replace(message, channel="telegram"))
    assert not resident.received.is_duplicate


def test_filing_twice_with_one_press_opens_one_case(resident: Tester):
    resident.says("景点", "开始").fills(SELF)
    resident.says("都对")
    message = resident.message(pick=Pick(turn=resident.reply.turn, choice="submit"))

    resident.sends_message(message)
    resident.sends_message(message)
    assert len(resident.cases()) == 1


def test_filing_by_two_presses_opens_one_case(resident: Tester):
    resident.says("景点", "开始").fills(SELF)
    resident.says("都对")
    pick = Pick(turn=resident.reply.turn, choice="submit")

    resident.sends(pick=pick)
    resident.sends(pick=pick)
    resident.hears("按钮已经过去了")
    assert len(resident.cases()) == 1


def in_threads(*functions: object) -> list[object]:
    gate = threading.Barrier(len(functions))

    def go(function: object) -> object:
        gate.wait()
        return function()

    with ThreadPoolExecutor(len(functions)) as threads:
        return list(threads.map(go, functions))


def test_two_messages_at_once_are_both_answered_one_after_the_other(resident: Tester):
    resident.says("你好")
    one, two = resident.message(text="谢谢"), resident.message(text="帮助")

    in_threads(
        lambda: receive_message(resident.database, resident.mind, one),
        lambda: receive_message(resident.database, resident.mind, two),
    )
    lines = messages(resident)
    assert len(lines) == 6
    assert [line[0] for line in lines] == [">", "<"] * 3
    assert resident.conversation.turn == 3


def test_two_first_messages_at_once_open_one_conversation(resident: Tester):
    one, two = resident.message(text="你好"), resident.message(text="谢谢")

    first, second = in_threads(
        lambda: receive_message(resident.database, resident.mind, one),
        lambda: receive_message(resident.database, resident.mind, two),
    )
    assert first.conversation_id == second.conversation_id
    assert len(messages(resident)) == 4


def test_one_event_delivered_by_two_threads_is_taken_once(resident: Tester):
    resident.says("你好")
    message = resident.message(text="谢谢")

    results = in_threads(*[lambda: receive_message(resident.database, resident.mind, message)] * 4)
    assert sorted(r.is_duplicate for r in results) == [False, True, True, True]
    assert len({r.reply.id for r in results}) == 1
    assert messages(resident).count("> 谢谢") == 1


def test_people_do_not_wait_for_or_see_each_other(resident: Tester):
    filed(resident)
    stranger = another(resident, "路人")

    stranger.says("查进度").hears("还没有交过")
    stranger.says(f"查 {resident.cases()[0].number}").hears("不是在这个对话里办的")
    assert stranger.cases() == ()


# ---- overtaken


def test_a_conflict_is_tried_again_from_the_start(
    resident: Tester, monkeypatch: pytest.MonkeyPatch
):
    resident.says("你好")
    real, tries = door.carry_out, []

    def overtaken(*arguments: object) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise Conflict("conversation")
        real(*arguments)

    monkeypatch.setattr(door, "carry_out", overtaken)
    resident.says("谢谢").hears("不客气")
    assert len(tries) == 3
    assert messages(resident)[-2:] == ["> 谢谢", f"< {resident.reply.paragraphs[0]}"]


def test_a_conflict_that_stays_is_told_to_the_channel_and_loses_no_event(
    resident: Tester, monkeypatch: pytest.MonkeyPatch
):
    resident.says("你好")
    message = resident.message(text="谢谢")
    real = door.carry_out
    monkeypatch.setattr(door, "carry_out", lambda *_: (_ for _ in ()).throw(Conflict("x")))
    with pytest.raises(Conflict):
        receive_message(resident.database, resident.mind, message)

    monkeypatch.setattr(door, "carry_out", real)
    resident.sends_message(message)
    assert not resident.received.is_duplicate
    resident.hears("不客气")


def test_a_number_taken_meanwhile_is_drawn_anew(resident: Tester):
    resident.says("景点", "开始").fills(SELF)
    resident.says("都对")
    taken = resident.form.number
    friend = another(resident, "友")
    friend.says("景点", "开始").fills(SELF)
    with resident.database.write() as work:
        stored = work.conversations.find("webchat", "友")
        progress = replace(stored.conversation.focus.progress, number=taken)
        focus = replace(stored.conversation.focus, progress=progress)
        work.conversations.save(
            stored, replace(stored.conversation, focus=focus), resident.clock.now
        )
        work.commit()
    friend.says("都对", "同意").hears("你的号码是")
    assert friend.case().number == taken

    resident.says("同意").hears("你的号码是")
    assert resident.case().number != taken


# ---- our own faults


def test_our_own_fault_keeps_the_words_and_calls_a_person(
    resident: Tester, monkeypatch: pytest.MonkeyPatch
):
    resident.says("换证", "开始").fills(SELF, until="mobile")
    before = resident.conversation
    monkeypatch.setattr(door, "respond", lambda _: 1 / 0)

    resident.says("13912345678").hears("出了点问题", "编号")
    assert messages(resident)[-2] == "> 13912345678"
    assert resident.conversation == before
    assert resident.handovers() == ("trouble",)

    monkeypatch.undo()
    resident.says("13912345678").is_asked("residence_address")


def test_buttons_still_work_after_our_fault(resident: Tester, monkeypatch: pytest.MonkeyPatch):
    resident.says("换证")
    monkeypatch.setattr(door, "respond", lambda _: 1 / 0)
    resident.says("开始")
    monkeypatch.undo()

    resident.presses("start").is_asked("applicant_role")


def test_the_same_event_after_our_fault_gives_the_same_apology(
    resident: Tester, monkeypatch: pytest.MonkeyPatch
):
    resident.says("你好")
    message = resident.message(text="谢谢")
    monkeypatch.setattr(door, "respond", lambda _: 1 / 0)
    first = resident.sends_message(message)
    monkeypatch.undo()

    assert resident.sends_message(message) == first
    assert resident.received.is_duplicate


def test_a_fault_is_logged_without_what_the_person_said(
    resident: Tester, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def fails(_: object) -> None:
        raise ValueError(f"cannot read {ID}")

    resident.says("你好")
    monkeypatch.setattr(door, "respond", fails)
    with caplog.at_level(logging.DEBUG):
        resident.says(f"我的身份证是{ID}")

    told = "\n".join(
        (*caplog.messages, caplog.text, *map(EventFormatter("text").format, caplog.records))
    )
    assert "ValueError" in told
    assert "test_receive_message.py" in told
    assert ID not in told


def test_no_turn_is_logged_with_words_names_or_numbers(
    resident: Tester, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.INFO, logger="zhucan"):
        resident.says("换证", "开始").fills(SELF)

    told = "\n".join(map(EventFormatter("text").format, caplog.records))
    assert "focus=filling" in told
    for secret in ("王秀英", ID, "13912345678", "幸福路", "平安路"):
        assert secret not in told


# ---- whole or not at all

PLACES = ["messages.add_reply", "conversations.save", "inbox.answered", "commit"]


@pytest.mark.parametrize("place", PLACES)
def test_a_crash_before_the_commit_leaves_nothing(
    resident: Tester, monkeypatch: pytest.MonkeyPatch, place: str
):
    """Power goes at any point of the turn that files: afterwards there is no case and no message of it."""
    resident.says("景点", "开始").fills(SELF)
    resident.says("都对")
    before = (resident.conversation, messages(resident), resident.cases(), resident.handovers())
    message = resident.message(text="同意")
    crash_at(monkeypatch, place)
    with pytest.raises(KeyboardInterrupt):
        receive_message(resident.database, resident.mind, message)
    monkeypatch.undo()

    after = (resident.conversation, messages(resident), resident.cases(), resident.handovers())
    assert after == before
    resident.sends_message(message)
    assert resident.case().state is CaseState.SUBMITTED
    assert not resident.received.is_duplicate


def crash_at(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    from storage.repositories.conversations import ConversationRepository
    from storage.repositories.inbox import InboxRepository
    from storage.repositories.messages import MessageRepository
    from storage.unit_of_work import UnitOfWork

    owner = {
        "messages": MessageRepository,
        "conversations": ConversationRepository,
        "inbox": InboxRepository,
    }.get(place.split(".", maxsplit=1)[0], UnitOfWork)

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(owner, place.rsplit(".", maxsplit=1)[-1], crash)


def test_filing_stores_application_cases_and_papers_at_once(resident: Tester):
    resident.says("换证", "开始").fills(SELF, until="photo")
    photo = Attachment(
        kind="photo", name="照片.jpg", media_type="image/jpeg", size=9, key="a" * 32
    )
    resident.sends(attachments=(photo,))
    resident.says("就这些").fills()
    resident.says("都对", "同意")

    case = resident.case()
    assert [p.field for p in case.papers] == ["photo"]
    with resident.database.read() as work:
        assert work.papers.get(case.papers[0].id) == replace(case.papers[0], sent_at=None)


def test_papers_sent_later_join_the_case_and_its_history(resident: Tester):
    filed(resident)
    photo = Attachment(
        kind="photo", name="照片.jpg", media_type="image/jpeg", size=9, key="a" * 32
    )
    resident.sends(attachments=(photo,))

    case = resident.case()
    assert len(case.papers) == 1
    assert case.last_event.action is Action.ADD_PAPER


def test_withdrawing_changes_the_case_in_the_same_turn(resident: Tester):
    filed(resident).says("撤回", "是").hears("已经撤回")

    assert resident.case().state is CaseState.WITHDRAWN


def test_corrections_reach_the_case(resident: Tester):
    resident.says("换证", "开始").fills(SELF)
    resident.says("都对", "同意")
    resident.clerk(Action.REQUEST_CORRECTIONS, items=("mobile",), reason="打不通")
    resident.says("现在补", "13812345678", "都对").hears("交给经办人了")

    case = resident.case()
    assert (case.state, resident.value("mobile", case)) == (CaseState.SUBMITTED, "13812345678")
    assert len(case.questions) == len({q.field for q in case.questions})


def test_a_person_asked_for_is_asked_at_the_office_that_knows_the_case(resident: Tester):
    resident.says("换证", "开始").fills(SELF)
    resident.says("都对", "同意", "人工")

    assert resident.handovers(resident.case().office_id) == ("asked",)


def test_a_person_is_asked_at_the_office_of_the_open_case_not_of_a_closed_one(resident: Tester):
    """The newest case was not accepted at home; an older one is open and was passed to another office."""
    filed(resident)
    other = next(o.id for o in resident.catalog.offices if o.id != resident.case().office_id)
    resident.clerk(Action.TRANSFER, office_id=other)
    resident.says("换证", "开始").fills(SELF)
    resident.says("都对", "同意")
    resident.clerk(Action.NOT_ACCEPT, reason="不归我们")
    assert resident.cases()[0].state is CaseState.NOT_ACCEPTED

    resident.says("人工")

    assert resident.handovers(other) == ("asked",)


def test_without_a_case_a_person_is_asked_where_she_says_she_lives(resident: Tester):
    resident.says("我住潍坊新村街道", "人工")

    office = next(o.id for o in resident.catalog.offices if o.name == "潍坊新村街道")
    assert resident.handovers(office) == ("asked",)


def test_without_a_case_and_a_town_the_district_is_asked(resident: Tester):
    resident.says("我住的地方很小", "人工")

    assert resident.handovers(resident.catalog.district_office.id) == ("asked",)


def test_words_not_understood_while_a_person_is_called_are_passed_on(resident: Tester):
    resident.says("人工", "咕噜咕噜").hears("已经给经办人看", "在这里回你").hears_not("换个说法")
    resident.says("咕噜").hears("已经给经办人看").hears_not("110")
    with resident.database.read() as work:
        assert work.misunderstood.latest(5) == ()


def test_in_danger_what_is_not_understood_is_passed_on_with_the_numbers(resident: Tester):
    resident.says("我不想活了", "咕噜咕噜").hears("已经给经办人看", "110", "12110")


def test_once_the_hand_over_is_closed_the_bot_answers_again(resident: Tester):
    resident.says("人工")
    with resident.database.write() as work:
        staff = work.staff.add("zhang", "张科员", "o", "h", resident.clock.now)
        for handover in work.handovers.waiting(None):
            work.handovers.close(handover.id, staff.id, resident.clock.now)
        work.commit()

    resident.says("咕噜咕噜").hears("没听懂").hears_not("已经给经办人看")


def test_asking_for_a_person_twice_opens_one_handover(resident: Tester):
    resident.says("人工", "人工")

    assert resident.handovers() == ("asked",)


def test_words_not_understood_are_kept_for_the_catalogs_authors(resident: Tester):
    resident.says("你好", "咕噜咕噜")
    with resident.database.read() as work:
        assert [m.text for m in work.misunderstood.latest(5)] == ["咕噜咕噜"]


@pytest.mark.parametrize(("channel", "is_pushed"), [("telegram", True), ("webchat", False)])
def test_only_channels_that_must_be_written_to_get_a_delivery(
    database: Database, quick_mind: Mind, clock: Clock, channel: str, is_pushed: bool
):
    resident = Tester(database, quick_mind, channel=channel, clock=clock)
    resident.says("你好")
    with database.write() as work:
        assert len(work.outbox.due(channel, clock.now, 10)) == int(is_pushed)


def test_who_wants_to_hear_gets_the_voice_as_well(
    small_database: Database, quick_mind: Mind, clock: Clock
):
    resident = Tester(small_database, quick_mind, channel="telegram", clock=clock)
    resident.says("读给我听")
    with small_database.write() as work:
        text = work.outbox.due("telegram", clock.now, 10)
        for delivery in text:
            work.outbox.sent(delivery.id, clock.now, "1")
        voice = work.outbox.due("telegram", clock.now, 10)

    assert [d.form for d in (*text, *voice)] == ["text", "voice"]


def test_numbers_are_drawn_from_all_eight_digit_numbers():
    assert {len(number_from(seed)) for seed in (0, 1, 9_999_999)} == {8}
