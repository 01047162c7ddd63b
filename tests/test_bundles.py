"""One story, one form, several services: what fits together, how it is chosen, filed, handled and told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from console_room import Room, act, open_room
from tester import CLERK, Clock, Talk, Tester

from actions.handle_case import CaseWish
from actions.handle_cases import handle_cases
from actions.mind import Mind
from casework.models import Action, Case, CaseState, Move
from catalog.bundles import Apart, bundle
from catalog.models import Catalog
from dialogue.focuses import Idle, Introduced, Offered, OneByOne, Resuming, Together
from dialogue.forms import CERTIFICATE, ROLE, TWINS, begin, merged_items
from dialogue.selecting import selected
from intents.models import Candidate, Decision, Recognition
from storage.database import Database

FIRST = ("family_doctor", "assistive_device_rental", "adult_rehab")
FATHER = {"name": "王建国"}


def cause_of(catalog: Catalog, service_id: str, *others: str) -> Apart | None:
    apart = bundle(catalog, (*others, service_id)).apart
    return next((a for a in apart if a.service_id == service_id), None)


def after_a_stroke(talk: Talk) -> Talk:
    talk.recognizer.knows("中风", "newly_disabled", "life_event", beneficiary="我爸")
    return talk.says("中风")


def two_wishes(talk: Talk, *service_ids: str) -> Talk:
    """Says one message with several needs."""
    talk.recognizer.table["两件"] = Recognition(
        text="两件",
        decision=Decision.ACCEPT,
        candidates=(Candidate(id=service_ids[0], kind="service", score=0.9),),
        needs=service_ids,
    )
    return talk.says("两件")


# ---- what fits into one form


@pytest.mark.parametrize(
    ("service_id", "others", "cause"),
    [
        ("scenic_free_entry", ("family_doctor",), "show"),
        ("emergency_text", ("family_doctor",), "report"),
        ("legal_consult", ("legal_aid",), "talk"),
        ("accessible_taxi", ("transport_subsidy",), "time"),
        ("nursing_subsidy", ("cert_new",), "certificate"),
        ("day_care", ("home_care",), "one_of"),
        ("cert_change_grade", ("cert_renew",), "one_of"),
        ("ltc_insurance", ("care_assessment",), "age"),
        ("care_assessment", ("ltc_insurance",), "age"),
        ("mainstream_inclusion", ("driver_license_c5",), "applicant"),
        ("nursing_subsidy", ("cert_cancel",), "ended"),
    ],
)
def test_what_does_not_fit_stays_outside_for_its_reason(catalog, service_id, others, cause):
    found = cause_of(catalog, service_id, *others)

    assert found is not None
    assert found.cause == cause


def test_the_certificate_comes_first_whatever_was_named_first(catalog: Catalog):
    found = bundle(catalog, ("nursing_subsidy", "cert_new", "family_doctor"))

    assert found.together == ("cert_new", "family_doctor")
    assert [a.service_id for a in found.apart] == ["nursing_subsidy"]


def test_a_role_that_may_not_apply_keeps_a_service_outside(catalog: Catalog):
    found = bundle(catalog, ("family_doctor", "preschool_inclusion"), role="agent")

    assert found.together == ("family_doctor",)


def test_whatever_is_put_together_has_somebody_who_may_apply_for_all(catalog: Catalog):
    for event in catalog.life_events:
        ids = bundle(catalog, (s.service for s in event.steps)).together
        services = [catalog.services_by_id[i] for i in ids]
        assert not ids or set.intersection(*(set(s.applicants) for s in services)), event.id


# ---- one form


def test_a_condition_is_asked_before_what_depends_on_it(catalog: Catalog):
    for event in catalog.life_events:
        ids = bundle(catalog, (s.service for s in event.steps)).together
        asked: set[str] = set()
        for item in merged_items(catalog, ids):
            assert item.when is None or item.when.field in asked, (event.id, item.field)
            asked.add(item.field)


def test_each_fact_is_asked_once_and_the_certificate_number_comes_early(catalog: Catalog):
    fields = [i.field for i in merged_items(catalog, ("transport_subsidy", "nursing_subsidy"))]

    assert len(fields) == len(set(fields))
    assert fields[:4] == [ROLE, "name", CERTIFICATE, "id_number"]


def test_who_applies_for_the_first_certificate_is_not_asked_for_its_number(catalog: Catalog):
    fields = {i.field for i in merged_items(catalog, ("cert_new", "transport_subsidy"))}

    assert CERTIFICATE not in fields


def test_a_child_has_one_name_in_one_form(catalog: Catalog):
    fields = {i.field for i in merged_items(catalog, ("sunshine_baby_card", "cert_new"))}

    assert {"name", "id_number"} <= fields
    assert not fields & set(TWINS)


def test_where_only_one_role_is_possible_it_is_not_asked(talk: Talk):
    catalog = talk.catalog
    ids = ("mainstream_inclusion", "student_aid")
    progress = begin(catalog, ids, number="00000019", beneficiary="", now=talk.clock.now)

    assert progress.answers[ROLE].value == "guardian"


# ---- choosing


def test_the_event_is_named_and_all_some_or_one_may_be_chosen(talk: Talk):
    after_a_stroke(talk).hears("刚刚致残", "你爸爸", "出院后先接上社区医生", "后面还有 14 样")

    assert [c.id for c in talk.reply.choices] == [
        *(f"service:{s}" for s in FIRST),
        "together",
        "more_steps",
    ]


@pytest.mark.parametrize("words", ["一起办", "都要", "4", "三样都办"])
def test_all_of_them_by_word_or_number(talk: Talk, words: str):
    after_a_stroke(talk).says(words).hears("这 3 样一起办", "只有一个号码")

    assert talk.conversation.focus.services == FIRST


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("1、3", (0, 2)),
        ("1 3", (0, 2)),
        ("一和三", (0, 2)),
        ("第一个和第三个", (0, 2)),
        ("前两个", (0, 1)),
        ("后两样", (1, 2)),
        ("除了第二个都要", (0, 2)),
        ("不要第二个，其他都要", (0, 2)),
        ("除了租轮椅都办", (0, 2)),
        ("只要家庭医生和康复训练", (0, 2)),
        ("我要签家庭医生，还有租轮椅", (0, 1)),
        ("就办康复训练跟家庭医生吧", (0, 2)),
    ],
)
def test_some_of_them_by_numbers_names_or_leaving_out(talk: Talk, words: str, chosen):
    after_a_stroke(talk).says(words)

    assert isinstance(talk.conversation.focus, Together), talk.shown()
    assert talk.conversation.focus.services == tuple(FIRST[n] for n in chosen)


@pytest.mark.parametrize("words", ["2", "第二个", "租轮椅", "只要第二个"])
def test_one_of_them_is_explained_first(talk: Talk, words: str):
    after_a_stroke(talk).says(words)

    assert talk.conversation.focus == Introduced(service_id=FIRST[1], beneficiary="我爸")


@pytest.mark.parametrize("words", ["我爸和我妈", "不知道", "王建国", "第九个", "1、9"])
def test_words_that_name_nothing_laid_out_choose_nothing(catalog: Catalog, words: str):
    page = [catalog.services_by_id[s] for s in FIRST]

    assert selected(words, page) == ()


def test_with_buttons_alone_some_can_be_chosen(talk: Talk):
    after_a_stroke(talk).presses("together").presses("one_by_one").hears("第 1 样", "签家庭医生")
    talk.presses("want").presses("want_not").presses("want").hears("这 2 样一起办")

    assert talk.conversation.focus.services == (FIRST[0], FIRST[2])


def test_unclear_words_lead_to_one_question_each(talk: Talk):
    after_a_stroke(talk).says("只要那几样").hears("我没听清", "要办吗")

    assert isinstance(talk.conversation.focus, OneByOne)
    talk.says("要", "不要", "返回").hears("第 2 样").says("要", "好的").hears("这 3 样一起办")


def test_wanting_none_ends_it(talk: Talk):
    after_a_stroke(talk).says("一样一样挑", "不要", "不要", "不要").hears("都先不办")

    assert isinstance(talk.conversation.focus, Idle)


def test_what_cannot_be_in_the_form_is_said_with_its_reason_and_stays_planned(talk: Talk):
    talk.recognizer.knows("听不清", "elder_hearing_loss", "life_event")
    talk.says("听不清").presses("together").hears("打字紧急求助要马上说", "记在计划里")

    assert "emergency_text" in talk.conversation.plan


def test_a_service_filed_already_is_left_out_and_said(talk: Talk):
    talk.files("family_doctor", {"applicant_role": "我帮家人或别人办"})
    after_a_stroke(talk).hears("签家庭医生已经交过了")

    assert "service:family_doctor" not in [c.id for c in talk.reply.choices]


def test_what_i_filed_for_myself_is_not_taken_for_my_fathers(talk: Talk):
    talk.files("family_doctor", {"applicant_role": "给我自己办"})
    after_a_stroke(talk).hears_not("已经交过")


def test_several_needs_of_one_message_are_offered_together(tester: Tester):
    tester.says("我想领护理补贴，还想申请一个轮椅")

    assert isinstance(tester.conversation.focus, Offered), tester.shown()
    tester.hears("几件事", "一起办").says("一起办").hears("这 2 样一起办")


def test_an_unfinished_form_for_the_same_services_is_offered_again(talk: Talk):
    after_a_stroke(talk).says("1、3", "开始").fills(FATHER, until="mobile").says("算了", "留着")
    after_a_stroke(talk).says("1、3", "开始").hears("签家庭医生、康复训练和上门康复", "没填完")
    assert isinstance(talk.conversation.focus, Resuming)

    talk.says("接着填").is_asked("mobile")
    assert talk.form.service_ids == (FIRST[0], FIRST[2])


def test_an_unfinished_form_takes_in_what_is_wanted_besides(talk: Talk):
    talk.begins("family_doctor", "我爸").fills(FATHER, until="mobile").says("算了", "留着")
    after_a_stroke(talk).says("1、3", "开始").hears("没填完", "接着填吗").says("接着填")

    assert talk.form.service_ids == ("family_doctor", "adult_rehab")
    assert talk.answers()["name"] == "王建国"
    talk.fills()
    assert "rehab_need" in talk.answers()


# ---- the plan


def filed_for_father(talk: Talk) -> Talk:
    after_a_stroke(talk).says("1、3", "开始").fills(FATHER).presses("review_right")
    return talk.presses("submit")


def test_the_rest_is_offered_after_filing(talk: Talk):
    filed_for_father(talk).hears("计划里还有这些没办", "短期租轮椅护理床", "现在办吗")

    assert "family_doctor" not in talk.conversation.plan
    assert len(talk.conversation.plan) == 15


@pytest.mark.parametrize("words", ["我还有什么没办", "计划", "还剩什么"])
def test_the_plan_is_listed_whenever_asked(talk: Talk, words: str):
    filed_for_father(talk).says(words).hears("计划里还有 15 样", "短期租轮椅护理床")

    talk.says("1、2").hears("这 2 样一起办")


def test_the_plan_survives_other_forms_and_months(talk: Talk):
    filed_for_father(talk)
    talk.clock.forward(days=200)
    talk.files("scenic_free_entry", {"applicant_role": "给我自己办"})

    talk.says("计划").hears("计划里还有 15 样")


def test_the_plan_is_told_in_the_middle_of_a_form_and_the_question_stays(talk: Talk):
    filed_for_father(talk)
    talk.begins("cert_renew").fills(until="reason").says("我还有什么没办").hears("计划里还有")

    talk.is_asked("reason")


def test_the_plan_can_be_dropped(talk: Talk):
    filed_for_father(talk).says("清空计划").says("计划").hears("没有要办的")


def test_each_person_has_a_plan_of_her_own(talk: Talk):
    filed_for_father(talk)
    talk.recognizer.knows("耳背", "elder_hearing_loss", "life_event", beneficiary="我妈")
    talk.says("耳背", "1").says("换一件事")
    talk.says("计划").hears("给你妈妈办的计划", "你爸爸的计划").hears_not("短期租轮椅护理床")

    talk.says("你爸爸的计划").hears("给你爸爸办的计划里还有 15 样", "你妈妈的计划")
    talk.says("1").hears("这是帮你爸爸问的")


def test_after_the_first_certificate_subsidies_wait_for_it(talk: Talk):
    after_a_stroke(talk).says("看后面的").says("新办残疾人证").presses("start")
    talk.fills(FATHER).presses("review_right").presses("submit").hears("要等拿到残疾人证再办")

    offered = [c.id for c in talk.reply.choices]
    assert "service:nursing_subsidy" not in offered


def test_with_the_certificate_granted_the_rest_can_be_done(tester: Tester):
    tester.says("我想第一次办残疾证", "现在开始办").fills({"applicant_role": "给我自己办"})
    tester.says("都对", "同意")
    tester.clerk(Action.ACCEPT)
    tester.clerk(Action.APPROVE)
    tester.hears("有了证", "计划")


def test_what_the_filed_one_rules_out_is_not_offered(talk: Talk):
    talk.recognizer.knows("到期", "cert_expiring", "life_event")
    talk.says("到期", "1").presses("start").fills({"applicant_role": "给我自己办"})
    talk.presses("review_right").presses("submit").hears_not("计划里还有")

    assert talk.conversation.plan == ()


# ---- one application, several cases


def move_in(tester: Tester) -> Tester:
    """王建国's three services of one form, filed."""
    tester.says("上礼拜刚把户口从虹口迁到花木").says("一起办", "开始")
    tester.fills({"applicant_role": "给我自己办"}).says("都对", "同意")
    assert len(tester.cases()) == 3, tester.shown()
    return tester


