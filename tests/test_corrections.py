"""What was said wrongly is put right at once, wherever the form is: no correction is lost or turned round."""

from __future__ import annotations

import pytest
from tester import ADDRESS, CERT, ID, MOBILE, Talk

from dialogue.correction_words import taken_apart
from dialogue.models import Conversation
from storage.serialization import CONVERSATION, to_json

SELF = {"applicant_role": "给我自己办"}
FOR_OTHER = {"applicant_role": "我帮家人或别人办"}
OTHER_MOBILE = "13812345678"
ONE_CHILD, OTHER_CERT = "310115201805060013", "31011519600506001111"


@pytest.mark.parametrize(
    ("text", "about", "old", "new"),
    [
        ("不对，是王建民", "", "", "王建民"),
        ("刚才那个号码错了，是13912345679", "", "", "13912345679"),
        ("名字不对，叫王秀兰", "名字", "", "王秀兰"),
        ("不是短信，是电话", "", "短信", "电话"),
        ("三林镇不对，应该是花木", "三林镇", "", "花木"),
        ("手机改成13912345678", "手机", "", "13912345678"),
        ("改残疾等级 应该是一级", "改残疾等级", "", "一级"),
        ("不是女的，我是男的", "", "女的", "男的"),
        ("不对，不是短信，是电话", "", "短信", "电话"),
    ],
)
def test_a_correction_is_taken_apart(text: str, about: str, old: str, new: str):
    said = taken_apart(text)

    assert said is not None
    assert (said.about, said.old, said.new) == (about, old, new)


@pytest.mark.parametrize(
    "text",
    [
        "王建国",
        "没错",
        "对不对",
        "手机号",
        "门口的坡道",
        "周浦镇年家浜路28弄3号",
        "最后三位是5679",
    ],
)
def test_what_corrects_nothing_is_left_alone(text: str):
    said = taken_apart(text)

    assert said is None or not said.new


@pytest.mark.parametrize(
    "words",
    ["不对，是李娜", "名字错了，应该是李娜", "说错了，叫李娜", "错了，李娜", "不是王秀英，是李娜"],
)
def test_the_name_just_told_is_put_right_at_the_consent(talk: Talk, words: str):
    talk.begins("cert_renew").fills(SELF, until="name").says("王秀英").is_at("consent")

    talk.says(words).hears("好，改了。姓名：李娜").is_at("consent")
    assert talk.answers()["name"] == "李娜"


@pytest.mark.parametrize(
    ("words", "stage"),
    [
        (f"刚才那个号码错了，是{OTHER_MOBILE}", "asking"),
        (f"不对，是{OTHER_MOBILE}", "asking"),
        (f"手机改成{OTHER_MOBILE}", "asking"),
        (f"说错了，{OTHER_MOBILE}", "asking"),
        (f"不是{MOBILE}，是{OTHER_MOBILE}", "asking"),
    ],
)
def test_a_number_goes_to_the_question_for_numbers(talk: Talk, words: str, stage: str):
    talk.begins("cert_renew").fills({**SELF, "mobile": MOBILE}, until="residence_address")

    talk.says(words).hears("手机号：138 1234 5678").is_asked("residence_address")
    assert talk.answers()["mobile"] == OTHER_MOBILE


@pytest.mark.parametrize(
    "words", ["不对，尾号是4321", "最后四位是4321", "手机号最后四位错了，是4321"]
)
def test_the_last_digits_alone_are_put_right_and_read_back(talk: Talk, words: str):
    talk.begins("cert_renew").fills({**SELF, "mobile": MOBILE}, until="residence_address")

    talk.says(words).is_at("confirming").hears("139 1234 4321").says("对")
    assert talk.answers()["mobile"] == "13912344321"


def test_a_name_taken_back_in_one_breath_is_not_kept(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="name").says("叫王建国，不对，王建民")

    assert talk.answers()["name"] == "王建民"


