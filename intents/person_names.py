"""The name in what a person says: titles, particles and half sentences taken away, never cut into words."""

from __future__ import annotations

import re
import unicodedata

from intents.small_words import WORDS, strip_lead
from intents.writing import bare

HAN = "[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_UNSEEN = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Variation selectors: they choose a drawing of a character and are no part of a name."""


def is_no_name(text: str) -> bool:
    """Small words that look like a name and are none: 没有, 不知道, 好的; nor is any called 给我妈办."""
    said = bare(text)
    return re.match(WORDS["name_never"], said) is not None or any(
        said in WORDS[key] for key in ("yes", "no", "unknown", "none", "later", "done", "keep")
    )


def bare_name(text: str) -> str:
    """The name without what is said around it: 我姓王，叫王秀英。 → 王秀英."""
    # Composed: a compatibility drawing of a character looks the same and must be the same name.
    composed = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    name = re.sub(r"[。！!，,\s]+$", "", composed.strip("“”\"' "))
    name = re.sub(WORDS["name_surname_first"], "", name)
    name = re.sub(WORDS["name_lead_relation"], "", name)
    name = strip_lead(name, WORDS["name_lead"]).strip("：: ")
    for tail in WORDS["name_tail"]:
        name = name.removesuffix(tail) if len(name) > 3 else name
    name = re.sub(r"\s+", "" if re.search(HAN, name) else " ", name)
    return re.sub(r"[.•・‧∙]", "·", name)