def test_one_number_several_cases_each_with_what_it_needs(tester: Tester, catalog: Catalog):
    cases = move_in(tester).cases()

    assert len({c.number for c in cases}) == 1
    for case in cases:
        own = {item.field for item in catalog.services_by_id[case.service_id].form}
        assert {q.field for q in case.questions} <= own
    assert tester.value("bank_account_no", tester.case("living_subsidy"))
    assert tester.value("bank_account_no", tester.case("cert_transfer")) is None


def test_each_case_lies_with_the_office_that_receives_it(talk: Talk, catalog: Catalog):
    ids = ("startup_support", "flexible_employment")
    two_wishes(talk, *ids).says("一起办", "开始").fills({"applicant_role": "给我自己办"})
    talk.presses("review_right").presses("submit").hears("各自先看")

    filing = next(e.filing for e in reversed(talk.all_effects) if e.kind == "file")
    assert filing.office_of_service["startup_support"] == catalog.district_office.id
    assert filing.office_of_service["flexible_employment"] != catalog.district_office.id


def test_status_is_a_sentence_a_case_and_the_timeline_one_line_of_time(tester: Tester):
    number = move_in(tester).cases()[0].number
    tester.says("查进度")
    assert sum(number[:4] in p for p in tester.reply.paragraphs) == 3

    tester.clerk(Action.ACCEPT)
    tester.says("经过").hears("一共 3 件", "交上来了", "受理了")
    assert len([p for p in tester.reply.paragraphs if "交上来了" in p]) == 1


