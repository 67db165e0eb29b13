"""BEIR folders (Thakur et al. 2021): ``corpus.jsonl``, ``queries.jsonl``, ``qrels/SPLIT.tsv``."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from eval.records import QA, Document, QASet
from eval.set_schema import Place, fail, optional_text, read_text, required_text, typed_object
from index.errors import SetError
from index.text import nfc
from rag.question import detect_language

_SPLITS: Final = ("test", "dev", "train")


def read_beir(folder: Path) -> QASet:
    """Read a BEIR folder: the queries that its judgements (test, else dev, else train) speak of.

    Raises:
        SetError: a file is missing or does not follow the schema; the message names line and field.
    """
    for name in ("corpus.jsonl", "queries.jsonl"):
        if not (folder / name).is_file():
            raise SetError(
                f"{folder} is not a BEIR folder, it has no {name}: give a set's file or such a folder"
            )
    judged = next((path for split in _SPLITS if (path := folder / "qrels" / f"{split}.tsv").is_file()), None)
    if judged is None:
        raise SetError(f"{folder} has no judgements: qrels/test.tsv, dev.tsv or train.tsv is wanted")
    documents = {found.name: found for found in _documents(folder / "corpus.jsonl")}
    queries = dict(_queries(folder / "queries.jsonl"))
    relevant = _judgements(judged, documents, queries)
    questions = tuple(
        QA(name, queries[name], None, tuple(found), detect_language(queries[name]))
        for name, found in relevant.items()
    )
    if not questions:
        raise SetError(f"{judged} names no query with a relevant document: there is nothing to measure")
    digest = hashlib.sha256()
    for path in (folder / "corpus.jsonl", folder / "queries.jsonl", judged):
        digest.update(path.read_bytes())
    return QASet(folder.resolve().name, digest.hexdigest(), questions, tuple(documents.values()))


def _lines(path: Path) -> Iterator[tuple[Mapping[str, Any], Place]]:
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        place = Place(path, f"line {number}")
        try:
            yield typed_object(json.loads(line), place), place
        except json.JSONDecodeError as error:
            raise SetError(f"{place}: not JSON ({error.msg}, column {error.colno}): mend the line") from error


def _documents(path: Path) -> Iterator[Document]:
    for row, place in _lines(path):
        title = nfc(optional_text(row, "title", place) or "")
        text = nfc(optional_text(row, "text", place) or "")
        if not (title or text):
            fail(place, "text", "document without title and text")
        yield Document(required_text(row, "_id", place), title, text or title)


def _queries(path: Path) -> Iterator[tuple[str, str]]:
    for row, place in _lines(path):
        yield required_text(row, "_id", place), nfc(required_text(row, "text", place))


def _judgements(
    path: Path, documents: Mapping[str, Document], queries: Mapping[str, str]
) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        cells = line.split("\t")
        if not line.strip() or (number == 1 and cells[0] == "query-id"):
            continue
        place = Place(path, f"line {number}")
        if len(cells) != 3:
            raise SetError(f"{place}: query-id, corpus-id and score are wanted, separated by tabs")
        query, document, grade = cells[0], cells[1], _grade(cells[2], place)
        if query not in queries:
            fail(place, "query-id", f"{query!r} is not in queries.jsonl")
        if document not in documents:
            fail(place, "corpus-id", f"{document!r} is not in corpus.jsonl")
        if grade > 0:
            found.setdefault(query, []).append((document, grade))
    return found


def _grade(cell: str, place: Place) -> int:
    try:
        return int(cell)
    except ValueError:
        fail(place, "score", f"a whole number is wanted, not {cell.strip()[:40]!r}")
