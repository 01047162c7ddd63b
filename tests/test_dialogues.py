"""Whole stories, from the first word to their proper end, with the real recognizer and a database."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tester import Clock, Tester
from transcript import play, read_transcript
from web_tester import on_the_page

from actions.mind import Mind
from dialogue.wording import all_sentences

STORIES = sorted(Path(__file__).with_name("dialogues").glob("*.txt"))


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_story_goes_as_written(path: Path, tester: Tester):
    play(path, tester)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_story_goes_the_same_on_the_web_page(
    path: Path, tmp_path: Path, mind: Mind, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    """Through real forms over HTTP, without a script."""
    with on_the_page(tmp_path, mind, clock, monkeypatch) as person:
        play(path, person)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story_checks_what_is_heard(path: Path):
    kinds = [line.kind for line in read_transcript(path)]

    assert kinds.count("机<") >= 3


def test_there_are_enough_stories():
    assert len(STORIES) >= 15


def test_the_bots_own_examples_are_understood(mind: Mind):
    """What the bot suggests to say must not be an emergency, nor lead nowhere."""
    sentences = all_sentences()
    suggested = re.findall(r"比如：(.+?)。", sentences["welcome_2"])
    suggested += re.split("[；。]", sentences["lost_2"].removeprefix("比如："))
    suggested += re.split("[、。]", sentences["help_2"].split("：")[-1])

    for text in filter(None, suggested):
        found = mind.recognizer.recognize(text)
        assert not found.danger, text
        assert found.candidates, text
        assert found.candidates[0].kind != "act", text