def test_one_of_several_is_withdrawn_and_the_others_go_on(tester: Tester):
    move_in(tester).says("撤回").hears("要撤回哪一件").says("1").says("撤回")

    states = [c.state for c in tester.cases()]
    assert states.count(CaseState.WITHDRAWN) == 1
    assert states.count(CaseState.SUBMITTED) == 2


# ---- a caseworker handles several at once


@pytest.fixture
def filed(database: Database, mind: Mind, clock: Clock) -> Tester:
    """Three cases of one number, on SQLite and on PostgreSQL."""
    return move_in(Tester(database, mind, clock=clock))


def wishes(tester: Tester, move: Move) -> tuple[CaseWish, ...]:
    return tuple(
        CaseWish(case_id=c.id, office_id=c.office_id, seen_version=c.version, move=move)
        for c in tester.cases()
    )


def handle(tester: Tester, *wanted: CaseWish):
    return handle_cases(tester.database, tester.catalog, wanted, tester.clock.tick())


def notices(tester: Tester) -> list[str]:
    with tester.database.read() as work:
        stored = work.conversations.find(tester.channel, tester.peer)
        latest = work.messages.latest(stored.conversation.id, 50)
    return [m.reply.text for m in latest if m.reply is not None and m.reply.kind == "notice"]


