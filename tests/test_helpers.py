"""Helpers: who may act for whom, how it is confirmed, taken back, and what nobody ever learns by it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from databases import NOW
from tester import CERT, ID, MOBILE, OTHER_ID, Clock, FakeRecognizer, Tester

from actions.check_authorization import check_authorization
from actions.desk import Desk
from actions.handle_case import CaseNotFound
from actions.identify_staff import StaffAtWork
from actions.mind import Mind
from actions.open_case import open_case
from actions.send_reminders import send_reminders
from actions.show_case import CONVERSATION, CasePage
from casework.authorizations import Evidence
from casework.models import Action, Case, CaseState
from casework.numbers import shown
from catalog.models import Catalog
from storage.crypto import Keyring
from storage.database import Database
from storage.papers import PaperStore

FOR_FATHER = {
    "applicant_role": "我帮家人或别人办",
    "name": "王建国",
    "id_number": ID,
    "disability_cert_no": CERT,
    "agent_name": "王小芳",
    "agent_relation": "女儿",
    "agent_id_number": OTHER_ID,
    "agent_mobile": MOBILE,
}
FOR_MOTHER = {
    **FOR_FATHER,
    "name": "李秀英",
    "id_number": OTHER_ID,
    "disability_cert_no": OTHER_ID + "31",
}


@pytest.fixture
def quick_mind(catalog: Catalog) -> Mind:
    recognizer = FakeRecognizer()
    recognizer.knows("换证", "cert_renew")
    recognizer.knows("给我爸换证", "cert_renew", beneficiary="我爸")
    recognizer.knows("给我妈换证", "cert_renew", beneficiary="我妈")
    recognizer.knows("护理补贴", "nursing_subsidy")
    recognizer.knows("给我爸办护理补贴", "nursing_subsidy", beneficiary="我爸")
    return Mind(catalog=catalog, recognizer=recognizer)


@pytest.fixture
def daughter(database: Database, quick_mind: Mind, clock: Clock) -> Tester:
    """On the web; on SQLite and on PostgreSQL."""
    return Tester(database, quick_mind, peer="daughter", clock=clock)


@pytest.fixture
def father(daughter: Tester) -> Tester:
    """On Telegram."""
    return Tester(
        daughter.database, daughter.mind, channel="telegram", peer="101", clock=daughter.clock
    )


def files_for_father(daughter: Tester) -> Tester:
    daughter.says("给我爸换证").presses("start").fills(FOR_FATHER)
    daughter.presses("review_right").presses("submit")
    return daughter.hears("已经存好了")


def code_in(resident: Tester) -> str:
    found = re.search(r"\d{3} \d{3} \d{3}", resident.shown())
    assert found, resident.shown()
    return found[0]


def confirmed(daughter: Tester, father: Tester) -> None:
    files_for_father(daughter).presses("confirm_helper")
    father.says(code_in(daughter)).says(ID[-4:]).presses("consent_all")


def person_of(resident: Tester) -> str:
    with resident.database.read() as work:
        return work.conversations.find(resident.channel, resident.peer).person_id


def authorization(resident: Tester):
    with resident.database.read() as work:
        (given,) = work.authorizations.of_person(person_of(resident))
    return given


def test_what_is_filed_for_somebody_is_that_persons_case(daughter: Tester):
    files_for_father(daughter)

    case = daughter.case()
    assert case.person_id != person_of(daughter)
    assert case.filed_by == person_of(daughter)
    assert case.events[0].by.kind == "helper"
    assert "王小芳" in case.events[0].by.name
    assert authorization(daughter).evidence is Evidence.NONE


def test_a_helper_sees_what_she_filed_herself_before_it_is_confirmed(daughter: Tester):
    files_for_father(daughter)

    daughter.says("查进度").hears("王建国", "换")
    daughter.clerk(Action.ACCEPT)
    daughter.hears("王建国")


def test_the_person_confirms_with_the_code_from_her_own_conversation(
    daughter: Tester, father: Tester
):
    files_for_father(daughter).presses("confirm_helper")
    code = code_in(daughter)

    father.says(code).hears("身份证号最后四位")
    father.says("0000").hears("对不上")
    father.says("零零二X").hears("王小芳", "取消授权")
    father.presses("consent_all").hears("我都会告诉你")

    assert authorization(father).evidence is Evidence.CONFIRMED
    father.says("查进度").hears("换")
    daughter.reads_notice().hears("王建国同意你帮忙了")


def test_three_wrong_answers_make_a_code_void(daughter: Tester, father: Tester):
    files_for_father(daughter).presses("confirm_helper")
    father.says(code_in(daughter))

    father.says("1111", "2222", "3333")
    father.says(ID[-4:]).hears("没用了")
    father.says("查进度").hears_not("换领")
    assert authorization(daughter).evidence is Evidence.NONE


def test_a_code_is_good_once(daughter: Tester, father: Tester):
    confirmed(daughter, father)
    thief = Tester(daughter.database, daughter.mind, peer="thief", clock=daughter.clock)
    with daughter.database.read() as work:
        stored = work.conversations.find("webchat", "daughter")
        lines = work.messages.latest(stored.conversation.id, 200)
    codes = re.findall(r"\d{3} \d{3} \d{3}", "\n".join(x.reply.text for x in lines if x.reply))

    thief.says(codes[-1]).hears("不对，或者过期了")


def test_a_code_dies_of_age(daughter: Tester, father: Tester, clock: Clock):
    files_for_father(daughter).presses("confirm_helper")
    clock.forward(days=4)

    father.says(code_in(daughter)).hears("过期")


def test_the_person_refuses_and_the_helper_sees_nothing_any_more(daughter: Tester, father: Tester):
    files_for_father(daughter).presses("confirm_helper")
    father.says(code_in(daughter)).says(ID[-4:]).presses("consent_refuse").hears("看不到")

    daughter.reads_notice().hears("没有同意").hears_not("王建国")
    daughter.says("查进度").hears_not("王建国", "换领")


def test_everything_a_helper_does_is_told_to_the_person(daughter: Tester, father: Tester):
    confirmed(daughter, father)

    daughter.says("给我爸办护理补贴").presses("start").is_at("reuse").hears("王建国")
    daughter.says("用上次的").fills(FOR_FATHER).presses("review_right").presses("submit")
    father.reads_notice().hears("王小芳", "替你交了", "护理补贴")

    daughter.says("撤回")
    daughter.picks(1).presses("withdraw_yes")
    father.reads_notice().hears("王小芳", "替你撤回了")


def test_notices_reach_the_person_and_the_helper(daughter: Tester, father: Tester):
    confirmed(daughter, father)

    daughter.clerk(Action.ACCEPT)
    daughter.hears("王建国")
    father.reads_notice().hears("换").hears_not("这是")


def test_one_word_takes_it_back(daughter: Tester, father: Tester):
    confirmed(daughter, father)

    father.says("取消授权").hears("已经收回了", "王小芳")
    daughter.reads_notice().hears("收回了授权")
    daughter.says("查进度").hears_not("换领")
    daughter.says("给我爸换证").presses("start").hears_not(ID[-4:])
    assert not daughter.is_filling or daughter.form.stage != "reuse"


def test_do_not_tell_my_daughter_is_kept_and_not_told_to_her(daughter: Tester, father: Tester):
    confirmed(daughter, father)
    before = daughter.conversation

    father.says("不要告诉我女儿").hears("不再告诉", "王小芳")
    assert daughter.conversation == before
    daughter.says("查进度").hears_not("换领")
    father.clerk(Action.ACCEPT)
    daughter.reads_notice().hears_not("换领")


def test_a_word_about_somebody_else_hushes_nobody_by_mistake(daughter: Tester, father: Tester):
    confirmed(daughter, father)

    father.says("别告诉我邻居").hears("不告诉谁", "王小芳")
    father.says("返回").hears("没有改")
    assert authorization(father).scopes == authorization(daughter).scopes


def test_a_person_asks_somebody_to_help(daughter: Tester, father: Tester):
    father.says("换证").presses("start").fills(
        {
            "applicant_role": "给我自己办",
            "name": "王建国",
            "id_number": ID,
            "disability_cert_no": CERT,
        }
    )
    father.presses("review_right").presses("submit")

    father.says("让我女儿帮我办")
    daughter.says(code_in(father)).hears("王建国", "你自己的名字")
    daughter.says("王小芳").hears("可以帮王建国办事了")
    daughter.says("查进度").hears("王建国", "换")
    father.reads_notice().hears("王小芳答应帮你了")
    father.says("谁在帮我").hears("王小芳", "看进度")


def test_a_helper_may_say_no_or_stop(daughter: Tester, father: Tester):
    father.says("让我女儿帮我办")
    code = code_in(father)
    daughter.says(code).presses("accept_no").hears("没有答应")
    daughter.says(code).says("王小芳")

    daughter.says("我不帮他办了").hears("不再帮")
    father.reads_notice().hears("不再帮你办事")
    assert not authorization(father).is_in_force(daughter.clock.now)


def test_only_looking_means_only_looking(daughter: Tester, father: Tester):
    files_for_father(daughter).presses("confirm_helper")
    father.says(code_in(daughter)).says(ID[-4:]).presses("consent_see")

    daughter.says("查进度").hears("王建国")
    daughter.says("撤回").hears("没有")
    daughter.says("给我爸办护理补贴").presses("start")
    assert daughter.form.stage != "reuse"


def test_a_helper_of_several_is_asked_for_whom_and_facts_never_mix(daughter: Tester):
    files_for_father(daughter)
    daughter.says("给我妈换证").presses("start").fills(FOR_MOTHER)
    daughter.presses("review_right").presses("submit")

    daughter.says("护理补贴").presses("start").is_at("whom").hears("王建国", "李秀英", "给别人办")
    daughter.says("给我妈")
    assert daughter.answers()["name"] == "李秀英"
    assert ID not in daughter.answers().values()
    daughter.says("查进度").hears("你爸爸（王建国）", "你妈妈（李秀英）")
    daughter.says("我在帮谁").hears("王建国", "李秀英")


def test_an_authorization_ends_by_itself(daughter: Tester, father: Tester, clock: Clock):
    confirmed(daughter, father)
    clock.forward(days=366)

    daughter.says("查进度").hears_not("换领")


def test_a_caseworkers_decision_finds_somebody_to_tell(daughter: Tester, father: Tester):
    """Refused by the person, whose conversation is known now: she hears it, the helper does not."""
    confirmed(daughter, father)
    father.says("取消授权")

    father.clerk(Action.ACCEPT)
    father.hears("换")
    assert father.case().state is CaseState.ACCEPTED
    daughter.reads_notice().hears_not("受理")


def test_after_it_was_taken_back_a_helper_files_anew_and_reaches_nothing_old(
    daughter: Tester, father: Tester
):
    confirmed(daughter, father)
    old = father.case()
    father.says("取消授权")

    files_for_father(daughter)
    daughter.says("查进度").hears("王建国")
    with daughter.database.read() as work:
        known = {h.principal_id for h in work.authorizations.of_person(person_of(daughter))}
    new = next(c for c in daughter.cases() if c.id != old.id)
    assert new.person_id in known
    assert new.person_id != old.person_id
    assert old.number[:4] not in daughter.shown()


def test_after_its_end_it_is_given_anew_by_a_new_code(
    daughter: Tester, father: Tester, clock: Clock
):
    confirmed(daughter, father)
    clock.forward(days=366)
    father.says("让我女儿帮我办")
    daughter.says(code_in(father)).says("王小芳").hears("可以帮")

    daughter.says("查进度").hears("王建国")


# ---- the caseworker's side


@pytest.fixture
def desk(daughter: Tester, tmp_path: Path) -> Desk:
    keyring = Keyring.from_secrets(["a secret of sixteen characters"])
    return Desk(
        database=daughter.database,
        catalog=daughter.catalog,
        papers=PaperStore(tmp_path, keyring),
        is_secure=False,
    )


def district(desk: Desk) -> StaffAtWork:
    return StaffAtWork(
        id=staff_of(desk), login="zhang", name="张科员", office_id="x", office_name="区残联",
        sees=None, csrf="c", is_stale=False,
    )  # fmt: skip


def staff_of(desk: Desk) -> str:
    with desk.database.write() as work:
        if work.staff.by_login("zhang") is None:
            work.staff.add("zhang", "张科员", "x", "h", NOW)
        found = work.staff.by_login("zhang")
        work.commit()
    assert found is not None
    return found.id


def test_a_caseworker_who_has_seen_the_paper_makes_it_sound(daughter: Tester, desk: Desk):
    files_for_father(daughter)
    staff, case = district(desk), daughter.case()
    helper = open_case(desk, staff, case.id, daughter.clock.tick()).helper
    assert helper is not None
    assert helper.may_be_checked

    check_authorization(desk, staff, case.id, True, daughter.clock.tick())
    daughter.reads_notice().hears("王建国同意你帮忙了")
    assert authorization(daughter).evidence is Evidence.CHECKED
    with pytest.raises(CaseNotFound):
        check_authorization(desk, staff, case.id, False, daughter.clock.tick())


def test_a_bad_paper_is_told_with_what_to_do(daughter: Tester, desk: Desk):
    files_for_father(daughter)
    check_authorization(desk, district(desk), daughter.case().id, False, daughter.clock.tick())

    daughter.reads_notice().hears("还不行").presses("confirm_helper").hears("九个数字")


def test_a_persons_own_word_is_not_overruled_by_a_caseworker(
    daughter: Tester, father: Tester, desk: Desk
):
    confirmed(daughter, father)
    with pytest.raises(CaseNotFound):
        check_authorization(desk, district(desk), father.case().id, False, daughter.clock.tick())


def name_of(case: Case) -> str:
    return next(q.shown for q in case.questions if q.field == "name")


def said_on(page: CasePage) -> str:
    """The conversation as the page shows it."""
    return "\n".join(text for line in page.conversation.lines for text in line.paragraphs)


def test_a_case_shows_only_the_talk_of_its_own_application(daughter: Tester, desk: Desk):
    daughter.says("我自己心情不好在吃药")
    files_for_father(daughter)
    father = daughter.case()
    daughter.says("我女儿也有点耳背")
    daughter.says("给我妈换证").presses("start").fills(FOR_MOTHER)
    daughter.presses("review_right").presses("submit")
    mother = next(case for case in daughter.cases() if case.id != father.id)

    pages = {
        case.id: open_case(
            desk, district(desk), case.id, daughter.clock.tick(), (CONVERSATION,), lines=300
        )
        for case in (father, mother)
    }
    for mine, other in ((father, mother), (mother, father)):
        said = said_on(pages[mine.id])
        assert name_of(mine) in said
        assert name_of(other) not in said
        assert "在吃药" not in said
        assert "耳背" not in said


def test_what_is_asked_in_the_middle_of_a_form_is_not_on_the_page_of_its_case(
    daughter: Tester, desk: Desk
):
    files_for_father(daughter)
    first = daughter.case().number
    daughter.says("给我妈换证").presses("start").fills(FOR_MOTHER, until="mobile")
    daughter.says("查进度").hears(shown(first)).says("我的资料").says("返回").says("继续")
    daughter.fills(FOR_MOTHER)
    daughter.presses("review_right").presses("submit")
    mother = next(case for case in daughter.cases() if case.number != first)

    page = open_case(
        desk, district(desk), mother.id, daughter.clock.tick(), (CONVERSATION,), lines=300
    )
    assert FOR_MOTHER["name"] in said_on(page)
    assert shown(first) not in said_on(page)
    assert ("查进度",) not in [line.paragraphs for line in page.conversation.lines]


def test_a_notice_about_a_case_stands_in_its_talk(daughter: Tester, desk: Desk):
    files_for_father(daughter)
    daughter.clerk(Action.ACCEPT)
    page = open_case(desk, district(desk), daughter.case().id, daughter.clock.tick())

    assert page.conversation.lines[-1].who == "notice"


# ---- a year is over


def reminded_of_the_end(*people: Tester, days: int) -> dict[str, list[str]]:
    """The scheduler looks each noon; who heard what about an authorization's end."""
    heard: dict[str, list[str]] = {}
    clock, before = people[0].clock, {p.peer: "" for p in people}
    for _ in range(days):
        clock.forward(days=1)
        send_reminders(people[0].database, people[0].mind, clock.now)
        for person in people:
            shown = person.reads_notice().shown()
            if shown != before[person.peer] and "为止" in shown and "接着办" in shown:
                heard.setdefault(person.peer, []).append(shown)
            before[person.peer] = shown
    return heard