def test_not_by_text_but_by_telephone_is_no_telephone_number(talk: Talk):
    given = {**SELF, "contact_method": "短信"}
    talk.begins("nursing_subsidy").fills(given).says("不是短信，是电话").is_at("review")

    assert talk.answers()["contact_method"] == "phone"
    assert talk.answers()["mobile"] == MOBILE


def test_an_earlier_text_is_put_right_at_the_next_text(talk: Talk):
    talk.begins("student_aid").fills({**SELF, "school_name": "花木幸福小学"}, until="grade")

    talk.says("不对，学校是建平中学").hears("学校：建平中学").is_asked("grade")
    assert talk.answers()["school_name"] == "建平中学"
    assert "grade" not in talk.answers()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("改残疾等级 应该是一级", "残疾等级"),
        ("残疾类别不对", "残疾类别"),
        ("改出生日期", "出生日期"),
        ("性别错了", "性别"),
    ],
)
def test_what_the_certificate_tells_is_changed_with_its_number(talk: Talk, words: str, told: str):
    talk.begins("nursing_subsidy").fills(SELF)
    before = talk.answers()

    talk.says(words).hears(f"{told}要看残疾人证号").is_asked("disability_cert_no")
    talk.says("不改").is_at("review")
    assert talk.answers() == before


def test_a_category_named_to_be_changed_does_not_leave_the_form(talk: Talk):
    talk.recognizer.knows("残疾类别", "cert_category_change")
    talk.begins("nursing_subsidy").fills(SELF).presses("review_change").says("残疾类别")

    talk.is_asked("disability_cert_no")


@pytest.mark.parametrize("words", ["地址错了", "还有地址错了", "地址不对"])
def test_a_mistake_found_while_submitting_is_not_filed(talk: Talk, words: str):
    talk.begins("nursing_subsidy").fills(SELF).presses("review_right").is_at("submit")

    talk.says(words).is_at("changing").hears("1. 居住地址", "2. 户籍地址")
    assert not talk.cases


def test_a_town_put_right_asks_for_the_rest_of_the_address(talk: Talk):
    given = {
        **SELF,
        "residence_address": ADDRESS,
        "hukou_address": "浦东新区三林镇平安路88弄6号102室",
    }
    talk.begins("nursing_subsidy").fills(given)

    talk.says("三林镇不对，应该是周浦").is_asked("hukou_address").says("年家浜路1号")
    talk.is_at("confirming").hears("周浦年家浜路1号")


@pytest.mark.parametrize("words", ["错了，我是给我妈办的", "我不是自己办，是给我妈办"])
@pytest.mark.parametrize("place", ["mobile", ""])
def test_for_somebody_else_after_all_asks_whose_the_facts_are(talk: Talk, words: str, place: str):
    talk.begins("nursing_subsidy").fills(SELF, until=place)

    talk.says(words).is_at("whose").hears("你妈妈的吗").says("是")
    assert talk.answers()["applicant_role"] == "agent"
    assert talk.answers()["name"] == "王秀英"


def test_facts_of_the_wrong_person_are_not_kept(talk: Talk):
    talk.begins("nursing_subsidy").fills(SELF).says("错了，我是给我妈办的", "不是，重新填")

    talk.is_asked("name").hears("你妈妈的名字")
    assert talk.answers() == {"applicant_role": "agent"}


def test_a_reissued_certificate_is_told_by_its_end(talk: Talk):
    talk.begins("nursing_subsidy").fills(SELF, until="disability_cert_no").says(CERT)

    talk.says("不对，是B2").is_at("confirming").says("对")
    assert talk.answers()["disability_cert_no"] == f"{CERT}B2"


def test_another_certificate_number_volunteered_is_read_back(talk: Talk):
    talk.begins("nursing_subsidy").fills(SELF, until="mobile").says(OTHER_CERT)

    talk.is_at("confirming").hears("残疾人证号：310115").says("不对").fills(until="mobile")
    assert talk.answers()["disability_cert_no"] == CERT