def test_all_are_accepted_at_once_with_one_message(filed: Tester):
    told = handle(filed, *wishes(filed, Move(action=Action.ACCEPT, by=CLERK)))

    assert len(told.done) == 3
    assert {c.state for c in filed.cases()} == {CaseState.ACCEPTED}
    (notice,) = notices(filed)
    for case in told.done:
        assert case.service_name in notice


def test_what_one_case_does_not_allow_blocks_none_of_the_others(filed: Tester):
    filed.clerk(Action.NOT_ACCEPT, reason="不归这里")
    told = handle(filed, *wishes(filed, Move(action=Action.ACCEPT, by=CLERK)))

    assert len(told.done) == 2
    assert [r.code for r in told.refused] == ["not_allowed"]
    assert told.refused[0].service_name not in notices(filed)[-1]


def test_a_case_changed_in_the_meantime_is_left_and_told(filed: Tester):
    before = wishes(filed, Move(action=Action.ACCEPT, by=CLERK))
    filed.clerk(Action.ACCEPT)
    told = handle(filed, *before)

    assert len(told.done) == 2
    assert [r.code for r in told.refused] == ["changed"]


def test_what_is_missing_in_several_is_asked_once_and_answered_once(filed: Tester):
    ask = Move(action=Action.REQUEST_CORRECTIONS, by=CLERK, items=("mobile",), reason="打不通")
    handle(filed, *wishes(filed, ask))
    assert len(notices(filed)) == 1
    filed.reads_notice().hears("还差 1 样").says("现在补").is_asked("mobile")
    filed.says("13912345679").fills().says("都对").hears("一起补好了")

    assert {c.state for c in filed.cases()} == {CaseState.SUBMITTED}
    assert {filed.value("mobile", c) for c in filed.cases()} == {"13912345679"}


