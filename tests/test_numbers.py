"""Application numbers: every slip people make on the telephone is noticed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casework.numbers import find, is_valid, number_from, shown

SEEDS = st.integers(min_value=0, max_value=9_999_999)


@given(seed=SEEDS)
def test_a_number_is_eight_digits_and_valid(seed: int):
    number = number_from(seed)

    assert len(number) == 8
    assert is_valid(number)
    assert number.startswith(f"{seed:07d}")


@given(seed=SEEDS, place=st.integers(0, 7), digit=st.integers(0, 9))
def test_one_wrong_digit_is_noticed(seed: int, place: int, digit: int):
    number = number_from(seed)
    wrong = number[:place] + str(digit) + number[place + 1 :]

    assert is_valid(wrong) == (wrong == number)


@given(seed=SEEDS, place=st.integers(0, 6))
def test_two_neighbours_swapped_are_noticed(seed: int, place: int):
    number = number_from(seed)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    assert is_valid(swapped) == (swapped == number)


@given(
    seed=SEEDS,
    gap=st.sampled_from(["", "-", " ", "－", "—"]),
    around=st.sampled_from(["", "号码", "。"]),
)
def test_a_number_is_found_however_it_is_grouped(seed: int, gap: str, around: str):
    number = number_from(seed)

    assert find(f"{around}{number[:4]}{gap}{number[4:]}{around}") == number


@given(seed=SEEDS)
def test_what_is_shown_is_found_again(seed: int):
    assert find(shown(number_from(seed))) == number_from(seed)


@given(seed=SEEDS, char=st.sampled_from("0123456789年x"))
def test_other_things_between_or_around_make_it_no_number(seed: int, char: str):
    number = number_from(seed)

    assert find(f"{number[:4]}{char}{number[4:]}") is None
    assert find(f"1{number}") is None
    assert find(f"{number}1") is None


def test_numbers_with_a_wrong_check_digit_are_passed_over():
    good = number_from(1234567)
    bad = good[:7] + str((int(good[7]) + 1) % 10)

    assert find(f"{bad}，不对，是 {good}") == good
    assert find("") is None
    assert not is_valid("1234567")
    assert not is_valid("１２３４５６７４")
