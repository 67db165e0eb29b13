"""The beginning and the end of an article: its headline, and the lines that state date, author, source."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from index import metadata
from index.cleaning.lines import Lines, drop, is_headline, is_prose, kept, key
from index.metadata import Metadata
from index.sentences import ends_with_stop

# How many lines a headline, its date and what stands around them may take.
_HEAD: Final = 15
# How many lines below the last paragraph may name the author or the source.
_FOOT: Final = 4
# Of the headlines above a dateline, those whose pairs of syllables return in the article less often than
# the best one's by more than this share belong to other articles.
_FAR_FROM_BEST: Final = 0.3
# Without a dateline the first headline is foreign if less than this share of its syllables returns,
_FOREIGN: Final = 0.3
# while of another one at least this share does.
_AT_HOME: Final = 0.5


@dataclass(frozen=True, slots=True)
class Read:
    """A copy from which some lines have been read and left out, with what they said so far."""

    lines: Lines
    metadata: Metadata = field(default=Metadata())
    title: str | None = None


def read_head(lines: Lines, title: str | None) -> Read:
    """Find the headline, unless the title is known, and read the date and author lines around it."""
    places = kept(lines)[:_HEAD]
    head = _head(lines)
    dated = _datelines(lines, head)
    if title is None:
        chosen = _title_place(lines, places, dated[0] if dated else None)
    else:
        chosen = next((place for place in places if key(lines[place].text) == key(title)), None)
    if chosen is not None:
        title = title or lines[chosen].text
        lines = drop(_drop_above(lines, places, chosen), [chosen], "title")
        above = {key(lines[place].text) for place in places if lines[place].rule}
        lines = drop(lines, [place for place in places if key(lines[place].text) in above], "repeated")
    read = Read(lines, title=title)
    for place in dated:
        read = _read_dateline(read, places, place)
    return _read_labelled(read, head)


def read_foot(read: Read) -> Read:
    """Read the lines below the last paragraph that name the author, the source or the date."""
    places = kept(read.lines)
    for place, above in list(zip(places[::-1], places[-2::-1], strict=False))[:_FOOT]:
        text = read.lines[place].text
        found = _foot_metadata(text, below_text=ends_with_stop(read.lines[above].text))
        if found is None:
            break
        read = _taken(read, [place], "author or source", found)
    return read


def read_lead_in(read: Read) -> Read:
    """Take the publisher that the first paragraph opens with; its words stay in the text."""
    first = next((line.text for line in read.lines if line.rule is None and is_prose(line.text)), "")
    return _taken(read, [], "", Metadata(source=metadata.lead_in(first)))


def _taken(read: Read, places: list[int], rule: str, found: Metadata) -> Read:
    """The copy without these lines, and with what they say where nothing had been said before."""
    known = read.metadata
    merged = Metadata(
        published=known.published or found.published,
        author=known.author or found.author,
        source=known.source or found.source,
        url=known.url or found.url,
    )
    return replace(read, lines=drop(read.lines, places, rule), metadata=merged)


def _head(lines: Lines) -> list[int]:
    """Places of the first lines, up to the second paragraph."""
    places = kept(lines)[:_HEAD]
    prose = [order for order, place in enumerate(places) if is_prose(lines[place].text)]
    return places[: prose[1]] if len(prose) > 1 else places


def _datelines(lines: Lines, head: list[int]) -> list[int]:
    """The datelines of the copy's head."""
    dated = [place for place in head if metadata.dateline(lines[place].text)]
    below_prose = any(is_prose(lines[place].text) for place in head if dated and place < dated[0])
    # Dates between the paragraphs are the headings of a chronicle.
    body = kept(lines)[len(head) :]
    chronicle = below_prose and any(metadata.dateline(lines[place].text) for place in body)
    return [] if chronicle else dated


def _title_place(lines: Lines, places: list[int], anchor: int | None) -> int | None:
    """The headline among the lines before the first paragraph.

    It is the one next above the dateline, else the first, if its words return in the article.
    """
    prose = next((place for place in places if is_prose(lines[place].text)), len(lines))
    candidates = [place for place in places if place < prose and _may_be_title(lines[place].text)]
    if anchor is not None:
        candidates = _some(candidates, lambda place: not _is_byline_at(lines, place, anchor))
    if not candidates or len(kept(lines)) < 2:
        return None
    above = [place for place in candidates if anchor is not None and place < anchor]
    if above:
        pairs = _echoes(lines, above, 2)
        return _some(above, lambda place: pairs[place] >= max(pairs.values()) - _FAR_FROM_BEST)[-1]
    # Nothing shows where the headline stands: another line is taken for it only on strong evidence.
    candidates = _some(candidates, lambda place: not metadata.is_masthead(lines[place].text))
    words = _echoes(lines, candidates, 1)
    foreign = max(words.values()) >= _AT_HOME
    return _some(candidates, lambda place: not (foreign and words[place] < _FOREIGN))[0]