def test_a_case_of_another_number_is_never_touched(filed: Tester, mind: Mind):
    other = Tester(filed.database, mind, peer="li", clock=filed.clock)
    other.says("换残疾证", "1").fills({"applicant_role": "给我自己办"}).says("都对", "同意")
    move = Move(action=Action.ACCEPT, by=CLERK)
    told = handle(filed, wishes(filed, move)[0], wishes(other, move)[0])

    assert [r.code for r in told.refused] == ["not_found"]
    assert other.case().state is CaseState.SUBMITTED


# ---- the console


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    opened = open_room(tmp_path)
    yield opened
    opened.desk.database.close()


def siblings(room: Room, case: Case) -> tuple[Case, ...]:
    with room.desk.database.read() as work:
        rows = work.cases.by_number(case.number)
        return tuple(work.cases.get(r.case_id).case for r in rows if r.case_id != case.id)


def test_the_other_cases_of_the_number_may_be_ticked(room: Room):
    case = room.file(also=("cert_renew", "home_retrofit"))
    page = room.signed_in().get(f"/console/cases/{case.id}/act/accept").text

    assert page.count('name="others"') == 2
    assert "居民只收到一条消息" in page


def test_ticked_cases_are_previewed_and_done_in_one_step(room: Room):
    case = room.file(also=("cert_renew", "home_retrofit"))
    others = siblings(room, case)
    marks = [f"{c.id}:{c.version}" for c in others]
    client = room.signed_in()
    shown = act(client, case, "accept", "preview", others=marks)
    assert shown.text.count(f'name="others" value="{marks[0]}"') == 1
    assert all(c.service_name in shown.text for c in others)

    done = act(client, case, "accept", others=marks)
    assert done.status_code == 303
    assert {c.state for c in (room.case(case.id), *siblings(room, case))} == {CaseState.ACCEPTED}
    assert room.hears().count("号码") == 1


