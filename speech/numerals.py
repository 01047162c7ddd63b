"""Numbers as Mandarin words: values, digits one by one, clock times and money.

Pure functions over digit strings; which number is read in which way is decided elsewhere.
"""

DIGITS = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九")
SPELLED = ("零", "幺", *DIGITS[2:])
"""Digits read one by one say 幺 for 1, which no listener takes for 七."""

_PLACES = ((1000, "千"), (100, "百"), (10, "十"), (1, ""))
_GROUPS = ("", "万", "亿", "万亿")
_LONGEST = 4 * len(_GROUPS)


def spell(code: str) -> str:
    """Read a code digit by digit; letters come out in capitals, other marks fall away."""
    read = []
    for char in code:
        if char.isdecimal():
            read.append(SPELLED[int(char)])
        elif char.isalpha():
            read.append(char.upper())
    return "".join(read)


def spell_in_groups(code: str, *sizes: int) -> str:
    """Read a code digit by digit with a pause after each group; the last size repeats."""
    groups: list[str] = []
    start = 0
    while start < len(code):
        size = sizes[min(len(groups), len(sizes) - 1)]
        groups.append(spell(code[start : start + size]))
        start += size
    return "，".join(groups)


def spell_year(year: str) -> str:
    """Read a year digit by digit; 1 stays 一 in years."""
    return "".join(DIGITS[int(digit)] for digit in year)


def cardinal(digits: str) -> str:
    """Read a whole number as a value: 10500 is 一万零五百. Too long a number is spelled."""
    if len(digits) > _LONGEST:
        return spell(digits)
    value = int(digits)
    if value == 0:
        return DIGITS[0]
    groups: list[int] = []
    while value:
        value, group = divmod(value, 10_000)
        groups.append(group)
    read, gap = "", False
    for power in range(len(groups) - 1, -1, -1):
        group = groups[power]
        if group == 0:
            gap = bool(read)
            continue
        if read and (gap or group < 1000):
            read += DIGITS[0]
        read += _below_ten_thousand(group) + _GROUPS[power]
        gap = False
    return _as_people_say(read)


def number(digits: str) -> str:
    """Read a value that may hold thousands commas, a decimal point or leading zeros."""
    plain = digits.replace(",", "")
    whole, point, fraction = plain.partition(".")
    if point:
        return f"{cardinal(whole)}点{spell_year(fraction)}"
    if len(whole) > 1 and whole.startswith("0"):
        return spell(whole)
    return cardinal(whole)


def counted(digits: str) -> str:
    """Read a value that counts things: a lone 2 is 两."""
    return "两" if digits == "2" else number(digits)


def money(amount: str) -> str:
    """Read yuan, jiao and fen: 1200.5 ends in 元五角."""
    whole, _, fraction = amount.replace(",", "").partition(".")
    if len(fraction) > 2 or len(whole) > _LONGEST:
        return number(amount) + "元"
    jiao, fen, *_ = (*fraction, "0", "0")
    read = "" if int(whole) == 0 and fraction.strip("0") else counted(str(int(whole))) + "元"
    if jiao != "0":
        read += DIGITS[int(jiao)] + "角"
    if fen != "0":
        read += (DIGITS[0] if read and jiao == "0" else "") + DIGITS[int(fen)] + "分"
    return read


def clock(hour: str, minute: str, second: str | None = None) -> str:
    """Read a time of day: 9:30 is 九点半, 9:05 is 九点零五分."""
    read = counted(str(int(hour))) + "点"
    if second is not None and int(second):
        return f"{read}{_two_figures(minute)}分{_two_figures(second)}秒"
    if int(minute) == 0:
        return read
    return read + ("半" if int(minute) == 30 else _two_figures(minute) + "分")


def _two_figures(digits: str) -> str:
    value = int(digits)
    return (DIGITS[0] if 0 < value < 10 else "") + cardinal(str(value))


def _below_ten_thousand(value: int) -> str:
    read, gap = "", False
    for place, unit in _PLACES:
        digit = value // place % 10
        if digit == 0:
            gap = bool(read)
            continue
        read += (DIGITS[0] if gap else "") + DIGITS[digit] + unit
        gap = False
    return read


def _as_people_say(read: str) -> str:
    """A number begins with 十, not 一十, and with 两千, 两万, 两亿, not 二千 and so on."""
    if read.startswith("一十"):
        return read[1:]
    if read.startswith("二") and read[1:2] in {"千", "万", "亿"}:
        return "两" + read[1:]
    return read
