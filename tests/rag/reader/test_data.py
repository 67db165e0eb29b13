import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from index.errors import SetError
from rag.reader.data import Example, read_examples, split_held_out


def example(number: int, context: str) -> Example:
    return Example(f"q{number}", "vi", "", "", "?", context, ())


def test_json_lines_are_read_plain_and_gzipped(tmp_path: Path) -> None:
    row: dict[str, Any] = {
        "id": "1",
        "lang": "vi",
        "question": "Ai?",
        "context": "Ông Nam nói",
        "kind": "person",
        "title": "Tin",
    }
    row["answers"] = [{"text": "Nam", "answer_start": 4}]
    line = json.dumps(row, ensure_ascii=False) + "\n"
    (tmp_path / "a.jsonl").write_text(line, encoding="utf-8")
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(line.encode()))
    expected = (Example("1", "vi", "person", "Tin", "Ai?", "Ông Nam nói", ((4, 7),)),)
    assert read_examples(tmp_path / "a.jsonl") == expected
    assert read_examples(tmp_path / "a.jsonl.gz") == expected
    assert expected[0].texts == ("Nam",)


def test_squad_2_is_read_without_titles(tmp_path: Path) -> None:
    qas = [
        {"id": "1", "question": "Ai?", "answers": [{"text": "Nam", "answer_start": 4}]},
        {"id": "2", "question": "Đâu?", "answers": [], "is_impossible": True},
    ]
    data = {"data": [{"title": "Tin_tức", "paragraphs": [{"context": "Ông Nam nói", "qas": qas}]}]}
    (tmp_path / "a.json").write_text(json.dumps(data), encoding="utf-8")
    first, second = read_examples(tmp_path / "a.json")
    assert (first.title, first.answers, second.answers) == ("", ((4, 7),), ())


def test_an_answer_that_is_not_where_it_says_is_refused(tmp_path: Path) -> None:
    row: dict[str, Any] = {"id": "7", "lang": "vi", "question": "Ai?", "context": "Ông Nam"}
    row["answers"] = [{"text": "Nam", "answer_start": 3}]
    (tmp_path / "a.jsonl").write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(SetError, match="7: 'Nam' is not at 3"):
        read_examples(tmp_path / "a.jsonl")


def test_a_missing_field_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "1"}', encoding="utf-8")
    with pytest.raises(SetError, match="context"):
        read_examples(tmp_path / "a.jsonl")


def test_every_third_passage_is_held_out_with_all_its_questions() -> None:
    examples = [
        example(0, "A"),
        example(1, "B"),
        example(2, "C"),
        example(3, "C"),
        example(4, "D"),
        example(5, "A"),
    ]
    training, held_out = split_held_out(examples, 3)
    assert [e.id for e in training] == ["q0", "q1", "q4", "q5"]
    assert [e.id for e in held_out] == ["q2", "q3"]


def test_nothing_is_held_out_with_zero() -> None:
    assert split_held_out([example(0, "A")], 0) == ((example(0, "A"),), ())
