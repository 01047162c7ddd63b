"""The profile of needs: understood at a word, asked in one question, and obeyed by every message."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from time import process_time

import pytest
from browser import OpenPage
from hypothesis import given
from hypothesis import strategies as st
from tester import CLERK, MOBILE, Clock, FakeRecognizer, Talk, Tester
from webchat_house import ChatAtWork, open_chat

from actions.mind import Mind
from actions.read_needs import needs_in, needs_of_person
from casework.lifecycle import move
from casework.models import Action, Case, CaseState, Move, Question
from catalog.models import Catalog, TimeLimit
from dialogue.focuses import AskingNeeds
from dialogue.messages import Reply
from dialogue.models import Conversation
from dialogue.need_words import asks_for_needs, read_contact, read_told
from dialogue.needs import Contact, NeedsProfile, joined, obeying
from dialogue.notices import after_notice, message_from_person, notice_of
from dialogue.wording import all_sentences, other_words, reworded

SELF = {"applicant_role": "给我自己办", "accommodation_needs": "都不用"}
NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)
PROFILES = {
    "aloud": NeedsProfile(aloud=True),
    "slow": NeedsProfile(rate=0.8),
    "large": NeedsProfile(large=True),
    "simple": NeedsProfile(simple=True),
    "one_question": NeedsProfile(one_question=True),
    "no_calls": NeedsProfile(no_calls=True),
    "sign_language": NeedsProfile(sign_language=True),
    "contact": NeedsProfile(contact=Contact(name="女儿", phone=MOBILE)),
    "all": NeedsProfile(
        aloud=True, rate=0.8, large=True, simple=True, one_question=True, no_calls=True, sign_language=True
    ),
}  # fmt: skip

# ---- what people say


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("别给我打电话", {"no_calls"}), ("请不要打电话", {"no_calls"}), ("勿要打电话", {"no_calls"}), ("有事发消息就行", {"no_calls"}),
        ("我接不了电话，别打电话", {"no_calls"}), ("发短信就好", {"no_calls"}), ("我不方便接电话", {"no_calls"}),
        ("字大一点", {"large"}), ("把字放大", {"large"}), ("看不清字", {"large"}), ("字太小了", {"large"}), ("字看勿清", {"large"}),
        ("一次只问一个", {"one_question"}), ("一次只问一个问题好吗", {"one_question"}), ("别一下子问那么多", {"one_question"}),
        ("要手语", {"sign_language"}), ("我用手语", {"sign_language"}), ("我只会手语", {"sign_language"}), ("手语", {"sign_language"}),
        ("我看不见", {"aloud"}), ("我是盲人", {"aloud"}), ("我眼睛看不见了", {"aloud"}), ("我不识字", {"aloud"}), ("我勿识字", {"aloud"}),
        ("我听不见", {"no_calls"}), ("我是聋人", {"no_calls"}), ("我耳朵听不见", {"no_calls"}), ("我聋", {"no_calls"}), ("我不会说话", {"no_calls"}),
        ("说短一点", {"simple"}), ("别打电话，字大一点", {"no_calls", "large"}), ("我是聋人，我用手语", {"no_calls", "sign_language"}),
        ("我看不见，想办残疾证", {"aloud"}), ("我听不见，我妈也听不见", {"no_calls"}),
    ],
)  # fmt: skip
def test_needs_are_heard_in_many_words(text: str, on: set[str]):
    change = read_told(text, "wishes", "states")

    assert change is not None
    assert set(change.on) == on


@pytest.mark.parametrize(
    ("text", "off"),
    [
        ("可以打电话", "no_calls"), ("打电话给我也行", "no_calls"), ("字小一点", "large"), ("换普通字", "large"),
        ("不用手语了", "sign_language"), ("不用一次一问", "one_question"), ("照平常说", "simple"), ("不用联系家里人了", "contact"),
    ],
)  # fmt: skip
def test_a_need_is_taken_back_by_a_word(text: str, off: str):
    change = read_told(text, "wishes")

    assert change is not None
    assert change.off == (off,)


@pytest.mark.parametrize(
    "text",
    [
        "我妈听不见了", "耳朵听不见了", "孩子看不见", "我爸是聋人", "电话", "打电话", "手语翻译怎么约", "想配助听器", "字典", "大字报",
        "我想办残疾证", "提前一个月", "联系方式怎么填", "女儿", "我女儿看不见", "什么时候打电话来", "我听说可以办", "看病", "说",
        "我看不见孩子的未来", "我听不见别人叫我就办这个证", "13912345678", "", "。。。",
    ],
)  # fmt: skip
def test_what_is_about_others_or_about_else_changes_nothing(text: str):
    assert read_told(text, "wishes", "states") is None
    assert read_contact(text) is None


@pytest.mark.parametrize(
    "text", ["那就" * 20 + "哎", "别打电话" + "好吗" * 20 + "哎", "那就" * 2000, "行吗" * 2000]
)
def test_words_piled_up_are_not_tried_in_every_combination(text: str):
    """Lead and tail know no word made of two others: else each more of it doubles the time of a turn."""
    began = process_time()

    assert read_told(text, "wishes", "states") is None

    assert process_time() - began < 0.5


@pytest.mark.parametrize(
    ("text", "name", "phone"),
    [
        ("有事联系我女儿 139 1234 5678", "女儿", MOBILE), ("有事联系我女儿", "女儿", ""), ("以后有事就找我儿子13912345678", "儿子", MOBILE),
        ("别联系我，联系我老公", "老公", ""), ("联系人是我妹妹１３９１２３４５６７８", "妹妹", MOBILE), ("有什么事打给我妈 021-58881234", "妈", "02158881234"),
    ],
)  # fmt: skip
def test_whom_to_call_instead_is_kept_as_she_said_it(text: str, name: str, phone: str):
    contact = read_contact(text)

    assert contact is not None
    assert name in contact.name
    assert contact.phone == phone


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("别提醒", "none"), ("不要再提醒我了", "none"), ("别催我", "none"), ("少提醒我", "few"), ("别老是提醒我", "few"),
        ("提醒我", "all"), ("可以提醒", "all"),
    ],
)  # fmt: skip
def test_how_often_to_be_reminded_is_hers_to_say(text: str, wish: str):
    change = read_told(text, "wishes")

    assert change is not None
    assert change.reminders == wish


@given(st.text(max_size=60))
def test_any_text_at_all_is_read_without_harm(text: str):
    read_told(text, "wishes", "states")
    read_contact(text)
    asks_for_needs(text)


@pytest.mark.parametrize("word", ["不要出声", "读给我听", "再说一遍", "查进度", "人工"])
def test_every_button_of_the_web_page_says_words_that_are_understood(tester: Tester, word: str):
    """The page sends what is written on them as text."""
    tester.says("你好", word)

    assert tester.conversation.misses == 0
    assert tester.reply.aloud == (word == "读给我听")


# ---- in the conversation


def test_a_wish_is_confirmed_in_one_sentence_and_kept(talk: Talk):
    talk.says("别给我打电话")

    assert talk.reply.paragraphs[0] == all_sentences()["need_on_no_calls"]
    assert talk.conversation.preferences.no_calls
    talk.says("我的需要").hears("不打电话")


@pytest.mark.parametrize("until", ["name", "mobile", "reason", "photo"])
def test_in_the_middle_of_a_form_the_question_stays(talk: Talk, until: str):
    talk.begins("cert_renew").fills(SELF, until=until)
    before = talk.form
    talk.says("字大一点").hears("大字")

    assert talk.conversation.preferences.large
    assert (talk.form.asking, talk.form.answers) == (before.asking, before.answers)
    assert talk.reply.large


def test_words_that_answer_the_question_stay_the_answer(talk: Talk):
    """怎么联系你 — 打电话 / 手语: an option of the form is no change of the profile alone."""
    talk.begins("cert_renew").fills(SELF, until="contact_method")
    talk.says("打电话")

    assert talk.conversation.focus.kind == "filling"
    assert talk.form.answers["contact_method"].value == "phone"


def test_a_need_told_beside_a_wish_is_kept_and_the_wish_is_answered(talk: Talk):
    talk.recognizer.knows("我看不见，想换残疾证", "cert_renew")
    talk.says("我看不见，想换残疾证")

    assert talk.reply.paragraphs[0] == all_sentences()["need_on_aloud"]
    assert talk.conversation.focus.kind == "introduced"
    assert talk.reply.aloud


def test_what_is_said_of_somebody_else_is_no_need_of_the_writer(talk: Talk):
    talk.recognizer.knows("我妈说我听不见", "assistive_device_fitting", beneficiary="我妈")
    talk.says("我妈说我听不见")

    assert talk.conversation.preferences == NeedsProfile()


def test_danger_comes_before_any_need(talk: Talk):
    talk.says("我看不见，着火了")

    assert talk.reply.kind == "emergency"


def test_the_question_offers_three_at_a_time_and_takes_several(talk: Talk):
    talk.says("我的需要")
    assert isinstance(talk.conversation.focus, AskingNeeds)
    assert [c.id for c in talk.reply.choices] == [
        "need:aloud", "need:large", "need:no_calls", "more_options", "needs_none",
    ]  # fmt: skip

    talk.says("1、3")
    assert talk.conversation.preferences.flags == ("aloud", "no_calls")
    talk.says("看别的").presses("need:sign_language").says("就这些").hears("都照这个来")
    assert talk.conversation.preferences.flags == ("aloud", "no_calls", "sign_language")
    assert talk.conversation.focus.kind == "idle"


def test_nothing_is_wanted_and_nothing_changes(talk: Talk):
    talk.says("我的需要", "都不用")

    assert talk.conversation.preferences.flags == ()


def test_the_question_is_left_by_naming_a_service(talk: Talk):
    talk.recognizer.knows("换证", "cert_renew")
    talk.says("我的需要", "换证")

    assert talk.conversation.focus.kind == "introduced"


def test_needs_are_offered_once_after_the_first_filing(talk: Talk):
    talk.files("cert_renew", SELF).hears("我的需要")
    assert any(c.id == "needs" for c in talk.reply.choices)

    talk.begins("transport_subsidy")
    if talk.form.stage == "reuse":
        talk.presses("reuse_no")
    talk.fills(SELF).presses("review_right").presses("submit").hears_not("我的需要")


def test_before_the_first_need_was_answered_nothing_is_offered(talk: Talk):
    talk.recognizer.knows("换证", "cert_renew")
    talk.says("你好", "换证", "要带什么")

    assert all("我的需要" not in reply.text for reply in talk.seen)


def test_what_the_form_asked_for_is_kept_for_the_conversation(talk: Talk):
    given = {**SELF, "accommodation_needs": "大字"}
    talk.files("cert_renew", given).hears("沟通需要")

    assert talk.conversation.preferences.large


def test_who_signs_is_offered_the_interpreter(talk: Talk):
    talk.says("要手语")

    assert talk.reply.choices[0].id == "service:sign_language"
    assert talk.conversation.preferences.sign_language


def test_the_profile_goes_with_her_to_another_channel():
    one, other = NeedsProfile(no_calls=True), NeedsProfile(large=True, rate=0.8, reminders="none")

    both = joined(one, other)
    assert both.no_calls
    assert both.large
    assert both.rate == 0.8
    assert both.reminders == "none"


def test_old_profiles_are_still_read():
    from storage.serialization import CONVERSATION

    old = CONVERSATION.validate_json(
        '{"id": "x", "preferences": {"aloud": true, "rate": 0.8, "simple": true}}'
    )

    assert old.preferences == NeedsProfile(aloud=True, rate=0.8, simple=True)


# ---- obeyed by every message


def case_in(state: CaseState) -> Case:
    return Case(
        id="c", number="12345678", service_id="cert_new", service_name="残疾人证新办", office_id="pudong_dpf",
        state=state, catalog_version="1",
        questions=(Question(field="mobile", label="手机号", type="mobile", sensitive=False, value=MOBILE, shown=MOBILE),),
    )  # fmt: skip


def every_notice(catalog: Catalog) -> list[Reply]:
    """One notice of each transition, and what a caseworker writes herself."""
    notices = []
    for action, state in (
        (Action.ACCEPT, CaseState.SUBMITTED), (Action.REQUEST_CORRECTIONS, CaseState.SUBMITTED),
        (Action.START_REVIEW, CaseState.ACCEPTED), (Action.SUSPEND, CaseState.ACCEPTED), (Action.RESUME, CaseState.SUSPENDED),
        (Action.TRANSFER, CaseState.SUBMITTED), (Action.APPROVE, CaseState.ACCEPTED), (Action.DECLINE, CaseState.ACCEPTED),
        (Action.NOT_ACCEPT, CaseState.SUBMITTED),
    ):  # fmt: skip
        wish = Move(
            action=action, by=CLERK, reason="请补照片，我们会打电话给你。好吗？", items=("mobile",), office_id="street_huamu"
        )  # fmt: skip
        changed, event = move(case_in(state), wish, TimeLimit(), NOON)
        notices.append(notice_of(changed, event, catalog))
    return [*notices, message_from_person("明天打电话给你，可以吗？什么时候方便？")]


REASON = "经办人说"


def own(reply: Reply) -> str:
    """The reply without what a caseworker wrote and what the catalog says of a service."""
    return "\n".join(p for p in reply.paragraphs if "打电话给你" not in p and REASON not in p)


def check(reply: Reply, needs: NeedsProfile) -> None:
    """Whether a message obeys a profile."""
    assert (reply.aloud, reply.rate, reply.large) == (needs.aloud, needs.rate, needs.large)
    if reply.kind == "emergency":
        return
    if needs.no_calls:
        assert not re.search(r"打 1\d{2,}", own(reply)), reply.text
        assert not re.search(
            r"(?:我们|经办人|他们)[^。不]{0,6}(?:打电话|来电|致电)", own(reply)
        ), reply.text
    if needs.one_question:
        asked = [
            s
            for s in re.split(r"(?<=[。！？\n])", re.sub(r"“[^”]*”", "", own(reply)))
            if s.endswith("？")
        ]
        assert len(asked) <= 1, reply.text
    if needs.is_brief:
        left_out = {all_sentences()[k] for k, v in other_words()["simple"].items() if not v}
        assert not set(reply.paragraphs) & left_out, reply.text


@pytest.mark.parametrize("name", PROFILES)
def test_every_notice_obeys_the_profile(catalog: Catalog, name: str):
    needs = PROFILES[name]
    conversation = Conversation(id="c", preferences=needs)
    for notice in every_notice(catalog):
        _, told = after_notice(conversation, notice)
        check(told, needs)
        assert told.paragraphs


@pytest.mark.parametrize("name", PROFILES)
def test_what_a_caseworker_wrote_is_never_changed(catalog: Catalog, name: str):
    for notice in every_notice(catalog):
        told = obeying(notice, PROFILES[name])
        for paragraph in notice.paragraphs:
            if "打电话给你" in paragraph:
                assert paragraph in told.paragraphs


def many_replies(catalog: Catalog, needs: NeedsProfile) -> list[Reply]:
    """A long talk of somebody with these needs, nearly everywhere."""
    talk = Talk(catalog, FakeRecognizer(), clock=Clock(NOON))
    talk.checks_storing = False
    talk._conversation = replace(talk.conversation, preferences=needs)
    know = talk.recognizer.knows
    know("中风", "newly_disabled", "life_event")
    know("帮我妈办", "apply_for_other", "act")
    know("换证", "cert_renew")
    talk.says(
        "咕噜",
        "咕噜",
        "人工",
        "帮我妈办",
        "中风",
        "看后面的",
        "查进度",
        "帮助",
        "没用",
        "谢谢",
        "你好",
    )
    for service in ("cert_renew", "home_retrofit", "nursing_subsidy", "cert_reissue_lost"):
        talk.begins(service)
        if talk.form.stage == "reuse":
            talk.presses("reuse_no")
        talk.says("跳过", "返回").fills(SELF).presses("review_change").says("返回")
        talk.presses("review_right").presses("submit").says("查进度", "我的需要")
    talk.says("撤回", "都不撤", "救命", "没事", "不知道说啥", "着火了", "没事")
    talk.clerk(Action.REQUEST_CORRECTIONS, items=("mobile", "photo"), reason="写清楚")
    talk.presses("现在补").says("算了", "查进度")
    talk.clock.forward(days=2)
    talk.says("你好", "先不办", "换证", "现在开始办", "算了", "留着", "我没办完的")
    return talk.seen


@pytest.mark.parametrize("name", PROFILES)
def test_every_reply_obeys_the_profile(catalog: Catalog, name: str):
    needs = PROFILES[name]
    for reply in many_replies(catalog, needs):
        check(reply, needs)


def test_short_is_shorter(catalog: Catalog):
    usual, brief = (many_replies(catalog, n) for n in (NeedsProfile(), NeedsProfile(simple=True)))

    assert sum(len(r.text) for r in brief) < sum(len(r.text) for r in usual)


@given(st.sampled_from(sorted(all_sentences().values())), st.sampled_from(sorted(PROFILES)))
def test_obeying_twice_is_obeying_once(sentence: str, name: str):
    needs = PROFILES[name]
    once = obeying(Reply(paragraphs=(sentence, sentence)), needs)

    assert obeying(once, needs) == once


def test_other_words_are_found_for_their_own_sentence_only():
    for need, words in other_words().items():
        for key, sentence in all_sentences().items():
            if key not in words:
                assert reworded(sentence, need) == sentence, (need, key)


def test_other_words_are_words_of_ours_too():
    for words in other_words().values():
        for key, text in words.items():
            assert set(re.findall(r"\{(\w+)\}", text)) <= set(
                re.findall(r"\{(\w+)\}", all_sentences()[key])
            )
            assert "您" not in text
            assert all(len(s) <= 60 for s in re.split(r"[。！？]", text))


def test_no_question_of_the_catalog_asks_two_things(catalog: Catalog):
    for field in catalog.fields.values():
        assert (field.question + field.hint).count("？") <= 1, field


# ---- what a caseworker sees


def test_the_needs_stand_where_a_caseworker_would_call(tester: Tester):
    tester.says("我是聋人，我用手语", f"有事联系我女儿 {MOBILE}")
    with tester.database.read() as work:
        stored = work.conversations.find(tester.channel, tester.peer)
        shown = needs_of_person(work, stored.person_id, stored.conversation.id)
        assert shown == needs_in(work, stored.conversation.id)

    assert set(shown.flags) == {"no_calls", "sign_language", "contact"}
    assert (shown.contact, shown.contact_phone) == ("女儿", MOBILE)
    assert not shown.are_helpers


# ---- the web page


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory, mind: Mind) -> Iterator[ChatAtWork]:
    with open_chat(tmp_path_factory.mktemp("house"), mind) as at_work:
        yield at_work


def is_big(html: str) -> bool:
    return '<html lang="zh-CN" class="big">' in html


def test_without_scripts_large_letters_come_with_the_word_and_go_with_it(chat: ChatAtWork):
    person = chat.person()
    assert not is_big(person.say("你好").html)
    assert is_big(person.say("字大一点").html)
    assert is_big(person.say("查进度").html)
    assert is_big(person.look().html)

    assert not is_big(person.say("字小一点").html)
    assert not is_big(person.look().html)


def test_the_button_still_decides_after_the_word(chat: ChatAtWork):
    """She asked for large letters once, and makes this page small again with the button."""
    person = chat.person()
    person.say("字大一点")
    person.web.post("/look", data={"look": "plain"})

    assert not is_big(person.look().html)
    assert not is_big(person.say("查进度").html)


def test_in_a_browser_that_knows_nothing_the_need_is_shown(chat: ChatAtWork):
    person = chat.person()
    person.say("字大一点")
    person.web.cookies.delete("look")

    assert is_big(person.look().html)


def test_with_scripts_the_page_grows_at_once(chat: ChatAtWork, open_page: OpenPage):
    page = open_page(chat.url)
    for words, look in (("字大一点", "普通字"), ("字小一点", "大字")):
        count = page.locator("#lines > .by-bot").count()
        page.fill("#text", words)
        page.click("#send")
        page.locator("#lines > .by-bot").nth(count).wait_for()
        page.get_by_role("button", name=look, exact=True).wait_for()
        assert ("big" in (page.locator("html").get_attribute("class") or "")) == (look == "普通字")
        if folder := os.environ.get("ZHUCAN_PICTURES"):
            page.screenshot(path=f"{folder}/large-{look}.png", caret="initial")
