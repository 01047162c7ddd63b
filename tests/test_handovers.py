"""Hand-overs from the danger to the end: nothing is clicked away, everybody hears it, and reading is noted."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from console_room import (
    MOBILE,
    OFFICE,
    OTHER_OFFICE,
    STAFF,
    Room,
    act,
    csrf,
    open_room,
    question,
)

from actions.cover_names import cover_names
from actions.export_person import export_person
from actions.read_my_log import read_my_log
from casework.lifecycle import move
from casework.models import Action, Actor, CaseState, Move

DANGER = "我不想活了"
NOTE = "此人难缠，小心"


@pytest.fixture
def room(tmp_path):
    district = {"chen": ("陈科员", "310115")}
    opened = open_room(tmp_path, {**STAFF, **district})
    yield opened
    opened.desk.database.close()


def post(room: Room, login: str, handover: str, step: str, **values: str) -> httpx.Response:
    client = room.signed_in(login)
    token = csrf(client.get("/console/").text)
    return client.post(f"/console/handovers/{handover}/{step}", data={"csrf": token, **values})


def shown(room: Room, path: str = "/handovers", login: str = "zhang") -> str:
    return room.signed_in(login).get(f"/console{path}").text


def looks(room: Room, peer: str = "wang") -> list[tuple[str, str]]:
    with room.desk.database.read() as work:
        stored = work.conversations.find("web", peer)
        assert stored is not None
        found = read_my_log(work, room.desk.catalog, stored.person_id)
    return [(look.service, look.what) for look in found]


def emergency(room: Room, **values: Any) -> str:
    room.says(DANGER, number="", **values)
    return room.hand_over("emergency")


# ---- closing a danger


def test_a_danger_nobody_has_taken_is_not_closed(room):
    handover = emergency(room)
    before = room.hears()

    answer = post(room, "zhang", handover, "close", outcome="false_alarm", words="没事")

    assert answer.status_code == 409
    assert "请先点“我来处理”" in answer.text
    assert handover in shown(room)
    assert room.hears() == before


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "请选一样：做了什么"),
        ({"outcome": "whatever", "words": "好了"}, "请选一样：做了什么"),
        ({"outcome": "called"}, "请写上具体怎么处理的"),
        ({"outcome": "told", "words": "回过"}, "这里还没有回过话"),
        ({"outcome": "called", "words": "长" * 1001}, "请缩到 1000 字以内"),
    ],
)
def test_a_danger_is_closed_only_with_what_was_done(room, values, told):
    handover = emergency(room)
    post(room, "zhang", handover, "take")

    answer = post(room, "zhang", handover, "close", **values)

    assert answer.status_code == 422
    assert told in answer.text
    assert "<title>错误：" in answer.text
    assert values.get("words", "") in answer.text
    assert handover in shown(room)


def test_closing_a_danger_tells_the_resident_and_keeps_the_words_for_colleagues(room):
    handover = emergency(room)
    post(room, "zhang", handover, "take")
    asked = shown(room, f"/handovers/{handover}/close")
    assert "做了什么" in asked
    assert DANGER not in asked

    answer = post(room, "zhang", handover, "close", outcome="passed_110", words=NOTE)

    assert answer.status_code == 303
    assert "告诉 110" in room.hears()
    assert NOTE not in room.hears()
    page = shown(room, f"/handovers/{handover}", "li")
    assert NOTE in page
    assert "转给了 110" in page
    assert NOTE not in everything_she_gets(room)


def test_answered_and_closed_she_hears_that_it_is_over(room):
    handover = emergency(room)
    post(room, "zhang", handover, "reply", form_id="1", text="我在，请讲")
    done = post(room, "zhang", handover, "close", outcome="told", words="聊过，家人已到")

    assert done.status_code == 303
    assert "这次先到这里" in room.hears()


def test_what_became_a_danger_after_the_page_was_opened_is_not_closed_by_the_plain_button(room):
    room.says("有人吗")
    handover = room.hand_over("asked")
    post(room, "zhang", handover, "take")
    room.says(DANGER)
    room.hand_over("emergency")

    answer = post(room, "zhang", handover, "close")

    assert answer.status_code == 422
    assert "做了什么" in answer.text


def test_an_ordinary_one_is_closed_at_once_and_she_hears_it(room):
    room.says("有人吗")
    handover = room.hand_over()

    assert post(room, "zhang", handover, "close").status_code == 303
    assert "要找真人，说“人工”" in room.hears()


def test_of_what_the_system_opened_she_hears_nothing(room):
    room.says("好的")
    before, handover = room.hears(), room.hand_over("overdue")

    assert post(room, "zhang", handover, "close").status_code == 303
    assert room.hears() == before


# ---- after the end


def test_closed_ones_are_found_newest_first_and_by_the_own_office_only(room):
    first, second = room.hand_over(peer="a"), room.hand_over(peer="b")
    foreign = room.hand_over(office=OTHER_OFFICE, peer="c")
    for handover in (first, second):
        post(room, "zhang", handover, "close")
    post(room, "zhao", foreign, "close")

    page = shown(room, "/handovers/closed")
    assert page.index(second) < page.index(first)
    assert foreign not in page
    assert first not in shown(room, "/handovers/closed", "zhao")
    assert foreign in shown(room, "/handovers/closed", "chen")
    assert "已结束的转人工" in shown(room)


def test_a_closed_one_is_opened_again(room):
    handover = emergency(room)
    post(room, "zhang", handover, "take")
    post(room, "zhang", handover, "close", outcome="false_alarm", words="误报")

    assert "重新打开" in shown(room, f"/handovers/{handover}", "li")
    assert post(room, "li", handover, "reopen").status_code == 303
    assert handover in shown(room)
    assert post(room, "li", handover, "reopen").status_code == 409
    assert post(room, "zhao", handover, "reopen").status_code == 404


def test_one_is_not_opened_again_beside_a_new_one(room):
    handover = room.hand_over()
    post(room, "zhang", handover, "close")
    room.hand_over()

    answer = post(room, "zhang", handover, "reopen")

    assert answer.status_code == 409
    assert "居民又找过人了" in answer.text


def test_what_she_says_after_anybody_looked_is_marked_as_new(room):
    handover = emergency(room)
    assert "有新话" in shown(room)
    post(room, "zhang", handover, "take")
    assert "有新话" not in shown(room)
    room.says("你们什么时候来人")
    assert "有新话" in shown(room)
    shown(room, f"/handovers/{handover}")
    assert "有新话" not in shown(room)


def test_what_she_says_after_it_was_closed_comes_back_to_the_list(room):
    handover = emergency(room)
    post(room, "zhang", handover, "take")
    post(room, "zhang", handover, "close", outcome="false_alarm", words="误报")
    assert handover not in shown(room)

    room.says("其实我还是很难过")

    page = shown(room)
    assert handover in page
    assert "有新话" in page
    assert "其实我还是很难过" in shown(room, f"/handovers/{handover}")
    assert handover not in shown(room)


def test_what_she_says_much_later_is_not_shown_in_a_closed_one(room):
    now = datetime.now(UTC)
    room.says("有人吗")
    handover = room.hand_over()
    post(room, "zhang", handover, "close")
    room.says("我有抑郁症", at=now + timedelta(days=5))

    assert "我有抑郁症" not in shown(room, f"/handovers/{handover}")
    assert "我有抑郁症" not in shown(room, "/handovers/closed")


def test_the_words_of_the_danger_stand_in_the_list_whatever_follows(room):
    room.says(DANGER)
    with room.desk.database.write() as work:
        stored = work.conversations.find("web", "wang")
        work.handovers.open(stored.conversation.id, OFFICE, "emergency", datetime.now(UTC), DANGER)
        work.commit()
    room.says("我住潍坊新村街道")

    assert DANGER in shown(room)


# ---- passing on


def test_a_hand_over_is_passed_to_another_office(room):
    room.says("有人吗")
    handover = room.hand_over()
    post(room, "zhang", handover, "take")
    assert post(room, "zhang", handover, "pass").status_code == 422
    assert post(room, "zhang", handover, "pass", office_id=OFFICE).status_code == 422
    assert post(room, "li", handover, "pass", office_id=OTHER_OFFICE).status_code == 409

    done = post(room, "zhang", handover, "pass", office_id=OTHER_OFFICE, words=NOTE)

    assert done.status_code == 303
    assert room.signed_in().get(f"/console/handovers/{handover}").status_code == 404
    page = shown(room, f"/handovers/{handover}", "zhao")
    assert "我来处理" in page
    assert NOTE in page
    assert "潍坊新村街道的经办人" in room.hears()
    assert NOTE not in everything_she_gets(room)


# ---- who read it


def test_opening_a_hand_over_is_a_reading_she_is_told_of(room):
    room.says("有人吗")
    handover = room.hand_over()
    assert looks(room) == []

    shown(room, f"/handovers/{handover}")
    shown(room, f"/handovers/{handover}")

    assert looks(room) == [("你的对话", "内容")]


def test_covered_words_shown_are_noted_without_any_case(room):
    room.says(f"电话 {MOBILE}")
    handover = room.hand_over()
    opened = post(room, "zhang", handover, "numbers")

    assert MOBILE in opened.text
    assert ("你的对话", "号码和敏感的话") in looks(room)


def test_covered_words_are_noted_with_cases_of_every_office_and_told_once(room):
    here, there = room.file(), room.file(office_id=OTHER_OFFICE)
    room.says(f"电话 {MOBILE}")
    post(room, "zhang", room.hand_over(), "numbers")

    assert room.reads(here.id) == room.reads(there.id) == [("张科员", "conversation")]
    assert not [look for look in looks(room) if look[0] == "你的对话"]


# ---- notes between colleagues


def everything_she_gets(room: Room, peer: str = "wang") -> str:
    """All of her download, and all she was told."""
    with room.desk.database.read() as work:
        stored = work.conversations.find("web", peer)
        latest = work.messages.latest(stored.conversation.id, 100)
    told = "\n".join(m.reply.as_plain_text() for m in latest if m.reply is not None)
    desk, now = room.desk, datetime.now(UTC)
    copy = export_person(desk.database, desk.papers, desk.catalog, stored.person_id, now)
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        names = [name for name in archive.namelist() if not name.startswith("papers/")]
        return told + "\n".join(archive.read(name).decode() for name in names)


def test_a_note_of_a_transfer_stays_inside(room):
    case = room.file()
    done = act(room.signed_in(), case, "transfer", office_id=OTHER_OFFICE, reason=NOTE)
    assert done.status_code == 303
    assert NOTE in shown(room, f"/cases/{case.id}", "zhao")

    assert NOTE not in everything_she_gets(room)


def test_the_copy_of_a_declined_case_has_its_reason(room):
    """It could not be made at all: the sentence of the state wants its reason."""
    case = room.file(state=CaseState.ACCEPTED)
    act(room.signed_in(), case, "decline", reason="户口不在浦东", sure="1")
    assert room.case(case.id).state is CaseState.DECLINED

    text = everything_she_gets(room)
    assert "不服就说“我不服”。原因：户口不在浦东" in text


# ---- the same step twice


def test_pressing_confirm_twice_says_that_it_was_done(room):
    case, client = room.file(), room.signed_in()
    page = client.get(f"/console/cases/{case.id}/act/not_accept")
    given = {"csrf": csrf(page.text), "version": str(case.version), "step": "confirm"}
    given |= {"reason": "归街道办"}
    path = f"/console/cases/{case.id}/act/not_accept"
    answers = [client.post(path, data=given) for _ in range(2)]

    assert [a.headers.get("location") for a in answers] == [
        f"/console/cases/{case.id}?done=not_accept"
    ] * 2
    assert room.case(case.id).version == case.version + 1
    other = client.post(path, data={**given, "reason": "别的原因"})
    assert other.status_code == 409


def test_a_transfer_sent_twice_is_done_although_the_case_is_gone(room):
    case, client = room.file(), room.signed_in()
    page = client.get(f"/console/cases/{case.id}/act/transfer")
    given = {"csrf": csrf(page.text), "version": str(case.version), "step": "confirm"}
    given |= {"office_id": OTHER_OFFICE, "reason": ""}
    path = f"/console/cases/{case.id}/act/transfer"

    for _ in range(2):
        assert client.post(path, data=given).headers["location"] == "/console/?done=transfer"
    zhao = room.signed_in("zhao")
    given["csrf"] = csrf(zhao.get("/console/").text)
    assert "done=transfer" not in zhao.post(path, data=given).headers.get("location", "")


# ---- what came after corrections


def test_what_the_resident_sent_anew_is_marked_until_somebody_acts(room):
    old = room.paper(name="旧照片.jpg", sent_at=datetime(2026, 1, 2, tzinfo=UTC))
    case = room.file(papers=(old,))
    assert "新" not in marks(shown(room, f"/cases/{case.id}"))
    act(room.signed_in(), case, "request_corrections", items=["residence_address"], reason="请补")
    asked = room.case(case.id)
    now = datetime.now(UTC)
    wish = Move(action=Action.CORRECT, by=Actor(kind="resident"), items=("residence_address",))
    changed, _ = move(asked, wish, room.desk.catalog.time_limit_of(asked.service_id), now)
    new = room.paper(name="新照片.jpg", sent_at=now)
    answers = tuple(
        question("residence_address", "南泉路 9 号") if q.field == "residence_address" else q
        for q in changed.questions
    )
    with room.desk.database.write() as work:
        corrected = replace(changed, questions=answers, papers=(*changed.papers, new))
        work.cases.save(corrected, now)
        work.commit()

    page = shown(room, f"/cases/{case.id}")
    assert "居民补来了" in page
    assert marks(page) == ["新", "新"]
    assert "1 月 2 日" in page
    act(room.signed_in(), room.case(case.id), "accept", sure="1")
    assert room.case(case.id).state is CaseState.ACCEPTED
    assert marks(shown(room, f"/cases/{case.id}")) == []


def marks(page: str) -> list[str]:
    return [
        part.split("<")[0] for part in page.split('<span class="mark">')[1:] if part[0] == "新"
    ]


# ---- names in what was not understood


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("我叫刘德华", "我叫＊＊＊＊"),
        ("我叫郑爽，想办证", "我叫＊＊＊＊，想办证"),
        ("名字是欧阳锋", "名字是＊＊＊＊"),
        ("他叫阿明", "他叫＊＊＊＊"),
        ("我是王秀英的女儿", "我是＊＊＊＊的女儿"),
        ("我是聋人想办证", "我是聋人想办证"),
        ("我是残疾人", "我是残疾人"),
        ("我叫不到车", "我叫不到车"),
    ],
)
def test_names_are_covered_and_other_words_are_not(text, covered):
    assert cover_names(text) == covered


def test_an_office_sees_its_own_ones_however_many_others_there_are(room):
    now = datetime.now(UTC)
    room.file()
    with room.desk.database.write() as work:
        mine = work.conversations.find("web", "wang").conversation.id
        other = work.conversations.for_peer("web", "other", now).conversation.id
        work.misunderstood.add(mine, "王秀英要那个东西", now - timedelta(days=1))
        for number in range(120):
            work.misunderstood.add(other, f"别人说的 {number}", now)
        work.commit()

    for path in ("/misunderstood", "/misunderstood.jsonl"):
        page = shown(room, path)
        assert "＊＊＊＊要那个东西" in page
        assert "别人说的" not in page
        assert "王秀英" not in page
    assert "别人说的 119" in shown(room, "/misunderstood", "chen")
