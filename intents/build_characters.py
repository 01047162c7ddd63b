"""Builds `characters.json`: traditional → simplified, and one fuzzy syllable for each character.

A build-time tool (`python -m intents.build_characters`); the bot itself only reads the table. The
conversion data is OpenCC's (Apache-2.0), the readings are pypinyin's (MIT).
"""

from __future__ import annotations

import json
from pathlib import Path

from opencc import OpenCC
from pypinyin import Style, pinyin

from intents.pinyin import fuzzy

TARGET = Path(__file__).with_name("characters.json")
FIRST, LAST = 0x4E00, 0x9FA5


def build() -> dict[str, dict[str, str]]:
    """Both tables; each maps a target to all characters that become it."""
    to_simplified = OpenCC("t2s")
    simplified: dict[str, str] = {}
    syllables: dict[str, str] = {}
    for code in range(FIRST, LAST + 1):
        character = chr(code)
        target = to_simplified.convert(character)
        if target != character and len(target) == 1:
            simplified[target] = simplified.get(target, "") + character
            continue
        reading = pinyin(character, style=Style.NORMAL, errors="ignore")
        if reading:
            key = fuzzy(reading[0][0].replace("ü", "v"))
            syllables[key] = syllables.get(key, "") + character
    return {"simplified": simplified, "syllables": syllables}


if __name__ == "__main__":
    TARGET.write_text(json.dumps(build(), ensure_ascii=False, indent=0) + "\n", "utf-8")
