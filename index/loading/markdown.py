"""Markdown files, one article each, with an optional front matter of ``key: value`` lines."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from index.cleaning import clean
from index.loading.decoding import normalise
from index.loading.text import to_article, to_text
from index.metadata import Metadata, parse_date
from index.records import Article

SUFFIXES: Final = frozenset({".md", ".markdown"})

_FRONT_MATTER: Final = re.compile(r"---[ ]*\n(?P<fields>.*?)\n(?:---|\.\.\.)[ ]*(?:\n|\Z)", re.DOTALL)
_FRONT_MATTER_BYTES: Final = re.compile(rb"(?:\xef\xbb\xbf)?---[ ]*\r?\n[\w-]+[ ]*:")
_FIELD: Final = re.compile(r"(?P<name>[\w-]+)[ ]*:[ ]*(?P<value>.*?)[ ]*")
_FENCE: Final = re.compile(r"[ ]{0,3}(?P<mark>`{3,}|~{3,})")
_HEADING: Final = re.compile(r"[ ]{0,3}(?P<level>#{1,6})(?:[ ]+(?P<text>.*?))?(?:[ ]+#+)?[ ]*")
_UNDERLINE: Final = re.compile(r"[ ]{0,3}(?:=+|-{2,})[ ]*")
_RULE: Final = re.compile(r"[ ]{0,3}(?:(?:-[ ]*){3,}|(?:\*[ ]*){3,}|(?:_[ ]*){3,})")
_TABLE_RULE: Final = re.compile(r"[ ]*\|?[ ]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)*\|?[ ]*")
_DEFINITION: Final = re.compile(r"[ ]{0,3}\[[^\]]+\]:[ ]*<?(?:https?:|mailto:|[/.#])\S*(?:[ ]+[\"'(].*)?")
_QUOTE: Final = re.compile(r"\A[ ]{0,3}(?:>[ ]?)+")

_TARGET: Final = r"\((?:[^()\s]|\([^()]*\))*(?:\s+(?:\"[^\"]*\"|'[^']*'))?\)"
_IMAGE: Final = re.compile(rf"!\[[^\]]{{0,500}}\](?P<target>{_TARGET}|\[[^\]]*\])")
_LINK: Final = re.compile(rf"\[(?P<text>[^\[\]]+)\](?:{_TARGET}|\[[^\]]*\])")
_AUTOLINK: Final = re.compile(r"<(?P<link>https?://[^>\s]+)>")
_TAG: Final = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_STRONG: Final = re.compile(
    r"(?<![\w\\])(?P<mark>\*\*\*|\*\*|\*|___|__|_|~~)(?=\S)(?P<text>[^\n]{0,500}?\S)(?P=mark)(?!\w)"
)
_CODE: Final = re.compile(r"(?<!`)(`{1,3})(?!`)(?P<text>[^`]+)(?<!`)\1(?!`)")
_ESCAPE: Final = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class Document:
    """A Markdown file as plain lines.

    Attributes:
        title: from the front matter, else the heading of the first level that opens the text or is the
            only one; None without either.
        metadata: from the front matter.
        text: the body without markup, a paragraph a line; images are file names on lines of their own.
    """

    title: str | None
    metadata: Metadata
    text: str


def sniff(data: bytes) -> bool:
    """Whether a file, whatever its name, begins with a front matter."""
    return _FRONT_MATTER_BYTES.match(data) is not None


def read(data: bytes, path: Path) -> Iterator[Article]:
    """The article of a Markdown file; what its front matter says goes before what its text says.

    Raises:
        LoadError: if the bytes are no text, or there is no article in them.
    """
    document = parse(to_text(data, path))
    article = to_article(path, clean(document.text, path.stem, document.title))
    stated = document.metadata
    yield replace(
        article,
        source=stated.source or article.source,
        author=stated.author or article.author,
        published=stated.published or article.published,
        url=stated.url or article.url,
    )


def parse(text: str) -> Document:
    """Take a Markdown text apart: front matter, and the body as plain lines.

    Headings stay as lines without their marks, links as their text, tables as lines with bars between
    the cells, code as it is; images leave their file's name, which cleaning drops together with a caption.
    """
    found = _FRONT_MATTER.match(text)
    fields = _fields(found.group("fields")) if found else []
    body = _without_comments(text[found.end() :] if found else text)
    lines = list(_plain_lines(body.split("\n")))
    title = _first(fields, "title") or _top_heading(lines)
    stated = Metadata(
        published=parse_date(_first(fields, "date", "published", "published_at", "pubdate") or ""),
        author=_first(fields, "author", "authors", "byline"),
        source=_first(fields, "source", "site", "publisher"),
        url=_first(fields, "url", "link", "canonical", "source_url"),
    )
    # HTML entities may have brought in characters that had been normalised before.
    return Document(title, stated, normalise("\n".join(line for line, _ in lines)))


def _fields(block: str) -> list[tuple[str, str]]:
    """The ``key: value`` lines of a front matter, quotes and the brackets of a list taken off."""
    matches = (_FIELD.fullmatch(line) for line in block.split("\n"))
    return [(match.group("name").lower(), match.group("value").strip("\"'[]")) for match in matches if match]


def _first(fields: list[tuple[str, str]], *names: str) -> str | None:
    return next((value for wanted in names for name, value in fields if name == wanted and value), None)


def _top_heading(lines: list[tuple[str, int]]) -> str | None:
    tops = [line for line, level in lines if level == 1]
    opening = next(((line, level) for line, level in lines if line.strip()), ("", 0))
    return tops[0] if len(tops) == 1 or opening[1] == 1 else None


def _without_comments(body: str) -> str:
    """The text without HTML comments; one that is not closed is text."""
    *closed, last = body.split("-->")
    return "".join(part.partition("<!--")[0] if "<!--" in part else part + "-->" for part in closed) + last


def _plain_lines(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Each line without its markup, with the level of the heading that it is, 0 for none."""
    fence = ""
    for place, line in enumerate(lines):
        opened = _FENCE.match(line)
        if opened and not fence:
            fence = opened.group("mark")
        elif fence:
            if line.strip().startswith(fence):
                fence = ""
            else:
                # Empty lines keep the lines of code and the rows of tables apart.
                yield from ((line, 0), ("", 0))
        elif not _is_markup_only(line, lines[place - 1] if place else ""):
            yield from _plain_line(line, lines[place + 1] if place + 1 < len(lines) else "")


