"""A raw copy of a web page in, the article and nothing but the article out."""

import re
from dataclasses import dataclass
from typing import Final

from index.cleaning.head import Read, read_foot, read_head, read_lead_in
from index.cleaning.lines import kept, split_lines
from index.cleaning.noise import drop_noise, drop_repeats
from index.cleaning.tail import drop_tail
from index.metadata import Metadata
from index.records import Dropped

# Between the paragraphs of an article's text.
SEPARATOR: Final = "\n"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """An article as it came out of a raw copy.

    Every character of the copy that is not white space stands in ``title``, ``text`` or ``dropped``; only
    a title made from the file's name was never in the copy.

    Attributes:
        title: the headline, which is not repeated in ``text``.
        text: the body, one paragraph or sub-heading a line.
        metadata: what the copy's date, author and source lines say.
        dropped: everything else in its order, with the rule that left it out.
    """

    title: str
    text: str
    metadata: Metadata
    dropped: tuple[Dropped, ...]


def clean(raw: str, name: str, title: str | None = None) -> Cleaned:
    """Separate the article from the noise of the page that it was copied from.

    Args:
        raw: the copy, in NFC with line feeds as line ends; each line is a paragraph, hard-wrapped text apart.
        name: the file's name without its suffix, which gives the title if no line does.
        title: the title, if it is known from elsewhere.
    """
    lines = drop_repeats(drop_tail(drop_noise(split_lines(raw))))
    read = read_lead_in(read_foot(read_head(lines, title)))
    return _cleaned(read, read.title or title_from_name(name))


def title_from_name(name: str) -> str:
    """A file's name as a readable title: "gia-lua_2024" becomes "Gia lua 2024"."""
    words = re.sub(r"[\s_-]+", " ", name).strip()
    return words[:1].upper() + words[1:]


def _cleaned(read: Read, title: str) -> Cleaned:
    return Cleaned(
        title=title,
        text=SEPARATOR.join(read.lines[place].text for place in kept(read.lines)),
        metadata=read.metadata,
        dropped=tuple(
            Dropped(line.text, line.rule) for line in read.lines if line.rule and line.rule != "title"
        ),
    )
