"""How right one answer is: exact match and F1, in SQuAD's normalisation and in one for Vietnamese."""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_ARTICLES: Final = re.compile(r"\b(a|an|the)\b", re.UNICODE)
_ASCII_PUNCTUATION: Final = frozenset(string.punctuation)
_NOT_ALPHANUMERIC: Final = re.compile(r"[\W_]")
_WORD: Final = re.compile(r"[^\W_]+")
# Grave, acute, hook above, tilde, dot below: the five written tones.
_TONES: Final = frozenset("\u0300\u0301\u0309\u0303\u0323")

Normalise = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class TextScore:
    """Exact match (0 or 1) and F1 (0 to 1) of one answer, the best over the accepted answers."""

    exact: float
    f1: float


def normalise_squad(text: str) -> str:
    """SQuAD's normalisation: lower case, no ASCII punctuation, no "a", "an", "the", single spaces.

    As the official scripts define it (Rajpurkar et al. 2016 and 2018, ``evaluate-v1.1.py`` and
    ``evaluate-v2.0.py``, `normalize_answer`).
    """
    lower = "".join(character for character in text.lower() if character not in _ASCII_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", lower).split())


def normalise_vietnamese(text: str) -> str:
    """A normalisation that is right for Vietnamese, where "an" in "công an" is a word.

    NFC, lower case, the tone mark's two customary places made one ("hòa", "hoà"), punctuation and symbols
    made spaces except between digits ("8/63", "6,19" and "14-7-2022" stay what they are), single spaces.
    """
    lower = unicodedata.normalize("NFC", text).lower()
    spaced = _NOT_ALPHANUMERIC.sub(_kept, lower)
    return " ".join(_WORD.sub(lambda match: fold_tone_place(match.group()), spaced).split())


def _kept(match: re.Match[str]) -> str:
    """What stays of a character that is neither letter nor digit."""
    text, place, character = match.string, match.start(), match.group()
    category = unicodedata.category(character)
    if category == "Cf":  # zero-width and direction marks
        return ""
    if category[0] not in "PSZC":
        return character
    between_digits = place > 0 and text[place - 1].isdigit() and text[place + 1 : place + 2].isdigit()
    return character if between_digits and category[0] == "P" else " "


@lru_cache(maxsize=1 << 15)
def fold_tone_place(syllable: str) -> str:
    """Give a syllable's tone mark one place, so that both customary spellings are equal.

    The single tone mark is moved behind the last letter ("hòa" and "hoà" both become "hoa" and a grave);
    marks of vowels (ă, â, ê, ô, ơ, ư) and đ stay. A word with none or with several tones, which is not
    Vietnamese, stays as it is, in NFC.
    """
    if syllable.isascii():
        return syllable
    decomposed = unicodedata.normalize("NFD", syllable)
    tones = [mark for mark in decomposed if mark in _TONES]
    if len(tones) != 1:
        return syllable
    toneless = "".join(mark for mark in decomposed if mark not in _TONES)
    return unicodedata.normalize("NFC", toneless) + tones[0]


def score_answer(given: str | None, accepted: Sequence[str], normalise: Normalise) -> TextScore:
    """Score an answer against the accepted ones, as SQuAD 2.0 does.

    Accepted answers that normalise to nothing are left out; if none is left, or none was given, exactly
    the empty (no) answer is right.

    Args:
        given: the answer, or None for no answer.
        accepted: verbatim answers, any of which is right; empty if the question has no answer.
        normalise: `normalise_squad` or `normalise_vietnamese`.
    """
    wanted = [answer for answer in map(normalise, accepted) if answer] or [""]
    answer = normalise(given or "")
    return TextScore(
        exact=float(answer in wanted),
        f1=max(token_f1(answer.split(), answer_wanted.split()) for answer_wanted in wanted),
    )


def token_f1(given: Sequence[str], wanted: Sequence[str]) -> float:
    """F1 of two bags of words: twice the shared words over all words; if either is empty, equality.

    SQuAD's ``compute_f1``.
    """
    if not given or not wanted:
        return float(list(given) == list(wanted))
    shared = sum((Counter(given) & Counter(wanted)).values())
    if shared == 0:
        return 0.0
    precision, recall = shared / len(given), shared / len(wanted)
    return 2 * precision * recall / (precision + recall)
