"""How numbers that measure something are read: dates, times, money, shares, ranges, counts."""

import re

from speech.numerals import cardinal, clock, counted, money, number, spell, spell_year
from speech.rules import DASH, NUMBER, Rule, any_of, one_of, rule

_SHARES = {"%": "百分之", "％": "百分之", "‰": "千分之"}
_UNITS = {
    "km": "公里", "cm": "厘米", "mm": "毫米", "kg": "公斤", "m²": "平方米", "㎡": "平方米",
    "dB": "分贝", "℃": "摄氏度", "°C": "摄氏度", "m": "米", "h": "小时", "min": "分钟",
    "W": "瓦", "V": "伏", "MB": "兆", "ml": "毫升", "mL": "毫升", "g": "克",
}  # fmt: skip

# Words after which a lone 2 is 两. A grade, number, floor, size or date keeps 二 (二级, 二号, 二寸).
_PAIRED = any_of(
    "个", "位", "名", "张", "份", "天", "次", "年", "户", "家", "件", "条", "种", "台", "辆", "间",
    "小时", "分钟", "周", "星期", "套", "页", "步", "项", "万", "亿", "千", "公里", "公斤", "人",
    "本", "米", "倍", "岁", "点", "口", "处", "门", "只", "块", "元", "句", "遍", "秒",
    "斤", "趟", "封", "轮", "段", "组", "样", "对", "季度", "年级", "支", "所", "层楼", "边",
)  # fmt: skip
_NOT_PAIRED = any_of("年级", "点钟方向")
_YEAR = r"(?:19|20)\d\d"
_BEFORE_TO = one_of("年月日号", "点分秒", "周天岁", "个人次元级", "万亿%％")
_WEEKDAY = one_of("一二三", "四五六日")
_BEFORE_PER = one_of("元角分块", "次个天", "份名点")
_TO = r"\s*[-–—−~～至到]+\s*"
_PER = r"/(?:人|年|月|天|日|次|户|小时|季度|季|周|学期|学年|件|张|名|位|个|间|平方米|公里)"


def amount_rules() -> tuple[Rule, ...]:
    """The rules in order; each sees only the digits that earlier rules left."""
    return (*_date_rules(), *_money_rules(), *_measure_rules(), *_count_rules())


def _date_rules() -> tuple[Rule, ...]:
    month_day = r"(0?[1-9]|1[0-2])[-/.](0?[1-9]|[12]\d|3[01])"
    return (
        rule(rf"(?<={_BEFORE_TO})\s?[-–—~～]\s?(?=\d)", "到"),
        rule(rf"(?<=周{_WEEKDAY})[-–—~～](?=周)", "到"),
        rule(rf"(?<!\d)({_YEAR})[-/.]{month_day}(?![\d./])", _full_date),
        rule(
            rf"(?<=日){_TO}{month_day}(?![\d./])", lambda m: f"到{_month(m[1])}{cardinal(m[2])}日"
        ),
        rule(
            rf"(?<![\d-])({_YEAR}){_TO}({_YEAR})(?=\s*(?:年|学年|级|届))",
            lambda m: f"{spell_year(m[1])}到{spell_year(m[2])}",
        ),
        rule(
            rf"(?<!\d)({_YEAR})(?=\s*(?:年|学年|级|届|修订|修正|版))", lambda m: spell_year(m[1])
        ),
        rule(
            rf"(?<![\d-])({_YEAR})-(0[1-9]|1[0-2])(?![\d-])",
            lambda m: f"{spell_year(m[1])}年{_month(m[2])}",
        ),
        rule(r"(?<!\d)0([1-9])(?=[月日])", lambda m: cardinal(m[1])),
        rule(
            rf"(?<![\d:：])(\d{{1,2}})[:：](\d\d){_TO}(次日|)\s*(\d{{1,2}})[:：](\d\d)(?![\d:：])",
            lambda m: f"{clock(m[1], m[2])}到{m[3]}{clock(m[4], m[5])}",
        ),
        rule(
            r"(?<![\d:：])([01]?\d|2[0-4])[:：]([0-5]\d)(?:[:：]([0-5]\d))?(?![\d:：])",
            lambda m: clock(m[1], m[2], m[3]),
        ),
        rule(r"(?<=\d)[:：](?=\d)", "比"),
    )