def test_what_could_not_be_done_is_shown_for_each_case(room: Room):
    case = room.file(also=("cert_renew", "home_retrofit"))
    first, second = siblings(room, case)
    client = room.signed_in()
    act(client, first, "not_accept", reason="不归这里")
    marks = [f"{first.id}:{first.version}", f"{second.id}:{second.version}"]
    told = act(client, case, "accept", others=marks)

    assert told.status_code == 200
    assert f"{first.service_name}</a>：刚刚有变化" in told.text
    assert room.case(second.id).state is CaseState.ACCEPTED
    assert room.case(first.id).state is CaseState.NOT_ACCEPTED


def test_a_case_of_another_application_cannot_be_slipped_in(room: Room):
    case, foreign = room.file(also=("cert_renew",)), room.file(peer="li")
    act(room.signed_in(), case, "accept", others=[f"{foreign.id}:{foreign.version}"])

    assert room.case(foreign.id).state is CaseState.SUBMITTED


# ---- facts and papers once


def test_a_paper_sent_before_is_offered_with_its_day_and_used_again(tester: Tester):
    tester.says("换残疾证", "1").fills({"applicant_role": "给我自己办"}, until="photo")
    tester.sends_photo().says("就这些").fills().says("都对", "同意")
    first = tester.case("cert_renew").papers[0]
    tester.clock.forward(days=190)
    tester.says("上礼拜刚把户口从虹口迁到花木", "1", "开始")
    if tester.form.stage == "reuse":
        tester.says("用上次的")
    tester.fills(until="photo").hears("11 月 25 日交过证件照", "还用它吗")
    tester.says("还用它").fills().says("都对", "同意")

    (again,) = tester.case("cert_transfer").papers
    assert (again.id, again.key) == (first.id, first.key)


def test_another_paper_may_be_sent_instead(tester: Tester):
    tester.says("换残疾证", "1").fills({"applicant_role": "给我自己办"}, until="photo")
    tester.sends_photo().says("就这些").fills().says("都对", "同意")
    tester.says("上礼拜刚把户口从虹口迁到花木", "1", "开始")
    if tester.form.stage == "reuse":
        tester.says("用上次的")
    tester.fills(until="photo").says("换新的").is_asked("photo").hears_not("还用它吗")


def test_papers_of_one_person_are_never_offered_for_another(tester: Tester):
    tester.says("换残疾证", "1").fills({"applicant_role": "给我自己办"}, until="photo")
    tester.sends_photo().says("就这些").fills().says("都对", "同意")
    tester.says("我妈的户口刚从外地迁到浦东，残疾证怎么办", "1", "开始")
    if tester.form.stage == "reuse":
        tester.says("重新填")
    given = {"name": "李娜", "id_number": "440524188001010014"}
    given[CERTIFICATE] = "44052418800101001441"
    tester.fills(given, until="photo").hears_not("还用它吗")


def test_the_review_of_several_is_read_in_groups_and_names_each_service(talk: Talk):
    after_a_stroke(talk).says("一起办", "开始").fills(FATHER)
    talk.hears("签家庭医生、短期租轮椅护理床、康复训练和上门康复", "本人——", "帮办的人——")

    assert len(talk.reply.paragraphs) <= 14
    talk.presses("review_right").hears("家庭医生签约", "康复辅具社区租赁", "残疾人精准康复")


def test_what_must_be_agreed_to_is_said_and_kept_with_the_case(talk: Talk):
    talk.begins("preschool_inclusion").fills().presses("review_right")
    talk.hears("同意参加入学评估").presses("submit")

    filing = next(e.filing for e in reversed(talk.all_effects) if e.kind == "file")
    kept = {q.field: q.value for q in filing.questions}
    assert kept["education_assessment_consent"] == "yes"


def test_nothing_of_one_services_guardian_gets_into_anothers_case(talk: Talk):
    """An application for an examination always asks for the guardian; the case beside it needs none."""
    ids = ("exam_accommodation", "telecom_package")
    two_wishes(talk, *ids).says("一起办", "开始").fills({"applicant_role": "给我自己办"})
    talk.presses("review_right").presses("submit")

    beside = next(c for c in talk.cases if c.service_id == "telecom_package")
    assert not {q.field for q in beside.questions} & {"guardian_name", "guardian_id_number"}
