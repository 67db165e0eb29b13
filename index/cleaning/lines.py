"""A raw copy as lines that carry the rule which left them out, and what kinds of line there are."""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from index.sentences import ends_with_stop
from index.text import syllables

_SHORTEST_PROSE: Final = 12
_PROSE_WITHOUT_STOP: Final = 30
_LONGEST_HEADLINE: Final = 40
_OPENING: Final = "\"'“‘«([>»–—-•*. "

# A file is hard-wrapped if this share of the breaks inside its paragraphs goes on in lower case.
_WRAPPED_SHARE: Final = 0.4
_LONGEST_WRAPPED_LINE: Final = 120
_LIST_ITEM: Final = re.compile(r"(?:[-*+•–]|\(?\w{1,3}[.)])\s|\|")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a raw copy that is not empty.

    Attributes:
        text: without white space at its ends, runs of white space inside it as one space.
        joined: it stands directly below the line before, no empty line between them.
        rule: the rule that left it out of the article, None while it is kept.
    """

    text: str
    joined: bool
    rule: str | None = None


Lines = tuple[Line, ...]


def split_lines(raw: str) -> Lines:
    """The lines of a copy; if it is hard-wrapped, the lines of one paragraph are put together."""
    blocks = [[" ".join(line.split()) for line in block.split("\n")] for block in re.split(r"\n\s*\n", raw)]
    blocks = [[line for line in block if line] for block in blocks]
    if _is_wrapped(blocks):
        blocks = [_unwrapped(block) for block in blocks]
    return tuple(Line(text, joined=place > 0) for block in blocks for place, text in enumerate(block))


def kept(lines: Lines) -> list[int]:
    """Places of the lines that no rule has left out."""
    return [place for place, line in enumerate(lines) if line.rule is None]


def drop(lines: Lines, places: Iterable[int], rule: str) -> Lines:
    """Leave the lines at these places out by this rule; a line that is out already keeps its rule."""
    chosen = set(places)
    return tuple(
        replace(line, rule=rule) if place in chosen and line.rule is None else line
        for place, line in enumerate(lines)
    )


def key(text: str) -> tuple[str, ...]:
    """What two copies of the same line have in common: their syllables."""
    return tuple(syllables(text))


def is_prose(text: str) -> bool:
    """Whether a line is running text: complete sentences, or too long to be anything else."""
    count = len(syllables(text))
    return count >= _PROSE_WITHOUT_STOP or (count >= _SHORTEST_PROSE and ends_with_stop(text))


def is_headline(text: str) -> bool:
    """Whether a line could be a headline: short, a capital or figure first, no full stop at its end."""
    first = text.lstrip(_OPENING)[:1]
    short = 2 <= len(syllables(text)) <= _LONGEST_HEADLINE
    return (
        short
        and (first.isupper() or first.isdigit())
        and not text.rstrip("\"'”’»)").endswith((".", ":", ";"))
    )


def _breaks(blocks: list[list[str]]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        yield from itertools.pairwise(block)


def _is_wrapped(blocks: list[list[str]]) -> bool:
    """Whether an editor broke the paragraphs into lines of one width."""
    breaks = list(_breaks(blocks))
    if len(breaks) < 3 or any(len(line) > _LONGEST_WRAPPED_LINE for block in blocks for line in block):
        return False
    return sum(after[0].islower() for _, after in breaks) >= _WRAPPED_SHARE * len(breaks)


def _unwrapped(block: list[str]) -> list[str]:
    """The paragraph's lines as one, except where a list item or a line after a short one begins."""
    width = max(map(len, block), default=0)
    paragraphs = block[:1]
    for before, after in itertools.pairwise(block):
        begins = _LIST_ITEM.match(after) or (len(before) < 0.6 * width and not after[0].islower())
        if begins:
            paragraphs.append(after)
        else:
            paragraphs[-1] += " " + after
    return paragraphs
