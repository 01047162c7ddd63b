"""Facts told before their question: nothing that was told is asked, and nothing is taken before its consent."""

from __future__ import annotations

import pytest
from tester import ID, MOBILE, Talk

from catalog.models import Catalog, FieldType
from intents.models import Decision, Recognition
from intents.several_facts import several_facts

HOME = "周浦镇年家浜路28弄3号502"
CERT, WHO, PHONE, PLACE, NAME = (
    FieldType.CERT_NO,
    FieldType.ID_NUMBER,
    FieldType.PHONE,
    FieldType.ADDRESS,
    FieldType.PERSON_NAME,
)


@pytest.mark.parametrize(
    ("text", "facts", "rest"),
    [
        (f"李桂芳，电话{MOBILE}，身份证{ID}", [(PHONE, MOBILE), (WHO, ID)], ["李桂芳"]),
        (f"住{HOME}，电话是{MOBILE}。", [(PLACE, HOME), (PHONE, MOBILE)], []),
        (f"{ID}42 {MOBILE}", [(CERT, f"{ID}42"), (PHONE, MOBILE)], []),
        ("138 0013 8000 李桂芳", [(PHONE, "138 0013 8000")], ["李桂芳"]),
        ("１３８００１３８０００", [(PHONE, "13800138000")], []),
        ("年家浜路28弄3号502 13800138000", [(PHONE, "13800138000")], ["年家浜路28弄3号502"]),
        ("张秀英 女 68岁", [], ["张秀英 女 68岁"]),
        ("3102号房2床", [], ["3102号房2床"]),
        ("我叫王秀英，想办补贴", [(NAME, "我叫王秀英")], ["想办补贴"]),
        ("我妈叫王秀英", [(NAME, "我妈叫王秀英")], []),
        ("叫出租车补贴", [], ["叫出租车补贴"]),
        ("我叫车去医院", [], ["我叫车去医院"]),
        ("她叫什么", [], ["她叫什么"]),
        (f"我的手机{MOBILE}", [(PHONE, f"我的手机{MOBILE}")], []),
        ("电话", [], []),
        ("号", [], []),
    ],
)
def test_only_what_shows_what_it_is_counts_as_a_fact_of_its_own(
    catalog: Catalog, text: str, facts: list[tuple[FieldType, str]], rest: list[str]
):
    found = several_facts(text, catalog.offices)

    assert list(found.facts) == facts
    assert list(found.rest) == rest


def at_the_name(talk: Talk, service_id: str = "cert_renew") -> Talk:
    """A form at the question for the name."""
    talk.begins(service_id).fills({"applicant_role": "给我自己办"}, until="name")
    return talk


def test_what_is_told_with_the_name_is_not_asked_again(talk: Talk):
    at_the_name(talk).says(f"李桂芳，电话{MOBILE}，身份证{ID}").hears("我先记下")
    assert talk.answers()["name"] == "李桂芳"

    asked = set()
    talk.checks.append(
        lambda turn: asked.add(talk.form.asking if talk.form.stage == "asking" else "")
    )
    talk.fills(until="residence_address")
    assert not {"mobile", "id_number"} & asked
    assert talk.answers()["id_number"] == ID
    assert talk.answers()["mobile"] == MOBILE


def test_nothing_told_ahead_is_taken_before_its_consent(talk: Talk):
    at_the_name(talk).says(f"李桂芳，身份证{ID}")
    assert "id_number" not in talk.answers()

    while talk.form.stage != "consent":
        talk._fill_one(talk.form, {})
    assert "id_number" not in talk.answers()


def test_what_was_told_ahead_is_said_when_it_is_used(talk: Talk):
    at_the_name(talk).says(f"李桂芳，电话{MOBILE}")
    heard = []
    talk.checks.append(lambda turn: heard.append(turn.reply.as_plain_text()))
    talk.fills()
    assert any("手机号用你刚才说的" in text for text in heard)


def test_a_number_said_at_the_consent_waits_for_it(talk: Talk):
    at_the_name(talk).says("李桂芳")
    talk.fills(stop_at=("consent",)).says(MOBILE).hears("我先记下", "可以问吗")
    assert talk.form.ahead == ((PHONE, MOBILE),)


def test_a_wrong_number_told_ahead_is_asked_with_a_word_why(talk: Talk):
    wrong = ID[:-1] + ("1" if ID[-1] != "1" else "2")
    at_the_name(talk, "cert_new").says(f"李桂芳，身份证{wrong}").fills(until="id_number")
    talk.is_asked("id_number").hears("对不上")


def test_an_address_keeps_no_telephone_number_in_it(talk: Talk):
    at_the_name(talk).fills(until="residence_address")
    talk.says(f"住{HOME}，我女儿电话{MOBILE}")
    if talk.form.stage == "confirming":
        talk.presses("right")
    assert MOBILE not in str(talk.answers()["residence_address"])


@pytest.mark.parametrize(
    "said", ["张秀英 女 68岁", "张秀英，女", "我叫张秀英，今年68", "张秀英，住周浦"]
)
def test_a_name_is_heard_among_other_words(talk: Talk, said: str):
    at_the_name(talk).says(said)
    assert talk.answers()["name"] == "张秀英"


def opening(talk: Talk, text: str, beneficiary: str = "") -> Talk:
    """A first sentence that names a service and tells facts, and the form after it."""
    talk.recognizer.knows(text, "nursing_subsidy", beneficiary=beneficiary)
    talk.says(text)
    return talk


def test_what_the_first_sentence_tells_waits_for_the_form(talk: Talk):
    text = f"我叫王秀英，68岁，住{HOME}，手机{MOBILE}，想办护理补贴"
    opening(talk, text).hears("姓名、居住地址、手机号我先记下").presses("start")
    talk.says("给我自己办").hears("姓名用你刚才说的：王秀英").is_at("consent")
    assert talk.answers() == {"applicant_role": "self", "name": "王秀英"}

    talk.fills(until="hukou_address")
    assert (talk.answers()["mobile"], talk.answers()["residence_address"]) == (MOBILE, HOME)


def test_what_waited_is_used_by_one_form_only(talk: Talk):
    opening(talk, f"想办护理补贴，手机{MOBILE}").presses("start")

    assert talk.form.ahead == ((PHONE, MOBILE),)
    assert talk.conversation.ahead == ()


def test_the_helpers_own_name_and_number_are_not_her_mothers(talk: Talk):
    opening(talk, f"她叫王秀英，我叫李娜，我的手机{MOBILE}，想办护理补贴", "我妈").presses("start")

    talk.fills()
    assert talk.answers()["name"] == "王秀英"
    assert talk.answers()["agent_name"] == "李娜"
    assert talk.answers()["agent_mobile"] == MOBILE


def test_for_whom_it_is_is_told_with_the_rest(talk: Talk):
    text = f"给我妈，她叫王秀英，电话{MOBILE}，住{HOME}"
    talk.recognizer.table[text] = Recognition(
        text=text, decision=Decision.REJECT, beneficiary="我妈"
    )
    talk.begins("nursing_subsidy").says(text).hears("我先记下", "姓名用你刚才说的：王秀英")

    assert talk.answers()["applicant_role"] == "agent"
    assert talk.form.beneficiary == "我妈"


def test_the_number_asked_for_is_no_fact_beside_the_question(talk: Talk):
    talk.begins("nursing_subsidy").fills({"applicant_role": "给我自己办"}, until="mobile")

    talk.says(f"两个号：{MOBILE}，13812345678").is_at("confirming").hears("139 1234 5678")