def _is_markup_only(line: str, above: str) -> bool:
    """Whether a line rules off, underlines a heading or a table's head, or defines a link."""
    underlines = bool(above.strip()) and _UNDERLINE.fullmatch(line) is not None
    table_rule = "|" in line and "-" in line and _TABLE_RULE.fullmatch(line) is not None
    return underlines or table_rule or bool(_RULE.fullmatch(line)) or bool(_DEFINITION.fullmatch(line))


def _plain_line(line: str, below: str) -> Iterator[tuple[str, int]]:
    heading = _HEADING.fullmatch(line)
    if heading:
        # Empty lines around a heading make it a paragraph of its own.
        yield from (("", 0), (_inline(heading.group("text") or ""), len(heading.group("level"))), ("", 0))
        return
    level = (1 if below.strip().startswith("=") else 2) if _UNDERLINE.fullmatch(below) and line.strip() else 0
    line = _QUOTE.sub("", line, count=1)
    row = line.strip().startswith("|")
    if row:
        line = line.strip().strip("|")
    images = [name for match in _IMAGE.finditer(line) if (name := _image_name(match.group("target")))]
    yield _inline(_IMAGE.sub("", line)), level
    yield from ((name, 0) for name in images)
    if level or row:
        yield "", 0


def _image_name(target: str) -> str | None:
    name = PurePosixPath(re.split(r"[\s?#]", target.strip("()[]"))[0]).name
    return name if "." in name else None


def _inline(text: str) -> str:
    """A line's text without the marks for links, emphasis, code and HTML."""
    text = _CODE.sub(r"\g<text>", text)
    text = _LINK.sub(r"\g<text>", text)
    text = _TAG.sub("", _AUTOLINK.sub(r"\g<link>", text))
    for _ in range(3):
        text = _STRONG.sub(r"\g<text>", text)
    return html.unescape(_ESCAPE.sub(r"\1", text)).rstrip()
