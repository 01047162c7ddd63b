"""Money and counts in what a person says.

A wrong amount that nobody sees is the worst outcome: what counts something else (一套房, 两个人) is no money,
and what is small, rough or one of several amounts is read back or asked again.
"""

from __future__ import annotations

import re

from catalog.models import FieldSpec
from intents.answers import Parsed, Problem, Surroundings
from intents.dates import YEAR_WORDS
from intents.numerals import PIECE, is_range, numbers_in, to_number, unit_words
from intents.small_words import WORDS
from intents.writing import bare, plain

_SMALL = 100.0
"""Less than this in a month or a year is more likely a slip, or 万 left out, and is read back."""
_LARGEST_SURE = 100
"""A larger number of anything asked for here is read back."""
_YEARS_BACK, _YEARS_AHEAD = 10, 1
"""Which tax years can be meant, counted from this year."""
_COUNTED, _ROUGH, _LESS, _NOTHING, _SUM, _BETWEEN, _NOBODY, _ALONE, _A_YEAR, _A_MONTH = (
    re.compile(WORDS[key])
    for key in (
        "counted", "rough", "less_than_nothing", "no_money", "sum_word", "between", "nobody",
        "alone", "a_year", "a_month",
    )
)  # fmt: skip
_CURRENCY = re.compile(WORDS["currency"])
_YEAR_EXAMPLE = re.compile(r"(?:19|20)\d\d")


def read_money(spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    """An amount of yuan; what is not clearly one amount is a problem or read back."""
    said = bare(text)
    if said in WORDS["none"]:
        return Parsed(value="0", shown="0元")
    text = unit_words(plain(text))
    if _LESS.search(text):
        return Problem(code="money_unclear")
    if _ROUGH.search(text):
        return Problem(code="money_rough")
    found, amounts = numbers_in(text), _amounts(text)
    if not amounts and _NOTHING.search(said):
        return Parsed(value="0", shown="0元", is_certain=False)
    if not amounts:
        return Problem(code="money_unclear")
    if other := _other_period(spec, said):
        return Problem(code=other)
    if _are_several(text, amounts):
        return Problem(code="money_several")
    value = _chosen(text, amounts)
    amount = f"{value:.2f}".removesuffix(".00")
    is_certain = len(found) == 1 and not is_range(text) and (value >= _SMALL or value == 0)
    return Parsed(value=amount, shown=f"{amount}元", is_certain=is_certain)


def _amounts(text: str) -> list[tuple[float, bool]]:
    """The amounts in a text, and whether 元 or 块 follows; numbers of other things left out."""
    amounts = []
    for match in PIECE.finditer(text):
        value, after = to_number(match[0]), text[match.end() :]
        if value is not None and not _COUNTED.match(after):
            amounts.append((value, _CURRENCY.match(after) is not None))
    return amounts


def _are_several(text: str, amounts: list[tuple[float, bool]]) -> bool:
    """Whether two incomes are told (我1200她800) that somebody has to add up; a range is one."""
    if len(amounts) < 2 or _SUM.search(text) or _BETWEEN.search(text):
        return False
    return sum(value >= _SMALL for value, _ in amounts) > 1


def _chosen(text: str, amounts: list[tuple[float, bool]]) -> float:
    """The amount after 一共; else the one with 元; else the largest."""
    if total := _SUM.search(text):
        after = _amounts(text[total.end() :])
        if after:
            return after[0][0]
    named = [value for value, is_named in amounts if is_named]
    return named[0] if named else max(value for value, _ in amounts)


def _other_period(spec: FieldSpec, said: str) -> str:
    """The problem of an amount for a year where a month is asked, or the other way round."""
    asked = spec.question + spec.hint
    if WORDS["monthly"] in asked and _A_YEAR.search(said) and not _A_MONTH.search(said):
        return "money_a_month"
    if WORDS["yearly"] in asked and _A_MONTH.search(said) and not _A_YEAR.search(said):
        return "money_a_year"
    return ""


def read_number(spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    """A whole number; a year where the example is one."""
    said = bare(text)
    if _YEAR_EXAMPLE.fullmatch(spec.example):
        return _year(text, said, around)
    if said in WORDS["none"] or _NOBODY.search(said):
        return Parsed(value="0", shown="0")
    if _ALONE.search(said):
        return Parsed(value="0", shown="0", is_certain=False)
    text = plain(text)
    found = numbers_in(text)
    is_rough = re.search(WORDS["two_or_three"], text) is not None
    if not found or not found[0].is_integer() or is_rough or _LESS.search(text):
        return Problem(code="number_unclear")
    value = int(found[0])
    is_certain = len(found) == 1 and value <= _LARGEST_SURE
    return Parsed(value=str(value), shown=str(value), is_certain=is_certain)


def _year(text: str, said: str, around: Surroundings) -> Parsed | Problem:
    now = around.today.year
    if named := re.fullmatch(r"([前去今本明后])年", said):
        value = str(now + YEAR_WORDS[named[1]])
        return Parsed(value=value, shown=value, is_certain=False)
    found = numbers_in(text)
    if not found or not found[0].is_integer():
        return Problem(code="number_unclear")
    if len(found) > 1:
        return Problem(code="number_several")
    is_short = found[0] < 100
    year = int(found[0]) + (now // 100 * 100 if is_short else 0)
    if not now - _YEARS_BACK <= year <= now + _YEARS_AHEAD:
        return Problem(code="year_far")
    return Parsed(value=str(year), shown=str(year), is_certain=not is_short)
