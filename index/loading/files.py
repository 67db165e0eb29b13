"""The file system's side of loading: which files there are, and their bytes or why they cannot be read."""

import hashlib
import os
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from index.errors import LoadError

# Largest file that is read as articles, in bytes.
MOST_BYTES: Final = 20_000_000
_README: Final = "readme"


def article_id(origin: str) -> str:
    """The id of the article from an absolute path or a link: 12 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(origin.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def origin_of(path: Path) -> str:
    """The absolute path that stands in ``Article.path`` and gives the article its id; links are resolved."""
    return os.path.realpath(path)


def walk(paths: Sequence[Path]) -> Iterator[Path]:
    """Every file named or found below a named folder, each once, in the order of the names.

    Hidden files and folders below a folder are skipped, and so is a Markdown file called README, which
    tells about a folder and is not an article. What is named itself is yielded whatever it is, also if it
    does not exist, and so is a folder that cannot be opened: reading it says what is wrong.
    """
    seen: set[str] = set()
    for named in paths:
        # os.path's tests take "permission denied" for no, where Path's raise it.
        for path in _below(named) if os.path.isdir(named) else [named]:
            origin = origin_of(path)
            if origin not in seen:
                seen.add(origin)
                yield path


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """The bytes of a file.

    Raises:
        LoadError: if it does not exist, is no regular file, has more than ``most`` bytes or a name that is
            no text, or cannot be read.
    """
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in str(path)):
        raise LoadError(f"{str(path)!a} has a name that is no plain text: rename it")
    try:
        if path.is_dir():
            os.scandir(path).close()
            raise LoadError(f"{path} is a folder, not a file: add it as a folder")
        if path.exists() and not path.is_file():
            raise LoadError(f"{path} is neither a file nor a folder")
        size = path.stat().st_size
        if size > most:
            raise LoadError(
                f"{path} is too large: {size / 1e6:.1f} MB, and {most / 1e6:.0f} MB is the most; "
                "split it into smaller files"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise LoadError(f"{path} does not exist") from None
    except PermissionError:
        raise LoadError(f"{path} cannot be read: permission denied; try: chmod +rX '{path}'") from None
    except OSError as error:
        raise LoadError(f"{path} cannot be read: {error.strerror or error}") from None


def _below(folder: Path) -> Iterator[Path]:
    unopened: list[Path] = []
    for parent, folders, files in os.walk(
        folder, onerror=lambda error: unopened.append(Path(error.filename))
    ):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(files) if not _is_skipped(name))
    yield from unopened


def _is_skipped(name: str) -> bool:
    stem, suffix = os.path.splitext(name.lower())
    return name.startswith(".") or (stem == _README and suffix in (".md", ".markdown"))
