"""Dates as people say them: 2024年3月5日, 去年十月, 上礼拜三, 大前天.

Words that depend on today are always read back for confirmation. Lunar dates are not converted: the person
is asked for the calendar date instead of being given a wrong one.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from intents.numerals import spoken_digits, to_number
from intents.writing import half_width

_DAY_WORDS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
YEAR_WORDS = {"大前": -3, "前": -2, "去": -1, "旧": -1, "今": 0, "本": 0, "明": 1, "后": 2}
_WEEK_WORDS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_WEEKDAYS = {**{c: i for i, c in enumerate("一二三四五六")}, "日": 6, "天": 6}
_NUMERALS = "0-9零〇一二两三四五六七八九十"
_N = rf"(?<![{_NUMERALS}])[{_NUMERALS}]+"
"""A whole run of numerals: tried from each of its places, a long one would take the square of its length."""
_LUNAR = re.compile(r"农历|阴历|腊月|正月|闰|初[一二三四五六七八九十]")
When = Literal["past", "future", "any"]
_FARTHEST = 50_000
"""Days, weeks or months somebody may count back or forth: longer than a life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenDate:
    """A date as understood."""

    value: str
    """ISO date, or YYYY-MM when no day was said."""
    is_certain: bool
    """False when it was worked out from today and should be read back."""
    is_yearless: bool = False
    """Whether no year was said."""


def read_date(text: str, today: date, *, when: When = "any") -> SpokenDate | str:
    """The date in a text, or an error code: date_impossible, date_lunar, date_incomplete, date_unclear.

    A day without a year is one of this year; the last one that has been where something past is asked for, the
    next one to come where it lies ahead.
    """
    text = _plain(text)
    if _LUNAR.search(text):
        return "date_lunar"
    found = _found(text, today)
    if found is None:
        found = _only_month(text, today) if when != "any" else None
    if found is None:
        return "date_incomplete" if re.search(r"\d|年|月|号|日", text) else "date_unclear"
    if isinstance(found, SpokenDate) and found.is_yearless:
        return _nearest(found, today, when)
    return found


def days_named(text: str) -> int:
    """How many calendar days a text names: 3月8号生病，4月2号走的 names two."""
    named = re.findall(rf"(?:{_N})月份?(?:{_N})[日号]?", _plain(text))
    return len(set(named))


def only_year(text: str, today: date) -> SpokenDate | None:
    """A year said without a month, to be read back: 去年, 97年, 2019."""
    text = _plain(text)
    if match := re.search(r"(大前|前|去|旧|今|本|明|后)年", text):
        return SpokenDate(value=f"{today.year + YEAR_WORDS[match[1]]:04d}", is_certain=False)
    match = re.search(rf"({_N})年(?!前|多|半|级)", text) or re.fullmatch(r"((?:19|20)\d\d)", text)
    year = _year(match[1], today) if match else 0
    return SpokenDate(value=f"{year:04d}", is_certain=False) if 1000 <= year <= 9999 else None


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", half_width(text)).replace("號", "号")


def _found(text: str, today: date) -> SpokenDate | str | None:
    for reader in (_full, _relative_day, _weekday, _ago, _month_and_day, _year_and_month):
        found = reader(text, today)
        if found is not None:
            return found
    return None


def _nearest(found: SpokenDate, today: date, when: When) -> SpokenDate | str:
    """That day this year; the last one that has been, or the next one to come, where that is asked for."""
    now = today.isoformat()[: len(found.value)]
    shift = -1 if when == "past" and found.value > now else 0
    shift = 1 if when == "future" and found.value < now else shift
    month, day = int(found.value[5:7]), found.value[8:]
    if not day:
        return _month(today.year + shift, month, certain=False)
    return _day(today.year + shift, month, int(day), certain=False)


def _only_month(text: str, today: date) -> SpokenDate | None:
    """A month without a year: 三月份."""
    match = re.search(rf"(?<![年个])({_N})月份?(?![{_NUMERALS}])", text)
    if match is None or not 1 <= _int(match[1]) <= 12:
        return None
    value = f"{today.year:04d}-{_int(match[1]):02d}"
    return SpokenDate(value=value, is_certain=False, is_yearless=True)


def _day(year: int, month: int, day: int, *, certain: bool) -> SpokenDate | str:
    try:
        return SpokenDate(value=date(year, month, day).isoformat(), is_certain=certain)
    except (ValueError, OverflowError):
        return "date_impossible"


def _month(year: int, month: int, *, certain: bool) -> SpokenDate | str:
    if not 1 <= month <= 12 or not 1 <= year <= 9999:
        return "date_impossible"
    return SpokenDate(value=f"{year:04d}-{month:02d}", is_certain=certain)


def _int(text: str) -> int:
    value = to_number(text)
    return int(value) if value is not None else -1


def _year(text: str, today: date) -> int:
    digits = spoken_digits(text)
    year = int(digits) if digits.isdigit() and len(digits) <= 4 else _int(text)
    if year < 0 or year >= 100:
        return year
    return 2000 + year if year <= today.year % 100 + 10 else 1900 + year