def _money_rules() -> tuple[Rule, ...]:
    return (
        rule(rf"[¥￥]\s*({NUMBER})\s*([万亿])元?", lambda m: f"{number(m[1])}{m[2]}元"),
        rule(
            rf"[¥￥]\s*({NUMBER}){DASH}[¥￥]?\s*({NUMBER})元?",
            lambda m: f"{number(m[1])}到{money(m[2])}",
        ),
        rule(rf"[¥￥]\s*({NUMBER})元?", lambda m: money(m[1])),
        rule(rf"({NUMBER}){DASH}({NUMBER})\s*元", lambda m: f"{number(m[1])}到{money(m[2])}"),
        rule(rf"({NUMBER})\s*元", lambda m: money(m[1])),
        rule(rf"(?<={_BEFORE_PER})(?:{_PER})+", lambda m: m[0].replace("/", "每")),
    )


def _measure_rules() -> tuple[Rule, ...]:
    units = any_of(*_UNITS)
    share = "[%％‰]"
    return (
        rule(
            rf"({NUMBER})({share}){_TO}({NUMBER}){share}",
            lambda m: f"{_SHARES[m[2]]}{number(m[1])}到{_SHARES[m[2]]}{number(m[3])}",
        ),
        rule(
            rf"({NUMBER}){DASH}({NUMBER})({share})",
            lambda m: f"{_SHARES[m[3]]}{number(m[1])}到{_SHARES[m[3]]}{number(m[2])}",
        ),
        rule(rf"({NUMBER})({share})", lambda m: _SHARES[m[2]] + number(m[1])),
        rule(r"\d+(?:\.\d+){2,}", lambda m: "点".join(map(cardinal, m[0].split(".")))),
        rule(rf"(?<![\d\w\u4e00-\u9fff])[-−]({NUMBER})\s*(?=℃|°C|度)", lambda m: f"零下{m[1]}"),
        rule(rf"(?<![\w)）])[-−](?={NUMBER})", "负"),
        rule(
            rf"({NUMBER}){DASH}({NUMBER})\s*({units})(?![A-Za-z])",
            lambda m: f"{number(m[1])}到{number(m[2])}{_UNITS[m[3]]}",
        ),
        rule(rf"({NUMBER})\s*({units})(?![A-Za-z])", lambda m: f"{counted(m[1])}{_UNITS[m[2]]}"),
        rule(rf"(?<![第\d])(2){DASH}({NUMBER})(?=\s*{_PAIRED})", lambda m: f"两到{number(m[2])}"),
        rule(rf"({NUMBER}){DASH}(?={NUMBER})", lambda m: f"{number(m[1])}到"),
        rule(
            r"(?<![\d/A-Za-z])(\d{1,2})/(\d{1,3})(?![\d/])",
            lambda m: f"{cardinal(m[2])}分之{cardinal(m[1])}",
        ),
        rule(r"≥|>=", "大于等于"),
        rule(r"≤|<=", "小于等于"),
        rule(r"(?<=\d)\s*[×xX*]\s*(?=\d)", "乘"),
        rule(r"(?<=[\d\u4e00-\u9fff])\s*\+\s*(?=[\d\u4e00-\u9fff])", "加"),
        rule(r"[>＞](?=\s*\d)", "大于"),
        rule(r"[<＜](?=\s*\d)", "小于"),
        rule(r"±", "正负"),
    )


def _count_rules() -> tuple[Rule, ...]:
    return (
        rule(r"(?<!\d)(\d{3,4})(?=[弄室路]|号房)", lambda m: spell(m[1])),
        rule(r"(?<=[A-Za-z])(\d{3,})", lambda m: spell(m[1])),
        rule(r"第\s*(\d+)", lambda m: "第" + cardinal(m[1])),
        rule(
            rf"(?<![\d.,])(?<!\d、)({NUMBER})(?=\s*{_PAIRED})(?!\s*{_NOT_PAIRED})",
            lambda m: counted(m[1]),
        ),
        rule(NUMBER, lambda m: number(m[0])),
    )


def _full_date(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    return f"{spell_year(year)}年{_month(month)}{cardinal(day)}日"


def _month(digits: str) -> str:
    return cardinal(digits) + "月"
