"""Whatever comes in: a clear Chinese sentence, nothing lost, nobody stuck, at every stage of a form."""

from __future__ import annotations

import json
import re

import pytest
from tester import ID, Clock, FakeRecognizer, Talk, Tester

from actions.keep_paper import keep_paper
from actions.mind import Mind
from catalog.models import Catalog
from dialogue.messages import Attachment, Pick
from storage.crypto import Keyring
from storage.database import Database
from storage.papers import PaperStore

SELF = {"applicant_role": "给我自己办"}
HAN = re.compile(r"[\u4e00-\u9fff]")

ODD_TEXTS = {
    "empty": "",
    "blanks": "  \n\t　 ",
    "ten thousand characters": "我" * 10_000,
    "five thousand digits": "1" * 5_000,
    "emoji only": "😀👍🏽👨‍👩‍👧‍👦",
    "marks only": "？？！！……",
    "unknown command": "/foo",
    "command of another bot": "/start@otherbot",
    "right-to-left marks": "\u202e\u200f\u202d\u2066",
    "zero-width marks": "\u200b\ufeff\u2060",
    "NUL bytes": "\x00\x00\x00",
    "NUL in words": "你\x00好",
    "lone surrogate": "\ud83d",
    "lone surrogates in words": "我\udc00是\ud800",
    "control characters": "\x01\x02\x1b[31m",
    "four thousand character name": "王" * 4_000,
    "html": "<script>alert(1)</script>",
    "format placeholders": "{name} {0} %s {{who}}",
    "json": '{"kind": "submit"}',
    "sql": "'; DROP TABLE cases; --",
    "other scripts": "مرحبا 안녕 Привет",
    "combining marks": "z̸̢̛͓̹̝͖̟̪͎͂͋̐̕a̷l̶g̵o̴",
    "private use": "\ue000\ue001\uf8ff",
    "one line break": "\r\n",
    "wrong id checksum": "110105194912310021",
    "31 February": "2026年2月31日",
}

STAGES = [
    "start",
    "introduced",
    "asking",
    "consent",
    "confirming",
    "review",
    "changing",
    "submit",
    "stopping",
]


def go_to(talk: Talk, stage: str) -> Talk:
    """A conversation at this stage of changing a certificate."""
    talk.recognizer.knows("换证", "cert_renew")
    if stage == "start":
        return talk
    talk.says("换证")
    if stage == "introduced":
        return talk
    talk.presses("start").says("给我自己办")
    match stage:
        case "asking":
            talk.fills(until="mobile")
        case "consent":
            talk.says("王秀英").is_at("consent")
        case "confirming":
            talk.fills(until="disability_cert_no").says(ID + "42").is_at("confirming")
        case "review":
            talk.fills()
        case "changing":
            talk.fills().presses("review_change")
        case "submit":
            talk.fills().presses("review_right")
        case "stopping":
            talk.fills(until="mobile").says("算了")
    return talk


def state(talk: Talk) -> object:
    """What must not change: the answers, the place, the forms put aside."""
    conversation = talk.conversation
    progress = getattr(conversation.focus, "progress", None)
    if progress is None:
        return (conversation.focus.kind, conversation.parked)
    return (
        progress.answers,
        progress.pending,
        progress.stage,
        progress.asking,
        conversation.parked,
    )


def is_clear(talk: Talk) -> bool:
    """Chinese words, no hole, nothing of the machine."""
    text = talk.shown()
    return bool(HAN.search(text)) and not re.search(
        r"\{\w*\}|None|Error|Traceback|\x00|[\ud800-\udfff]", text
    )


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", ODD_TEXTS)
def test_odd_texts_change_nothing_and_are_answered(name: str, stage: str, talk: Talk):
    talk.checks_storing = False
    go_to(talk, stage)
    before = state(talk)
    text = ODD_TEXTS[name].encode("utf-8", "replace").decode().replace("\x00", "")
    talk.says(text)

    assert is_clear(talk), talk.shown()
    is_number_asked_again = stage == "confirming" and name == "wrong id checksum"
    is_greeting = text == "你好"
    if not is_number_asked_again and not is_greeting:
        assert state(talk) == before


@pytest.mark.parametrize("stage", STAGES)
def test_after_all_of_them_the_person_goes_on_where_she_was(stage: str, talk: Talk):
    talk.checks_storing = False
    go_to(talk, stage)
    for text in ODD_TEXTS.values():
        talk.says(text.encode("utf-8", "replace").decode())

    if stage == "start":
        talk.says("换证", "现在开始办", "给我自己办")
    elif stage == "introduced":
        talk.says("现在开始办", "给我自己办")
    elif stage == "stopping":
        talk.says("接着填")
    elif stage in ("changing", "submit"):
        talk.says("返回")
    talk.fills(SELF).presses("review_right").presses("submit")

    assert talk.cases


