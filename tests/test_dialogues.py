"""Whole stories, from the first word to their proper end, with the real recognizer and a database."""

from __future__ import annotations

from pathlib import Path

import pytest
from tester import Tester
from transcript import play, read_transcript

STORIES = sorted(Path(__file__).with_name("dialogues").glob("*.txt"))


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_story_goes_as_written(path: Path, tester: Tester):
    play(path, tester)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story_checks_what_is_heard(path: Path):
    kinds = [line.kind for line in read_transcript(path)]

    assert kinds.count("机<") >= 3


def test_there_are_enough_stories():
    assert len(STORIES) >= 15
