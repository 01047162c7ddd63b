"""Spellings of the same message become equal, and no text is too strange."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.loader import load_normalizer
from intents.normalizer import MAX_LENGTH, number_value

NORMALIZER = load_normalizer()


@pytest.mark.parametrize(
    ("written", "same_as"),
    [
        ("殘疾人證怎麼辦", "残疾人证怎么办"),
        ("ＡＢＣ１２３", "abc123"),
        ("轮椅　坏了！！！", "轮椅 坏了"),
        ("嗯那个啥我想问一下轮椅坏了", "轮椅坏了"),
        ("阿拉姆妈轮椅坏脱了", "我们妈妈轮椅坏掉了"),
        ("哪能办", "怎么办"),
        ("2级", "二级"),
        ("七十二岁", "72岁"),
        ("轮 椅 坏 了", "轮椅坏了"),
        ("急急急急轮椅", "急轮椅"),
    ],
)
def test_these_spellings_are_the_same(written: str, same_as: str) -> None:
    assert NORMALIZER.normalize(written) == NORMALIZER.normalize(same_as)


@pytest.mark.parametrize(
    ("digits", "value"),
    [
        ("7", 7),
        ("十", 10),
        ("十二", 12),
        ("七十", 70),
        ("七十二", 72),
        ("一百", None),
        ("12345", None),
    ],
)
def test_small_numbers_are_read(digits: str, value: int | None) -> None:
    assert number_value(digits) == value


def test_hotlines_are_not_taken_for_ages() -> None:
    assert "120" in NORMALIZER.normalize("我打不了120")


def test_a_message_of_fillers_only_is_not_lost() -> None:
    assert NORMALIZER.normalize("你好") == "你好"


def test_a_long_paste_is_cut() -> None:
    assert len(NORMALIZER.normalize("轮椅坏了" * 10_000)) <= MAX_LENGTH


@given(st.text(max_size=300))
def test_normalizing_never_raises_and_is_the_same_each_time(text: str) -> None:
    once = NORMALIZER.normalize(text)

    assert once == NORMALIZER.normalize(text)
    assert once == once.strip()
