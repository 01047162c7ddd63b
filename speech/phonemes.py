"""Pinyin syllables and Latin letters as the phonemes Kokoro was trained on.

The table of finals follows misaki (Apache-2.0) and pinyin-to-ipa (MIT): see data/NOTICE.
"""

import re

from speech.errors import UnspeakableText

_INITIALS = {
    "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l", "g": "k",
    "k": "kʰ", "h": "x", "j": "ʨ", "q": "ʨʰ", "x": "ɕ", "zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ",
    "r": "ɻ", "z": "ʦ", "c": "ʦʰ", "s": "s",
}  # fmt: skip
_FINALS = {  # 0 marks where the tone goes
    "a": "a0", "o": "wo0", "e": "ɤ0", "ê": "ɛ0", "ai": "ai0", "ei": "ei0", "ao": "au0",
    "ou": "ou0", "an": "a0n", "en": "ə0n", "ang": "a0ŋ", "eng": "ə0ŋ", "ong": "ʊ0ŋ",
    "er": "ɚ0", "i": "i0", "ia": "ja0", "ie": "je0", "iao": "jau0", "iu": "jou0", "ian": "jɛ0n",
    "in": "i0n", "iang": "ja0ŋ", "ing": "i0ŋ", "iong": "jʊ0ŋ", "io": "jo0", "iai": "jai0",
    "u": "u0", "ua": "wa0", "uo": "wo0", "uai": "wai0", "ui": "wei0", "uan": "wa0n",
    "un": "wə0n", "uang": "wa0ŋ", "ueng": "wə0ŋ", "v": "y0", "ve": "ɥe0", "van": "ɥɛ0n",
    "vn": "y0n",
}  # fmt: skip
_WITHOUT_INITIAL = {
    "yi": "i", "ya": "ia", "ye": "ie", "yao": "iao", "you": "iu", "yan": "ian", "yin": "in",
    "yang": "iang", "ying": "ing", "yong": "iong", "yo": "io", "yai": "iai", "yu": "v",
    "yue": "ve", "yuan": "van", "yun": "vn", "wu": "u", "wa": "ua", "wo": "uo", "wai": "uai",
    "wei": "ui", "wan": "uan", "wen": "un", "wang": "uang", "weng": "ueng", "wong": "ong",
}  # fmt: skip
_INTERJECTIONS = {"n": "ə0n", "ng": "ə0ŋ", "m": "ə0m", "hm": "xə0m", "hng": "xə0ŋ"}
_TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}
_BUZZING = frozenset({"z", "c", "s", "zh", "ch", "sh", "r"})
_LETTERS = {
    "A": "ˈA", "B": "bˈi", "C": "sˈi", "D": "dˈi", "E": "ˈi", "F": "ˈɛf", "G": "ʤˈi",
    "H": "ˈAʧ", "I": "ˈI", "J": "ʤˈA", "K": "kˈA", "L": "ˈɛl", "M": "ˈɛm", "N": "ˈɛn", "O": "ˈO",
    "P": "pˈi", "Q": "kjˈu", "R": "ˈɑɹ", "S": "ˈɛs", "T": "tˈi", "U": "jˈu", "V": "vˈi",
    "W": "dˈʌbᵊlju", "X": "ˈɛks", "Y": "wˈI", "Z": "zˈi",
}  # fmt: skip

_SYLLABLE = re.compile(r"([a-zê]+)([1-5])")
_INITIAL = re.compile(r"[zcs]h|[bpmfdtnlgkhjqxrzcs]")


def syllable_phonemes(pinyin: str) -> str:
    """Phonemes of one syllable such as `zhang3` or `lv4`; raises UnspeakableText for others."""
    match = _SYLLABLE.fullmatch(pinyin.replace("ü", "v"))
    if match is None:
        raise UnspeakableText(pinyin)
    syllable, tone = match[1], _TONES[match[2]]
    if syllable in _INTERJECTIONS:
        return _INTERJECTIONS[syllable].replace("0", tone)
    initial, final = _split(syllable)
    if final == "i" and initial in _BUZZING:
        return f"{_INITIALS[initial]}ɨ{tone}"
    shape = _FINALS.get(final)
    if shape is None:
        raise UnspeakableText(pinyin)
    return _INITIALS.get(initial, "") + shape.replace("0", tone)


def letter_phonemes(letter: str) -> str:
    """The English name of a Latin letter; an accented one falls silent."""
    return _LETTERS.get(letter.upper(), "")


def _split(syllable: str) -> tuple[str, str]:
    """Initial and full final: `ju` is j + ü, `yue` is ü + e, `bo` is b + uo."""
    if syllable[0] in "yw":
        return "", _WITHOUT_INITIAL.get(syllable, syllable)
    match = _INITIAL.match(syllable)
    if match is None:
        return "", syllable
    initial, final = match[0], syllable[match.end() :]
    if initial in "jqx" and final.startswith("u"):
        return initial, "v" + final[1:]
    if initial in "bpmf" and final == "o":
        return initial, "uo"
    return initial, {"ue": "ve"}.get(final, final)
