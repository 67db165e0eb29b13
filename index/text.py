"""Vietnamese text as characters: composition, accents, syllables. Pure functions on strings."""

import re
import unicodedata
from typing import Final

_SYLLABLE: Final = re.compile(r"[^\W_]+")
_WITHOUT_DECOMPOSITION: Final = str.maketrans("đĐ", "dD")


def nfc(text: str) -> str:
    """The text in Unicode normalisation form C, the form of every stored text."""
    return unicodedata.normalize("NFC", text)


def fold_accents(text: str) -> str:
    """Remove tone and vowel marks: "Thái Nguyên đạt" becomes "Thai Nguyen dat".

    The result has one character for each character of an NFC text, so offsets carry over; "đ" does not
    decompose and is folded by hand.
    """
    folded = text.translate(_WITHOUT_DECOMPOSITION)
    return "".join(_base(character) for character in folded)


def _base(character: str) -> str:
    if character.isascii():
        return character
    first = unicodedata.normalize("NFD", character)[0]
    return first if first.isascii() else character


def has_accents(text: str) -> bool:
    """Whether any character would change by `fold_accents`."""
    return not text.isascii() and fold_accents(text) != text


def syllables(text: str) -> list[str]:
    """The runs of letters and digits in lower case, in order: "8/63 tỉnh" gives ["8", "63", "tỉnh"].

    These are the tokens of SQLite FTS5's unicode61 tokenizer on NFC text, which lexical search uses.
    """
    return [match.group().lower() for match in _SYLLABLE.finditer(text)]
