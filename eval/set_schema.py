"""Checks that every kind of set shares: fields that must be there, and errors that say where."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from index.errors import SetError


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a set something stands."""

    path: Path
    where: str

    def __str__(self) -> str:
        return f"{self.path}, {self.where}"


def fail(place: Place, name: str, what: str) -> NoReturn:
    """Raise the `SetError` of a field."""
    raise SetError(f'{place}, field "{name}": {what}')


def read_text(path: Path) -> str:
    """The file's text, which must be UTF-8 (a byte order mark is dropped).

    Raises:
        SetError: it cannot be read, or is in another encoding (the message names the line).
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SetError(f"{path} cannot be read ({error.strerror}): check its name and permissions") from error
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SetError(f"{path}, line {line}: not UTF-8 (byte {error.start}): save it as UTF-8") from error


def field(row: Mapping[str, Any], name: str, place: Place) -> object:
    """A field that must be there.

    Raises:
        SetError: it is not.
    """
    if name not in row:
        fail(place, name, "it is missing")
    return row[name]


def required_text(row: Mapping[str, Any], name: str, place: Place) -> str:
    """A text that must be there and not be blank.

    Raises:
        SetError: it is missing, blank or of another type.
    """
    found = field(row, name, place)
    if isinstance(found, str) and found.strip():
        return found.strip()
    fail(
        place,
        name,
        "it is empty" if found in (None, "") or isinstance(found, str) else _wanted("a text", found),
    )


def optional_text(row: Mapping[str, Any], name: str, place: Place) -> str | None:
    """A text that may be missing, null or blank.

    Raises:
        SetError: it is of another type.
    """
    found = row.get(name)
    if found is None:
        return None
    if not isinstance(found, str):
        fail(place, name, _wanted("a text or null", found))
    return found.strip() or None


def typed_list(row: Mapping[str, Any], name: str, place: Place) -> list[Any]:
    """A list that must be there.

    Raises:
        SetError: it is missing or something else.
    """
    found = field(row, name, place)
    if not isinstance(found, list):
        fail(place, name, _wanted("a list", found))
    return found


def typed_object(found: object, place: Place) -> Mapping[str, Any]:
    """An object.

    Raises:
        SetError: it is something else.
    """
    if not isinstance(found, dict):
        raise SetError(f"{place}: {_wanted('an object', found)}")
    return found


def _wanted(what: str, found: object) -> str:
    return f"{what} is wanted, not {repr(found)[:60]}"
