"""From start and end logits to answers: a pure span search, and tidy verbatim edges.

A candidate's score is its margin over "no answer" in its own window, ``start + end - start[<s>] -
end[<s>]`` (Devlin et al. 2019, section 4.3). The window's softmax normaliser cancels in it, so margins
of different windows and passages are on one scale, on which "no answer" is 0.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.reader.windows import Window

MAX_ANSWER: Final = 48
NO_ANSWER: Final = 0.0
_UNIT: Final = re.compile(r"\w+(?:(?<=\d)[.,]\d+)*(?:(?<=\d)%)?")
_PAIRS: Final = {"(": ")", "[": "]", "{": "}", "“": "”", "‘": "’", "«": "»"}
_LEADING: Final = frozenset(" \t\n\u00a0.,;:!?…-–—)]}”’»")
_TRAILING: Final = frozenset(" \t\n\u00a0.,;:!?…-–—([{“‘«")
_REACH: Final = 40


@dataclass(frozen=True, slots=True)
class Candidate:
    """Characters ``[start, end)`` of a passage that may answer, and their margin over "no answer"."""

    start: int
    end: int
    score: float


def search(
    window: Window,
    starts: NDArray[np.float32],
    ends: NDArray[np.float32],
    top: int,
    max_tokens: int = MAX_ANSWER,
) -> list[Candidate]:
    """The ``top`` best spans of one window, best first, untidied; ties go to the earlier, shorter span.

    Only passage tokens are considered, so no span touches question or title.

    Args:
        window: what was read, of n tokens.
        starts: (n,) start logits (padding may follow).
        ends: (n,) end logits, likewise.
        top: how many at most.
        max_tokens: the longest span allowed.
    """
    inside = slice(window.first, window.first + len(window.spans))
    pairs = starts[inside, None].astype(np.float64) + ends[None, inside]
    length = np.arange(len(window.spans))[None, :] - np.arange(len(window.spans))[:, None]
    scores = np.where((length >= 0) & (length < max_tokens), pairs, -np.inf).ravel()
    null = float(starts[0]) + float(ends[0])
    best = np.argsort(-scores, kind="stable")[:top]
    found = [(int(place), float(scores[place]) - null) for place in best]
    return [_candidate(window, place, score) for place, score in found if score > -np.inf]


def _candidate(window: Window, place: int, score: float) -> Candidate:
    first, last = divmod(place, len(window.spans))
    return Candidate(int(window.spans[first, 0]), int(window.spans[last, 1]), score)


def distinct(text: str, candidates: Iterable[Candidate], top: int) -> list[Candidate]:
    """Tidy the candidates of one passage and keep the ``top`` best that do not overlap a better one.

    Args:
        text: the passage.
        candidates: from all its windows, in any order.
        top: how many at most.
    """
    kept: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda c: (-c.score, c.start, c.end)):
        edges = tidy(text, candidate.start, candidate.end)
        if edges is None or any(edges[0] < other.end and other.start < edges[1] for other in kept):
            continue
        kept.append(Candidate(*edges, candidate.score))
        if len(kept) == top:
            break
    return kept


def probabilities(scores: Sequence[float]) -> tuple[list[float], float]:
    """One softmax over all candidates of all passages and "no answer".

    Returns:
        The candidates' probabilities in the given order, and that of "no answer".
    """
    values = np.array([*scores, NO_ANSWER], dtype=np.float64)
    weights = np.exp(values - values.max())
    shares = (weights / weights.sum()).tolist()
    return shares[:-1], shares[-1]


def tidy(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Move the edges of ``text[start:end]`` to where a person would mark the answer.

    Whole syllables and numbers; no white space or loose punctuation at the edges; brackets and quotes
    in pairs, and none around the whole. The result is again a stretch of ``text``, never a rewriting.

    Returns:
        The new edges, or None if nothing but punctuation is left.
    """
    start, end = _whole_units(text, start, end)
    while start < end:
        moved = _paired(text, *_stripped(text, start, end))
        if moved == (start, end):
            return start, end
        start, end = moved
    return None


def _whole_units(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen edges that cut a word or a number such as "0,6612" or "12,5%"."""
    begin = max(0, start - _REACH)
    while begin and not text[begin - 1].isspace():
        begin -= 1
    for unit in _UNIT.finditer(text, begin):
        if unit.start() >= end:
            break
        if unit.start() < start < unit.end():
            start = unit.start()
        if unit.start() < end < unit.end():
            end = unit.end()
    return start, end


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _LEADING and not _is_sign(text, start):
        start += 1
    while start < end and text[end - 1] in _TRAILING:
        end -= 1
    return start, end


def _is_sign(text: str, place: int) -> bool:
    """Whether a dash is a minus: at the edge of a word and before a digit."""
    after = text[place + 1 : place + 2]
    return text[place] in "-–" and after.isdigit() and not text[:place][-1:].isalnum()


def _paired(text: str, start: int, end: int) -> tuple[int, int]:
    """Take in the missing half of a pair if it is next to the span, else leave the other half out."""
    for opening, closing in _PAIRS.items():
        start, end = _one_pair(text, start, end, opening, closing)
    return _quotes(text, start, end)


def _one_pair(text: str, start: int, end: int, opening: str, closing: str) -> tuple[int, int]:
    opens, closes = _loose(text, start, end, opening, closing)
    if opens:
        if text[end : end + 1] == closing and len(opens) == 1:
            end += 1
        else:
            start, end = (start + 1, end) if opens[0] == start else (start, opens[0])
    elif closes:
        if start and text[start - 1] == opening and len(closes) == 1:
            start -= 1
        else:
            start, end = (start, end - 1) if closes[-1] == end - 1 else (closes[-1] + 1, end)
    if _wraps(text, start, end, opening, closing):
        return start + 1, end - 1
    return start, end


def _loose(text: str, start: int, end: int, opening: str, closing: str) -> tuple[list[int], list[int]]:
    """Places of the opening and closing marks in ``text[start:end]`` that have no partner there."""
    opens: list[int] = []
    closes: list[int] = []
    for place in range(start, end):
        if text[place] == opening:
            opens.append(place)
        elif text[place] == closing and opens:
            opens.pop()
        elif text[place] == closing:
            closes.append(place)
    return opens, closes


def _wraps(text: str, start: int, end: int, opening: str, closing: str) -> bool:
    """Whether a pair's first and last mark are the span's first and last character."""
    if end - start < 2 or text[start] != opening or text[end - 1] != closing:
        return False
    return _loose(text, start + 1, end - 1, opening, closing) == ([], [])


def _quotes(text: str, start: int, end: int) -> tuple[int, int]:
    """The same for straight double quotes, whose two halves look alike."""
    marks = [place for place in range(start, end) if text[place] == '"']
    if len(marks) == 2 and marks == [start, end - 1]:
        return start + 1, end - 1
    if len(marks) % 2 == 0:
        return start, end
    if marks[0] == start:
        return (start, end + 1) if text[end : end + 1] == '"' and len(marks) > 1 else (start + 1, end)
    if marks[-1] == end - 1:
        return start, end - 1
    if text[end : end + 1] == '"':
        return start, end + 1
    if start and text[start - 1] == '"':
        return start - 1, end
    return start, marks[-1]
