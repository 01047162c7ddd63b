"""The sentences: all there, all used, filled with what they ask for, short, friendly, and none in code."""

from __future__ import annotations

import ast
import json
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from tester import ID, Talk

from actions.close_handover import OUTCOMES
from casework.authorizations import Scope
from casework.models import Action, CaseState
from catalog.bundles import Cause
from catalog.models import FieldSpec
from dialogue.contradictions import KINDS, SHORT_LABELS
from dialogue.rules.needs import OFFERED
from dialogue.topics import TOPICS
from dialogue.wording import all_choices, all_sentences, say
from speech import to_spoken

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    "catalog",
    "intents",
    "casework",
    "dialogue",
    "storage",
    "speech",
    "actions",
    "bot",
    "console",
)
FILES = tuple(
    path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "versions" not in path.parts
)
HAN = "\u4e00-\u9fff"
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]")
MENU = {
    "none_of_these", "more_steps", "more_options", "human", "help", "options_done", "keep_answer",
    "papers_done", "my_done", "skip", "go_on_case", "stop", "whom_new", "all_helpers", "together",
    "needs_none", "draft_off", "more_drafts", "rate_more", "rate_no",
}  # fmt: skip
"""Choices that lead around the question: 都不是, 更多, 人工 and their kind; they come after at most three."""

FAMILIES: dict[str, set[str]] = {
    "certificate_": {"required", "or_equivalent", "not_needed"},
    "consent_asked_": set(TOPICS),
    "consent_without_": set(TOPICS),
    "topic_": set(TOPICS),
    "state_": {s.value for s in CaseState},
    "handover_closed_": set(OUTCOMES),
    "look_talk_": {"read", "unmasked"},
    "sex_": {"male", "female"},
    "read_": {"birth_date", "sex"},
    "label_": {"birth_date", "sex"},
    "doubt_": set(KINDS),
    "doubt_label_": set(SHORT_LABELS),
    "pace_": {"slower", "faster"},
    "need_on_": set(OFFERED),
    "need_off_": {"aloud", "large", "simple", "one_question", "no_calls", "sign_language", "contact"},
    "need_name_": {*OFFERED, "contact", "reminders_few", "reminders_none"},
    "reminders_": {"all", "few", "none"},
    "scope_": {s.value for s in Scope},
    "place_": {"webchat", "telegram", "terminal"},
    "said_consent_": {"all", "see", "refuse"},
    "helper_did_": {"submit", "withdraw", "correct"},
    "helper_which_": {"end", "hush"},
    "helper_done_": {"end", "hush"},
    "helper_nobody_": {"end", "hush"},
    "stray_": {"skip", "change", "yes", "start"},
    "file_": {"too_big", "wrong_type", "unreadable", "not_received"},
    "emergency_": {
        "fire", "medical", "violence", "self_harm", "missing", "gas_water_power",
    },
    "apart_": set(get_args(Cause)),
    "group_": set(get_args(FieldSpec.model_fields["group"].annotation)),
    "happened_": {a.value for a in Action},
    "outside_": {"government_other", "chat", "improper"},
    "match_verdict_": {"yes", "no", "unknown"},
    "notice_": {
        a.value
        for a in Action
        if a not in (Action.SUBMIT, Action.CORRECT, Action.WITHDRAW, Action.ADD_PAPER)
    },
}  # fmt: skip
"""Sentences whose key is put together from a value: every value has one, and there is none for anything else."""
TOLD_BY_VALUE = {"voice_on", "voice_off"}
DYNAMIC_NAMES = {
    "request_corrections_2",
    "request_corrections_again",
    "transfer_not_asked",
    "end_corrections_2",
    "end_corrections_next",
    "send_back_2",
    "send_back_next",
    "accept_again",
    "approve_reason",
    "approve_next",
    "decline_next",
    "not_accept_next",
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    """The console says its own sentences, in its own room."""
    for path in (p for p in FILES if "console" not in p.parts):
        for node in ast.walk(tree(path)):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if is_call and node.func.id == name:
                yield path, node


def literal_keys(name: str) -> dict[str, list[ast.Call]]:
    found: dict[str, list[ast.Call]] = {}
    for _, call in calls(name):
        for key in _keys(call.args[0]):
            found.setdefault(key, []).append(call)
    return found


def _keys(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*_keys(node.body), *_keys(node.orelse)]
    return []


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def named_by_a_variable() -> set[str]:
    """Keys that stand in a variable before they are said: key = "event_step_when" if … else …"""
    found: set[str] = set()
    for path in FILES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Assign):
                found |= set(_keys(node.value))
    return found