# ---- in parts


@pytest.mark.parametrize(
    ("field", "parts", "value"),
    [
        ("mobile", ["等等，幺三九", "一二三四", "五六七八"], MOBILE),
        ("mobile", ["139", "12345678"], MOBILE),
        ("mobile", ["139", "58761234"], "13958761234"),
        ("mobile", ["139 1234", "后面是5678"], MOBILE),
        ("disability_cert_no", ["110105", "19491231", "002X", "42"], CERT),
        ("disability_cert_no", [f"{ID} 四二"], CERT),
        ("disability_cert_no", [ID, "四二"], CERT),
        ("disability_cert_no", [ID, "肢体二级"], CERT),
        ("bank_account_no", ["62220012", "34567890122"], "6222001234567890122"),
        ("bank_account_no", ["6222001234567890", "122"], "6222001234567890122"),
    ],
)
def test_a_number_said_in_parts_is_put_together_and_read_back(
    talk: Talk, field: str, parts: list[str], value: str
):
    talk.begins("nursing_subsidy").fills(SELF, until=field).says(*parts).is_at("confirming")

    talk.says("对")
    assert talk.answers()[field] == value


def test_one_character_missing_is_added(talk: Talk):
    talk.begins("cert_new").fills(SELF, until="id_number").says(ID[:-1], "是X").says("对")

    assert talk.answers()["id_number"] == ID


def test_an_address_may_come_in_three_pieces(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="residence_address")

    talk.says("川沙", "华夏东路100弄", "5号302").is_at("confirming").says("对")
    assert talk.answers()["residence_address"] == "川沙华夏东路100弄5号302"


@pytest.mark.parametrize(
    ("address", "town"),
    [("川沙路500号，合庆", "合庆镇"), ("泥城路12号 惠南", "惠南镇")],
)
def test_the_town_that_is_said_outweighs_the_name_of_a_road(talk: Talk, address: str, town: str):
    talk.begins("cert_renew").fills(SELF, until="residence_address").says(address)
    if talk.form.stage == "confirming":
        talk.says("对")

    told = str(talk.form.answers["town_residence_address"].value)
    assert talk.catalog.offices_by_id[told].name == town


def test_a_town_known_only_by_a_road_is_read_back(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="residence_address")

    talk.says("金桥路1100弄5号302室").is_at("confirming").hears("街镇：金桥镇")


# ---- multiple choices, danger


def test_an_option_taken_back_leaves_a_multiple_choice(talk: Talk):
    talk.begins("assistive_device_fitting").fills(SELF, until="device_type")

    talk.says("轮椅 不对 拐杖").is_asked("device_type").hears("记下了：拐杖手杖")
    talk.says("还要轮椅", "轮椅不要了").hears("去掉：手动轮椅").says("就这些")
    assert len(talk.answers()["device_type"]) == 1


def test_what_was_picked_last_is_replaced(talk: Talk):
    talk.begins("care_assessment").fills(SELF, until="adl_status").says("走路", "洗澡")

    talk.says("不对，是吃饭").is_asked("adl_status").says("就这些")
    assert talk.answers()["adl_status"] == ("walk", "eat")


def test_a_no_with_something_unreadable_asks_again_and_keeps_nothing(talk: Talk):
    talk.begins("cert_new").fills(SELF, until="id_number").says(ID).is_at("confirming")

    talk.says("不对，是中间那几位").is_asked("id_number")
    assert "id_number" not in talk.answers()


@pytest.mark.parametrize("words", ["有", "是的", "嗯", "有过一次", "以前想过", "有时候有点"])
def test_a_hint_of_yes_to_the_question_about_danger_leads_to_help(talk: Talk, words: str):
    talk.begins("psych_rehab").fills(SELF, until="crisis_check").says(words)

    talk.hears("12356")
    assert talk.reply.kind == "emergency"