def test_both_hear_once_thirty_days_before_a_helper_s_time_ends(daughter: Tester, father: Tester):
    confirmed(daughter, father)
    daughter.clock.forward(days=330)
    heard = reminded_of_the_end(daughter, father, days=20)

    assert [len(texts) for texts in heard.values()] == [1, 1]
    (fathers,), (daughters,) = heard[father.peer], heard[daughter.peer]
    assert "王小芳（子女）能替你办事" in fathers
    assert "让家里人帮我办" in fathers
    assert "王建国" in daughters
    assert "请本人说" in daughters


def test_given_again_it_lasts_another_year_and_is_told_of_next_year(
    daughter: Tester, father: Tester
):
    confirmed(daughter, father)
    daughter.clock.forward(days=340)
    assert reminded_of_the_end(daughter, father, days=3)
    first = authorization(father).until

    father.says("让家里人帮我办")
    daughter.says(code_in(father), "王小芳")
    assert authorization(father).until > first
    assert reminded_of_the_end(daughter, father, days=30) == {}
    daughter.clock.forward(days=300)
    assert reminded_of_the_end(daughter, father, days=10)


def test_of_a_helper_taken_back_or_hushed_nobody_is_reminded_who_should_not_be(
    daughter: Tester, father: Tester
):
    confirmed(daughter, father)
    father.says("不要告诉我女儿")
    daughter.clock.forward(days=330)
    assert list(reminded_of_the_end(daughter, father, days=10)) == [father.peer]


def test_once_it_is_taken_back_its_end_is_no_news(daughter: Tester, father: Tester):
    confirmed(daughter, father)
    father.says("取消授权")
    daughter.clock.forward(days=330)
    assert reminded_of_the_end(daughter, father, days=40) == {}


def test_who_wants_no_reminders_gets_none_of_this_either(daughter: Tester, father: Tester):
    confirmed(daughter, father)
    father.says("别提醒")
    daughter.clock.forward(days=330)
    assert list(reminded_of_the_end(daughter, father, days=10)) == [daughter.peer]
