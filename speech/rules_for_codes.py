"""How numbers that name something are read: identity numbers, telephones, case numbers.

They are read digit by digit with pauses, because the listener writes them down.
"""

import re

from speech.numerals import cardinal, number, spell, spell_in_groups, spell_year
from speech.rules import Rule, any_of, one_of, phrases, rule

# Units that make a number an amount, whatever it looks like: 12345元 is no hotline.
_COUNTED_BY = (
    one_of(
        "元块角",
        "个人名位户",
        "万亿千",
        "米次份件",
        "度步字天",
        "条项间张岁",
        "公厘毫平",
        "克瓦%％‰",
    )
    + "|号(?!码)|小时|分钟"
)
_COUNTED = rf"\s*(?:{_COUNTED_BY})"

_DATE_IN_ID = r"(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"

_TELEPHONE_WORDS = any_of(
    "电话", "热线", "拨打", "致电", "联系", "呼叫", "客服", "短信", "转接", "传真", "手机"
)
_CODE_WORDS = any_of(
    "编号", "单号", "证号", "账号", "帐号", "卡号", "号码", "尾号", "验证码", "邮编", "密码",
    "流水号", "受理号", "申请号", "办件号", "代码", "取件码",
)  # fmt: skip


def code_rules() -> tuple[Rule, ...]:
    """The rules in order, the most specific first."""
    words = phrases()
    return (
        # --- masked values: 3101**********1234, 138****5678, ****
        rule(
            r"(?:(?<![\dA-Za-z])([\dA-Za-z]{1,8})[\s-]?)?[*＊●•]{2,}(?:[\s-][*]{2,})*(?:[\s-]?([\dA-Za-z]{1,8}))?",
            lambda m: _masked(m, words),
        ),
        rule(
            r"(?<![\dA-Za-z])(\d{2,8})[xX×]{3,}([\dXx]{1,8})?(?![\dA-Za-z])",
            lambda m: _masked(m, words),
        ),
        # --- identity number (18), disability certificate (20), replaced certificate (B, B2)
        rule(
            rf"(?<![\dA-Za-z])(\d{{6}})\s?({_DATE_IN_ID})\s?(\d{{3}}[\dXx])"
            r"(?:\s?(\d{2})(B\d?)?)?(?![\dA-Za-z])",
            _identity,
        ),
        # --- telephones
        rule(
            r"(?<![\d-])(0\d{2,3})[-－—–\s)）]{1,2}(\d{7,8})(?:\s*(?:[-—转]|分机)\s*(\d{1,6}))?(?!\d)",
            _landline,
        ),
        rule(
            r"(?<!\d)(0(?:10|2\d|[3-9]\d\d))(\d{7,8})(?:\s*(?:转|分机)\s*(\d{1,6}))?(?!\d)",
            _landline,
        ),
        rule(
            r"(?<![\d.])(?:\+?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?![\d.])",
            lambda m: "，".join(spell(group) for group in m.groups()),
        ),
        rule(
            r"(?<!\d)([48]00)[- ]?(\d{3,4})[- ]?(\d{3,4})(?!\d)(?!" + _COUNTED + ")",
            lambda m: "，".join(spell(group) for group in m.groups()),
        ),
        rule(
            rf"(?<![\d.,¥￥$第]){any_of(*words['hotlines'])}(?![\d%])(?![.,:：/]\d)(?!{_COUNTED})",
            lambda m: spell(m[0]),
        ),
        rule(
            rf"({_TELEPHONE_WORDS}[^\d，。；、]{{0,4}})(\d{{3,12}})(?!\d|[-/.:：,]\d|{_COUNTED}|年|月|日|点)",
            lambda m: m[1] + spell(m[2]),
        ),
        rule(
            rf"(?<![\d.,])(\d{{5,6}})(?=(?:[\u4e00-\u9fff]{{0,4}}){any_of('热线', '电话', '客服')})"
            rf"(?!{_COUNTED})",
            lambda m: spell(m[1]),
        ),
        # --- documents: 国发〔2018〕20号, （2024）沪0115民初1234号
        rule(
            r"[〔\[【(（]((?:19|20)\d\d)[〕\]】)）]第?(\d+)(?=号)",
            lambda m: f"{spell_year(m[1])}，{cardinal(m[2])}",
        ),
        rule(
            r"[〔\[【(（]((?:19|20)\d\d)[〕\]】)）]([\u4e00-\u9fff]{1,3})(\d{2,4})"
            r"([\u4e00-\u9fff]{1,4})(\d+)(?=号)",
            lambda m: f"{spell_year(m[1])}，{m[2]}{spell(m[3])}{m[4]}{_short_or_spelled(m[5])}",
        ),
        rule(r"(?<=[〔\[【(（])((?:19|20)\d\d)(?=[〕\]】)）修版])", lambda m: spell_year(m[1])),
        rule(
            r"(?<![A-Za-z])([A-Z]+(?:/[A-Z])?)[- ]?(\d{3,})(?:-(\d{2,}))?(?![\dA-Za-z])"
            rf"(?!{_COUNTED})",
            lambda m: "，".join(
                part for part in (f"{_letters(m[1])} {spell(m[2])}", spell(m[3] or "")) if part
            ),
        ),
        # --- application numbers shown as 4-4, and longer groups joined by dashes
        rule(
            r"(?<![\dA-Za-z.])([A-Za-z]{0,6}-?)(\d{3,6})-(\d{3,6})((?:-\d{2,6})*)"
            rf"(?![\d-])(?!{_COUNTED}|\s*(?:年|学年|月))",
            _dashed,
        ),
        rule(
            r"(?<![\dA-Za-z])(?=[A-Z\d]*\d[A-Z\d]*[A-Z])(?=[A-Z\d]*[A-Z])[A-Z\d]{8,}(?![\dA-Za-z])",
            lambda m: _letters(spell_in_groups(m[0], 4)),
        ),
        rule(
            rf"({_CODE_WORDS}(?:[是为：:\s]|尾号|末四位)*)([A-Za-z]*)(\d+[Xx]?)(?!\d|[.,]\d)(?!{_COUNTED})",
            lambda m: m[1] + _letters(m[2].upper()) + _grouped(m[3]),
        ),
        # --- long bare digits
        rule(r"(?<![\d.,])\d{9,}(?![\d.])", lambda m: _grouped(m[0])),
        rule(
            rf"(?<![\d.,¥￥$])\d{{6,8}}(?![\d.,]\d|\d)(?!{_COUNTED}|\s*多|\s*余)",
            lambda m: _grouped(m[0]),
        ),
    )


