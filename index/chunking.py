"""Articles cut into passages: sentences packed up to a number of model tokens, each at a known place."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from langchain_text_splitters import RecursiveCharacterTextSplitter, TextSplitter

from index.config import IndexConfig
from index.records import Article, Passage
from index.sentences import ends_with_stop, sentences

CountTokens = Callable[[Sequence[str]], list[int]]

# Where a sentence longer than a passage is cut, best first: after a clause, after a comma, at white space,
# anywhere (in blocks of 32 characters, and a block of many tokens at any character).
_CUTS: Final = [r"(?<=[;:.!?…])\s+", r"(?<=[,–—-])\s+", r"\s+", r"(?s:.{32})", r"(?s:.)"]
# Such a sentence is cut into pieces of about this share of a passage, so that the packing can choose.
_PIECES_A_PASSAGE: Final = 4

# What it costs to end a passage there; to compare: a passage filled to half costs 0.25.
_INSIDE_SPLIT_PARAGRAPH: Final = 0.05
_INSIDE_PARAGRAPH: Final = 1.0
_AFTER_CLAUSE: Final = 1.0
_AFTER_COMMA: Final = 1.5
_AT_SPACE: Final = 3.0
_INSIDE_WORD: Final = 6.0
_AFTER_HEADING: Final = 4.0
# A passage filled to less than this share costs this much more.
_TINY: Final = 0.15
_COST_OF_TINY: Final = 1.5

_LONGEST_HEADING: Final = 150
_LIST_MARKS: Final = ("-", "*", "+", "•", "–", "|")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A piece ``text[start:end]`` that is never cut; ``cost`` is what ending a passage after it costs."""

    start: int
    end: int
    tokens: int
    cost: float