def test_an_unclear_answer_about_danger_gives_the_help_line_and_asks_again(talk: Talk):
    talk.begins("psych_rehab").fills(SELF, until="crisis_check").says("这个嘛")

    talk.hears("12356").is_asked("crisis_check")


def test_the_whole_form_is_not_read_again_when_a_word_is_not_understood(talk: Talk):
    talk.begins("cert_renew").fills(SELF).says("差不多").is_at("review")

    talk.hears("都对吗").hears_not("王秀英")
    talk.says("再说一遍").hears("王秀英")


@pytest.mark.parametrize("words", ["都对的呀", "没问题，交吧", "交", "没有错"])
def test_the_words_people_agree_with_go_on_to_submitting(talk: Talk, words: str):
    talk.begins("cert_renew").fills(SELF).says(words).is_at("submit")


@pytest.mark.parametrize("words", ["跟上次一样", "跟上次一样的", "给我自己办"])
def test_the_same_as_last_time_is_taken(talk: Talk, words: str):
    talk.files("nursing_subsidy", SELF)
    talk.begins("transport_subsidy").is_at("reuse").says(words)

    assert talk.answers()["name"] == "王秀英"


# ---- what does not go together


def test_another_persons_number_beside_the_certificate_is_asked_about(talk: Talk):
    talk.begins("nursing_subsidy").fills(SELF, until="mobile")
    talk.says(f"身份证号错了，是{ONE_CHILD[:6]}196005060011", "对").is_at("doubt")

    talk.hears("这两个对不上", "改身份证号", "改残疾人证号").says("没有错").is_asked("mobile")
    talk.fills().hears("有一处对不上")


def test_what_does_not_go_together_may_be_put_right(talk: Talk):
    talk.begins("nursing_subsidy").fills(SELF, until="mobile")
    talk.says(f"身份证号错了，是{ONE_CHILD[:6]}196005060011", "对").picks("改身份证号")

    talk.is_asked("id_number").says(ID, "对").fills().hears_not("有一处对不上")


def test_it_is_asked_once_and_again_only_after_a_change(talk: Talk):
    talk.begins("minimum_living").fills(FOR_OTHER, until="agent_name").says("王秀英")

    talk.is_at("doubt").hears("这两个一样").says("没有错").fills().is_at("review")
    talk.says("代办人姓名").says("不改").is_at("review")


def test_a_helper_with_the_number_of_the_person_is_asked_about(talk: Talk):
    talk.begins("minimum_living").fills(FOR_OTHER, until="agent_id_number").says(ID)
    if talk.form.stage == "confirming":
        talk.says("对")

    talk.is_at("doubt").hears("这两个一样", "改代办人的号码")


def test_a_child_of_seventy_six_is_asked_about(talk: Talk):
    given = {"applicant_role": "我是监护人"}
    talk.begins("child_rehab_aid").fills(given, until="disability_cert_no").says(CERT, "对")

    talk.is_at("doubt").hears("1949 年生", "改孩子的号码")


def test_a_small_child_hardly_applies_by_itself(talk: Talk):
    talk.begins("nursing_subsidy").fills(SELF, until="disability_cert_no")

    talk.says(f"{ONE_CHILD}41", "对").is_at("doubt").hears("给你自己办", "改给谁办")


def test_her_own_death_is_no_reason_without_a_question(talk: Talk):
    talk.begins("cert_cancel").fills(SELF, until="cancel_reason").says("人去世了").is_at("doubt")

    talk.hears("给你自己办", "人去世了", "改注销原因", "改给谁办")
    talk.presses("change:cancel_reason").says("身体恢复了")
    assert talk.form.stage != "doubt"


def test_a_stored_form_without_these_fields_is_still_read(talk: Talk):
    talk.begins("nursing_subsidy").fills(SELF, until="mobile")
    stored = to_json(CONVERSATION, talk.conversation)

    for name in ('"settled":[],', '"named":[],', '"said_whom":"",'):
        stored = stored.replace(name, "")
    assert isinstance(CONVERSATION.validate_json(stored), Conversation)