def _masked(match: re.Match[str], words: dict[str, str]) -> str:
    head, tail = match.groups(default="")
    if head and tail:
        return f"{spell(head)}，{words['masked_middle']}，{spell(tail)}"
    if tail:
        return f"，{words['masked_start']}，{spell(tail)}"
    if head:
        return f"{spell(head)}，{words['masked_end']}，"
    return f"，{words['masked_all']}，" if len(match[0]) > 2 else ""


def _identity(match: re.Match[str]) -> str:
    area, birthday, order, category, reissued = match.groups()
    parts = [area, birthday, order, category or "", reissued or ""]
    return "，".join(spell(part) for part in parts if part)


def _landline(match: re.Match[str]) -> str:
    area, line, extension = match.groups()
    return f"{spell(area)}，{spell(line)}" + (f"，转{spell(extension)}" if extension else "")


def _dashed(match: re.Match[str]) -> str:
    letters, first, second, rest = match.groups()
    groups = [first, second, *rest.split("-")]
    spelled = "，".join(spell(group) for group in groups if group)
    return f"{_letters(letters.strip('-').upper())} {spelled}" if letters.strip("-") else spelled


def _letters(code: str) -> str:
    """Letters apart from each other, so that they are named and not read as a word."""
    return re.sub(r"(?<=[A-Z])(?=[A-Z])|(?<=[A-Z])/(?=[A-Z])", " ", code)


def _grouped(code: str) -> str:
    """Pauses every four digits in a case number and in a code too long to hold in mind."""
    return spell_in_groups(code, 4) if len(code) == 8 or len(code) > 11 else spell(code)


def _short_or_spelled(digits: str) -> str:
    return spell(digits) if len(digits) > 2 else number(digits)
