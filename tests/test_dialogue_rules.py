"""Outside and around forms: which one, explained, begun, stopped, taken up, asked after, taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tester import CERT, ID, MOBILE, Talk

from casework.models import Action, CaseState
from casework.numbers import number_from
from dialogue.effects import AddPapers, CallPerson, NoteMisunderstood, SubmitCorrections
from dialogue.focuses import (
    Choosing,
    Correcting,
    Idle,
    Introduced,
    Resuming,
    Stopping,
    Switching,
    Withdrawing,
)
from dialogue.messages import Attachment, Message, Pick
from dialogue.models import Moment, asked_once
from intents.models import Candidate, Decision, Recognition

SELF = {"applicant_role": "给我自己办"}


def unsure(talk: Talk, text: str, *ids: str, **more: object) -> None:
    """The recognizer cannot decide between these."""
    candidates = tuple(
        Candidate(
            id=i, kind="service" if i in talk.catalog.services_by_id else "life_event", score=0.3
        )
        for i in ids
    )
    talk.recognizer.table[text] = Recognition(
        text=text, decision=Decision.CLARIFY, candidates=candidates, **more
    )


# ---- first words


@pytest.mark.parametrize("word", ["你好", "喂", "早上好"])
def test_a_greeting_is_answered_by_who_is_speaking(talk: Talk, word: str):
    talk.says(word).hears("我是机器人", "人工")


def test_the_first_words_not_understood_are_welcomed_too(talk: Talk):
    talk.says("咕噜").hears("我是助残小帮手")

    assert talk.effects == (NoteMisunderstood(),)


def test_two_failures_in_a_row_call_a_person(talk: Talk):
    talk.says("你好", "咕噜").hears("没听懂").says("咕噜").hears("已经请经办人")

    assert CallPerson(reason="lost") in talk.effects


def test_understanding_between_failures_starts_the_count_anew(talk: Talk):
    talk.says("你好", "咕噜", "谢谢", "咕噜").hears("我没听懂")

    assert not any(isinstance(e, CallPerson) for e in talk.all_effects)


# ---- which one


def test_several_meanings_are_offered_three_at_a_time(talk: Talk):
    unsure(talk, "补贴", "living_subsidy", "nursing_subsidy", "transport_subsidy", "fuel_subsidy")
    talk.says("补贴")

    assert [c.label for c in talk.reply.choices][-1] == "都不是"
    assert len(talk.reply.choices) == 4
    talk.picks("都不是")
    assert [c.id for c in talk.reply.choices] == ["service:fuel_subsidy", "none_of_these"]
    talk.picks("都不是").hears("换个说法")


@pytest.mark.parametrize("way", ["number", "label", "button", "ordinal"])
def test_a_choice_is_reached_in_every_way(talk: Talk, way: str):
    unsure(talk, "补贴", "living_subsidy", "nursing_subsidy")
    talk.says("补贴")
    match way:
        case "number":
            talk.says("２")
        case "label":
            talk.says(talk.reply.choices[1].label)
        case "button":
            talk.presses("service:nursing_subsidy")
        case "ordinal":
            talk.says("第二个")

    talk.hears("重度残疾人护理补贴")


def test_a_question_asked_before_choosing_is_answered_after(talk: Talk):
    unsure(talk, "补贴要带什么", "living_subsidy", "nursing_subsidy", question="papers")
    talk.says("补贴要带什么").picks(2).hears("要准备这些")


def test_whom_it_is_for_is_remembered_until_the_form(talk: Talk):
    unsure(talk, "我爸补贴", "living_subsidy", "nursing_subsidy", beneficiary="我爸")
    talk.says("我爸补贴").picks(2).hears("你爸爸").presses("start").is_asked("name").hears(
        "你爸爸"
    )


def test_a_label_that_is_ruled_out_is_not_picked(talk: Talk):
    unsure(talk, "补贴", "living_subsidy", "nursing_subsidy")
    talk.says("补贴", "不要困难生活补贴")

    assert isinstance(talk.conversation.focus, Choosing)


# ---- a service explained


def test_a_service_is_explained_and_begun(talk: Talk):
    talk.recognizer.knows("换证", "cert_renew")
    talk.says("换证").hears("残疾人证换领", "可能符合", "要准备")
    assert isinstance(talk.conversation.focus, Introduced)

    talk.says("好的").is_asked("applicant_role")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("papers", "要准备这些"),
        ("where", "中心"),
        ("who", "可能符合"),
        ("time", "答复为准"),
        ("fee", "收"),
        ("amount", "答复为准"),
    ],
)
def test_questions_about_a_service_are_answered(talk: Talk, question: str, words: str):
    talk.recognizer.knows("护理补贴", "nursing_subsidy")
    talk.recognizer.asks("问一下", question)

    talk.says("护理补贴", "问一下").hears(words)
    assert talk.reply.choices[0].id == "start"


@pytest.mark.parametrize("words", ["换一件事", "不是", "返回", "算了"])
def test_a_service_may_be_left(talk: Talk, words: str):
    talk.recognizer.knows("护理补贴", "nursing_subsidy")
    talk.says("护理补贴", words).hears("你想办什么事")

    assert isinstance(talk.conversation.focus, Idle)


def test_more_is_told_when_asked(talk: Talk):
    talk.recognizer.knows("护理补贴", "nursing_subsidy")
    talk.says("护理补贴", "详细点").hears("要准备这些").says("开始").is_asked("applicant_role")


def test_several_needs_are_taken_one_after_another(talk: Talk):
    best = (Candidate(id="nursing_subsidy", kind="service", score=0.9),)
    talk.recognizer.table["两件"] = Recognition(
        text="两件",
        decision=Decision.ACCEPT,
        candidates=best,
        needs=("nursing_subsidy", "transport_subsidy"),
    )
    talk.says("两件").hears("我听到几件事", "重残护理补贴", "交通补贴").picks(1)
    talk.presses("start").fills(SELF)
    talk.presses("review_right").presses("submit").hears("还有这些")

    talk.picks(1).hears("残疾人交通补贴")


# ---- a life event


def test_every_life_event_is_shown_through_all_its_pages(talk: Talk):
    for event in talk.catalog.life_events:
        talk.forgets()
        talk.recognizer.knows(event.id, event.id, "life_event", beneficiary="我爸")
        talk.says(event.id)
        seen: set[str] = set()
        for _ in range(-(-len(event.steps) // 3)):
            shown = [c.id for c in talk.reply.choices if c.id.startswith("service:")]
            assert 1 <= len(shown) <= 3
            seen.update(shown)
            if len(event.steps) > 3:
                talk.presses("more_steps")

        assert seen == {f"service:{s.service}" for s in event.steps}, event.id
        talk.picks(1)
        assert isinstance(talk.conversation.focus, Introduced)
        assert talk.conversation.focus.beneficiary == "我爸"


def test_beginning_right_away_begins_with_the_first_step(talk: Talk):
    talk.recognizer.knows("中风", talk.catalog.life_events[0].id, "life_event")
    talk.says("中风", "现在开始办")

    assert isinstance(talk.conversation.focus, Introduced)


# ---- stopping and taking up


def test_stopping_keeps_the_form_and_going_on_takes_it_up(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile").says("算了").hears("要停下吗").picks(1)
    assert isinstance(talk.conversation.focus, Idle)

    talk.says("继续").is_asked("mobile").hears("上次说到这里")
    assert talk.conversation.parked == ()


def test_throwing_away_is_the_only_way_to_lose_a_form(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile").says("算了", "不要了").hears(
        "这份不要了"
    )

    assert talk.conversation.parked == ()


def test_going_on_after_thinking_of_stopping(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile").says("停", "不停").is_asked("mobile")


def test_the_same_service_again_offers_the_unfinished_form(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile").says("算了", "留着")
    talk.begins("cert_renew").hears("没填完的", "接着填吗")
    assert isinstance(talk.conversation.focus, Resuming)

    talk.picks("接着填").is_asked("mobile")


def test_beginning_anew_drops_the_unfinished_form(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile").says("算了", "留着")
    talk.begins("cert_renew").says("重新填").is_asked("applicant_role")

    assert talk.answers() == {}


def test_a_greeting_reminds_of_the_unfinished_form(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile").says("算了", "留着", "你好").hears(
        "继续"
    )


@pytest.mark.parametrize(
    "words",
    ["查进度", "人工", "撤回", "你好", "别的事", "救命", "咕噜", "没事", "帮助", "跳过", "/foo"],
)
@pytest.mark.parametrize("place", ["stopping", "switching", "filling"])
def test_nothing_said_while_a_form_waits_loses_it(talk: Talk, words: str, place: str):
    talk.recognizer.knows("别的事", "nursing_subsidy")
    talk.recognizer.knows("要别的", "minimum_living")
    talk.begins("cert_renew").fills(SELF, until="mobile")
    answers = dict(talk.form.answers)
    if place == "stopping":
        talk.says("算了")
    elif place == "switching":
        talk.says("要别的")

    talk.says(words)
    conversation = talk.conversation
    focus = conversation.focus
    progress = getattr(focus, "progress", None)
    kept = [p for p in (progress, *conversation.parked) if p is not None]
    assert [p.answers for p in kept] == [answers]


def test_after_a_false_alarm_the_same_question_is_asked(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile").says("算了", "救命", "没事").hears(
        "要停下吗"
    )

    talk.picks("接着填").is_asked("mobile")


# ---- another service in the middle


def test_another_service_in_the_middle_asks_first(talk: Talk):
    talk.recognizer.knows("我要申请低保", "minimum_living")
    talk.begins("cert_renew").fills(SELF, until="mobile").says("我要申请低保").hears("要先去看")
    assert isinstance(talk.conversation.focus, Switching)

    talk.picks("接着填").is_asked("mobile")


def test_switching_parks_the_form(talk: Talk):
    talk.recognizer.knows("我要申请低保", "minimum_living", beneficiary="我妈")
    talk.begins("cert_renew").fills(SELF, until="mobile").says("我要申请低保", "先看那个")
    talk.hears("最低生活保障", "你妈妈")

    assert [p.asking for p in talk.conversation.parked] == ["mobile"]


def test_a_service_named_where_the_name_is_asked_is_not_a_name(talk: Talk):
    talk.recognizer.knows("我要申请低保", "minimum_living")
    talk.begins("cert_renew").says("给我自己办", "我要申请低保").hears("要先去看")

    talk.picks("接着填")
    assert "name" not in talk.answers()


def test_a_name_that_sounds_like_a_service_is_taken_when_she_stays(talk: Talk):
    talk.recognizer.knows("欧阳护理", "nursing_subsidy")
    talk.begins("cert_renew").says("给我自己办", "欧阳护理").hears("要先去看").picks("接着填")

    talk.is_at("confirming").hears("欧阳护理").says("对")
    assert talk.answers()["name"] == "欧阳护理"


def test_the_same_service_named_in_its_own_form_goes_on(talk: Talk):
    talk.recognizer.knows("护理补贴", "nursing_subsidy")
    talk.begins("nursing_subsidy").fills(SELF, until="mobile").says("护理补贴").is_asked("mobile")

    talk.fills().says("护理补贴").is_at("review")


def test_an_old_service_button_in_the_middle_of_a_form_asks_first(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile")

    talk.sends(pick=Pick(turn=1, choice="service:nursing_subsidy"))
    talk.hears("要先去看").picks("接着填").is_asked("mobile")


def test_a_long_answer_may_hold_any_words(talk: Talk):
    talk.begins("legal_aid").fills(SELF, until="facts_statement")
    story = "他让我返回去，叫我撤回申请，还说不要办护理补贴了，要带什么材料也不告诉我"
    talk.says(story)

    assert talk.answers()["facts_statement"] == story


def test_the_answer_given_after_all_goes_on_with_the_form(talk: Talk):
    """Asked whether to leave, she answers the question of the form: that is an answer, and no third thing."""
    talk.recognizer.knows("房子是租的", "housing_relief")
    talk.begins("home_retrofit").fills(SELF, until="house_type").says("房子是租的").hears(
        "要先去看"
    )
    talk.says("私人租房")

    assert talk.answers()["house_type"] == "private_rent"
    talk.says("算了", "没有做过")
    assert isinstance(talk.conversation.focus, Stopping)


def test_leaving_while_asked_whether_to_switch_keeps_the_form_and_says_so(talk: Talk):
    talk.recognizer.knows("低保", "minimum_living")
    talk.begins("cert_renew").fills(SELF, until="mobile").says("低保", "算了").hears("填的都留着")

    assert [p.asking for p in talk.conversation.parked] == ["mobile"]


def test_a_plain_no_does_not_throw_an_unfinished_form_away(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile").says("算了", "留着")
    talk.begins("cert_renew").says("不用").hears("填的都留着").says("继续").is_asked("mobile")


# ---- questions in the middle


def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(talk: Talk):
    talk.recognizer.asks("要带什么材料", "papers")
    talk.begins("cert_renew").fills(SELF, until="mobile").says("要带什么材料").hears("要准备这些")

    talk.is_asked("mobile")
    assert talk.form.failures == 0


def test_why_is_answered_from_the_question_itself(talk: Talk):
    talk.recognizer.asks("为什么要问", "why")
    talk.begins("cert_renew").fills(SELF, until="mobile").says("为什么要问").hears(
        "方便经办人联系你"
    )


def test_an_answer_with_a_question_word_in_it_is_an_answer(talk: Talk):
    text = "我的地址是浦东新区花木街道幸福路12弄3号"
    talk.recognizer.asks(text, "where")
    talk.begins("cert_renew").fills(SELF, until="residence_address").says(text).is_asked(
        "hukou_address"
    )


# ---- digits


def test_a_digit_is_the_answer_where_a_number_is_asked(talk: Talk):
    talk.begins("accessible_taxi").fills(SELF, until="companion").says("2")

    assert talk.answers()["companion"] == "2"


def test_a_digit_is_a_choice_where_choices_are_shown(talk: Talk):
    talk.begins("cert_renew").says("1").is_asked("name")

    assert talk.answers()["applicant_role"] == "self"


def test_a_digit_beyond_the_choices_is_told(talk: Talk):
    talk.begins("cert_renew").says("9").hears("从下面选一个").is_asked("applicant_role")


def test_options_win_over_words_that_work_everywhere(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="accommodation_needs").says("打字")
    assert talk.answers()["accommodation_needs"] == ("text",)

    assert not talk.conversation.preferences.aloud


# ---- danger


@pytest.mark.parametrize(
    ("words", "hotline"), [("着火了", "119"), ("他晕倒了", "120"), ("不想活了", "12356")]
)
def test_danger_comes_before_everything(talk: Talk, words: str, hotline: str):
    talk.begins("cert_renew").fills(SELF, until="mobile").says(words).hears(
        hotline, "没有替你报警"
    )

    assert talk.reply.kind == "emergency"
    assert CallPerson(reason="emergency", office_id="") in talk.effects
    talk.says("没事").is_asked("mobile")


def test_danger_told_in_a_long_answer_is_kept_as_the_answer(talk: Talk):
    talk.begins("legal_aid").fills(SELF, until="facts_statement").says("他又打我，用刀砍我")
    assert talk.reply.kind == "emergency"

    talk.says("没事")
    assert talk.answers()["facts_statement"] == "他又打我，用刀砍我"


def test_danger_repeated_at_a_short_question_is_taken_as_the_answer(talk: Talk):
    talk.begins("emergency_text").fills(SELF, until="brief").says("老人晕倒了", "老人晕倒了")

    assert talk.answers()["brief"] == "老人晕倒了"


@pytest.mark.parametrize("way", ["press", "number", "label"])
def test_choosing_an_answer_that_means_danger_gives_the_card_and_keeps_the_answer(
    talk: Talk, way: str
):
    talk.begins("psych_rehab").fills(SELF, until="crisis_check")
    place = [c.id for c in talk.reply.choices].index("option:self")
    match way:
        case "press":
            talk.presses("option:self")
        case "number":
            talk.says(str(place + 1))
        case "label":
            talk.says("想伤害自己")

    assert talk.reply.kind == "emergency"
    assert talk.answers()["crisis_check"] == "self"
    talk.hears("12356").says("没事")
    assert talk.form.asking != "crisis_check"


# ---- status, withdrawing, corrections


def test_status_tells_only_ones_own_cases(talk: Talk):
    talk.says("查进度").hears("还没有交过")
    talk.files("scenic_free_entry", SELF)

    talk.says("查进度").hears("公园景点")
    assert talk.reply.private


def test_a_number_that_is_not_ones_own_tells_nothing(talk: Talk):
    talk.files("scenic_free_entry", SELF)
    foreign = number_from(7_777_777)
    talk.says(f"帮我查 {foreign}").hears("不是在这个对话里办的")


def test_a_number_of_ones_own_tells_that_case(talk: Talk):
    talk.files("scenic_free_entry", SELF)

    talk.says(talk.cases[0].number).hears("公园景点")


def test_more_than_three_cases_are_named_by_number(talk: Talk):
    for _ in range(5):
        talk.files("scenic_free_entry", SELF)

    talk.says("查进度").hears("还有 2 件")
    talk.says("撤回").hears("要撤回哪一件", "还有 2 件").says(talk.cases[4].number).hears("要撤回")
    talk.picks("撤回")
    assert talk.cases[4].state is CaseState.WITHDRAWN


def test_status_in_the_middle_of_a_form_keeps_the_question(talk: Talk):
    talk.files("scenic_free_entry", SELF)
    talk.begins("psych_rehab").fills(SELF, until="mobile").says("查进度").hears(
        "公园景点"
    ).is_asked("mobile")

    assert talk.reply.private


def test_a_withdrawn_case_needs_a_second_yes(talk: Talk):
    talk.files("scenic_free_entry", SELF).says("撤回").hears("要撤回")
    assert isinstance(talk.conversation.focus, Withdrawing)
    assert talk.cases[0].state is CaseState.SUBMITTED

    talk.says("是").hears("已经撤回")
    assert talk.cases[0].state is CaseState.WITHDRAWN
    assert talk.reply.private


@pytest.mark.parametrize("words", ["不撤了", "不", "返回", "算了"])
def test_not_withdrawing(talk: Talk, words: str):
    talk.files("scenic_free_entry", SELF).says("撤回", words).hears("没有撤回")


def test_a_case_closed_meanwhile_cannot_be_withdrawn(talk: Talk):
    talk.files("scenic_free_entry", SELF).says("撤回")
    talk.clerk(Action.NOT_ACCEPT, reason="不归我们办")

    talk.says("是").hears("没有可以撤回的")
    assert isinstance(talk.conversation.focus, Idle)


def test_withdrawing_while_filling_stops_the_form(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="name").says("撤回").hears("要停下吗")


def corrected(talk: Talk, *items: str) -> Talk:
    talk.files("cert_renew", SELF)
    talk.clerk(Action.REQUEST_CORRECTIONS, items=items, reason="照片不清楚")
    return talk


def test_corrections_are_answered_from_the_notice(talk: Talk):
    corrected(talk, "mobile", "photo").hears("照片不清楚").presses("现在补").is_asked("mobile")

    talk.says("13812345678").is_asked("photo").sends_photo().says("就这些").is_at("review").says(
        "都对"
    )
    (effect,) = [e for e in talk.effects if isinstance(e, SubmitCorrections)]
    assert effect.answers["mobile"].value == "13812345678"
    assert len(effect.papers) == 1
    assert talk.conversation.parked == ()


def test_a_request_the_office_ended_is_not_answered_any_more(talk: Talk):
    corrected(talk, "mobile").presses("现在补").is_asked("mobile")
    talk.clerk(Action.END_CORRECTIONS, reason="窗口收到了")
    talk.hears("现在不用再补了", "窗口收到了", "你不用做什么")

    talk.says("13812345678", "都对")
    assert not talk.effects
    assert talk.cases[0].wanted == ()


def test_after_a_request_is_ended_the_old_button_asks_for_nothing(talk: Talk):
    corrected(talk, "mobile")
    button = Pick(turn=talk.reply.turn, choice=talk.reply.choices[0].id)
    talk.clerk(Action.END_CORRECTIONS, reason="窗口收到了")

    talk.sends(pick=button)
    talk.hears("现在没有要补的")
    assert not talk.effects


def test_asked_again_the_new_list_is_asked(talk: Talk):
    corrected(talk, "mobile", "photo")
    talk.clerk(Action.REQUEST_CORRECTIONS, items=("reason",), reason="写清楚")
    talk.hears("还差 1 样", "以这一次说的为准").presses("现在补").is_asked("reason")


def sent_back(talk: Talk) -> Talk:
    corrected(talk, "mobile")
    talk.clerk(Action.REQUEST_CORRECTIONS, items=("mobile",), reason="还是没有")
    talk.clerk(Action.SEND_BACK, reason="一直没有手机号")
    return talk


def test_sent_back_it_is_begun_anew_with_one_button(talk: Talk):
    sent_back(talk).hears("先退回了", "不是不批准", "随时可以再提").presses("重新申请")

    talk.hears("换领")


def test_whoever_does_not_agree_that_it_was_sent_back_hears_the_ways(talk: Talk):
    sent_back(talk).says("我不服")

    talk.hears("不服有三条路")


def test_a_case_sent_back_says_so_when_asked_how_it_stands(talk: Talk):
    sent_back(talk).says("查进度")

    talk.hears("先退回了", "一直没有手机号")


def test_corrections_left_open_do_not_wipe_the_old_answer(talk: Talk):
    corrected(talk, "mobile", "reason").presses("现在补").says(
        "13812345678", "跳过", "跳过"
    ).is_at("review")

    talk.says("都对")
    (effect,) = [e for e in talk.effects if isinstance(e, SubmitCorrections)]
    assert set(effect.answers) == {"mobile"}


def test_corrections_with_nothing_in_them_are_not_handed_in(talk: Talk):
    corrected(talk, "reason").presses("现在补").says("跳过", "跳过").is_at("review").says("都对")

    talk.hears("先不补")
    assert not talk.effects


def test_corrections_may_be_put_off_and_taken_up(talk: Talk):
    corrected(talk, "mobile", "reason").presses("现在补").says("13812345678", "算了").hears(
        "先不补"
    )
    talk.says("查进度", "现在补").is_asked("reason")

    assert talk.answers()["mobile"] == "13812345678"


@pytest.mark.parametrize("way", ["words", "button"])
def test_later_is_an_answer_to_the_notice(talk: Talk, way: str):
    corrected(talk, "mobile")
    talk.says("以后再补") if way == "words" else talk.presses("correct_later")

    talk.hears("先不补")


def test_a_corrections_button_in_the_middle_of_another_form_keeps_that_form(talk: Talk):
    talk.files("cert_renew", SELF)
    talk.begins("psych_rehab").says("重新填").fills(SELF, until="mobile")
    talk.clerk(Action.REQUEST_CORRECTIONS, items=("reason",), reason="写清楚")
    talk.presses("现在补").hears("填的都留着", "写清楚").is_asked("reason")

    talk.says("证坏了", "都对").hears("交给经办人了").says("继续").is_asked("mobile")


def test_an_old_corrections_button_still_works(talk: Talk):
    corrected(talk, "mobile")
    button = Pick(turn=talk.reply.turn, choice=talk.reply.choices[0].id)
    talk.says("你好", "谢谢", "你好")

    talk.sends(pick=button)
    talk.is_asked("mobile")


def test_a_corrections_button_after_they_were_made_says_so(talk: Talk):
    corrected(talk, "mobile")
    button = Pick(turn=talk.reply.turn, choice=talk.reply.choices[0].id)
    talk.presses("现在补").says("13812345678", "都对")

    talk.sends(pick=button)
    talk.hears("现在没有要补的")


def test_corrections_no_longer_wanted_are_not_handed_in(talk: Talk):
    corrected(talk, "mobile").presses("现在补").says("13812345678").is_at("review")
    case = talk.cases[0]
    talk.cases = (replace(case, state=CaseState.WITHDRAWN),)

    talk.says("都对").hears("现在没有要补的")
    assert not talk.effects


def test_a_correction_of_something_we_have_no_question_for_is_asked_in_words(talk: Talk):
    corrected(talk, "something_new").presses("现在补").is_asked("extra_note")


def test_naming_another_service_while_correcting_keeps_the_corrections(talk: Talk):
    corrected(talk, "mobile", "reason").presses("现在补").says("13812345678")
    assert isinstance(talk.conversation.focus, Correcting)
    talk.recognizer.knows("低保", "minimum_living")
    talk.says("低保")

    talk.says("查进度")
    assert [p.corrects for p in talk.conversation.parked] == [talk.cases[0].id]


def test_an_unfinished_correction_is_no_unfinished_application(talk: Talk):
    corrected(talk, "mobile", "reason").presses("现在补").says("13812345678", "算了")

    talk.begins("cert_renew")
    assert not isinstance(talk.conversation.focus, Resuming)


# ---- files outside a form


def test_papers_without_a_case_are_told_so(talk: Talk):
    talk.sends_photo().hears("还不知道是办哪件事用的")


def test_papers_go_to_the_open_case(talk: Talk):
    talk.files("scenic_free_entry", SELF).sends_photo().hears("已经放进")

    assert isinstance(talk.effects[0], AddPapers)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("too_big", "太大"),
        ("wrong_type", "收不了"),
        ("unreadable", "打不开"),
        ("not_received", "没有收全"),
        ("something_else", "打不开"),
    ],
)
def test_papers_that_cannot_be_taken_say_why(talk: Talk, problem: str, words: str):
    talk.begins("cert_renew").fills(SELF, until="photo").sends_photo(problem=problem).hears(words)

    talk.is_asked("photo")


def voice(talk: Talk, text: str) -> None:
    note = Attachment(kind="voice", media_type="audio/ogg", size=9000, key="k")
    talk.sends(text=text, attachments=(note,))


def test_a_voice_note_nobody_could_hear_is_told_so(talk: Talk):
    voice(talk, "")

    talk.hears("听不懂", "请打字")


def test_a_voice_note_that_was_heard_is_a_message_in_words(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile")
    voice(talk, "幺三九一二三四五六七八")

    assert talk.answers()["mobile"] == MOBILE
    assert talk.form.papers == ()


# ---- old and wrong buttons


def test_a_button_of_an_older_turn_changes_nothing(talk: Talk):
    talk.begins("cert_renew")
    old = Pick(turn=talk.reply.turn, choice="option:agent")
    talk.says("给我自己办", "王秀英")
    before = dict(talk.form.answers)

    talk.sends(pick=old)
    talk.hears("按钮已经过去了")
    assert talk.form.answers == before


@pytest.mark.parametrize(
    "choice", ["option:nonsense", "", "x" * 500, "change:name", "submit", "take_back:1"]
)
def test_a_button_nobody_showed_changes_nothing(talk: Talk, choice: str):
    talk.begins("cert_renew").fills(SELF, until="mobile")
    before = dict(talk.form.answers)

    talk.sends(pick=Pick(turn=talk.conversation.turn, choice=choice))
    talk.hears("按钮已经过去了").is_asked("mobile")
    assert (talk.form.answers, talk.form.failures) == (before, 0)


def test_old_buttons_pressed_again_and_again_do_not_pile_up(talk: Talk):
    talk.says("你好")
    for _ in range(4):
        talk.sends(pick=Pick(turn=0, choice="start"))

    assert talk.shown().count("按钮已经过去了") == 1


def test_the_buttons_of_the_present_turn_work_after_an_old_one_was_pressed(talk: Talk):
    talk.begins("cert_renew").sends(pick=Pick(turn=0, choice="start"))

    talk.presses("option:self").is_asked("name")


@pytest.mark.parametrize("choice", ["status", "human", "help", "service:cert_renew"])
def test_some_buttons_never_grow_old(talk: Talk, choice: str):
    talk.says("你好", "谢谢")

    talk.sends(pick=Pick(turn=0, choice=choice))
    talk.hears_not("按钮已经过去了")


# ---- pace, voice, repeated words


def test_slower_and_slower_has_an_end_and_does_not_pile_up(talk: Talk):
    talk.says("你好")
    for _ in range(8):
        talk.says("慢一点")

    assert talk.conversation.preferences.rate == 0.7
    assert talk.shown().count("我读慢一点") == 1


def test_simpler_words_leave_hints_out(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile").says("说简单点").hears_not("为什么问")

    talk.is_asked("mobile")


def test_again_says_the_same_with_choices_that_work(talk: Talk):
    talk.begins("cert_renew").says("再说一遍").hears("给谁办").picks(1).is_asked("name")


def test_unknown_commands_are_told(talk: Talk):
    talk.begins("cert_renew").says("给我自己办", "/foo").hears("没有这个命令").is_asked("name")


def test_what_is_known_about_a_person_is_told_and_may_be_seen_and_taken_along(talk: Talk):
    talk.files("scenic_free_entry", SELF).says("我的资料").hears("交过 1 件")

    assert [c.id for c in talk.reply.choices][:2] == ["my_see", "my_copy"]


# ---- private things are marked


def test_replies_that_repeat_what_was_told_are_private(talk: Talk):
    secrets = (
        CERT,
        ID,
        "110105 19491231",
        MOBILE,
        "139 1234 5678",
        "王秀英",
        "幸福路",
        "平安路",
        "6222",
    )

    def check(turn: object) -> None:
        text = turn.reply.as_plain_text()
        found = [
            s for s in secrets if s in text and f"比如：{s}" not in text and "比如" not in text
        ]
        assert turn.reply.private or not found, f"{found} in a reply for all ears:\n{text}"

    talk.checks.append(check)
    talk.files("nursing_subsidy", SELF)
    talk.begins("transport_subsidy").says("用上次的").fills(SELF).says(
        "返回", "返回", "返回", "不改"
    )
    talk.fills(SELF).presses("review_change").says("返回").presses("review_right").presses(
        "submit"
    )
    talk.says("查进度", "人工", "撤回", "不撤了", "谢谢", "再说一遍", "慢一点")
    talk.clerk(Action.REQUEST_CORRECTIONS, items=("mobile",), reason="王秀英的手机打不通")
    talk.presses("现在补").says("13812345678", "再说一遍", "慢一点", "都对")


def test_why_is_answered_with_the_words_that_were_heard(talk):
    talk.recognizer.knows("洗澡站不住", "home_retrofit", why=("洗澡", "站不住"))
    talk.recognizer.asks("为什么是这个", "why")

    talk.says("洗澡站不住", "为什么是这个")

    talk.hears("洗澡", "站不住", "都不是")
    assert talk.reply.choices[0].id == "start"


def test_the_reasons_travel_with_the_reply_for_the_caseworker(talk):
    talk.recognizer.knows("洗澡站不住", "home_retrofit", why=("洗澡",))

    talk.says("洗澡站不住")

    (reason,) = talk.reply.because
    assert "洗澡" in reason


def test_what_was_understood_wrongly_is_kept_in_her_own_words(talk):
    talk.recognizer.knows("洗澡站不住", "home_retrofit", why=("洗澡",))

    talk.says("洗澡站不住", "换一件事")

    assert [e.text for e in talk.effects if e.kind == "misunderstood"] == ["洗澡站不住"]


def test_a_person_called_after_a_proposal_sees_what_it_rested_on(talk):
    talk.recognizer.knows("洗澡站不住", "home_retrofit", why=("洗澡",))
    talk.recognizer.knows("人工", "human", kind="act")

    talk.says("洗澡站不住", "人工")

    assert {e.kind for e in talk.effects} == {"person", "misunderstood"}


def test_one_likely_meaning_is_explained_and_can_be_refused(talk):
    talk.recognizer.table["我想配助听器"] = Recognition(
        text="我想配助听器",
        decision=Decision.CLARIFY,
        candidates=(Candidate(id="assistive_device_fitting", kind="service", score=0.99),),
    )

    talk.says("我想配助听器").hears("是不是这件事")

    assert [c.id for c in talk.reply.choices] == ["start", "more_about", "something_else"]
    talk.picks("换一件事").hears("想办什么事")


def test_whoever_is_asked_back_at_the_first_word_hears_that_it_is_a_bot(talk):
    found = tuple(
        Candidate(id=entry, kind="service", score=0.4)
        for entry in ("nursing_subsidy", "living_subsidy")
    )
    for text, candidates in (("补贴", found), ("护理", found[:1])):
        talk.recognizer.table[text] = Recognition(
            text=text, decision=Decision.CLARIFY, candidates=candidates
        )

    talk.says("补贴").hears("机器人")
    talk.forgets()
    talk.says("护理").hears("是不是这件事")


def test_begin_where_nothing_was_named_is_no_guess(talk: Talk):
    """Seen: 现在开始办 after an unclear sentence was taken for 看不见了 or 新办残疾人证."""
    talk.recognizer.knows("现在开始办", "vision_loss", "life_event")
    talk.says("你好", "现在开始办").hears("想办什么")


# ---- what many rules ask


def test_what_many_rules_ask_of_a_moment_is_found_out_once(talk: Talk):
    asked: list[str] = []

    @asked_once
    def question(moment: Moment) -> str:
        asked.append(moment.said)
        return moment.said

    first = talk.moment(_written(talk, " 残疾证？ "))

    assert (question(first), question(first)) == ("残疾证", "残疾证")
    assert first.text == "残疾证？"
    assert asked == ["残疾证"]


def test_another_moment_is_asked_anew(talk: Talk):
    """A copy of a moment knows nothing of the first one: what it is about may have changed."""

    @asked_once
    def question(moment: Moment) -> str:
        return moment.said

    first = talk.moment(_written(talk, "残疾证"))
    question(first)

    assert question(replace(first, message=_written(talk, "轮椅"))) == "轮椅"
    assert question(first) == "残疾证"


def _written(talk: Talk, text: str) -> Message:
    return Message(channel="test", event_id="1", peer="1", at=talk.clock.now, text=text)


# ---- short replies that mean something only where they are said

UNCLEAR = ("assistive_device_fitting", "home_care", "day_care")


@pytest.mark.parametrize("word", ["继续", "好的开始", "行，开始吧", "那就办吧", "往下走"])
def test_a_service_just_explained_is_begun_by_any_word_of_going_on(talk: Talk, word: str):
    talk.recognizer.knows("换证", "cert_renew")
    talk.says("换证", word).hears("一样一样填")


@pytest.mark.parametrize(
    ("word", "asked"),
    [
        ("给我妈办", "你妈妈的名字"),
        ("我妈", "你妈妈的名字"),
        ("是我爸的", "你爸爸的名字"),
        ("帮我爸弄", "你爸爸的名字"),
        ("我自己办", "你的名字"),
    ],
)
def test_whom_it_is_for_begins_the_form_of_a_service_just_explained(
    talk: Talk, word: str, asked: str
):
    talk.recognizer.knows("换证", "cert_renew")
    whom = next(w for w in ("我妈", "我爸", "我自己") if w in word)
    talk.recognizer.table[word] = Recognition(
        text=word, decision=Decision.REJECT, beneficiary=whom
    )
    talk.says("换证", word).hears("一样一样填", asked)


def test_whom_it_is_for_is_kept_while_it_is_asked_which_one(talk: Talk):
    unsure(talk, "家里来人", *UNCLEAR)
    talk.recognizer.table["给我妈"] = Recognition(
        text="给我妈", decision=Decision.REJECT, outside="improper", beneficiary="我妈"
    )
    talk.says("家里来人", "给我妈").hears("是给你妈妈办", "哪一个")

    assert isinstance(talk.conversation.focus, Choosing)
    assert talk.conversation.focus.beneficiary == "我妈"


@pytest.mark.parametrize(
    "word",
    [
        "等一下",
        "等等哈",
        "让我想想",
        "我先想一想",
        "以后再说吧",
        "过会儿再说",
        "明天再说",
        "我去找一下",
    ],
)
def test_who_wants_time_gets_it_and_loses_nothing(talk: Talk, word: str):
    talk.recognizer.knows("换证", "cert_renew")
    before = talk.says("换证").conversation.focus
    choices = talk.reply.choices
    talk.says(word).hears("不急")
    assert talk.reply.choices == choices
    assert talk.conversation.focus == before
    talk.says("再说一遍").hears("残疾人证换领")

    filling = talk.says("开始").conversation.focus
    talk.says(word).hears("不急")
    assert talk.conversation.focus == filling


@pytest.mark.parametrize(
    "word", ["不知道", "我也说不清", "不晓得办啥", "帮我看看", "你说我该办什么"]
)
def test_who_does_not_know_is_asked_a_few_questions_or_meets_a_person(talk: Talk, word: str):
    unsure(talk, "家里来人", *UNCLEAR)
    talk.says("家里来人", word).hears("几个短问题")

    assert [c.id for c in talk.reply.choices] == ["benefits", "human"]


@pytest.mark.parametrize("word", ["怎么弄", "然后呢", "再说说", "流程"])
def test_more_is_told_of_a_service_in_any_words(talk: Talk, word: str):
    talk.recognizer.knows("换证", "cert_renew")
    talk.says("换证", word).hears("身份证")


def test_going_on_where_nothing_is_left_asks_for_a_choice(talk: Talk):
    unsure(talk, "家里来人", *UNCLEAR)
    talk.says("家里来人", "继续").hears("选一样")


def test_going_on_begins_what_was_chosen_together(talk: Talk):
    talk.recognizer.knows("爸爸中风", "newly_disabled", kind="life_event")
    talk.says("爸爸中风", "都要").hears("一起办").says("继续").hears("一样一样填")


@pytest.mark.parametrize(
    ("service", "told"),
    [
        ("nursing_subsidy", "要有残疾人证"),
        ("assistive_device_fitting", "可能能办"),
        ("cert_new", "第一次办残疾人证"),
    ],
)
def test_whether_it_goes_without_a_certificate_is_told(talk: Talk, service: str, told: str):
    talk.recognizer.knows("想办这个", service)
    talk.recognizer.asks("没有证行吗", "certificate")
    talk.says("想办这个", "没有证行吗").hears(told)


def test_without_a_certificate_the_way_to_one_comes_first(talk: Talk):
    unsure(talk, "没残疾证怎么办", "cert_new", "cert_cancel", question="certificate")
    talk.says("没残疾证怎么办").hears("残疾人证新办")


# ---- words of danger that are the answer


def alarming(talk: Talk, text: str, group: str) -> None:
    talk.recognizer.table[text] = Recognition(
        text=text,
        decision=Decision.ACCEPT,
        candidates=(Candidate(id="emergency", kind="act", score=1.0),),
        danger=group,
    )


def test_an_option_that_sounds_like_danger_is_the_answer(talk: Talk):
    alarming(talk, "丧偶", "self_harm")
    talk.begins("cert_new").fills(until="marital_status").says("丧偶").hears_not("12356")

    assert talk.answers()["marital_status"] == "widowed"


def test_danger_told_at_the_same_question_brings_the_card(talk: Talk):
    alarming(talk, "我不想活了", "self_harm")
    talk.begins("cert_new").fills(until="marital_status").says("我不想活了").hears("12356")


def test_a_sum_that_is_a_number_to_call_is_read_back_under_that_number(talk: Talk):
    alarming(talk, "120", "medical")
    talk.begins("minimum_living").fills(until="household_income").says("120")
    talk.hears("要救人，请马上打 120").presses("right")

    assert talk.answers()["household_income"] == "120"


# ---- what is offered stays offered


@pytest.mark.parametrize(
    ("question", "told"),
    [("papers", "残疾人证"), ("fee", "钱"), ("where", "："), ("time", "答复为准")],
)
def test_a_question_about_several_services_is_answered_and_they_stay(
    talk: Talk, question: str, told: str
):
    talk.recognizer.knows("爸爸中风", "newly_disabled", kind="life_event")
    talk.recognizer.asks("问一句", question)
    before = talk.says("爸爸中风", "都要").hears("一起办").conversation.focus
    choices = talk.reply.choices
    talk.says("问一句").hears(told, "还是刚才那几样")

    assert talk.conversation.focus == before
    assert talk.reply.choices == choices
    talk.picks(1).hears("一样一样填")


def test_what_is_not_ours_leaves_the_offer_standing(talk: Talk):
    talk.recognizer.knows("换证", "cert_renew")
    talk.recognizer.table["下雨吗"] = Recognition(
        text="下雨吗", decision=Decision.REJECT, outside="chat"
    )
    talk.says("换证", "下雨吗").hears("还是刚才那件事").picks(1).hears("一样一样填")


def test_a_vague_word_takes_no_offer_away(talk: Talk):
    talk.recognizer.knows("换证", "cert_renew")
    talk.recognizer.table["她叫陈阿妹"] = Recognition(
        text="她叫陈阿妹",
        decision=Decision.CLARIFY,
        candidates=(Candidate(id="death", kind="life_event", score=0.2),),
    )
    talk.says("换证", "她叫陈阿妹").hears_not("请节哀").says("开始").hears("一样一样填")


def test_a_first_sentence_not_understood_hears_so(talk: Talk):
    talk.says("我想帮我妈办她怎么同意").hears("我没听懂", "人工")


@pytest.mark.parametrize(
    "word", ["我没事 就是说说", "没事了", "就是随口说说", "误会了", "按错了", "没有人不见"]
)
def test_after_the_card_any_word_that_all_is_well_leads_back_and_the_help_stays(
    talk: Talk, word: str
):
    talk.says("不想活了").hears("12356").says(word).hears("没事就好", "12356")


def test_who_has_filed_nothing_here_hears_where_to_ask(talk: Talk):
    talk.says("查进度").hears("还没有交过", "12345", "换手机")
