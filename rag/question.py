"""Understand a question before searching: clean it, tell its language, list its searchable syllables."""

import re
from typing import Final

from index.errors import UserInputError
from index.text import fold_accents, has_accents, nfc, syllables
from rag.records import Language, Question

# Longer than any question; keeps a pasted document from reaching the models.
MAX_CHARACTERS: Final = 2000

_WORD: Final = re.compile(r"[^\W\d_]+")
_SPACE: Final = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060\ufeff]+")

# English function words: they tell the language and carry no meaning for a search in Vietnamese text.
ENGLISH_FUNCTION_WORDS: Final = frozenset(
    """a about above after again all also am an and another any are as at be because been before being
    below between both but by can could did do does doing done during each either else few for from had
    has have having he her here hers him his how i if in into is it its just may me might more most much
    many must my no nor not of off on once only or other our out over own same shall she should so some
    such than that the their them then there these they this those through to too under until up us very
    was we were what when where which while who whom whose why will with would you your""".split()
)
# Those that are also unaccented Vietnamese syllables ("an", "do", "the") and so prove little.
_AMBIGUOUS: Final = frozenset(
    "a am an any be can do had has he her him i in it me may my no of off on own so the then to too".split()
)
# An unaccented syllable that Vietnamese spelling allows: onset, vowels, coda.
_VIETNAMESE_SYLLABLE: Final = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdghklmnpqrstvx])?"
    r"(?:uye|uya|uoi|uou|ieu|yeu|oai|oay|oeo|uay|uy|uo|ua|ue|ui|uu|ia|ie|iu|ya|ye|oa|oe|oi|oo|ao|au|ay|ai|eo|eu|[aeiouy])"
    r"(?:ch|ng|nh|[cmnpt])?"
)


def analyse(text: str) -> Question:
    """Understand what was asked.

    Raises:
        UserInputError: the question is empty or longer than `MAX_CHARACTERS`.
    """
    cleaned = _SPACE.sub(" ", nfc(text)).strip()
    if len(cleaned) > MAX_CHARACTERS:
        raise UserInputError(
            f"The question has {len(cleaned):,} characters, at most {MAX_CHARACTERS:,} are read: "
            "ask a shorter one"
        )
    if not _WORD.search(cleaned) and not any(character.isdigit() for character in cleaned):
        raise UserInputError("The question is empty: type what you want to know")
    language = detect_language(cleaned)
    return Question(cleaned, language, search_terms(cleaned, language))


def detect_language(text: str) -> Language:
    """Tell Vietnamese, unaccented Vietnamese and English apart.

    Accented lower-case words speak for Vietnamese, English function words and letter sequences that
    Vietnamese spelling does not allow for English; accented names in an English question prove nothing.
    """
    words = _WORD.findall(text)
    vietnamese = sum(has_accents(word) and word[0].islower() for word in words)
    plain = [word.lower() for word in words if not has_accents(word) and not word.isupper()]
    english = sum(_english_weight(word) for word in plain)
    if english > vietnamese and english >= 0.3 * len(plain):
        return "en"
    return "vi" if any(has_accents(word) for word in words) else "vi-unaccented"


def _english_weight(word: str) -> float:
    if word in ENGLISH_FUNCTION_WORDS:
        return 0.25 if word in _AMBIGUOUS else 1.0
    return 0.0 if _VIETNAMESE_SYLLABLE.fullmatch(word) else 0.5


def search_terms(text: str, language: Language) -> tuple[str, ...]:
    """The syllables to search for, in order and lower case.

    Of an English question the function words are left out, and names are folded like the unaccented
    field that they are looked up in.
    """
    terms = syllables(text)
    if language == "vi":
        return tuple(terms)
    folded = [fold_accents(term) for term in terms]
    if language == "en":
        kept = [term for term in folded if term not in ENGLISH_FUNCTION_WORDS]
        return tuple(kept or folded)
    return tuple(folded)
