"""What is said for links, brackets, list numbers and other marks that have no sound."""

import re

from speech.numerals import cardinal
from speech.rules import Rule, one_of, phrases, rule

_HAN = r"\u4e00-\u9fff"
_URL = (
    r"(?:https?://|www\.)[^\s，。；、！？）)】》\u4e00-\u9fff]+"
    r"|(?<![\w.@])(?:[a-z\d-]+\.)+(?:com|cn|org|net)(?:/[^\s，。；、！？）)\u4e00-\u9fff]*)?(?![\w.])"
)
_MAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_UNSAID = one_of(
    "〔〕【】[]", "「」『』", "《》〈〉", "“”‘’\"'", "`#_^|\\*＊", "·•●■◆★☆",
    *map(chr, (*range(0x200B, 0x2010), 0xFE0E, 0xFE0F)),
)  # fmt: skip
_PICTURES = r"[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]"
_CIRCLED = {chr(0x2460 + index): str(index + 1) for index in range(20)}


def opening_rules() -> tuple[Rule, ...]:
    """Rules that must come before any digit is read."""
    words = phrases()
    return (
        rule(r"\[([^\]\n]+)\]\((?:https?://[^)\s]+)\)", lambda m: f"{m[1]}，{words['link']}，"),
        rule(_MAIL, f"，{words['mail']}，"),
        rule(_URL, f"，{words['link']}，"),
        rule(r"(?<![\w*])\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*", lambda m: m[1]),
        rule(  # a masked name standing alone: 张*, 张**, 欧阳**, 王*明
            rf"(?<![{_HAN}*])([{_HAN}])(\*{{1,2}})([{_HAN}]?)(?![{_HAN}*])", _masked_name
        ),
        rule(rf"(?<![{_HAN}*])([{_HAN}]{{2}})(\*\*)()(?![{_HAN}*\d])", _masked_name),
        rule(rf"(?<=[{_HAN}])\*(?=[{_HAN}])", "某"),
        rule(f"[{''.join(_CIRCLED)}]", lambda m: f"，{_CIRCLED[m[0]]}. "),
        rule(rf"(?<=[{_HAN}]) +(?=[{_HAN}])", "，"),
        rule(
            rf"(回复|输入|发送|[按选点])\s?(\d{{1,2}})\s+(?=[{_HAN}])", lambda m: f"{m[1]}{m[2]}，"
        ),
        rule(r"(?m)^\s*(?:[-*•·●]|#{1,6})\s+", ""),
        rule(  # a numbered choice: 1. 现在开始办
            r"(?:(?m:^)\s*|(?<=[：:；;。，！？\s]))(\d{1,2})(?:[.、．)）](?=[^\d\s.、])|[.、．)）]\s+(?=\S))",
            lambda m: f"，{cardinal(m[1])}，",
        ),
        rule(
            r"(?:(?m:^)\s*|(?<=[：:；;。，！？\s]))[（(](\d{1,2})[)）]\s*(?=\S)",
            lambda m: f"，{cardinal(m[1])}，",
        ),
    )


def closing_rules() -> tuple[Rule, ...]:
    """Rules for what is left once every number is words."""
    return (
        rule(r"(?<![A-Za-z])([A-Z]{2,6})(?![a-z])", lambda m: " ".join(m[1])),
        rule(r"(?<=[A-Z])/(?=[A-Z])", " "),
        rule(_PICTURES, "，"),
        rule(r"[）)](?=[的了吗呢吧])", ""),
        rule(r"[（）()]", "，"),
        rule(r"=", "等于"),
        rule(_UNSAID, ""),
        rule(r"[-–—−~～]{2,}|…+|\.{3,}", "，"),
        rule(rf"(?<=[{_HAN}])\s*[-–—−~～/|]\s*(?=[{_HAN}])", "，"),
        rule(rf"(?<=[A-Za-z])[-–—](?=[{_HAN}])", ""),
        rule(r"/", "，"),
        rule(rf"(?<=[{_HAN}])\s*&\s*(?=[{_HAN}])", "和"),
        rule(rf"(?<=[{_HAN}A-Za-z]),\s*(?=[{_HAN}])", "，"),
        rule(rf"(?<=[{_HAN}]);\s*", "；"),
        rule(rf"(?<=[{_HAN}]):\s*", "："),
        rule(rf"(?<=[{_HAN}])\?\s*", "？"),
        rule(rf"(?<=[{_HAN}])!\s*", "！"),
        rule(r"(?<=[^\s。！？；：，、])[ \t]*\n\s*", "。"),
        rule(r"\s*\n\s*", ""),
        rule(rf"(?<=[{_HAN}，。！？；：、])[ \t]+(?=[{_HAN}，。！？；：、])", ""),
        rule(r"[ \t]+", " "),
        rule(r"\s*([，。！？；：、])\s*", lambda m: m[1]),
        rule(r"[，、：；]*([。！？])[，、：；。]*", lambda m: m[1]),
        rule(r"[，、]*([；：])[，、；：]*", lambda m: m[1]),
        rule(r"[，、]{2,}", lambda m: "，" if "，" in m[0] else "、"),
        rule(r"^[，、；：。\s]+|[，、；：\s]+$", ""),
    )


def _masked_name(match: re.Match[str]) -> str:
    return match[1] + "某" * len(match[2]) + match[3]
