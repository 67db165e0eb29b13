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
    for row, document, place in _rows(typed_object(whole, Place(path, "top level")), path):
        documents[document.name] = document
        question = _question(row, document, place)
        if question.id in questions:
            fail(place, "id", f"{question.id!r} is given twice: ids must differ")
        questions[question.id] = question
    if not questions:
        raise SetError(f"{path} has no question in it: SQuAD files keep them under data/paragraphs/qas")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return QASet(path.name, digest, tuple(questions.values()), tuple(documents.values()))


def document_name(title: str, text: str) -> str:
    """A context's name: 12 hexadecimal digits of the SHA-256 over title and text."""
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()[:12]


def _rows(whole: Mapping[str, Any], path: Path) -> Iterator[tuple[Mapping[str, Any], Document, Place]]:
    for a, entry in enumerate(typed_list(whole, "data", Place(path, "top level"))):
        article = typed_object(entry, Place(path, f"data[{a}]"))
        title = optional_text(article, "title", Place(path, f"data[{a}]")) or ""
        for p, inner in enumerate(typed_list(article, "paragraphs", Place(path, f"data[{a}]"))):
            place = Place(path, f"data[{a}].paragraphs[{p}]")
            paragraph = typed_object(inner, place)
            document = _document(title, paragraph, place)
            for q, row in enumerate(typed_list(paragraph, "qas", place)):
                here = Place(path, f"data[{a}].paragraphs[{p}].qas[{q}]")
                yield typed_object(row, here), document, here


def _document(title: str, paragraph: Mapping[str, Any], place: Place) -> Document:
    # SQuAD writes titles like file names of Wikipedia: "Super_Bowl_50".
    shown = nfc(title.replace("_", " "))
    required_text(paragraph, "context", place)
    text = nfc(paragraph["context"])
    return Document(document_name(shown, text), shown, text)


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
