"""Where the sentences of a Vietnamese text begin and end. Pure functions on strings and offsets."""

import re
from collections.abc import Iterator
from typing import Final

_LINE: Final = re.compile(r"[^\n]+")
_TOKEN: Final = re.compile(r"\S+")
_LETTER_OR_DIGIT: Final = re.compile(r"[^\W_]")

_STOPS: Final = frozenset(".!?…。！？")
# What may follow the stop and still belongs to its sentence: closing quotes and brackets, and marks
# without width (joiners, directional marks) that stand between the stop and the space.
_CLOSERS: Final = "\"'”’»›)]}\u200b\u200c\u200d\u200e\u200f\u202c\u2060\u2069\ufeff"
_OPENERS: Final = "\"'“‘«‹([{\u200b\u200e\u200f\u202a\u202b\u2060\u2066\u2067\u2068\ufeff"

# Words whose stop belongs to them: ranks and titles, places, references. A single capital ("Q. 1",
# "Nguyễn V. A.") needs no entry, and one with more parts ("GS.TS.", "Th.S.") counts by its last part.
_ABBREVIATIONS: Final = frozenset(
    "tp tx tt gs pgs ts ths bs bsck bscki bsckii ks kts ls ds nsnd nsưt ngnd ngưt nxb đc đ/c cty đt sđt tel "
    "fax tr mr mrs ms dr prof st vol fig".split()
)
_LIST_NUMBER: Final = re.compile(r"(?:\d{1,3}(?:\.\d{1,3})*|[IVXivx]{1,5}|[^\W\d_])\.")
# How far to look for the next letter; a run of symbols longer than this does not begin a sentence.
_LOOKAHEAD: Final = 40


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the text's sentences, in order, ``[start, end)`` in characters.

    No span begins or ends with white space, and every other character lies in exactly one span. A line
    break always ends a sentence. A stop ends one if white space follows it and neither an abbreviation
    ("TP. Thái Nguyên"), an initial, a list number that begins the sentence nor a lower case letter after
    the stop ("lúa, ngô... và sắn") speaks against it. Closing quotes and brackets go with their stop.
    """
    return [span for line in _LINE.finditer(text) for span in _in_line(text, line.start(), line.end())]


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The span of the sentence, or the neighbouring sentences, that ``text[start:end]`` lies in.

    An empty span belongs to the sentence of the character at ``start``. A span that touches only white
    space is returned as it is.
    """
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", max(end, start))
    last = max(end, start + 1)
    spans = [
        (line_start + begin, line_start + stop)
        for begin, stop in sentences(text[line_start : line_end if line_end >= 0 else len(text)])
        if line_start + begin < last and line_start + stop > start
    ]
    return (min(spans[0][0], start), max(spans[-1][1], end)) if spans else (start, end)


def ends_with_stop(text: str) -> bool:
    """Whether a line of running text is complete: a stop ends it, closing quotes or brackets aside."""
    return text.rstrip().rstrip(_CLOSERS)[-1:] in _STOPS


def _in_line(text: str, line_start: int, line_end: int) -> Iterator[tuple[int, int]]:
    """The sentences of one line."""
    start = end = -1
    for token in _TOKEN.finditer(text, line_start, line_end):
        if start < 0:
            start = token.start()
        end = token.end()
        if _is_end(text, token, at_start=token.start() == start, line_end=line_end):
            yield start, end
            start = -1
    if start >= 0:
        yield start, end


def _is_end(text: str, token: re.Match[str], at_start: bool, line_end: int) -> bool:
    """Whether a sentence ends with this token; the last of a line needs no answer."""
    word = token.group().rstrip(_CLOSERS)
    if word[-1:] not in _STOPS:
        return False
    following = _LETTER_OR_DIGIT.search(text, token.end(), min(token.end() + _LOOKAHEAD, line_end))
    if following is None or following.group().islower():
        return False
    return not _keeps_its_stop(word.lstrip(_OPENERS), at_start)


def _keeps_its_stop(word: str, at_start: bool) -> bool:
    """Whether the stop belongs to the word itself: an abbreviation, an initial or a list number."""
    if not word.endswith("."):
        return False
    if at_start and _LIST_NUMBER.fullmatch(word):
        return True
    last = word[:-1].rpartition(".")[2]
    return last.lower() in _ABBREVIATIONS or (len(last) == 1 and last.isupper())
