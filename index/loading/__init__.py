"""Articles in: files of every known format, found by their content and their suffix.

A format is one module; a line in ``FORMATS`` makes it known.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from index.errors import LoadError
from index.loading import markdown, text
from index.loading.files import MOST_BYTES, article_id, origin_of, read_bytes, walk
from index.records import Article

__all__ = [
    "FORMATS",
    "MOST_BYTES",
    "Format",
    "article_id",
    "find_files",
    "is_supported",
    "origin_of",
    "read_articles",
]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file that articles can be read from.

    Attributes:
        suffixes: in lower case, with their dot.
        sniff: whether a file's bytes are of this format whatever its suffix is; None if only that tells.
        read: turns a file's bytes into its articles; raises `LoadError`.
    """

    suffixes: frozenset[str]
    sniff: Callable[[bytes], bool] | None
    read: Callable[[bytes, Path], Iterator[Article]]


FORMATS: Final = (
    Format(text.SUFFIXES, None, text.read),
    Format(markdown.SUFFIXES, markdown.sniff, markdown.read),
)


def find_files(paths: Sequence[Path]) -> Iterator[Path]:
    """Every file named or found below a named folder, each once and in order.

    Hidden files and folders and Markdown files called README are skipped below a folder. Files of unknown
    formats are yielded, too: `is_supported` tells them. What does not exist or cannot be opened is
    yielded for `read_articles` to say what is wrong with it.
    """
    return walk(paths)


def is_supported(path: Path) -> bool:
    """Whether a file's suffix is that of a known format; true for what is no file, which reading refuses."""
    return _by_suffix(path) is not None or not os.path.isfile(path)


def read_articles(path: Path, most_bytes: int = MOST_BYTES) -> Iterator[Article]:
    """Read the articles of one file, cleaned.

    Args:
        path: the file.
        most_bytes: a larger file is refused.

    Raises:
        LoadError: if the file does not exist, cannot be read, is too large, empty, of an unknown format or
            encoding, or holds no article.
    """
    data = read_bytes(path, most_bytes)
    sniffed = (known for known in FORMATS if known.sniff and known.sniff(data))
    chosen = next(sniffed, _by_suffix(path))
    if chosen is None:
        known = " ".join(sorted(suffix for each in FORMATS for suffix in each.suffixes))
        raise LoadError(f"{path} is of an unknown format; known are {known}")
    yield from chosen.read(data, path)


def _by_suffix(path: Path) -> Format | None:
    return next((known for known in FORMATS if path.suffix.lower() in known.suffixes), None)
