"""A case that waits for the resident: the caseworker's ways out, and how it comes to be seen again."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from console_room import (
    MOBILE,
    OFFICE,
    OTHER_OFFICE,
    Room,
    act,
    csrf,
    hidden,
    open_room,
    question,
)

from actions.check_authorization import ShownHelper
from actions.missing_in_case import missing_in
from casework.authorizations import Evidence
from casework.models import Action, Actor, CaseEvent, CaseState
from console.pages import words

PUT_OFF = replace(question("photo", "以后补"), value=())
RESIDENT, CLERK = Actor(kind="resident"), Actor(kind="caseworker", id="1", name="张科员")


@pytest.fixture
def room(sqlite_template: Path, tmp_path: Path) -> Iterator[Room]:
    """A console with nothing to do."""
    shutil.copy(sqlite_template, tmp_path / "zhucan.sqlite3")
    opened = open_room(tmp_path)
    yield opened
    opened.desk.database.close()


def waiting(room: Room, *, asked: int = 1, days: int = 0, **values):
    """A case that was asked for corrections so many times, the last time so many days ago."""
    now = datetime.now(UTC)
    filed = CaseEvent(
        at=now - timedelta(days=40), action=Action.SUBMIT, by=RESIDENT, state=CaseState.SUBMITTED
    )
    request = CaseEvent(
        at=now - timedelta(days=days),
        action=Action.REQUEST_CORRECTIONS,
        by=CLERK,
        state=CaseState.NEEDS_CORRECTION,
        reason="太暗",
        items=("photo",),
    )
    return room.file(
        state=CaseState.NEEDS_CORRECTION,
        events=(filed, *(request,) * asked),
        wanted=("photo",),
        wanted_reason="太暗",
        due_at=None,
        now=now - timedelta(days=days),
        **values,
    )


def test_while_it_waits_for_the_resident_there_are_ways_on(room: Room):
    case = waiting(room)
    page = room.signed_in().get(f"/console/cases/{case.id}").text

    for action in ("end_corrections", "request_corrections", "transfer", "send_back"):
        assert f"/act/{action}" in page


def test_papers_came_at_the_window_so_nothing_is_asked_any_more_and_she_hears_it(room: Room):
    case, client = waiting(room), room.signed_in()

    assert act(client, case, "end_corrections", reason="").status_code == 422
    act(client, case, "end_corrections", reason="照片在窗口收到了")

    changed = room.case(case.id)
    assert (changed.state, changed.wanted) == (CaseState.SUBMITTED, ())
    assert changed.due_at is not None
    for told in ("现在不用再补了", "照片在窗口收到了", "你不用做什么"):
        assert told in room.hears()


def test_asked_again_the_resident_hears_that_only_the_new_list_counts(room: Room):
    case, client = waiting(room), room.signed_in()
    act(client, case, "request_corrections", items=["mobile", "extra_papers"], reason="还少手机号")

    assert room.case(case.id).wanted == ("mobile", "extra_papers")
    assert "以这一次说的为准" in room.hears()


def test_asked_again_the_form_begins_with_what_was_asked_before(room: Room):
    case = waiting(room, questions=(PUT_OFF,))
    form = room.signed_in().get(f"/console/cases/{case.id}/act/request_corrections").text

    assert 'value="photo" checked' in form
    assert "太暗</textarea>" in form
    assert "新的一次代替前面的一次" in form


def test_the_first_request_replaces_nothing(room: Room):
    case, client = room.file(), room.signed_in()
    act(client, case, "request_corrections", items=["mobile"], reason="少手机号")

    assert "以这一次说的为准" not in room.hears()


def test_transferred_while_it_waits_she_hears_that_nothing_is_asked_for_now(room: Room):
    case, client = waiting(room), room.signed_in()
    act(client, case, "transfer", office_id=OTHER_OFFICE, reason="")

    assert (room.case(case.id).office_id, room.case(case.id).wanted) == (OTHER_OFFICE, ())
    assert "原来要补的先不用补" in room.hears()


def test_asked_once_it_is_not_sent_back(room: Room):
    case, client = waiting(room), room.signed_in()
    answer = act(client, case, "send_back", "preview", reason="没有收到照片")

    assert answer.status_code == 409
    assert "才要过一次补正" in answer.text
    assert "没有收到照片" in answer.text


def test_sent_back_she_hears_why_how_to_begin_anew_and_how_to_object(room: Room):
    case, client = waiting(room, asked=2), room.signed_in()
    act(client, case, "send_back", reason="一直没有收到照片，下次请带照片")

    assert room.case(case.id).state is CaseState.RETURNED
    for told in ("一直没有收到照片", "不是不批准", "随时可以再提", "我不服"):
        assert told in room.hears()


def test_a_case_that_was_sent_back_is_closed(room: Room):
    case, client = waiting(room, asked=2), room.signed_in()
    act(client, case, "send_back", reason="没有收到")

    page = client.get(f"/console/cases/{case.id}").text
    assert "/act/" not in page
    assert "已退件" in page


@pytest.mark.parametrize(("days", "shown"), [(0, False), (5, True), (20, True)])
def test_the_queue_tells_for_how_many_days_nothing_came(room: Room, days: int, shown: bool):
    waiting(room, days=days)
    page = room.signed_in().get("/console/").text

    assert (f"居民 {days} 天没有动静" in page) is shown
    assert "在等居民补的 1 件" in page


def test_when_all_reminders_are_over_the_page_of_the_case_says_so(room: Room):
    fresh, old = waiting(room, days=13), waiting(room, days=14)
    client = room.signed_in()

    assert "提醒都发完了" not in client.get(f"/console/cases/{fresh.id}").text
    assert "提醒都发完了" in client.get(f"/console/cases/{old.id}").text


def test_words_with_a_number_that_identifies_need_a_second_yes_and_are_kept(room: Room):
    case, client = room.file(), room.signed_in()
    typed = "请补 310115198506065519 这张证件"
    given = {"items": ["mobile"], "reason": typed}
    for step in ("preview", "confirm"):
        warned = act(client, case, "request_corrections", step, **given)
        assert warned.status_code == 422
        assert "像有身份证号" in warned.text
        assert typed in warned.text
    assert room.case(case.id).state is CaseState.SUBMITTED

    preview = act(
        client, case, "request_corrections", "preview", **given, sure=sure_in(warned.text)
    )
    assert preview.status_code == 200
    done = client.post(
        f"/console/cases/{case.id}/act/request_corrections",
        data={**hidden(preview.text), "step": "confirm", "items": ["mobile"]},
    )
    assert done.status_code == 303
    assert room.case(case.id).state is CaseState.NEEDS_CORRECTION


def test_a_yes_to_one_warning_is_no_yes_to_another(room: Room):
    case, client = room.file(), room.signed_in()
    given = {"items": ["mobile"]}
    first = act(
        client, case, "request_corrections", "preview", reason="310115198506065519", **given
    )
    second = act(
        client,
        case,
        "request_corrections",
        "preview",
        reason="13812345678",
        sure=sure_in(first.text),
        **given,
    )

    assert second.status_code == 422
    assert "有手机号" in second.text


def test_a_paper_put_off_is_named_before_a_case_is_taken_on_but_blocks_nothing(room: Room):
    case, client = room.file(questions=(PUT_OFF,)), room.signed_in()
    address = f"/console/cases/{case.id}/act/accept"

    form = client.get(address)
    assert form.status_code == 200
    assert f"还没有：{PUT_OFF.label}" in form.text
    assert act(client, case, "accept").status_code == 422

    act(client, case, "accept", sure=sure_in(form.text))
    assert room.case(case.id).state is CaseState.ACCEPTED


def test_with_everything_there_nothing_is_asked_first(room: Room):
    case, client = room.file(questions=(PUT_OFF,), papers=(room.paper(),)), room.signed_in()

    assert "请先看一眼" not in client.get(f"/console/cases/{case.id}/act/accept").text


def test_a_paper_put_off_counts_as_missing_and_has_nothing_to_be_shown(room: Room):
    case, client = room.file(questions=(PUT_OFF,)), room.signed_in()
    form = client.get(f"/console/cases/{case.id}/act/request_corrections").text
    missing = form.split("没有填的")[1].split("</fieldset>")[0]

    assert f">{PUT_OFF.label}<" in missing
    page = client.get(f"/console/cases/{case.id}").text
    assert 'value="photo"' not in page
    assert "以后补" in page


def test_an_office_sees_only_its_own_waiting_cases_counted(room: Room):
    waiting(room, office_id=OTHER_OFFICE)

    assert OFFICE != OTHER_OFFICE
    assert "在等居民补的" not in room.signed_in().get("/console/").text


def sure_in(text: str) -> str:
    """The value of the box to be ticked."""
    found = re.search(r'name="sure" value="([^"]*)"', text)
    return html.unescape(found[1]) if found else ""


def test_an_answer_to_whoever_waits_is_looked_at_too_and_sent_only_after_a_second_yes(room: Room):
    room.says("有人吗")
    address = f"/console/handovers/{room.hand_over()}"
    client = room.signed_in()
    form = {**hidden(client.get(address).text), "text": "你的证号 310115198506065519 对吗"}

    warned = client.post(f"{address}/reply", data=form)
    assert warned.status_code == 422
    assert "像有身份证号" in warned.text
    assert "你的证号 310115198506065519 对吗" in warned.text
    assert "经办人说" not in room.hears()

    client.post(f"{address}/reply", data={**form, "sure": sure_in(warned.text)})
    assert room.hears().startswith("经办人说：你的证号")


def test_later_is_no_secret_and_showing_everything_logs_no_reading_of_it(room: Room):
    later = replace(PUT_OFF, sensitive=True)
    case, client = room.file(questions=(later, question("mobile", MOBILE))), room.signed_in()
    room.says("以后补")
    page = client.get(f"/console/cases/{case.id}").text
    assert page.count("以后补") == 2

    client.post(f"/console/cases/{case.id}/reveal", data={"csrf": csrf(page), "what": "*"})
    assert [what for _, what in room.reads(case.id)] == ["case", "mobile"]


@pytest.mark.parametrize(
    ("evidence", "in_force", "told"),
    [
        (Evidence.NONE, True, "none"),
        (Evidence.PAPER, True, "paper"),
        (Evidence.REFUSED, True, "refused"),
        (Evidence.CONFIRMED, False, "ended"),
        (Evidence.CHECKED, True, ""),
        (Evidence.CONFIRMED, True, ""),
    ],
)
def test_a_helper_nobody_confirmed_is_named_among_what_is_missing(
    room: Room, evidence: Evidence, in_force: bool, told: str
):
    helper = ShownHelper(
        called="小李",
        role="agent",
        evidence=evidence,
        until=datetime.now(UTC),
        is_in_force=in_force,
    )
    missing = missing_in(room.file(), helper)

    assert missing.helper == told
    assert missing.is_empty is (told == "")
    assert not told or told in words()["doubts"]["helper"]


def test_what_is_missing_in_the_other_cases_done_with_it_is_named_too(room: Room):
    case = room.file(questions=(PUT_OFF,), also=("home_retrofit",))
    client = room.signed_in()
    form = client.get(f"/console/cases/{case.id}/act/accept").text
    (other,) = re.findall(r'name="others" value="([^"]+)"', form)

    warned = act(client, case, "accept", "preview", others=[other])
    assert f"<li>还没有：{PUT_OFF.label}" in warned.text
    assert re.search(rf"<li>[^<]+：还没有：{PUT_OFF.label}", warned.text)
    sure = act(client, case, "accept", "preview", others=[other], sure=sure_in(warned.text))
    assert sure.status_code == 200
