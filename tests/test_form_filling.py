"""A form forwards, backwards, corrected, put off, read back: no answer is ever lost on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tester import ADDRESS, CERT, ID, MOBILE, OTHER_ID, Talk

from catalog.models import Catalog, FieldType
from dialogue import form_filling as form
from dialogue.effects import FileApplication
from dialogue.form_replies import who
from dialogue.forms import begin, is_asked, merged_items, missing_fields, open_fields
from dialogue.progress import Answer
from intents.slot_types import Parsed

SELF = {"applicant_role": "给我自己办"}


def a_form(catalog: Catalog, *service_ids: str, beneficiary: str = "", now=None):
    return begin(
        catalog,
        service_ids or ("cert_renew",),
        number="12345674",
        beneficiary=beneficiary,
        now=now,
    )


def said(value: str) -> Parsed:
    return Parsed(value=value, shown=value)


# ---- which questions there are


def test_several_services_ask_each_fact_once(catalog: Catalog):
    both = merged_items(catalog, ("living_subsidy", "nursing_subsidy"))
    fields = [item.field for item in both]

    assert len(fields) == len(set(fields))
    assert set(fields) >= {i.field for i in merged_items(catalog, ("nursing_subsidy",))}


def test_consent_and_signature_are_no_questions(catalog: Catalog):
    for service in catalog.services:
        kinds = {catalog.fields[i.field].type for i in merged_items(catalog, (service.id,))}

        assert not kinds & {FieldType.CONSENT, FieldType.SIGNATURE, FieldType.DERIVED}


def test_a_condition_opens_and_closes_questions(talk: Talk):
    talk.begins("cert_renew").fills({"applicant_role": "我帮家人或别人办"})
    assert talk.answers()["agent_name"] == "张敏"

    talk.says("给谁办").is_asked("applicant_role").says("给我自己办").is_at("review")
    talk.presses("review_right").presses("submit")
    (filing,) = [e.filing for e in talk.effects if isinstance(e, FileApplication)]

    assert not [q.field for q in filing.questions if q.field.startswith("agent_")]


def test_whom_it_is_for_is_not_asked_when_it_was_told(talk: Talk):
    talk.begins("cert_renew", "我爸").is_asked("name").hears("你爸爸的名字叫什么")

    assert talk.answers() == {"applicant_role": "agent"}


def test_whom_it_is_for_is_asked_when_the_service_does_not_allow_the_role_that_was_told(
    talk: Talk,
):
    talk.begins("free_transit_blind", "我爸").is_asked("applicant_role")

    assert [c.id for c in talk.reply.choices] == ["option:self", "option:guardian"]


@pytest.mark.parametrize(
    ("service_id", "beneficiary", "role", "named"),
    [
        ("cert_renew", "", "self", "你"),
        ("cert_renew", "", "agent", "这位家人"),
        ("cert_renew", "我妈", "agent", "你妈妈"),
        ("cert_renew", "我妈", "self", "你"),
        ("mainstream_inclusion", "", "", "孩子"),
        ("child_rehab_aid", "", "guardian", "孩子"),
        ("driver_license_c5", "", "", "你"),
    ],
)
def test_the_question_names_the_right_person(
    catalog: Catalog, service_id: str, beneficiary: str, role: str, named: str
):
    progress = a_form(catalog, service_id, beneficiary=beneficiary)
    answers = {"applicant_role": Answer(value=role, shown=role)} if role else {}

    assert who(replace(progress, answers=answers), catalog) == named


# ---- answering


def test_a_certain_answer_is_taken_and_the_next_question_asked(talk: Talk):
    talk.begins("cert_renew").says("给我自己办").is_asked("name").says("王秀英").is_at("consent")

    assert talk.answers()["name"] == "王秀英"


def test_sensitive_things_are_asked_after_consent_only(talk: Talk, catalog: Catalog):
    talk.begins("cert_renew").says("给我自己办", "王秀英")
    assert talk.form.stage == "consent"

    talk.says("可以").is_asked("disability_cert_no")
    assert [agreed.topic for agreed in talk.form.agreed] == ["disability"]


def test_a_number_is_read_back_with_what_it_tells(talk: Talk):
    talk.begins("assistive_device_fitting").fills(SELF, until="disability_cert_no").says(CERT)

    talk.hears("110105 19491231 002X 42", "1949年12月31日", "女", "肢体", "二级")
    assert talk.reply.private
    talk.says("对").is_at("consent").says("可以").is_asked("mobile")
    assert talk.answers()["id_number"] == ID


def test_a_certificate_number_answers_the_childs_own_number(talk: Talk):
    talk.begins("child_rehab_aid").fills(
        {"applicant_role": "我是监护人"}, until="disability_cert_no"
    )

    talk.says(CERT, "对")
    assert talk.answers()["child_id_number"] == ID
    assert "child_id_number" not in open_fields(talk.form)


def test_denying_asks_again_and_keeps_nothing_of_it(talk: Talk):
    talk.begins("cert_new").fills(SELF, until="id_number").says(ID, "不对").is_asked("id_number")

    assert "id_number" not in talk.answers()
    talk.says(OTHER_ID).hears("1880年1月1日").says("对")
    assert talk.answers()["id_number"] == OTHER_ID


def test_confirming_and_denying_may_go_round_as_often_as_wanted(talk: Talk):
    talk.begins("cert_new").fills(SELF, until="id_number")
    for _ in range(6):
        talk.says(ID).is_at("confirming").says("不是").is_asked("id_number")

    talk.says(ID, "对")
    assert talk.answers()["id_number"] == ID


def test_another_number_while_confirming_takes_its_place(talk: Talk):
    talk.begins("cert_new").fills(SELF, until="id_number").says(ID)

    talk.says(f"不对，是{OTHER_ID}").is_at("confirming").hears("440524").says("对")
    assert talk.answers()["id_number"] == OTHER_ID


def test_changing_while_confirming_asks_the_same_question_again(talk: Talk):
    talk.begins("cert_new").fills(SELF, until="id_number").says(ID, "填错了").is_asked("id_number")


def test_a_changed_certificate_number_takes_what_the_old_one_told_with_it(talk: Talk):
    talk.begins("assistive_device_fitting").fills(SELF, until="disability_cert_no").says(
        CERT, "对"
    )
    assert talk.answers()["disability_category"] == "physical"

    talk.says("残疾证号不对").is_asked("disability_cert_no").says(OTHER_ID + "23", "对")
    answers = talk.answers()
    assert (answers["id_number"], answers["disability_category"]) == (OTHER_ID, "hearing")
    assert answers["disability_level"] == "level_3"


def test_the_guardians_number_says_nothing_about_the_person_herself(talk: Talk):
    talk.begins("cert_renew").fills({"applicant_role": "我是监护人"})
    before = talk.answers()

    talk.says("监护人身份证写错了").is_asked("guardian_id_number").says(ID, "对")
    after = talk.answers()
    assert {
        f: v for f, v in after.items() if f not in ("guardian_id_number", "birth_date", "sex")
    } == {f: v for f, v in before.items() if f not in ("guardian_id_number", "birth_date", "sex")}


def test_a_new_address_without_a_town_takes_the_old_town_away(talk: Talk):
    talk.begins("cert_renew").fills(
        {**SELF, "residence_address": ADDRESS, "hukou_address": ADDRESS}
    )
    assert talk.form.town == "310115" + talk.form.town[6:]
    assert "town_residence_address" in talk.form.answers

    talk.says("居住地址").says("安徽省阜阳市颍州区清河路1号")
    assert "town_residence_address" not in talk.form.answers


def test_half_an_address_is_put_together_with_the_other_half(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="residence_address")

    talk.says("花木街道").hears("花木街道，听到了").says("幸福路12弄3号401室").is_at("confirming")
    talk.hears("花木街道幸福路12弄3号401室").says("对")
    assert talk.answers()["residence_address"] == "花木街道幸福路12弄3号401室"
    assert "town_residence_address" in talk.form.answers


def test_the_halves_may_come_in_the_other_order(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="residence_address")

    talk.says("幸福路12弄3号401室").hears("街镇也说上").says("花木街道").hears("花木街道幸福路")


def test_an_address_nobody_can_place_is_taken_the_third_time(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="residence_address")

    talk.says("老城厢那边12号", "老城厢那边12号", "老城厢那边12号").is_asked("hukou_address")


def test_the_same_address_need_not_be_said_twice(talk: Talk):
    talk.begins("cert_renew").fills({**SELF, "residence_address": ADDRESS}, until="hukou_address")

    talk.says("和住的地方一样")
    assert talk.answers()["hukou_address"] == ADDRESS
    assert talk.form.answers["town_hukou_address"] == talk.form.answers["town_residence_address"]


def test_a_person_is_called_when_a_question_fails_again_and_again(talk: Talk):
    talk.begins("cert_new").fills(SELF, until="id_number")
    for _ in range(3):
        talk.says("12345")
        assert not talk.effects

    talk.says("12345").hears("我已经请经办人来看")
    assert [e.reason for e in talk.effects] == ["lost"]


def test_denying_between_failures_does_not_prevent_that_call(talk: Talk):
    talk.begins("cert_new").fills(SELF, until="id_number").says("1", "1", "1", ID, "不对", "1")

    assert "person" in [e.kind for e in talk.all_effects]


# ---- multiple choices


def test_a_multiple_choice_grows_until_that_is_all(talk: Talk):
    talk.begins("care_assessment").fills({**SELF}, until="adl_status")

    talk.says("走路").is_asked("adl_status").says("洗澡").is_asked("adl_status").says("就这些")
    assert talk.answers()["adl_status"] == ("walk", "bathe")


def test_several_numbers_pick_several_options(talk: Talk):
    talk.begins("care_assessment").fills(SELF, until="adl_status")
    shown = [c.id.removeprefix("option:") for c in talk.reply.choices]

    talk.says("1、3")
    assert talk.answers()["adl_status"] == (shown[0], shown[2])


def test_options_of_later_pages_are_reached_by_paging_and_by_name(talk: Talk):
    talk.begins("care_assessment").fills(SELF, until="adl_status")
    first = [c.id for c in talk.reply.choices]

    talk.presses("more_options")
    assert not set(first[:3]) & {c.id for c in talk.reply.choices}
    talk.picks(1)
    assert len(talk.answers()["adl_status"]) == 1
    talk.says("洗澡")
    assert "bathe" in talk.answers()["adl_status"]


def test_pages_go_round(talk: Talk):
    talk.begins("cert_new").fills(SELF, until="ethnicity")
    seen: set[str] = set()
    first = tuple(c.id for c in talk.reply.choices)
    for _ in range(30):
        seen |= {c.id for c in talk.reply.choices if c.id.startswith("option:")}
        talk.presses("more_options")
        if tuple(c.id for c in talk.reply.choices) == first:
            break

    assert len(seen) == len(talk.catalog.fields["ethnicity"].choices)


def test_nothing_needed_stands_alone(talk: Talk):
    talk.begins("care_assessment").fills(SELF, until="adl_status").says("走路", "都不用帮")
    assert talk.answers()["adl_status"] == ("none",)

    talk.fills().says("日常自理情况").is_asked("adl_status").says("吃饭", "就这些")
    assert talk.answers()["adl_status"] == ("eat",)


def test_skipping_a_begun_multiple_choice_keeps_what_was_picked(talk: Talk):
    talk.begins("care_assessment").fills(SELF, until="adl_status").says("走路", "跳过")

    assert talk.answers()["adl_status"] == ("walk",)
    assert talk.form.asking != "adl_status"


# ---- going back


def test_going_back_over_several_questions_loses_nothing(talk: Talk):
    talk.begins("cert_renew").fills({**SELF, "mobile": MOBILE}, until="hukou_address")
    before = dict(talk.form.answers)
    path = [talk.form.asking]
    for _ in range(4):
        talk.says("返回")
        path.append(talk.form.asking)

    assert path == ["hukou_address", "residence_address", "mobile", "disability_cert_no", "name"]
    assert talk.form.answers == before
    talk.says("李娜")
    assert talk.form.asking == "hukou_address"
    assert talk.answers()["name"] == "李娜"


def test_going_back_shows_what_is_noted_and_it_may_stay(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="residence_address").says("返回")

    talk.is_asked("mobile").hears("现在记的是：139 1234 5678")
    assert talk.reply.private
    talk.says("不改").is_asked("residence_address")
    assert talk.answers()["mobile"] == MOBILE


def test_going_back_from_the_first_question_says_so(talk: Talk):
    talk.begins("cert_renew").says("返回").hears("这是第一个问题").is_asked("applicant_role")


def test_going_back_from_the_consent_reaches_the_question_before(talk: Talk):
    talk.begins("cert_renew").says("给我自己办", "王秀英").is_at("consent").says("返回").is_asked(
        "name"
    )
    talk.says("不改").is_at("consent")


def test_going_back_from_the_review_reaches_the_last_question_and_returns(talk: Talk):
    talk.begins("cert_renew").fills(SELF)
    last = talk.form.asked[-1]

    talk.says("返回").is_asked(last).says("不改").is_at("review")


@pytest.mark.parametrize("stage", ["changing", "submit"])
def test_going_back_from_the_end_reaches_the_review(talk: Talk, stage: str):
    talk.begins("cert_renew").fills(SELF)
    talk.presses("review_change" if stage == "changing" else "review_right").is_at(stage)

    talk.says("返回").is_at("review")


def test_going_back_passes_over_questions_that_no_longer_apply(talk: Talk):
    talk.begins("cert_renew").fills(
        {"applicant_role": "我帮家人或别人办"}, until="accommodation_needs"
    )
    talk.says("给谁办不对").is_asked("applicant_role").says("给我自己办")

    talk.fills(until="accommodation_needs").says("返回")
    assert not talk.form.asking.startswith("agent_")


# ---- changing


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("手机号", "mobile"),
        ("电话不对", "mobile"),
        ("身份证号写错了", "id_number"),
        ("残疾证号", "disability_cert_no"),
        ("名字", "name"),
        ("户口", "hukou_address"),
        ("居住地址", "residence_address"),
    ],
)
def test_an_answer_is_named_the_way_people_call_it(talk: Talk, words: str, asked: str):
    talk.begins("cert_renew").fills(SELF).says(words).is_asked(asked)


def test_a_field_named_where_a_name_is_asked_is_no_name(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="residence_address").says("返回", "返回", "返回")

    talk.is_asked("name").says("手机号").is_asked("mobile")
    assert talk.answers()["name"] == "王秀英"


@pytest.mark.parametrize("words", ["手机号不对", "手机号填错了"])
def test_a_mistake_named_in_the_middle_is_mended(talk: Talk, words: str):
    talk.begins("cert_renew").fills(SELF, until="residence_address").says(words).is_asked("mobile")


def test_a_mistake_mended_in_one_breath_is_not_taken_for_a_text(talk: Talk):
    talk.begins("facility_complaint").fills(SELF, until="facility_location")

    talk.says("不是这个，手机号是13812345678").hears("改了").is_asked("facility_location")
    assert talk.answers()["mobile"] == "13812345678"
    talk.says("门口的坡道不对，太陡")
    assert talk.answers()["facility_location"] == "门口的坡道不对，太陡"


def test_a_name_that_fits_two_answers_asks_which(talk: Talk):
    talk.begins("cert_renew").fills(SELF).says("地址不对").is_at("changing").hears("要改哪一项")


def test_naming_the_wrong_thing_and_the_right_one_in_one_breath_changes_it(talk: Talk):
    talk.recognizer.knows("手机号不对，是13812345678", "change", "act")
    talk.begins("cert_renew").fills(SELF).says("手机号不对，是13812345678").hears("改了").is_at(
        "review"
    )

    assert talk.answers()["mobile"] == "13812345678"


def test_a_level_told_by_the_certificate_is_changed_with_its_number(talk: Talk):
    talk.recognizer.knows("不是二级是三级", "change", "act")
    talk.begins("assistive_device_fitting").fills(SELF).says("不是二级是三级")

    talk.hears("残疾等级要看残疾人证号").is_asked("disability_cert_no")


def test_changing_in_the_middle_means_the_last_answer(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="residence_address").says("填错了").is_asked(
        "mobile"
    )


def test_changing_before_anything_was_answered_asks_on(talk: Talk):
    talk.begins("cert_renew").says("修改").hears("还没有填过").is_asked("applicant_role")


def test_every_answer_can_be_changed_from_the_review_by_button(talk: Talk):
    talk.begins("cert_renew").fills(SELF).presses("review_change")
    reached: set[str] = set()
    for _ in range(20):
        reached |= {c.id.removeprefix("change:") for c in talk.reply.choices if "change:" in c.id}
        talk.presses("more_options")

    answered = {f for f, a in talk.form.answers.items() if f in {i.field for i in talk.form.items}}
    assert reached == {f for f in answered if is_asked(talk.form, form.item_of(talk.form, f))}


def test_a_changed_answer_leads_back_to_the_review(talk: Talk):
    talk.begins("cert_renew").fills(SELF).presses("review_change").presses("change:name")
    talk.says("李娜").is_at("review").hears("李娜")


# ---- leaving open


def test_an_optional_question_is_left_for_good(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="cert_valid_until").says("跳过")

    assert talk.form.answers["cert_valid_until"].source == "skipped"
    assert "cert_valid_until" not in missing_fields(talk.form)


def test_a_required_question_is_put_off_once_then_left_open_and_named(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="reason").says("跳过").hears("最后再问你")
    talk.fills(until="reason").is_asked("reason").says("跳过").is_at("review").hears(
        "以后补：申请事由"
    )

    talk.presses("review_right").presses("submit").hears("还要补：申请事由")


@pytest.mark.parametrize("words", ["不知道", "忘了", "不清楚"])
def test_not_knowing_puts_off(talk: Talk, words: str):
    talk.begins("cert_renew").fills(SELF, until="residence_address").says(words).hears(
        "最后再问你"
    )


def test_the_name_cannot_be_left_out(talk: Talk):
    talk.begins("cert_renew").says("给我自己办", "跳过").fills(until="name").says("跳过")

    talk.hears("这一项不能少").is_asked("name")


def test_the_only_telephone_cannot_be_left_out(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile").says("跳过").fills(until="mobile").says(
        "跳过"
    )

    talk.hears("这一项不能少").is_asked("mobile")


def test_a_father_without_a_telephone_can_be_filed_for(talk: Talk):
    talk.begins("cert_renew").fills({"applicant_role": "我帮家人或别人办"}, until="mobile")
    talk.says("没有手机").fills(until="mobile").says("没有手机").is_at("review")

    talk.presses("review_right").presses("submit")
    assert talk.cases


def test_one_of_two_telephones_is_needed(talk: Talk):
    talk.begins("cert_renew").fills({"applicant_role": "我帮家人或别人办"}, until="mobile").says(
        "跳过"
    )
    talk.fills(until="agent_mobile").says("跳过").fills(until="mobile").says("跳过")

    talk.fills({}, until="agent_mobile").says("跳过").hears("这一项不能少").is_asked(
        "agent_mobile"
    )


def test_whom_it_is_for_cannot_be_left_out(talk: Talk):
    talk.begins("cert_renew").says("跳过").hears("这一项不能少").is_asked("applicant_role")


@pytest.mark.parametrize(
    "service_id", ["cert_renew", "child_rehab_aid", "nursing_subsidy", "emergency_text"]
)
def test_nobody_gets_stuck_who_skips_all_that_can_be_skipped(talk: Talk, service_id: str):
    """Skipping everything still ends at the review, once name and one telephone are given."""
    talk.begins(service_id)
    for _ in range(120):
        progress = talk.form
        if progress.stage == "review":
            break
        if progress.stage == "consent":
            talk.says("可以")
            continue
        talk.says("跳过")
        if "这一项不能少" in talk.shown():
            talk._fill_one(talk.form, {})
    talk.is_at("review").presses("review_right").is_at("submit").presses("submit")

    assert talk.cases


# ---- papers


def test_papers_sent_at_their_question_belong_to_it(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="photo").sends_photo().hears("收到 1 份").is_asked(
        "photo"
    )
    talk.sends_photo().says("就这些")

    assert [p.field for p in talk.form.papers] == ["photo", "photo"]
    assert talk.form.answers["photo"].shown == "已收到 2 份"


def test_papers_sent_at_another_question_are_kept_with_the_form(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile").sends_photo().is_asked("mobile")

    assert [p.field for p in talk.form.papers] == [""]


@pytest.mark.parametrize("words", ["跳过", "就这些", "不改"])
def test_papers_that_came_are_not_forgotten_by_skipping(talk: Talk, words: str):
    talk.begins("cert_renew").fills(SELF, until="photo").sends_photo().says(words)

    assert talk.form.answers["photo"].source != "skipped"
    assert talk.form.asking != "photo"


def test_going_back_to_papers_keeps_them(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="photo").sends_photo().says(
        "就这些", "返回"
    ).is_asked("photo")

    assert [c.id for c in talk.reply.choices] == ["papers_done"]
    talk.says("就这些")
    assert talk.form.answers["photo"].shown == "已收到 1 份"


def test_papers_that_cannot_be_sent_now_may_come_later(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="photo").says("没带").hears("以后补")

    assert talk.form.answers["photo"].source == "skipped"


# ---- known facts


def test_a_second_form_for_the_same_person_asks_only_what_is_new(talk: Talk):
    talk.files("nursing_subsidy", SELF)

    talk.begins("transport_subsidy").is_at("reuse").hears("王秀英")
    assert talk.reply.private
    talk.says("用上次的").is_asked("ethnicity")
    assert talk.answers()["disability_cert_no"] == CERT


def test_nothing_known_is_used_when_it_is_for_somebody_else(talk: Talk):
    talk.files("nursing_subsidy", SELF)

    talk.begins("transport_subsidy").says("重新填").is_asked("applicant_role")
    assert talk.answers() == {}
    assert all("王秀英" not in p for p in talk.reply.paragraphs)


def test_facts_of_two_people_never_mix(talk: Talk):
    talk.files("nursing_subsidy", SELF)
    talk.begins("psych_rehab").says("重新填").fills(
        {**SELF, "name": "李娜", "mobile": "13612345678"}
    )
    talk.presses("review_right").presses("submit")

    talk.begins("transport_subsidy").is_at("reuse").hears("李娜").says("用上次的")
    assert CERT not in talk.answers().values()
    assert ID not in talk.answers().values()


def test_nothing_is_offered_when_the_message_names_somebody_else(talk: Talk):
    talk.files("nursing_subsidy", SELF)

    talk.begins("transport_subsidy", "我爸").is_asked("name").hears("你爸爸")


def test_a_known_role_the_service_does_not_allow_is_asked_anew(talk: Talk):
    talk.files("nursing_subsidy", {"applicant_role": "我帮家人或别人办"})

    talk.begins("senior_secondary").is_at("reuse").says("用上次的").is_asked("applicant_role")


def test_the_bank_card_is_asked_each_time(talk: Talk):
    talk.files("nursing_subsidy", SELF)

    assert "bank_account_no" not in talk.people.facts
    assert "name" in talk.people.facts


# ---- the catalog changes meanwhile


def test_a_form_is_finished_when_a_question_was_taken_out_of_the_catalog(
    talk: Talk, catalog: Catalog
):
    talk.begins("cert_renew").fills(SELF, until="reason")
    fields = {k: v for k, v in catalog.fields.items() if k != "reason"}
    talk.catalog = catalog.model_copy(update={"fields": fields})

    talk.says("你好")
    talk.fills().presses("review_right").presses("submit")
    assert talk.cases


def test_a_service_taken_out_of_the_catalog_ends_its_form_gently(talk: Talk, catalog: Catalog):
    talk.begins("cert_renew").fills(SELF, until="reason")
    services = tuple(s for s in catalog.services if s.id != "cert_renew")
    events = tuple(
        e.model_copy(update={"steps": tuple(s for s in e.steps if s.service != "cert_renew")})
        for e in catalog.life_events
    )
    talk.catalog = catalog.model_copy(update={"services": services, "life_events": events})
    for name in ("services_by_id", "life_events_by_id"):
        talk.catalog.__dict__.pop(name, None)

    talk.says("王秀英")
    assert talk.reply.paragraphs


def test_the_reception_center_near_home_is_proposed_and_not_asked(talk):
    talk.begins("nursing_subsidy").fills(until="residence_address")
    talk.says("浦东洋泾街道羽山路100弄5号301室")

    assert talk.form.answers["reception_center"].shown == "洋泾街道"
    assert talk.form.answers["reception_center"].source == "derived"
    assert talk.form.asking != "reception_center"


def test_another_home_means_another_reception_center(talk):
    talk.begins("nursing_subsidy").fills(until="residence_address")
    talk.says("浦东洋泾街道羽山路100弄5号301室", "返回", "浦东花木街道芳甸路7号101室")

    assert talk.form.answers["reception_center"].shown == "花木街道"


def test_what_is_read_back_stands_beside_what_was_picked_before(talk: Talk):
    talk.begins("ltc_insurance").fills(until="adl_status").says("走路")
    talk.says("洗澡的时候要人看着").is_at("confirming").says("对")

    assert set(talk.answers()["adl_status"]) == {"walk", "bathe"}
