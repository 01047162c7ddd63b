"""One person over channels: begun on Telegram, gone on with on the web; and never joined to somebody else's."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from tester import CERT, ID, Clock, FakeRecognizer, Tester
from webchat_house import open_chat

from actions.find_code import MANY
from actions.mind import Mind
from casework.models import Action
from catalog.models import Catalog
from storage.database import Database

LATER = datetime(2030, 1, 1, tzinfo=UTC)
SELF = {
    "applicant_role": "给我自己办",
    "name": "王秀英",
    "id_number": ID,
    "disability_cert_no": CERT,
}


@pytest.fixture
def quick_mind(catalog: Catalog) -> Mind:
    recognizer = FakeRecognizer()
    recognizer.knows("换证", "cert_renew")
    recognizer.knows("景点", "scenic_free_entry")
    return Mind(catalog=catalog, recognizer=recognizer)


@pytest.fixture
def phone(database: Database, quick_mind: Mind, clock: Clock) -> Tester:
    """王奶奶 on Telegram."""
    return Tester(database, quick_mind, channel="telegram", peer="7", clock=clock)


@pytest.fixture
def computer(phone: Tester) -> Tester:
    """王奶奶 in a browser."""
    return Tester(phone.database, phone.mind, peer="browser", clock=phone.clock)


def code_in(resident: Tester) -> str:
    found = re.search(r"\d{3} \d{3} \d{3}", resident.shown())
    assert found, resident.shown()
    return found[0]


def link(one: Tester, other: Tester) -> None:
    one.says("换电脑")
    other.says(code_in(one)).hears("是同一个对话").presses("join_yes")


def sent_to(database: Database, channel: str) -> list[str]:
    """Take everything that waits to be pushed, as a worker would."""
    texts = []
    while True:
        with database.write() as work:
            due = work.outbox.due(channel, LATER, 100)
            for delivery in due:
                work.outbox.sent(delivery.id, LATER)
                texts.append(delivery.reply.text)
            work.commit()
        if not due:
            return texts


def test_a_form_begun_on_telegram_is_finished_on_the_web(phone: Tester, computer: Tester):
    phone.says("换证").presses("start").fills(SELF, until="reason")

    link(phone, computer)
    computer.hears("接上了").is_asked("reason")
    computer.fills(SELF).presses("review_right").presses("submit").hears("已经存好了")
    phone.says("查进度").hears("换")
    assert phone.conversation.id == computer.conversation.id


def test_what_was_begun_on_both_sides_is_kept(phone: Tester, computer: Tester):
    phone.says("换证").presses("start").fills(SELF, until="reason")
    computer.says("景点").presses("start").fills({**SELF}, until="name")

    link(phone, computer)
    parked = [p.service_ids for p in computer.conversation.parked]
    assert ("scenic_free_entry",) in parked
    assert computer.form.service_ids == ("cert_renew",)


def test_cases_of_both_sides_are_one_persons(phone: Tester, computer: Tester):
    for side, words in ((phone, "换证"), (computer, "景点")):
        side.says(words).presses("start").fills(SELF)
        side.presses("review_right").presses("submit")

    link(phone, computer)
    assert {c.service_id for c in phone.cases()} == {"cert_renew", "scenic_free_entry"}
    computer.says("查进度").hears("景", "换")


def test_a_notice_is_pushed_though_she_wrote_on_the_web_last(phone: Tester, computer: Tester):
    phone.says("换证").presses("start").fills(SELF)
    phone.presses("review_right").presses("submit")
    link(phone, computer)
    computer.says("你好")
    sent_to(phone.database, "telegram")

    computer.clerk(Action.ACCEPT)
    assert any("受理" in text for text in sent_to(phone.database, "telegram"))


def test_the_old_side_hears_of_it_and_can_part_it(phone: Tester, computer: Tester):
    phone.says("换证").presses("start").fills(SELF)
    phone.presses("review_right").presses("submit")
    link(phone, computer)

    phone.says("断开").hears("断开了")
    assert computer.conversation.id != phone.conversation.id
    computer.says("查进度").hears_not("换领", "王秀英")
    phone.says("查进度").hears("换")


def test_the_old_side_was_told(phone: Tester, computer: Tester):
    link(phone, computer)
    with phone.database.read() as work:
        stored = work.conversations.find("telegram", "7")
        said = [m.reply.text for m in work.messages.latest(stored.conversation.id, 9) if m.reply]
    assert any("网页" in text and "断开" in text for text in said)


def test_saying_no_joins_nothing(phone: Tester, computer: Tester):
    phone.says("换电脑")
    computer.says(code_in(phone)).presses("join_no").hears("没有接上")
    assert computer.conversation.id != phone.conversation.id


def test_a_link_code_is_good_once_and_for_half_an_hour(
    phone: Tester, computer: Tester, clock: Clock
):
    phone.says("换电脑")
    old = code_in(phone)
    clock.forward(minutes=31)
    computer.says(old).hears("过期")

    link(phone, computer)
    stranger = Tester(phone.database, phone.mind, peer="stranger", clock=clock)
    stranger.says(old).hears("过期")


def test_her_own_code_typed_on_the_same_side_does_nothing(phone: Tester):
    phone.says("换电脑")
    phone.says(code_in(phone)).hears("给别人用")


def test_a_code_in_the_middle_of_a_form_keeps_the_form(phone: Tester, computer: Tester):
    computer.says("景点").presses("start").fills(SELF, until="name")
    phone.says("换电脑")

    computer.says(code_in(phone)).hears("是同一个对话").presses("join_no")
    assert ("scenic_free_entry",) in [p.service_ids for p in computer.conversation.parked]


def test_the_same_joining_event_twice_gives_the_same_reply(phone: Tester, computer: Tester):
    phone.says("换电脑")
    computer.says(code_in(phone))
    message = computer.message(text="是我本人")

    first = computer.sends_message(message)
    again = computer.sends_message(message)
    assert first == again
    assert computer.received.is_duplicate


def test_what_a_stranger_guesses_is_told_nothing(phone: Tester, computer: Tester):
    phone.says("换电脑")
    for number in range(5):
        computer.says(f"{100_000_000 + number}").hears("不对，或者过期")


def test_in_the_browser_the_whole_page_is_the_joined_conversation(tmp_path, mind: Mind):
    """With and without a script: the lines of the other side are there, and the next ones come too."""
    with open_chat(tmp_path, mind) as chat:
        phone, computer = chat.person(), chat.person()
        phone.say("我想换残疾人证")
        computer.say("你好")
        code = re.search(r"\d{3} \d{3} \d{3}", phone.say("换电脑").last)
        assert code is not None

        assert "是同一个对话" in computer.say(code[0]).last
        data = {**computer.page.hidden, "text": "是我本人"}
        parts = [(name, (None, value.encode())) for name, value in data.items()]
        answer = computer.web.post("/", files=parts, headers={"HX-Request": "true"})

        assert answer.headers["HX-Refresh"] == "true"
        assert any("我想换残疾人证" in line for line in computer.look().lines)
        assert computer.stored.conversation.id == phone.stored.conversation.id
        assert "网页" in "".join(phone.look().lines)
        computer.say("查进度")
        assert computer.page.last == phone.look().last


WRONG_CODES = tuple(str(100_000_000 + number) for number in range(9))


def test_after_five_wrong_codes_no_more_are_looked_up_for_an_hour(
    phone: Tester, computer: Tester, clock: Clock
):
    computer.says(*WRONG_CODES[:5]).hears("不对，或者过期")
    phone.says("换电脑")
    code = code_in(phone)

    computer.says(code).hears("不看码了", "过一小时", "人工")
    assert computer.conversation.id != phone.conversation.id
    computer.says("人工").hears_not("不看码了")
    clock.forward(minutes=61)
    phone.says("换电脑")
    computer.says(code_in(phone)).hears("是同一个对话")


def test_codes_that_were_not_looked_up_do_not_make_the_wait_longer(
    phone: Tester, computer: Tester, clock: Clock
):
    computer.says(*WRONG_CODES[:5])
    for _ in range(6):
        clock.forward(minutes=10)
        computer.says(WRONG_CODES[5])
    phone.says("换电脑")
    computer.says(code_in(phone)).hears("是同一个对话")


def test_guesses_of_a_stranger_take_nothing_from_whose_code_it_is(phone: Tester, computer: Tester):
    stranger = Tester(phone.database, phone.mind, peer="stranger", clock=phone.clock)
    phone.says("换电脑")
    code = code_in(phone)
    stranger.says(*WRONG_CODES).hears("不看码了")
    stranger.says(code).hears("不看码了")

    computer.says(code).hears("是同一个对话").presses("join_yes").hears("接上了")


def test_whoever_guesses_hears_and_does_everything_else_as_before(computer: Tester):
    computer.says("换证").presses("start")
    computer.fills(SELF, until="reason")
    computer.says(*WRONG_CODES)
    computer.fills(SELF).presses("review_right").presses("submit").hears("已经存好了")
    computer.says(WRONG_CODES[0]).hears("不看码了")


def test_guesses_told_as_answers_of_a_form_count_too(phone: Tester, computer: Tester):
    phone.says("换电脑")
    code = code_in(phone)
    computer.says("换证").presses("start").fills(SELF, until="name")
    computer.says(*WRONG_CODES[:5], code)
    assert computer.conversation.focus.kind == "filling"


def test_the_same_wrong_code_delivered_twice_counts_once(phone: Tester, computer: Tester):
    for wrong in WRONG_CODES[:4]:
        message = computer.message(text=wrong)
        for _ in range(3):
            computer.sends_message(message)
    phone.says("换电脑")
    computer.says(code_in(phone)).hears("是同一个对话")


def test_when_many_guess_each_may_slip_twice_and_a_right_code_still_works(
    phone: Tester, computer: Tester
):
    for number in range(MANY):
        Tester(phone.database, phone.mind, peer=f"guesser {number}", clock=phone.clock).says(
            WRONG_CODES[0]
        )
    phone.says("换电脑")
    code = code_in(phone)
    guesser = Tester(phone.database, phone.mind, peer="one more", clock=phone.clock)
    guesser.says(*WRONG_CODES[:2]).hears("不对，或者过期").says(code).hears("不看码了")

    computer.says(WRONG_CODES[0]).says(code).hears("是同一个对话")


def test_a_wrong_code_is_kept_as_a_keyed_hash_only(phone: Tester):
    phone.says(WRONG_CODES[0])
    with phone.database.read() as work:
        rows = [row for _, row in zip(range(9), work.whole.rows("sign_in"), strict=False)]
    assert len(rows) == 1
    assert WRONG_CODES[0] not in str(rows)
    assert phone.conversation.id not in str(rows)