def problem_codes() -> set[str]:
    """Every code a reader can give, and the ones made in the dialogue."""
    codes: set[str] = set()
    for path in (*(ROOT / "intents").glob("*.py"), ROOT / "dialogue/rules/filling.py"):
        text = path.read_text("utf-8")
        codes |= set(re.findall(r'code="([a-z_]+)"', text))
        if path.name in ("identity_numbers.py", "dates.py"):
            codes |= set(re.findall(r'"((?:id|cert|date)_[a-z_]+)"', text))
        if path.name in ("amounts.py", "asked_dates.py", "texts.py"):
            codes |= set(re.findall(r'return "((?:money|date|text)_[a-z_]+)"', text))
        if path.name == "slot_types.py":
            codes |= set(re.findall(r'"(phone_[a-z]+)"', text))
    codes |= {c.replace("id_", "cert_id_") for c in codes if re.fullmatch(r"id_[a-z_]+", c)}
    return codes - {"id_number", "cert_id_number", "id_", "cert_id_"}


def test_every_sentence_that_is_said_exists():
    missing = [key for key in literal_keys("say") if key not in all_sentences()]

    assert missing == []


def test_every_choice_that_is_offered_exists():
    missing = [key for key in literal_keys("choice") if key not in all_choices()]

    assert missing == []


@pytest.mark.parametrize("prefix", sorted(FAMILIES))
def test_every_value_of_a_family_has_its_sentence(prefix: str):
    for value in FAMILIES[prefix]:
        assert f"{prefix}{value}" in all_sentences()


def test_every_problem_has_its_sentence_and_only_problems_have_one():
    told = {k.removeprefix("problem_") for k in all_sentences() if k.startswith("problem_")}

    assert problem_codes() - told == set()
    assert told - problem_codes() == set()


def test_no_sentence_is_left_over():
    used = set(literal_keys("say")) | TOLD_BY_VALUE | {f"notice_{n}" for n in DYNAMIC_NAMES}
    used |= {f"{prefix}{value}" for prefix, values in FAMILIES.items() for value in values}
    used |= {f"problem_{code}" for code in problem_codes()} | named_by_a_variable()

    assert sorted(set(all_sentences()) - used) == []


def test_no_choice_is_left_over():
    assert sorted(set(all_choices()) - set(literal_keys("choice"))) == [] or set(
        all_choices()
    ) - set(literal_keys("choice")) <= {"start", "start_enquiry"}


def test_the_values_given_are_the_ones_a_sentence_asks_for():
    wrong = []
    for key, found in literal_keys("say").items():
        for call in found:
            given = {k.arg for k in call.keywords}
            if None in given:
                continue
            if given != placeholders(all_sentences()[key]) and len(_keys(call.args[0])) == 1:
                wrong.append((key, given, placeholders(all_sentences()[key])))

    assert wrong == []


def test_problems_give_the_values_their_sentences_ask_for():
    for key, sentence in all_sentences().items():
        if key.startswith("problem_"):
            given = {"count", "limit", "town", "missing", "surname", "who"}
            assert placeholders(sentence) <= given, key


def test_no_chinese_sentence_stands_in_code():
    found = []
    for path in FILES:
        docstrings = {
            id(node.value)
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree(path)):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if not is_text or id(node) in docstrings:
                continue
            if _is_sentence(node.value):
                found.append((path.relative_to(ROOT).as_posix(), node.lineno, node.value[:40]))

    assert found == []


def _is_sentence(text: str) -> bool:
    """Six Han characters in a row; patterns and tables of single characters are no sentences."""
    is_pattern = bool(re.search(r"[\[\]|\\(?]", text)) or (
        len(text) > 1 and len(set(text)) == len(text) < 30
    )
    return bool(re.search(rf"[{HAN}]{{6,}}", text)) and not is_pattern