def _full(text: str, today: date) -> SpokenDate | str | None:
    if match := re.search(r"(?<!\d)(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)", text):
        return _day(int(match[1]), int(match[2]), int(match[3]), certain=True)
    if match := re.search(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)", text):
        return _day(int(match[1]), int(match[2]), int(match[3]), certain=True)
    if match := re.search(rf"({_N})年({_N})月份?({_N})[日号]?", text):
        return _day(_year(match[1], today), _int(match[2]), _int(match[3]), certain=True)
    return None


def _relative_day(text: str, today: date) -> SpokenDate | str | None:
    match = re.search(r"(大前|大后|前|昨|今|明|后)[天朝日]", text)
    if not match:
        return None
    day = today + timedelta(days=_DAY_WORDS[match[1]])
    if shift := re.search(r"(大前|前|去|旧|明|后)年的?$", text[: match.start()]):
        return _day(day.year + YEAR_WORDS[shift[1]], day.month, day.day, certain=False)
    return SpokenDate(value=day.isoformat(), is_certain=False)


def _weekday(text: str, today: date) -> SpokenDate | str | None:
    match = re.search(r"(上上|下下|上|下|这|本)个?(?:星期|礼拜|周)([一二三四五六日天])", text)
    if not match:
        return None
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(weeks=_WEEK_WORDS[match[1]], days=_WEEKDAYS[match[2]])
    return SpokenDate(value=day.isoformat(), is_certain=False)


def _ago(text: str, today: date) -> SpokenDate | str | None:
    match = re.search(rf"({_N}|半)(天|个?星期|个?礼拜|周|个月|年)(半)?(以?前|以?后)", text)
    if not match:
        return None
    way = -1 if "前" in match[4] else 1
    unit = match[2]
    if match[1] == "半":
        return _months_from(today, 6 * way) if unit == "年" else None
    count = _int(match[1])
    if not 0 <= count <= _FARTHEST:
        return "date_impossible"
    count *= way
    try:
        return _counted(today, count, unit, has_half=bool(match[3]))
    except OverflowError:
        return "date_impossible"


def _counted(today: date, count: int, unit: str, *, has_half: bool) -> SpokenDate | str:
    if unit == "天":
        return SpokenDate(value=(today + timedelta(days=count)).isoformat(), is_certain=False)
    if unit in ("周", "星期", "个星期", "礼拜", "个礼拜"):
        return SpokenDate(value=(today + timedelta(weeks=count)).isoformat(), is_certain=False)
    half = (6 if has_half and unit == "年" else 0) * (-1 if count < 0 else 1)
    return _months_from(today, count * (1 if unit == "个月" else 12) + half)


def _months_from(today: date, count: int) -> SpokenDate | str:
    months = today.year * 12 + today.month - 1 + count
    return _month(months // 12, months % 12 + 1, certain=False)


def _month_and_day(text: str, today: date) -> SpokenDate | str | None:
    if match := re.search(rf"(大前|前|去|旧|今|本|明|后)年({_N})月份?({_N})[日号]?", text):
        year = today.year + YEAR_WORDS[match[1]]
        return _day(year, _int(match[2]), _int(match[3]), certain=False)
    if match := re.search(rf"(上上|上|这|本|下)个?月({_N})[日号]", text):
        months = today.year * 12 + today.month - 1 + _WEEK_WORDS[match[1]]
        return _day(months // 12, months % 12 + 1, _int(match[2]), certain=False)
    if match := re.search(rf"(?<![年\d])({_N})月份?({_N})[日号]", text):
        month, day = _int(match[1]), _int(match[2])
        if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(2024, month)[1]:
            return "date_impossible"
        value = f"{today.year:04d}-{month:02d}-{day:02d}"
        return SpokenDate(value=value, is_certain=False, is_yearless=True)
    return None


def _year_and_month(text: str, today: date) -> SpokenDate | str | None:
    if match := re.search(r"(?<!\d)(\d{4})[-/.](\d{1,2})(?!\d)", text):
        return _month(int(match[1]), int(match[2]), certain=True)
    if match := re.search(rf"({_N})年({_N})月", text):
        return _month(_year(match[1], today), _int(match[2]), certain=True)
    if match := re.search(rf"(大前|前|去|旧|今|本|明|后)年({_N})月", text):
        return _month(today.year + YEAR_WORDS[match[1]], _int(match[2]), certain=False)
    if match := re.search(r"(上上|上|这|本|下)个?月", text):
        return _months_from(today, _WEEK_WORDS[match[1]])
    return None


def shown_date(value: str) -> str:
    """A stored date in words: 2024年3月5日, 2024年3月, or 2024年."""
    if "-" not in value:
        return f"{int(value)}年"
    year, month, *day = value.split("-")
    return f"{int(year)}年{int(month)}月" + (f"{int(day[0])}日" if day else "")
