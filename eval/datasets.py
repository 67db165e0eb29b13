"""Read Q&A sets: JSON lines, CSV, SQuAD 1.1 and 2.0 JSON, BEIR folders.

Whatever does not follow its schema is a `SetError` that names the file, the line (or the place in the
JSON) and the field.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from eval.records import QA, QASet
from eval.set_folders import read_beir
from eval.set_schema import Place, fail, field, optional_text, read_text, required_text
from eval.squad import read_squad
from index.errors import SetError
from index.text import nfc
from rag.question import detect_language

CSV_SEPARATOR: Final = "|"
_COLUMNS: Final = ("id", "question", "answers", "article", "lang", "kind")


def load_set(path: Path) -> QASet:
    """Read a set of any kind, told by its name's ending; a folder is read as BEIR.

    Raises:
        SetError: there is no such file, its kind is not known, or it does not follow its schema.
    """
    if path.is_dir():
        return read_beir(path)
    reader = _READERS.get(path.suffix.lower())
    if not path.exists():
        raise SetError(f"There is no Q&A set at {path}: give a .jsonl, .csv or .json file or a BEIR folder")
    if reader is None:
        raise SetError(f"{path} is not a Q&A set: give a .jsonl, .csv or SQuAD .json file or a BEIR folder")
    return reader(path)


def first_questions(found: QASet, limit: int | None) -> QASet:
    """The set with its first ``limit`` questions only; the documents stay, for they are searched."""
    if limit is None:
        return found
    if limit < 1:
        raise SetError(f"--limit is {limit}: at least one question must be asked")
    return QASet(found.name, found.digest, found.questions[:limit], found.documents)


def read_jsonl(path: Path) -> QASet:
    """Read one question a line: ``id``, ``question``, ``answers`` and optionally ``article, lang, kind``."""
    text = read_text(path)
    questions = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            place = Place(path, f"line {number}")
            questions.append(_question(_json_object(line, place), place, _json_answers))
    return _finished(path, text, questions)


def read_csv(path: Path) -> QASet:
    """Read the same columns from a table with a heading; answers are separated by ``|``."""
    text = read_text(path).removeprefix("\ufeff")
    rows = csv.DictReader(text.splitlines(keepends=True), strict=True)
    heading = rows.fieldnames or ()
    for column in _COLUMNS[:3]:
        if column not in heading:
            fail(
                Place(path, "line 1"),
                column,
                f"the heading has only {list(heading)}",
            )
    return _finished(path, text, list(_csv_questions(rows, path)))


def _csv_questions(rows: "csv.DictReader[str]", path: Path) -> Iterator[QA]:
    while True:
        begin = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise SetError(f"{path}, line {begin}: not CSV ({error}): mend the line and run again") from error
        place = Place(path, f"line {begin}")
        if None in row:
            fail(place, "answers", "the line has more columns than the heading: quote a text with a comma")
        cells = {name: value if value else None for name, value in row.items()}
        yield _question(cells, place, _csv_answers)


def _question(
    row: Mapping[str, Any], place: Place, answers: Callable[[Mapping[str, Any], Place], tuple[str, ...]]
) -> QA:
    question = required_text(row, "question", place)
    article = optional_text(row, "article", place)
    return QA(
        id=required_text(row, "id", place),
        question=nfc(question),
        answers=answers(row, place),
        relevant=((nfc(article), 1),) if article else (),
        lang=optional_text(row, "lang", place) or detect_language(nfc(question)),
        kind=optional_text(row, "kind", place),
    )


def _json_answers(row: Mapping[str, Any], place: Place) -> tuple[str, ...]:
    found = field(row, "answers", place)
    if not isinstance(found, list):
        fail(place, "answers", f"a list of texts is wanted, not {json.dumps(found, ensure_ascii=False)[:60]}")
    for answer in found:
        if not isinstance(answer, str) or not answer.strip():
            fail(place, "answers", f"a text is wanted, not {json.dumps(answer, ensure_ascii=False)[:60]}")
    return tuple(nfc(answer) for answer in found)


def _csv_answers(row: Mapping[str, Any], place: Place) -> tuple[str, ...]:
    cell = row.get("answers")
    if cell is None:
        return ()
    found = tuple(nfc(answer.strip()) for answer in cell.split(CSV_SEPARATOR))
    if not all(found):
        fail(place, "answers", f"an answer between two {CSV_SEPARATOR!r} is empty")
    return found


def _json_object(line: str, place: Place) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise SetError(f"{place}: not JSON ({error.msg}, column {error.colno}): mend the line") from error
    if not isinstance(found, dict):
        raise SetError(f"{place}: an object with id, question and answers is wanted, not {line.strip()[:40]}")
    return found


def _finished(path: Path, text: str, questions: Sequence[QA]) -> QASet:
    if not questions:
        raise SetError(f"{path} has no question in it: write one a line")
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise SetError(f"{path}: the id {question.id!r} is given twice: ids must differ")
        seen.add(question.id)
    return QASet(path.name, hashlib.sha256(text.encode()).hexdigest(), tuple(questions))


_READERS: Final[Mapping[str, Callable[[Path], QASet]]] = {
    ".jsonl": read_jsonl,
    ".csv": read_csv,
    ".json": read_squad,
}