WORDS_FOR_PEOPLE = [
    *((f"sentences.{k}", s) for k, s in all_sentences().items()),
    *((f"choices.{k}", c["label"]) for k, c in all_choices().items()),
]


@pytest.mark.parametrize(("key", "text"), WORDS_FOR_PEOPLE)
def test_words_are_friendly_short_and_plain(key: str, text: str):
    assert "您" not in text
    assert not EMOJI.search(text)
    assert not re.search(rf"[{HAN}][,;:?!]", text), "half-width marks"
    for sentence in re.split(r"[。！？\n]", text):
        assert len(sentence) <= 60, (key, sentence)
    assert text.strip() == text
    assert text


def test_the_catalogs_words_are_friendly_too(catalog: object):
    text = (ROOT / "services_catalog.json").read_text("utf-8")
    shown = json.loads(text)
    for field in shown["fields"].values():
        for words in (field["question"], field["hint"], field["why"]):
            assert "您" not in words
            assert not EMOJI.search(words)
            assert all(len(s) <= 60 for s in re.split(r"[。！？]", words))


def test_choice_labels_are_short_enough_to_be_buttons():
    for key, choice in all_choices().items():
        assert len(choice["label"]) <= 10, key


def test_values_with_braces_in_them_are_harmless():
    assert "{name}" in say("intro_name", name="{name}")


# ---- every reply of a long talk

SELF = {"applicant_role": "给我自己办"}


def long_talk(talk: Talk) -> list[object]:
    """Goes nearly everywhere; returns every reply heard."""
    talk.checks_storing = False
    talk.recognizer.knows("要带什么", "nursing_subsidy", question="papers")
    talk.recognizer.asks("要多久", "time")
    talk.recognizer.knows("中风", "newly_disabled", "life_event")
    talk.says(
        "你好", "帮助", "咕噜", "咕噜", "人工", "中风", "看后面的", "查进度", "我的资料", "撤回"
    )
    talk.says(
        "跳过", "修改", "是", "返回", "读给我听", "慢一点", "快一点", "不要声音", "没用", "谢谢"
    )
    for service in talk.catalog.services:
        talk.begins(service.id)
        if talk.form.stage == "reuse":
            talk.says("重新填")
        role = "我是监护人" if "guardian" in service.applicants else "给我自己办"
        talk.fills({"applicant_role": role}).presses("review_change").says("返回")
        talk.presses("review_right").presses("submit")
    talk.says("查进度", "撤回", "都不撤", "救命", "没事", "要带什么", "要多久", "再多讲一点")
    talk.begins("transport_subsidy").says("重新填").fills(SELF, until="mobile")
    talk.says(
        "123", "123", "123", "123", "13912345678", "返回", "不改", "跳过", "算了", "留着", "继续"
    )
    talk.clerk(Action.REQUEST_CORRECTIONS, items=("mobile", "photo"), reason="写清楚")
    talk.presses("现在补").says("13912345678", "以后补", "都对", "查进度")
    return talk.seen


def test_every_reply_can_be_picked_from_and_read_aloud(talk: Talk):
    for reply in long_talk(talk):
        text = reply.as_plain_text()
        ids = [c.id for c in reply.choices]
        assert len(ids) == len(set(ids)), text
        assert len([i for i in ids if i.partition(":")[0] not in MENU]) <= 3, text
        assert len(ids) <= 6, text
        assert len({c.label for c in reply.choices}) == len(ids), text
        assert reply.paragraphs
        assert not re.search(r"\{\w*\}", text), text
        assert to_spoken(reply.paragraphs[0]).strip()
        assert not EMOJI.search(text)
        assert "您" not in text


def test_no_reply_is_longer_than_one_message_of_any_channel(talk: Talk):
    for reply in long_talk(talk):
        assert len(reply.as_plain_text()) <= 2000, reply.as_plain_text()[:80]


def test_what_is_read_back_is_spoken_digit_by_digit():
    assert to_spoken(say("read_line", label="证件", value=ID))
