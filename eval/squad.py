"""SQuAD 1.1 and 2.0 JSON (Rajpurkar et al. 2016, 2018); XQuAD, MLQA and UIT-ViQuAD share the form."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eval.records import QA, Document, QASet
from eval.set_schema import (
    Place,
    fail,
    field,
    optional_text,
    read_text,
    required_text,
    typed_list,
    typed_object,
)
from index.errors import SetError
from index.text import nfc
from rag.question import detect_language


def read_squad(path: Path) -> QASet:
    """Read a SQuAD file; its contexts become the set's documents, equal ones merged.

    The documents have no titles: the task that SQuAD poses is to read the context alone. Titles only
    name them: "Steam_engine-3" is the fourth paragraph under that title.

    Raises:
        SetError: it is not JSON or does not follow the schema; the message names the place and the field.
    """
    text = read_text(path)
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        raise SetError(f"{path}, line {error.lineno}: not JSON ({error.msg}): mend the file") from error
    documents: dict[str, Document] = {}
    questions: dict[str, QA] = {}
    for row, name, context, place in _rows(typed_object(whole, Place(path, "top level")), path):
        document = documents.setdefault(context, Document(name, "", context))
        question = _question(row, document, place)
        if question.id in questions:
            fail(place, "id", f"{question.id!r} is given twice: ids must differ")
        questions[question.id] = question
    if not questions:
        raise SetError(f"{path} has no question in it: SQuAD files keep them under data/paragraphs/qas")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return QASet(path.name, digest, tuple(questions.values()), tuple(documents.values()))


def _rows(whole: Mapping[str, Any], path: Path) -> Iterator[tuple[Mapping[str, Any], str, str, Place]]:
    """Each question's row with its context's name and text."""
    taken: set[str] = set()
    for a, entry in enumerate(typed_list(whole, "data", Place(path, "top level"))):
        article = typed_object(entry, Place(path, f"data[{a}]"))
        title = optional_text(article, "title", Place(path, f"data[{a}]")) or f"data{a}"
        # Two entries may have one title.
        prefix = title if title not in taken else f"{title}-{a}"
        taken.add(prefix)
        for p, inner in enumerate(typed_list(article, "paragraphs", Place(path, f"data[{a}]"))):
            place = Place(path, f"data[{a}].paragraphs[{p}]")
            paragraph = typed_object(inner, place)
            required_text(paragraph, "context", place)
            for q, row in enumerate(typed_list(paragraph, "qas", place)):
                here = Place(path, f"data[{a}].paragraphs[{p}].qas[{q}]")
                yield typed_object(row, here), f"{prefix}-{p}", nfc(paragraph["context"]), here


def _question(row: Mapping[str, Any], document: Document, place: Place) -> QA:
    text = nfc(required_text(row, "question", place))
    found = row.get("id")
    if not isinstance(found, str | int) or found == "":
        fail(place, "id", "a text is wanted" if "id" in row else "it is missing")
    impossible = bool(row.get("is_impossible", False))
    answers = () if impossible else _answers(row, place)
    return QA(str(found), text, answers, ((document.name, 1),), detect_language(text))


def _answers(row: Mapping[str, Any], place: Place) -> tuple[str, ...]:
    found = []
    for answer in typed_list(row, "answers", place):
        text = field(typed_object(answer, place), "text", place)
        if not isinstance(text, str) or not text.strip():
            fail(place, "text", "an answer's text is empty")
        found.append(nfc(text))
    return tuple(dict.fromkeys(found))
