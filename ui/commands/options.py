"""Options and arguments that several commands share, and how their values are read."""

import os
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

from index.config import default_index_directory
from index.errors import UserInputError
from rag.records import Filters

IndexOption = Annotated[
    Path | None,
    typer.Option(
        "--index", metavar="DIR", help="The index's folder [default: $HOIDAP_INDEX or your data folder]."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ReaderOption = Annotated[
    str | None,
    typer.Option("--reader", metavar="NAME-or-PATH", help="The model that finds the answer's words."),
]
EncoderOption = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        metavar="NAME",
        help="Embedding model of a new index: a sentence-transformers name or path.",
    ),
]

_ISO: Final = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
_DAY_FIRST: Final = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})", re.ASCII)


def index_directory(chosen: Path | None) -> Path:
    """The folder given with ``--index``, else the default one."""
    return default_index_directory() if chosen is None else chosen.expanduser()


def filters(after: str | None, before: str | None, source: str | None) -> Filters:
    """Which articles may answer.

    Raises:
        UserInputError: a date is none, or no day lies between the two.
    """
    first = None if after is None else parse_date(after, "--after")
    last = None if before is None else parse_date(before, "--before")
    if first is not None and last is not None and first > last:
        raise UserInputError(f"--after {first} is later than --before {last}: no article lies between them")
    return Filters(after=first, before=last, source=source)


def parse_date(text: str, option: str) -> date:
    """A day written 2022-07-25 or 25/07/2022.

    Raises:
        UserInputError: it is written otherwise, or the calendar does not have it.
    """
    found = _ISO.fullmatch(text.strip()) or _DAY_FIRST.fullmatch(text.strip())
    try:
        if found is not None:
            return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        pass
    raise UserInputError(f"{option} {text!r} is not a date: write it as 2022-07-25 or 25/07/2022")


def argument_text(argument: str) -> str:
    """An argument as text: bytes that are not UTF-8 become U+FFFD instead of lone surrogates."""
    return os.fsencode(argument).decode("utf-8", errors="replace")
