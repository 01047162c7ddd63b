"""我的资料 (个人信息保护法): agreed to topic by topic, seen, copied, corrected, taken back, deleted; at any step."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from telegram_at_work import at_work
from test_words_at_every_step import go_to, place_of, told
from tester import ADDRESS, CERT, ID, MOBILE, Clock, FakeRecognizer, Talk, Tester
from webchat_house import ChatAtWork, open_chat

from actions.desk import Desk
from actions.export_person import export_person
from actions.forget_person import delete_files
from actions.identify_staff import StaffAtWork
from actions.mind import Mind
from actions.open_case import open_case
from actions.purge import purge
from casework.models import CaseState
from catalog.models import Catalog
from dialogue.effects import EndConsent, ForgetMe, KeepConsent, KeepFacts, OfferCopy
from dialogue.messages import Attachment
from dialogue.my_data import is_about, without_topic
from dialogue.topics import TOPICS, topic_of
from dialogue.wording import own_data_wish
from intents.writing import bare
from storage.crypto import Keyring
from storage.database import Database
from storage.papers import PaperStore

SELF = {"applicant_role": "给我自己办"}
PLACES = [
    "no form", "introduced", "event", "choosing", "resuming", "withdrawing", "reuse", "consent",
    "confirming", "role", "name", "cert", "phone", "date", "choice", "choices", "files", "long text",
    "yes or no", "number", "review", "changing", "submit", "stopping", "switching", "correcting",
]  # fmt: skip
IN_FORM = frozenset(PLACES) - {
    "no form", "introduced", "event", "choosing", "resuming", "withdrawing",
}  # fmt: skip


# ---- agreeing, topic by topic


def test_every_sensitive_question_belongs_to_a_topic(catalog: Catalog):
    topics = {topic_of(catalog, f) for f, spec in catalog.fields.items() if spec.sensitive}

    assert topics == set(TOPICS)


def test_a_topic_is_agreed_to_once_and_each_by_itself(talk: Talk):
    """Two sentences, why and what without; never a sensitive question before its own yes."""
    talk.begins("medical_relief")
    asked: list[str] = []
    for _ in range(80):
        form = talk.form
        if form.stage == "review":
            break
        if form.stage == "consent":
            assert len(talk.reply.paragraphs[-2:]) == 2
            asked.append(topic_of(talk.catalog, form.asking))
        elif form.stage == "asking" and talk.catalog.fields[form.asking].sensitive:
            assert topic_of(talk.catalog, form.asking) in asked, form.asking
        talk._fill_one(form, {"applicant_role": "我帮家人或别人办"})

    assert len(asked) == len(set(asked)) >= 4


def test_what_was_agreed_to_is_kept_in_its_words_and_with_its_time(tester: Tester):
    _file_certificate(tester)

    with tester.database.read() as work:
        person = work.conversations.find("webchat", "wang").person_id
        given = work.consents.of_person(person)
        application = _application(work, person)
    assert [one.topic for one in given] == ["disability", "identity"]
    assert all("可以问吗" in "".join(one.words) for one in given)
    assert all(one.ended_at is None and one.given_at.tzinfo for one in given)
    assert all(word in application for one in given for word in one.words)


def _application(work: Any, person: str) -> str:
    rows = work.whole.rows("application")
    return next(row["consent_words"] for row in rows if row["person_id"] == {"id": person})


def _file_certificate(tester: Tester) -> None:
    tester.says("残疾证到期了要换", "现在开始办", "给我自己办", "王秀英").fills(
        {"disability_cert_no": CERT, "mobile": MOBILE, "residence_address": ADDRESS}
    )
    tester.presses("review_right").presses("submit")


def test_refusing_everything_blocks_no_service(talk: Talk):
    """All 76: whoever tells nothing sensitive but a telephone can still file."""
    for service in talk.catalog.services:
        talk.forgets()
        talk.begins(service.id)
        refused = _refuse_all(talk)
        form = talk.form
        assert form.stage == "review", service.id
        sensitive = {
            f
            for f, a in form.answers.items()
            if a.source == "said" and talk.catalog.fields[f].sensitive
        }
        assert sensitive <= {"mobile", "guardian_mobile", "agent_mobile"}, (service.id, refused)
        talk.presses("review_right").presses("submit")
        assert talk.cases, service.id


def _refuse_all(talk: Talk) -> list[str]:
    refused = []
    for _ in range(100):
        form = talk.form
        if form.stage == "review":
            return refused
        if form.stage == "consent" and "只要一个电话" not in talk.shown():
            refused.append(topic_of(talk.catalog, form.asking))
            talk.presses("consent_no").hears("这些不问了")
        else:
            talk._fill_one(form, {})
    raise AssertionError(talk.shown())


def test_what_the_window_will_need_is_said_plainly(talk: Talk):
    talk.begins("cert_renew").says("给我自己办", "王秀英").is_at("consent").presses("consent_no")

    talk.hears("不影响", "到窗口要补这些：残疾人证号", "窗口没法往下办")


def test_without_any_telephone_it_is_said_why_it_ends_here(talk: Talk):
    talk.begins("cert_renew").says("给我自己办", "王秀英", "不想说", "不想说")
    talk.hears("别的都不问了，只要一个电话", "联系不到人").presses("consent_no")

    talk.hears("前面填的都留着", "人工")
    talk.says("继续").is_at("consent").presses("consent_yes").is_asked("mobile")


def test_who_thinks_better_of_it_can_still_tell(talk: Talk):
    talk.begins("nursing_subsidy").fills(SELF, stop_at=("consent",)).presses("consent_no")
    talk.fills().presses("review_change")
    while "残疾人证号" not in talk.shown():
        talk.says("看别的")

    talk.presses("残疾人证号").is_at("consent").presses("consent_yes")
    talk.is_asked("disability_cert_no")


# ---- the words at every step


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, talk: Talk) -> str:
    go_to(talk, request.param)
    return request.param


@pytest.mark.parametrize(
    ("word", "heard"),
    [
        ("我的资料", "想做什么"),
        ("谁看过我的资料", "还没有人打开过"),
        ("下载我的资料", "放在一个文件里"),
        ("删除我的资料", "真的要删吗"),
        ("撤回同意", "没有要撤回的"),
        ("看我的资料", "下载"),
    ],
)
def test_each_word_works_everywhere_and_leads_back(talk: Talk, place: str, word: str, heard: str):
    if place == "correcting":
        talk.clock.forward(seconds=1)
    before, held = place_of(talk), told(talk)
    talk.says(word).hears(heard)
    assert told(talk) == held

    talk.says("不用了" if word != "删除我的资料" else "不删")
    if place in IN_FORM:
        assert place_of(talk)[1:] == before[1:]
    assert told(talk) == held
    assert not [e for e in talk.all_effects if isinstance(e, ForgetMe | EndConsent | KeepFacts)]


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("我的资料", "my_data"),
        ("谁看过我的资料？", "my_log"),
        ("删除我的资料", "my_delete"),
        ("撤回同意", "my_consents"),
        ("我爸看过我的资料说不对", ""),
        ("我不想删除照片", ""),
        ("邻居看到我家", ""),
    ],
)
def test_only_whole_phrases_count_when_nothing_else_says_so(said: str, wish: str):
    assert own_data_wish(bare(said), is_certain=False) == wish


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("把我说过的话都删掉", "my_delete"),
        ("注销账号", "my_delete"),
        ("能忘记我吗", "my_delete"),
        ("把我的东西下载一份给我", "my_copy"),
        ("给我一份你们掌握的信息", "my_copy"),
        ("哪些人能看到我的病历", "my_log"),
        ("我填的那些在谁手里", "my_log"),
        ("你这边记的我手机号对不对", "my_correct"),
        ("资料存多久", "my_how"),
        ("照片传上去会不会泄露", "my_how"),
        ("你们存了我什么东西", "my_data"),
    ],
)
def test_in_her_own_words_she_gets_to_the_right_thing(said: str, wish: str):
    assert own_data_wish(bare(said), is_certain=True) == wish


# ---- seeing, correcting, taking back


def test_what_identifies_her_is_covered_on_the_screen(tester: Tester):
    _file_certificate(tester)
    seen = tester.says("看我的资料").shown()
    while "看别的" in seen and seen.count("姓名") < 2:
        seen += tester.says("看别的").shown()

    assert "王秀英" in seen
    assert "1101**********002X" in seen
    for secret in (ID, CERT, MOBILE, "幸福路12弄"):
        assert secret not in seen.replace(" ", "")


def test_a_corrected_fact_is_offered_next_time(tester: Tester):
    _file_certificate(tester)
    tester.says("改我的资料")
    while "手机号" not in tester.shown():
        tester.says("看别的")
    tester.says("手机号").hears("139 1234 5678").says("138 0000 1111").hears("改好了")

    with tester.database.read() as work:
        person = work.conversations.find("webchat", "wang").person_id
        assert work.people.facts((person,))[person]["mobile"].value == "13800001111"
    assert tester.value("mobile") == MOBILE, "what was filed is not changed behind anybody's back"


def test_a_fact_can_be_dropped(tester: Tester):
    _file_certificate(tester)
    tester.says("改我的资料", "姓名", "不要记这一项").hears("我不记了")

    with tester.database.read() as work:
        person = work.conversations.find("webchat", "wang").person_id
        assert "name" not in work.people.facts((person,))[person]


def test_taking_an_agreement_back_empties_what_is_known_and_what_is_begun(tester: Tester):
    _file_certificate(tester)
    tester.says("重残护理补贴", "1")
    if tester.form.stage == "whom":
        tester.picks(1)
    if tester.form.stage == "reuse":
        tester.presses("reuse_yes")
    assert tester.form.answers["id_number"].value == ID
    tester.says("撤回同意", "证件号、电话和住址").hears("交上去的申请不变").presses("my_end_yes")

    catalog = tester.catalog
    for answers in (tester.form.answers, _facts(tester)):
        assert not [f for f in answers if is_about(catalog, f, "identity")], sorted(answers)
        assert not [f for f in answers if f.startswith("town_residence")]
        assert "disability_cert_no" in answers
    with tester.database.read() as work:
        person = work.conversations.find("webchat", "wang").person_id
        ended = {c.topic: c.ended_at is not None for c in work.consents.of_person(person)}
    assert ended == {"disability": False, "identity": True}
    assert tester.value("id_number", tester.cases()[0]) == ID


def _facts(tester: Tester) -> dict[str, Any]:
    with tester.database.read() as work:
        person = work.conversations.find("webchat", "wang").person_id
        return work.people.facts((person,))[person]


def test_after_taking_it_back_it_is_asked_only_after_a_new_yes(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="reason")
    progress = talk.form
    without = without_topic(talk.catalog, progress.answers, "identity")

    assert "mobile" in progress.answers
    assert "mobile" not in without
    assert "name" in without


# ---- who looked


def test_she_reads_which_office_looked_at_what_and_when(
    tester: Tester, catalog: Catalog, tmp_path: Path
):
    _file_certificate(tester)
    case = tester.case()
    desk = Desk(
        database=tester.database,
        catalog=catalog,
        papers=PaperStore(tmp_path, Keyring.from_secrets(("long enough a secret",))),
        is_secure=False,
    )
    with tester.database.write() as work:
        zhang = work.staff.add("zhang", "张科员", case.office_id, "h", tester.clock.now)
        work.commit()
    at_desk = StaffAtWork(
        id=zhang.id,
        login="zhang",
        name="张科员",
        office_id=case.office_id,
        office_name="",
        sees=case.office_id,
        csrf="",
        is_stale=False,
    )
    open_case(desk, at_desk, case.id, tester.clock.tick())
    open_case(desk, at_desk, case.id, tester.clock.tick(), ("id_number",))

    office = catalog.offices_by_id[case.office_id].name
    tester.says("谁看过我的资料").hears("被看过 2 次", office, "公民身份号码", "11月25日 9:3")
    tester.hears_not("张科员")
    Tester(tester.database, tester.mind, peer="li", clock=tester.clock).says(
        "谁看过我的资料"
    ).hears("还没有人打开过")


# ---- a copy


def test_the_copy_holds_everything_and_nobody_elses(tester: Tester, tmp_path: Path):
    papers = PaperStore(tmp_path, Keyring.from_secrets(("long enough a secret",)))
    key = papers.put(b"\xff\xd8\xff photo")
    other = Tester(tester.database, tester.mind, peer="li", clock=tester.clock)
    other.says("我的名字叫路人甲，我想查进度")
    _file_certificate(tester)
    photo = Attachment(kind="photo", name="证.jpg", media_type="image/jpeg", size=9, key=key)
    tester.sends(attachments=(photo,))
    with tester.database.read() as work:
        person = work.conversations.find("webchat", "wang").person_id

    data = export_person(tester.database, papers, tester.catalog, person, tester.clock.now)

    archive = zipfile.ZipFile(io.BytesIO(data))
    text = archive.read("我的资料.txt").decode("utf-8-sig")
    held = json.loads(archive.read("my_data.json"))
    for told_by_her in ("王秀英", "110105 19491231 002X", "139 1234 5678", "残疾证到期了要换"):
        assert told_by_her in text
    assert held["facts"]["mobile"] == MOBILE
    assert held["cases"][0]["answers"]["disability_cert_no"] == CERT
    assert [name for name in archive.namelist() if name.startswith("papers/")]
    assert [one["topic"] for one in held["consents"]] == ["disability", "identity"]
    assert "路人甲" not in text + json.dumps(held, ensure_ascii=False)


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory, mind: Mind) -> Iterator[ChatAtWork]:
    with open_chat(tmp_path_factory.mktemp("house"), mind) as at_work_:
        yield at_work_


def test_on_the_web_the_copy_is_fetched_once_from_her_own_browser(chat: ChatAtWork):
    wang, stranger = chat.person(), chat.person()
    wang.say("我叫王秀英，想查进度")
    stranger.say("你好")
    page = wang.say("下载我的资料")
    assert 'href="/my-data"' in page.html
    door = wang.look("/my-data")
    assert "只能下载一次" in door.html

    keys = {person: person.look("/my-data").hidden.get("key", "") for person in (wang, stranger)}
    assert stranger.web.post("/my-data", data={"key": keys[stranger]}).status_code in (403, 404)
    assert stranger.web.post("/my-data", data={"key": door.hidden["key"]}).status_code == 403
    forged = wang.web.post("/my-data", data={"key": "x"})
    assert forged.status_code == 403
    fetched = wang.web.post("/my-data", data={"key": door.hidden["key"]})
    again = wang.web.post("/my-data", data={"key": door.hidden["key"]})

    assert fetched.headers["content-type"] == "application/zip"
    assert fetched.headers["cache-control"] == "no-store"
    assert "filename*=UTF-8''" in fetched.headers["content-disposition"]
    names = zipfile.ZipFile(io.BytesIO(fetched.content)).namelist()
    assert names == ["我的资料.txt", "my_data.json"]
    assert again.status_code == 404
    assert "已经下载过了" in again.text


def test_on_the_web_nothing_is_left_after_she_was_forgotten(chat: ChatAtWork):
    wang = chat.person()
    wang.say("我叫王秀英，想查进度")
    before = wang.stored
    wang.say("删除我的资料")
    page = wang.say("删除")

    assert "都删掉了" in page.last
    assert "王秀英" not in page.html
    assert wang.stored.person_id != before.person_id
    assert "王秀英" not in wang.look().html
    with chat.house.database.read() as work:
        assert work.conversations.get(before.conversation.id) is None
        assert before.person_id in work.erasures.forgotten()


async def test_on_telegram_the_copy_comes_as_a_document(tmp_path: Path):
    from telegram_at_work import a_house

    from tests.bot_api_emulator import BotApiEmulator

    async with BotApiEmulator() as telegram:
        with a_house(tmp_path, telegram) as house:
            user = telegram.user()
            async with at_work(house, telegram, is_webhook=False):
                user.says("下载我的资料")
                text, document = await user.hears(2)

    assert "放在一个文件里" in text["text"]
    assert document["document"]["file_size"] > 200


# ---- being forgotten


def test_forgetting_takes_back_what_is_open_and_leaves_nothing(tester: Tester):
    _file_certificate(tester)
    case = tester.case()
    with tester.database.read() as work:
        person = work.conversations.find("webchat", "wang").person_id
    tester.says("删除我的资料").hears("还有 1 件事在办").presses("my_delete_yes").hears("都删掉了")

    with tester.database.read() as work:
        kept = work.cases.get(case.id).case
        found = work.conversations.find("webchat", "wang")
        rows = {n: list(work.whole.rows(n)) for n in work.whole.tables}
    assert (kept.state, kept.questions) == (CaseState.WITHDRAWN, ())
    assert found.person_id != person
    assert tester.cases() == ()
    everything = str(rows).replace(" ", "")
    for secret in ("王秀英", ID, MOBILE, "残疾证到期了要换"):
        assert secret not in everything
    tester.says("查进度").hears("还没有交过申请")


def test_whoever_says_no_keeps_everything(tester: Tester):
    _file_certificate(tester)
    tester.says("删除我的资料", "不删").hears("都还在")

    assert tester.value("mobile") == MOBILE


def test_the_answer_that_she_is_forgotten_is_repeated_for_the_same_event(tester: Tester):
    """Telegram repeats an update when our answer to it was lost: nothing is forgotten twice."""
    tester.says("你好", "删除我的资料")
    message = tester.message(text="删除")
    tester.sends_message(message)
    again = tester.sends_message(message)

    assert "都删掉了" in again.text
    assert tester.received.is_duplicate


def test_her_photos_are_gone_within_a_day(tester: Tester, tmp_path: Path, catalog: Catalog):
    papers = PaperStore(tmp_path, Keyring.from_secrets(("long enough a secret",)))
    key = papers.put(b"\xff\xd8\xff photo")
    _file_certificate(tester)
    tester.sends(attachments=(Attachment(kind="photo", name="a", size=9, key=key),))
    tester.says("删除我的资料").presses("my_delete_yes")

    purge(tester.database, papers, catalog, tester.clock.now)
    with pytest.raises(FileNotFoundError):
        papers.get(key)
    assert delete_files(tester.database, papers) == 0


# ---- nothing of it in the log


def test_no_word_of_hers_reaches_the_log(
    tester: Tester, caplog: pytest.LogCaptureFixture, tmp_path: Path, catalog: Catalog
):
    papers = PaperStore(tmp_path, Keyring.from_secrets(("long enough a secret",)))
    caplog.set_level(logging.DEBUG)
    _file_certificate(tester)
    tester.says("我的资料", "看一看", "改", "姓名", "王小英", "谁看过我的资料", "下载我的资料")
    tester.says("撤回同意", "残疾情况", "撤回同意", "删除我的资料", "删除")
    purge(tester.database, papers, catalog, datetime(2030, 1, 1, tzinfo=UTC))

    lines = "\n".join(f"{r.getMessage()} {r.__dict__}" for r in caplog.records).replace(" ", "")
    assert "turn" in lines
    for secret in ("王秀英", "王小英", ID, CERT, MOBILE, "幸福路", "wang"):
        assert secret not in lines, secret


def test_asking_about_herself_is_done_by_effects_alone(talk: Talk):
    """The pure heart decides; the world is changed in the turn's own transaction."""
    talk.begins("cert_renew").fills(SELF, until="mobile").says("下载我的资料")
    assert [type(e) for e in talk.effects] == [OfferCopy]
    assert talk.reply.file == "my_data"
    assert any(isinstance(e, KeepConsent) for e in talk.all_effects)


def test_an_ordinary_turn_does_not_read_who_looked(
    small_database: Database, catalog: Catalog, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    """The log is read only when she asks for it."""
    from actions import receive_message

    asked: list[str] = []
    real = receive_message.read_own_file
    monkeypatch.setattr(
        receive_message, "read_own_file", lambda *a: (asked.append("read"), real(*a))[1]
    )
    tester = Tester(
        small_database, Mind(catalog=catalog, recognizer=FakeRecognizer()), clock=clock
    )
    tester.says("你好", "查进度")
    assert asked == []
    tester.says("谁看过我的资料")
    assert asked == ["read"]
