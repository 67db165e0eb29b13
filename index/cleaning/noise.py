"""Lines that are noise by themselves or by the lines beside them, wherever in the copy they stand."""

from dataclasses import replace
from typing import Final

from index.cleaning import patterns
from index.cleaning.lines import Line, Lines, drop, is_prose, kept, key
from index.sentences import sentences
from index.text import syllables

# The rule for a line of a comment form, which also tells where the article has ended.
COMMENT_FORM: Final = "comment form"

# A caption: this many syllables where empty lines set the picture apart from the paragraphs; where they
# do not, the line below a picture may as well be the next paragraph, and only a single short sentence is
# taken for a caption.
_LONGEST_CAPTION: Final = 80
_LONGEST_LOOSE_CAPTION: Final = 20


def drop_noise(lines: Lines) -> Lines:
    """Leave out everything that does not need the article's beginning and end to be known."""
    for stage in (_drop_page_noise, _drop_placeholders, _drop_share_bars, _drop_captions, _drop_credits):
        lines = stage(lines)
    return lines


def drop_repeats(lines: Lines) -> Lines:
    """Keep a repeated paragraph once; short lines only count as repeated when they stand together."""
    first_seen: dict[tuple[str, ...], int] = {}
    repeats = []
    before: tuple[str, ...] = ()
    for place in kept(lines):
        words = key(lines[place].text)
        if words in first_seen and (len(words) >= 8 or words == before):
            repeats.append(place)
        elif words:
            first_seen[words] = place
            before = words
    return drop(lines, repeats, "repeated")


def page_noise_rule(text: str) -> str | None:
    """The rule by which a line is noise by itself, or None."""
    if len(text) > patterns.LONGEST_NOISE:
        return None
    if patterns.COMMENT_PROMPT.fullmatch(text):
        return COMMENT_FORM
    if patterns.SEE_ALSO_LINE.fullmatch(text) and not is_prose(text):
        return "related article"
    return next((name for name, pattern in patterns.PAGE_NOISE if pattern.fullmatch(text)), None)


def is_image_file(text: str) -> bool:
    """Whether a line is the name of an image file."""
    return len(text) <= patterns.LONGEST_NOISE and patterns.IMAGE_FILE.fullmatch(text) is not None


def _drop_page_noise(lines: Lines) -> Lines:
    return tuple(replace(line, rule=line.rule or page_noise_rule(line.text)) for line in lines)


def _drop_placeholders(lines: Lines) -> Lines:
    """Leave out unfilled fields of the page's template, and lines that hold just the words beside one."""
    remnants = set()
    places = []
    for place in kept(lines):
        text = lines[place].text
        found = patterns.PLACEHOLDER.fullmatch(text) if len(text) <= patterns.LONGEST_NOISE else None
        if found:
            places.append(place)
            remnants.add(found.group("before").strip())
    remnants.discard("")
    places += [place for place in kept(lines) if lines[place].text in remnants]
    return drop(lines, places, "template leftover")


def _drop_share_bars(lines: Lines) -> Lines:
    """Leave out lines of share labels; one label alone counts beside another or outside the article."""
    places = kept(lines)
    labels = [_share_labels(lines[place].text) for place in places]
    prose = [order for order, place in enumerate(places) if is_prose(lines[place].text)] or [len(places)]

    def is_noise(order: int) -> bool:
        beside = any(labels[max(order - 1, 0) : order]) or any(labels[order + 1 : order + 2])
        return labels[order] > 1 or (labels[order] == 1 and (beside or not prose[0] < order < prose[-1]))

    return drop(lines, [place for order, place in enumerate(places) if is_noise(order)], "share bar")


def _share_labels(text: str) -> int:
    """How many share labels a line consists of; 0 if it holds anything else."""
    if len(text) > patterns.LONGEST_NOISE or not patterns.SHARE_BAR.fullmatch(text):
        return 0
    return len(patterns.SHARE_LABEL.findall(text))


def _drop_captions(lines: Lines) -> Lines:
    """Leave out names of image files and the caption that stands directly below one."""
    places = kept(lines)
    images = [place for place in places if is_image_file(lines[place].text)]
    # Below a picture that opens the copy stands the headline, not a caption.
    opening = next((place for place in places if not is_image_file(lines[place].text)), len(lines))
    captions = [place + 1 for place in images if place > opening and _is_caption(lines, place + 1)]
    return drop(drop(lines, images, "image file"), captions, "caption")


def _is_caption(lines: Lines, place: int) -> bool:
    """Whether the line below an image file's name, which stands at ``place - 1``, is its caption."""
    if place >= len(lines) or not lines[place].joined:
        return False
    text = lines[place].text
    top = place - 1
    while lines[top].joined and is_image_file(lines[top - 1].text):
        top -= 1
    set_apart = not lines[top].joined and (place + 1 == len(lines) or not lines[place + 1].joined)
    if set_apart:
        return len(syllables(text)) <= _LONGEST_CAPTION
    return len(syllables(text)) <= _LONGEST_LOOSE_CAPTION and len(sentences(text)) == 1


def _drop_credits(lines: Lines) -> Lines:
    """Leave out captions that end with an image credit; the first line of a copy is never one."""
    return drop(lines, [place for place in kept(lines)[1:] if _is_credited(lines[place])], "caption")


def _is_credited(line: Line) -> bool:
    text = line.text
    found = patterns.CREDIT.search(text[-patterns.LONGEST_NOISE :])
    credited = found is not None and _is_credit_name(found.group("name"))
    if not (credited or patterns.CREDIT_WITHOUT_NAME.search(text[-patterns.LONGEST_NOISE :])):
        return False
    return len(syllables(text)) <= _LONGEST_CAPTION and len(sentences(text)) <= 3


def _is_credit_name(name: str) -> bool:
    words = name.replace("/", " ").replace("-", " ").replace(",", " ").split()
    return len(words) <= 8 and all(
        word[0].isupper() or word[0].isdigit() or "." in word or word in patterns.CREDIT_WORDS
        for word in words
    )
