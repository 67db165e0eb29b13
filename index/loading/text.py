"""Plain text files, one article each: copies of web pages as they are pasted, or clean text."""

from collections.abc import Iterator
from pathlib import Path

from index.cleaning import Cleaned, clean
from index.errors import LoadError
from index.loading.decoding import decode, kind_of_binary, normalise
from index.loading.files import article_id, origin_of
from index.records import Article

SUFFIXES = frozenset({".txt", ".text"})


def read(data: bytes, path: Path) -> Iterator[Article]:
    """The article of a text file.

    Raises:
        LoadError: if the bytes are no text, or there is no article in them.
    """
    yield to_article(path, clean(to_text(data, path), path.stem))


def to_text(data: bytes, path: Path) -> str:
    """The text of a file's bytes, in NFC with line feeds as line ends and nothing invisible in it.

    Raises:
        LoadError: if they are empty, no text, or in no known encoding.
    """
    kind = kind_of_binary(data)
    if kind:
        raise LoadError(f"{path} is {kind}, not text, whatever its name says")
    text = decode(data)
    if text is None and b"\0" in data:
        raise LoadError(f"{path} holds binary data, not text")
    if text is None:
        raise LoadError(f"{path} is in an unknown encoding: save it as UTF-8 and add it again")
    text = normalise(text)
    if not text.strip():
        raise LoadError(f"{path} is empty")
    return text


def to_article(path: Path, cleaned: Cleaned) -> Article:
    """The article that a file gave.

    Raises:
        LoadError: if nothing but noise and a headline was in it.
    """
    if not cleaned.text:
        raise LoadError(f"{path} has no article text: only a headline, links, captions or the like")
    origin = origin_of(path)
    return Article(
        id=article_id(origin),
        title=cleaned.title,
        text=cleaned.text,
        source=cleaned.metadata.source,
        author=cleaned.metadata.author,
        published=cleaned.metadata.published,
        url=cleaned.metadata.url,
        path=origin,
        dropped=cleaned.dropped,
    )