def _some(places: list[int], is_good: Callable[[int], bool]) -> list[int]:
    """The good ones of these places, or all if none is."""
    return [place for place in places if is_good(place)] or places


def _may_be_title(text: str) -> bool:
    stated = metadata.is_labelled_byline(text) or metadata.source_line(text) or metadata.dateline(text)
    return is_headline(text) and not stated and not metadata.is_section(text)


def _echoes(lines: Lines, candidates: list[int], size: int) -> dict[int, float]:
    """Of each candidate's runs of ``size`` syllables the share that stands in another line, in [0, 1]."""
    own = {place: set(_runs(key(lines[place].text), size)) for place in candidates}
    wanted = set().union(*own.values())
    seen: Counter[tuple[str, ...]] = Counter()
    # A line that stands twice does not echo itself.
    for words in {key(lines[place].text) for place in kept(lines)}:
        seen.update(wanted.intersection(_runs(words, size)))
    return {place: sum(seen[run] > 1 for run in runs) / len(runs) for place, runs in own.items()}


def _runs(words: tuple[str, ...], size: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(size)), strict=False)


def _is_byline_at(lines: Lines, place: int, anchor: int) -> bool:
    """Whether the line names an author right beside the dateline."""
    between = kept(lines)[kept(lines).index(min(place, anchor)) + 1 : kept(lines).index(max(place, anchor))]
    return not between and metadata.byline(lines[place].text) is not None


def _drop_above(lines: Lines, places: list[int], chosen: int) -> Lines:
    """Leave out what stands above the headline, paragraphs excepted."""
    above = [place for place in places if place < chosen and not is_prose(lines[place].text)]
    dated = {place for place in above if metadata.dateline(lines[place].text)}
    sections = [place for place in above if metadata.is_section(lines[place].text)]
    lines = drop(lines, sections, "section")
    return drop(lines, [place for place in above if place not in dated], "stray headline")


def _read_dateline(read: Read, places: list[int], anchor: int) -> Read:
    """Read a dateline and the author beside it, and leave out the section's name wherever it stands."""
    stated = metadata.dateline(read.lines[anchor].text)
    if stated is None:
        return read
    read = _taken(read, [anchor], "dateline", Metadata(published=stated.published))
    for other in stated.others:
        read = _taken(read, [], "", metadata.byline(other) or Metadata())
    for place in _beside(read.lines, anchor):
        text = read.lines[place].text
        named = metadata.source_line(text) or metadata.byline(text)
        if named:
            read = _taken(read, [place], "author or source", named)
        elif metadata.is_section(text):
            read = _taken(read, [place], "section", Metadata())
    sections = [place for place in places if read.lines[place].text in stated.others]
    return _taken(read, sections, "section", Metadata())


def _read_labelled(read: Read, places: list[int]) -> Read:
    """Read the head's lines that say that they name the author, or that are a link to the article."""
    for place in places:
        text = read.lines[place].text
        if read.lines[place].rule is None and metadata.is_labelled_byline(text):
            read = _taken(read, [place], "author or source", metadata.byline(text) or Metadata())
        elif read.lines[place].rule is None and metadata.link_line(text):
            read = _taken(read, [place], "link", Metadata(url=metadata.link_line(text)))
    return read


def _beside(lines: Lines, anchor: int) -> list[int]:
    """The kept lines next above and next below a line."""
    places = kept(lines)
    return [place for place in places if place < anchor][-1:] + [place for place in places if place > anchor][
        :1
    ]


def _foot_metadata(text: str, below_text: bool) -> Metadata | None:
    """What a line below the article says; a bare name counts only right below a paragraph."""
    source = metadata.source_line(text)
    if source:
        return source
    author = metadata.byline(text)
    if author and (below_text or metadata.is_labelled_byline(text)):
        return author
    stated = metadata.dateline(text)
    if stated:
        return Metadata(published=stated.published)
    link = metadata.link_line(text)
    return Metadata(url=link) if link else None
