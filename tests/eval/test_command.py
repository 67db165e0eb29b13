"""``hoidap eval`` as it is typed: its errors in one line, comparison of kept runs, a real small set."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from eval import storage
from eval.records import QA, Mode, Outcome, Run, RunInfo
from ui.cli import app

INFO = RunInfo("s.jsonl", Mode.END_TO_END, 2, "k", "r", "e", 0.5, "0", "m", "t", finished=True)
QUESTIONS = (QA("a", "Ai?", ("An",)), QA("b", "Khi nào?", ("2022",)))
BRIDGE = {
    "context": "Cầu Trường Tiền ở Huế được xây xong năm 1899. Cầu dài 402,6 mét.",
    "qas": [
        {"id": "1", "question": "Cầu Trường Tiền dài mấy mét?", "answers": [{"text": "402,6 mét"}]},
        {"id": "2", "question": "Ai thiết kế cầu Mỹ Thuận?", "answers": [], "is_impossible": True},
    ],
}
PAGODA = {
    "context": "Chùa Một Cột ở Hà Nội được dựng năm 1049.",
    "qas": [{"id": "3", "question": "Chùa Một Cột được dựng năm nào?", "answers": [{"text": "1049"}]}],
}
SQUAD = {"data": [{"title": "Huế", "paragraphs": [BRIDGE, PAGODA]}]}


def typed(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["eval", *map(str, arguments)])


def kept_run(folder: Path, *answers: str) -> Path:
    outcomes = tuple(
        Outcome(question.id, answer=answer, best=answer, confidence=0.9, milliseconds=(("total", 5.0),))
        for question, answer in zip(QUESTIONS, answers, strict=True)
    )
    storage.begin(folder, INFO, QUESTIONS)
    for outcome in outcomes:
        storage.append(folder, outcome)
    storage.finish(folder, Run(INFO, QUESTIONS, outcomes))
    return folder


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("none.jsonl",), "There is no Q&A set at none.jsonl"),
        (("a.jsonl", "b.jsonl"), "2 sets were given: run them one by one"),
        (
            ("none.jsonl", "--mode", "reading"),
            "--mode 'reading' is unknown: use end-to-end",
        ),
        (("compare", "one"), "compare takes two run folders, not 1"),
        (("compare", "one", "two"), "There is no run in one"),
    ],
)
def test_a_wrong_call_is_one_clear_line(arguments: tuple[str, ...], said: str) -> None:
    result = typed(*arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith("hoidap: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_a_missing_index_is_one_clear_line(tmp_path: Path) -> None:
    questions = tmp_path / "s.jsonl"
    questions.write_text(
        '{"id": "a", "question": "Ai?", "answers": ["An"], "article": "x.txt"}\n', encoding="utf-8"
    )
    result = typed(questions, "--index", tmp_path / "none")
    assert result.exit_code == 1
    assert "there is no index in" in result.stderr


def test_two_kept_runs_are_compared(tmp_path: Path) -> None:
    a, b = kept_run(tmp_path / "a", "An", "2021"), kept_run(tmp_path / "b", "An", "2022")
    text = typed("compare", a, b)
    assert text.exit_code == 0
    assert "Won by B: 1" in text.stdout
    found = json.loads(typed("compare", a, b, "--json").stdout)
    assert [question["id"] for question in found["won"]] == ["b"]
    em = next(difference for difference in found["differences"] if difference["measure"] == "em")
    assert (em["a"], em["b"], em["change"]["value"]) == (50.0, 100.0, 50.0)


def test_help_is_instant() -> None:
    program = "import sys; from eval import command; print('numpy' in sys.modules, 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.model
@pytest.mark.parametrize("mode", ["retrieval", "reader", "end-to-end"])
def test_a_squad_file_is_measured_in_each_mode(tmp_path: Path, mode: str) -> None:
    questions = tmp_path / "small.json"
    questions.write_text(json.dumps(SQUAD), encoding="utf-8")
    report = tmp_path / "report"
    result = typed(questions, "--mode", mode, "--json", "--report", report, "--reader", "sentence")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert (found["set"], found["mode"], found["n"]) == ("small.json", mode, 3)
    assert (found["answers"] is None) == (mode == "retrieval")
    assert (found["retrieval"] is None) == (mode == "reader")
    if mode != "reader":
        assert found["retrieval"]["recall@1"] == 1.0
    if mode == "end-to-end":
        assert found["citations"] is None or found["citations"]["verbatim"] == 1.0
    assert found["latency_ms"]["p50"] > 0.0
    assert (report / "report.html").is_file()
    assert storage.load_run(report).info.finished