class PassageSplitter(TextSplitter):
    """A LangChain text splitter that keeps sentences whole and paragraphs together where they fit.

    ``chunk_size`` and ``chunk_overlap`` count model tokens. Chunks are made of whole sentences, headings stay
    with what they head, and no chunk is left with a few words if its neighbour can share. A chunk has at
    most ``chunk_size`` tokens, taken as the sum over its sentences.
    """

    def __init__(self, count_tokens: CountTokens, chunk_size: int, chunk_overlap: int = 0) -> None:
        """Make a splitter.

        Args:
            count_tokens: number of model tokens of each text.
            chunk_size: most tokens a chunk may have.
            chunk_overlap: most tokens at a chunk's beginning that end the chunk before it.

        Raises:
            ValueError: if the overlap does not leave room for anything new.
        """
        super().__init__(chunk_size, chunk_overlap, length_function=lambda text: count_tokens([text])[0])
        if chunk_overlap >= chunk_size:
            raise ValueError(f"overlap of {chunk_overlap} tokens leaves nothing of passages of {chunk_size}")
        self._count_tokens = count_tokens
        self._room = chunk_size - chunk_overlap

    def split_text(self, text: str) -> list[str]:
        """The chunks of the text, in order (LangChain's interface)."""
        return [text[start:end] for start, end in self.spans(text)]

    def spans(self, text: str) -> list[tuple[int, int]]:
        """``[start, end)`` of the chunks of the text, in order; outside of them is only white space."""
        units = self._units(text)
        chunks = _pack(units, self._room)
        befores = [0, *(first + 1 for first, _ in chunks)]
        return [
            (units[self._with_overlap(units, first, before)].start, units[last - 1].end)
            for (first, last), before in zip(chunks, befores, strict=False)
        ]

    def _units(self, text: str) -> list[_Unit]:
        """The sentences, those that are too long in pieces."""
        spans = sentences(text)
        counts = self._count_tokens([text[start:end] for start, end in spans]) if spans else []
        costs = _costs(text, spans, counts, self._room)
        return [
            unit
            for (start, end), tokens, cost in zip(spans, counts, costs, strict=True)
            for unit in self._whole_or_cut(text, _Unit(start, end, tokens, cost))
        ]

    def _whole_or_cut(self, text: str, sentence: _Unit) -> Iterator[_Unit]:
        if sentence.tokens <= self._room:
            yield sentence
            return
        spans = list(self._cut(text, sentence.start, sentence.end))
        counts = self._count_tokens([text[start:end] for start, end in spans])
        for place, ((start, end), tokens) in enumerate(zip(spans, counts, strict=True), start=1):
            last = place == len(spans)
            yield _Unit(start, end, tokens, sentence.cost if last else _cost_of_cut(text, end))

    def _cut(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Spans of the pieces of a sentence, without the white space between them."""
        cutter = RecursiveCharacterTextSplitter(
            separators=_CUTS,
            is_separator_regex=True,
            keep_separator="end",
            strip_whitespace=False,
            chunk_size=max(self._room // _PIECES_A_PASSAGE, 1),
            chunk_overlap=0,
            length_function=cache(self._length_function),
        )
        # The pieces keep every character, so adding up their lengths tells where each stands.
        for piece in cutter.split_text(text[start:end]):
            trimmed = piece.strip()
            if trimmed:
                begin = start + piece.index(trimmed)
                yield begin, begin + len(trimmed)
            start += len(piece)

    def _with_overlap(self, units: list[_Unit], first: int, earliest: int) -> int:
        """The unit that a chunk begins with, if it may repeat the end of the chunk before it."""
        room = self._chunk_overlap
        while first > earliest and units[first - 1].tokens <= room:
            first -= 1
            room -= units[first].tokens
        return first


def split(article: Article, count_tokens: CountTokens, config: IndexConfig) -> list[Passage]:
    """Cut an article into passages, in order.

    Each is a stretch of ``article.text`` of at most ``config.passage_tokens`` model tokens that neither
    begins nor ends with white space; together they hold everything else, and they overlap only by whole
    sentences within ``config.overlap_tokens``.

    Args:
        article: the article; its text may be empty.
        count_tokens: number of model tokens of each text, without special tokens.
        config: sizes of the passages.

    Raises:
        RuntimeError: if a passage is not where it should be, which is an error of this module.
    """
    splitter = PassageSplitter(count_tokens, config.passage_tokens, config.overlap_tokens)
    passages = [
        Passage(article.id, start, end, article.text[start:end])
        for start, end in splitter.spans(article.text)
    ]
    check_passages(article, passages)
    return passages


def _costs(text: str, spans: list[tuple[int, int]], counts: list[int], room: int) -> list[float]:
    """What ending a passage after each sentence costs."""
    costs = []
    for paragraph in _paragraphs(text, spans):
        fits = sum(counts[place] for place in paragraph) <= room
        inside = _INSIDE_PARAGRAPH if fits else _INSIDE_SPLIT_PARAGRAPH
        start, end = spans[paragraph[0]][0], spans[paragraph[-1]][1]
        costs += [inside] * (len(paragraph) - 1) + [_AFTER_HEADING if _leads_on(text[start:end]) else 0.0]
    return costs


def _paragraphs(text: str, spans: list[tuple[int, int]]) -> Iterator[list[int]]:
    """Indices of the sentences of each paragraph: those with no line break between them."""
    paragraph: list[int] = []
    for place, (start, _) in enumerate(spans):
        if paragraph and "\n" in text[spans[place - 1][1] : start]:
            yield paragraph
            paragraph = []
        paragraph.append(place)
    if paragraph:
        yield paragraph


def _leads_on(paragraph: str) -> bool:
    """Whether a paragraph is a heading, or announces what follows it."""
    if len(paragraph) > _LONGEST_HEADING or paragraph.startswith(_LIST_MARKS):
        return paragraph.endswith(":")
    return not ends_with_stop(paragraph) and not paragraph.endswith((";", ","))


def _cost_of_cut(text: str, end: int) -> float:
    """What ending a passage inside a sentence costs."""
    if not text[end].isspace():
        return _INSIDE_WORD
    if text[end - 1] in ";:.!?…":
        return _AFTER_CLAUSE
    return _AFTER_COMMA if text[end - 1] in ",–—-" else _AT_SPACE


def _pack(units: list[_Unit], room: int) -> list[tuple[int, int]]:
    """Divide the units into passages ``[first, last)`` of at most ``room`` tokens at the least cost.

    Shortest path over the places where a passage may end, as paragraphs are broken into lines (Knuth and
    Plass 1981): a passage costs the square of the share of it that stays empty, and what ending it there
    costs. Ties go to the longer last passage. A unit that is too long by itself makes its own passage.
    """
    best = [0.0]
    begins = [0]
    for last in range(1, len(units) + 1):
        cheapest, begin, tokens = float("inf"), last - 1, 0
        for first in range(last - 1, -1, -1):
            tokens += units[first].tokens
            if tokens > room and first < last - 1:
                break
            cost = best[first] + _cost_of_passage(min(tokens / room, 1.0))
            if cost <= cheapest:
                cheapest, begin = cost, first
        best.append(cheapest + (units[last - 1].cost if last < len(units) else 0.0))
        begins.append(begin)
    ends = [len(units)]
    while ends[-1] > 0:
        ends.append(begins[ends[-1]])
    return list(itertools.pairwise(reversed(ends)))


def _cost_of_passage(filled: float) -> float:
    return (1.0 - filled) ** 2 + (_COST_OF_TINY if filled < _TINY else 0.0)


def check_passages(article: Article, passages: Sequence[Passage]) -> None:
    """Make sure that passages stand where they say, move forward and leave out nothing but white space.

    Raises:
        RuntimeError: if they do not.
    """
    begun, cursor = -1, 0
    for passage in passages:
        lost = article.text[cursor : passage.start].strip()
        moved = passage.start <= begun or not article.text.startswith(passage.text, passage.start)
        if lost or moved or passage.end != passage.start + len(passage.text):
            raise RuntimeError(
                f"internal error: passage {passage.start}-{passage.end} of {article.id} is misplaced"
            )
        begun, cursor = passage.start, passage.end
    if article.text[cursor:].strip():
        raise RuntimeError(f"internal error: article {article.id} has text after {cursor} in no passage")
