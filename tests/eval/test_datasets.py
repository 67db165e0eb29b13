"""Reading sets, and the one clear line for each way in which a set can be wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from eval.datasets import first_questions, load_set
from index.errors import SetError

ROW = {
    "id": "a",
    "question": "Ai?",
    "answers": ["ông A", "A"],
    "article": "x.txt",
    "lang": "vi",
    "kind": "person",
}


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def jsonl(folder: Path, *rows: object) -> Path:
    return written(folder, "set.jsonl", "".join(json.dumps(row) + "\n" for row in rows))


def test_json_lines_are_read_with_all_fields(tmp_path: Path) -> None:
    other = {"id": "b", "question": "When did it rain?", "answers": [], "article": None}
    found = load_set(jsonl(tmp_path, ROW, other))
    first, second = found.questions
    assert (first.id, first.question, first.answers, first.relevant) == (
        "a",
        "Ai?",
        ("ông A", "A"),
        (("x.txt", 1),),
    )
    assert (first.lang, first.kind, first.answerable) == ("vi", "person", True)
    assert (second.lang, second.kind, second.answerable, second.relevant) == ("en", None, False, ())
    assert found.judges_abstention
    assert (found.name, found.documents) == ("set.jsonl", ())


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [ROW, {**ROW, "id": "b", "answers": "A"}],
            'line 2, field "answers": a list of texts is wanted, not "A"',
        ),
        ([{**ROW, "answers": [""]}], 'line 1, field "answers": a text is wanted'),
        (
            [{key: value for key, value in ROW.items() if key != "answers"}],
            'line 1, field "answers": it is missing',
        ),
        ([{**ROW, "question": " "}], 'line 1, field "question": it is empty'),
        ([{**ROW, "question": 3}], 'line 1, field "question": a text is wanted, not 3'),
        ([{**ROW, "id": None}], 'line 1, field "id": it is empty'),
        ([{**ROW, "article": 5}], 'line 1, field "article": a text or null is wanted, not 5'),
        ([ROW, ROW], "the id 'a' is given twice"),
        ([[1]], "line 1: an object with id, question and answers is wanted"),
        ([], "has no question in it"),
    ],
)
def test_a_wrong_line_is_named_with_its_field(tmp_path: Path, rows: list[object], said: str) -> None:
    with pytest.raises(SetError) as error:
        load_set(jsonl(tmp_path, *rows))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_an_unreadable_line_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "set.jsonl", json.dumps(ROW) + '\n{"id": "b",\n')
    with pytest.raises(SetError, match=r"set\.jsonl, line 2: not JSON"):
        load_set(path)


def test_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, "set.jsonl", json.dumps(ROW).encode() + b'\n{"id": "\xff"}')
    with pytest.raises(SetError, match="line 2: not UTF-8"):
        load_set(path)


def test_a_missing_file_and_an_unknown_kind_are_named(tmp_path: Path) -> None:
    with pytest.raises(SetError, match="There is no Q&A set at"):
        load_set(tmp_path / "none.jsonl")
    with pytest.raises(SetError, match="is not a Q&A set"):
        load_set(written(tmp_path, "set.txt", "x"))


def test_csv_has_the_same_columns_and_bars_between_answers(tmp_path: Path) -> None:
    table = 'id,question,answers,article,lang,kind\na,"Ai, ở đâu?",ông A|A,x.txt,vi,person\nb,Khi nào?,,,,\n'
    first, second = load_set(written(tmp_path, "set.csv", "\ufeff" + table)).questions
    assert (first.question, first.answers, first.relevant) == ("Ai, ở đâu?", ("ông A", "A"), (("x.txt", 1),))
    assert (second.answers, second.relevant, second.lang, second.kind) == ((), (), "vi", None)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("id,question\na,Ai?\n", 'line 1, field "answers": the heading has only'),
        ("id,question,answers\na,,A\n", 'line 2, field "question": it is empty'),
        ("id,question,answers\na,Ai?,A||B\n", 'line 2, field "answers": an answer between two'),
        ("id,question,answers\na,Ai?,A,x,y\n", "line 2"),
        ('id,question,answers\na,Ai?,A\nb,"Ai?,A\n', "line 3: not CSV"),
        ("id,question,answers\n", "has no question in it"),
    ],
)
def test_a_wrong_table_is_named_with_line_and_field(tmp_path: Path, table: str, said: str) -> None:
    with pytest.raises(SetError) as error:
        load_set(written(tmp_path, "set.csv", table))
    assert said in str(error.value)


def squad(qas: list[dict[str, Any]], **paragraph: Any) -> str:
    context = {"context": "Huế là cố đô.", "qas": qas, **paragraph}
    return json.dumps({"version": "1.1", "data": [{"title": "Cố_đô", "paragraphs": [context]}]})


def test_squad_contexts_become_documents(tmp_path: Path) -> None:
    answers = [{"text": "cố đô", "answer_start": 7}, {"text": "cố đô", "answer_start": 7}]
    found = load_set(
        written(tmp_path, "s.json", squad([{"id": 7, "question": "Huế là gì?", "answers": answers}]))
    )
    (document,) = found.documents
    assert (document.name, document.title, document.text) == ("Cố_đô-0", "", "Huế là cố đô.")
    (question,) = found.questions
    assert (question.id, question.answers, question.relevant) == ("7", ("cố đô",), ((document.name, 1),))
    assert not found.judges_abstention


def test_squad_2_marks_questions_without_an_answer(tmp_path: Path) -> None:
    qas = [{"id": "q", "question": "Ai?", "answers": [], "is_impossible": True, "plausible_answers": []}]
    found = load_set(written(tmp_path, "s.json", squad(qas)))
    assert found.questions[0].answers == ()
    assert found.judges_abstention


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 1: not JSON"),
        ("[]", "top level: an object is wanted"),
        ("{}", 'top level, field "data": it is missing'),
        ('{"data": [{"paragraphs": 1}]}', 'data[0], field "paragraphs": a list is wanted, not 1'),
        (squad([], context=""), 'data[0].paragraphs[0], field "context": it is empty'),
        (
            squad([{"id": "q", "answers": []}]),
            'data[0].paragraphs[0].qas[0], field "question": it is missing',
        ),
        (squad([{"question": "Ai?", "answers": []}]), 'qas[0], field "id": it is missing'),
        (squad([{"id": "q", "question": "Ai?"}]), 'qas[0], field "answers": it is missing'),
        (squad([{"id": "q", "question": "Ai?", "answers": [{}]}]), 'qas[0], field "text": it is missing'),
        (
            squad([{"id": "q", "question": "Ai?", "answers": []}] * 2),
            "qas[1], field \"id\": 'q' is given twice",
        ),
        (squad([]), "has no question in it"),
    ],
)
def test_a_wrong_squad_file_is_named_with_place_and_field(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SetError) as error:
        load_set(written(tmp_path, "s.json", text))
    assert said in str(error.value)


def beir(folder: Path, qrels: str = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\n") -> Path:
    written(
        folder, "corpus.jsonl", '{"_id": "d1", "title": "T", "text": "một"}\n{"_id": "d2", "text": "hai"}\n'
    )
    written(folder, "queries.jsonl", '{"_id": "q1", "text": "Ai?"}\n{"_id": "q2", "text": "Gì?"}\n')
    written(folder, "qrels/test.tsv", qrels)
    return folder


def test_a_beir_folder_gives_the_judged_queries_with_grades(tmp_path: Path) -> None:
    found = load_set(beir(tmp_path / "scifact"))
    (question,) = found.questions
    assert (question.id, question.answers, question.relevant) == ("q1", None, (("d1", 2),))
    assert [(d.name, d.title, d.text) for d in found.documents] == [("d1", "T", "một"), ("d2", "", "hai")]
    assert found.name == "scifact"


@pytest.mark.parametrize(
    ("qrels", "said"),
    [
        ("q1\td1\n", "line 1: query-id, corpus-id and score are wanted"),
        ("q1\td9\t1\n", "line 1, field \"corpus-id\": 'd9' is not in corpus.jsonl"),
        ("q9\td1\t1\n", "line 1, field \"query-id\": 'q9' is not in queries.jsonl"),
        ("q1\td1\tyes\n", 'line 1, field "score": a whole number is wanted'),
        ("q1\td1\t0\n", "names no query with a relevant document"),
    ],
)
def test_wrong_judgements_are_named_with_line_and_field(tmp_path: Path, qrels: str, said: str) -> None:
    with pytest.raises(SetError) as error:
        load_set(beir(tmp_path, qrels))
    assert said in str(error.value)


def test_a_folder_of_another_kind_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetError, match=r"is not a BEIR folder, it has no corpus\.jsonl"):
        load_set(tmp_path)


def test_a_limit_takes_the_first_questions_and_keeps_the_documents(tmp_path: Path) -> None:
    found = load_set(jsonl(tmp_path, ROW, {**ROW, "id": "b"}))
    assert [question.id for question in first_questions(found, 1).questions] == ["a"]
    assert first_questions(found, None) is found
    with pytest.raises(SetError, match="--limit is 0"):
        first_questions(found, 0)