@pytest.mark.parametrize("name", ODD_TEXTS)
def test_odd_texts_are_stored_and_answered_through_the_front_door(
    name: str, database: Database, catalog: Catalog, clock: Clock
):
    mind = Mind(catalog=catalog, recognizer=FakeRecognizer())
    resident = Tester(database, mind, clock=clock)
    resident.says("你好")
    resident.says(ODD_TEXTS[name])

    assert HAN.search(resident.shown())
    assert "出了点问题" not in resident.shown()
    with database.read() as work:
        stored = work.conversations.find("webchat", "wang")
        assert len(work.messages.latest(stored.conversation.id, 50)) == 4


@pytest.mark.parametrize("name", ODD_TEXTS)
def test_the_real_recognizer_bears_odd_texts(name: str, mind: Mind):
    text = ODD_TEXTS[name].encode("utf-8", "replace").decode()

    assert mind.recognizer.recognize(text) == mind.recognizer.recognize(text)


ODD_FILES: dict[str, tuple[bytes, str, str]] = {
    "binary as photo": (b"\x7fELF\x02\x01\x01" + b"\0" * 900, "照片.jpg", "打不开"),
    "nothing in it": (b"", "照片.jpg", "打不开"),
    "text as photo": ("这不是照片".encode(), "a.png", "打不开"),
    "too big": (b"\xff\xd8\xff" + b"\0" * (10 * 1024 * 1024), "大.jpg", "太大"),
    "odd name": (b"\x00\x01", "../../\x00\u202egnp.exe", "打不开"),
}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", ODD_FILES)
def test_odd_files_change_nothing_and_are_explained(
    name: str, stage: str, talk: Talk, tmp_path: object
):
    talk.checks_storing = False
    data, file_name, words = ODD_FILES[name]
    store = PaperStore(tmp_path / "papers", Keyring.from_secrets(("the secret of the tests",)))
    go_to(talk, stage)
    before = state(talk)

    talk.sends(attachments=(keep_paper(store, data, file_name, "photo"),))
    talk.hears(words)
    assert is_clear(talk)
    assert state(talk) == before


@pytest.mark.parametrize("stage", STAGES)
def test_a_good_photo_is_never_refused_in_a_form(stage: str, talk: Talk):
    go_to(talk, stage).sends_photo()

    assert is_clear(talk)
    if talk.is_filling:
        assert len(talk.form.papers) == 1


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    "pick",
    [
        Pick(turn=0, choice="start"),
        Pick(turn=-1, choice="submit"),
        Pick(turn=10**9, choice="right"),
        Pick(turn=1, choice=""),
        Pick(turn=1, choice="option:" + "x" * 1000),
        Pick(turn=1, choice="{who}"),
        Pick(turn=1, choice="correct:nonsense"),
        Pick(turn=1, choice="take_back:1"),
    ],
    ids=lambda pick: pick.choice[:20] or "empty",
)
def test_expired_and_forged_buttons_change_nothing(stage: str, pick: Pick, talk: Talk):
    talk.checks_storing = False
    go_to(talk, stage)
    before = state(talk)
    talk.sends(pick=pick)

    assert is_clear(talk)
    assert state(talk) == before


@pytest.mark.parametrize("stage", STAGES)
def test_a_button_with_text_and_a_file_at_once_is_borne(stage: str, talk: Talk):
    talk.checks_storing = False
    go_to(talk, stage)
    note = Attachment(kind="voice", media_type="audio/ogg", size=3, key="k")
    talk.sends(text="你好", pick=Pick(turn=0, choice="start"), attachments=(note,))

    assert is_clear(talk)


def test_the_same_update_three_times_is_one_message(
    small_database: Database, catalog: Catalog, clock: Clock
):
    resident = Tester(
        small_database, Mind(catalog=catalog, recognizer=FakeRecognizer()), clock=clock
    )
    message = resident.message(text="你好")
    replies = [resident.sends_message(message) for _ in range(3)]

    assert replies[0] == replies[1] == replies[2]
    assert resident.conversation.turn == 1


def test_every_reply_to_bad_input_can_be_written_as_json(talk: Talk):
    for text in ODD_TEXTS.values():
        talk.says(text.encode("utf-8", "replace").decode())

    for reply in talk.seen:
        assert json.loads(json.dumps(reply.as_plain_text()))
