"""What stands below the article, or between its paragraphs: lists of other articles, readers' comments."""

from dataclasses import replace
from typing import Final

from index.cleaning import patterns
from index.cleaning.lines import Lines, drop, is_headline, is_prose, kept, key
from index.cleaning.noise import COMMENT_FORM
from index.sentences import ends_with_stop
from index.text import syllables

_OTHER_ARTICLES: Final = "other articles"
_COMMENTS: Final = "comments"

# Running text that may show that the article goes on below a list has at least this many syllables ...
_LONG_PROSE: Final = 20
# ... and this many such paragraphs stand together; below the headline of another article stands one.
_PARAGRAPHS_TOGETHER: Final = 2
# A text line this long before a list shows that the article has begun.
_BEGUN: Final = 6
# Teasers without a heading above them are known by their repeated headlines: at least so many in a row.
_FEWEST_TEASERS: Final = 2


def drop_tail(lines: Lines) -> Lines:
    """Leave out the lists and comments that follow the article, and the lists inside it.

    A heading such as "Tin cùng chuyên mục" ends the article unless paragraphs that stand together follow;
    then only the headlines directly below it are left out.
    """
    places = [place for place, line in enumerate(lines) if line.rule in (None, COMMENT_FORM)]
    last = _last_paragraphs(lines, places)
    inside: list[int] = []
    begun = False
    for order, place in enumerate(places):
        text = lines[place].text
        rule = _heading_rule(text)
        if rule and begun and order > last:
            lines = _drop_under_headings(lines, places[order:])
            break
        if rule == _OTHER_ARTICLES:
            # Above the article its own headline may be the next line.
            inside += [place, *(_headlines_below(lines, places[order + 1 :]) if begun else ())]
        begun = begun or (len(syllables(text)) >= _BEGUN and ends_with_stop(text))
    return _drop_teasers(drop(lines, inside, _OTHER_ARTICLES))


def _drop_under_headings(lines: Lines, places: list[int]) -> Lines:
    """Leave out these lines, the first of them a heading, each by the rule of the heading above it."""
    by_rule: list[str | None] = [None] * len(lines)
    rule: str | None = None
    for place in places:
        rule = _heading_rule(lines[place].text) or rule
        by_rule[place] = rule
    return tuple(replace(line, rule=line.rule or new) for line, new in zip(lines, by_rule, strict=True))


def _heading_rule(text: str) -> str | None:
    """The rule for what stands below a heading, None if the line heads no list and no comments."""
    if len(text) > patterns.LONGEST_NOISE:
        return None
    if patterns.COMMENTS.fullmatch(text) or patterns.COMMENT_PROMPT.fullmatch(text):
        return _COMMENTS
    listed = patterns.RELATED.fullmatch(text) or patterns.SEE_ALSO.fullmatch(text)
    return _OTHER_ARTICLES if listed else None


def _last_paragraphs(lines: Lines, places: list[int]) -> int:
    """Index in ``places`` of the last of the paragraphs that stand together, as in no list; -1 if none do."""
    together = 0
    last = -1
    before: tuple[str, ...] = ()
    for order, place in enumerate(places):
        text = lines[place].text
        words = key(text)
        if words != before:
            together = together + 1 if _is_paragraph(text, len(words)) else 0
        if together >= _PARAGRAPHS_TOGETHER:
            last = order
        before = words
    return last


def _is_paragraph(text: str, count: int) -> bool:
    """Long running text that is not cut off: teasers often end with an ellipsis or a question."""
    return count >= _LONG_PROSE and ends_with_stop(text) and not text.endswith(("...", "…", "?"))


def _headlines_below(lines: Lines, places: list[int]) -> list[int]:
    """The headlines directly below a list's heading, with the lead below a headline that stands twice."""
    taken: list[int] = []
    before: tuple[str, ...] = ()
    twice = False
    for place in places:
        text = lines[place].text
        words = key(text)
        headline = is_headline(text) and not is_prose(text) and _heading_rule(text) is None
        if not (headline or twice):
            break
        taken.append(place)
        twice = headline and words == before
        before = words
    return taken


def _drop_teasers(lines: Lines) -> Lines:
    """Leave out a run of teasers, each a headline twice and perhaps its lead, at the end of the copy."""
    places = kept(lines)
    starts = [
        order
        for order in range(len(places) - 1)
        if is_headline(lines[places[order]].text)
        and key(lines[places[order]].text) == key(lines[places[order + 1]].text)
    ]
    run = len(places)
    teasers = 0
    for order in reversed(starts):
        if run - order > 3:
            break
        run = order
        teasers += 1
    first = run if teasers >= _FEWEST_TEASERS and run > 0 else len(places)
    return drop(lines, places[first:], _OTHER_ARTICLES)
