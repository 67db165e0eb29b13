"""A run on disk: a folder that can be gone on with after an interrupt, and that other tools can score.

run.json         what was run (`eval.records.RunInfo`)
questions.jsonl  the questions asked, one a line
outcomes.jsonl   what came back, one a line, appended as it comes
run.trec         the rankings, a TREC run file       } written when the run is finished
qrels.trec       the judgements, a TREC qrels file   }
predictions.json SQuAD's predictions file: id to answer, "" for no answer
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from eval.ranking import trec_qrels, trec_run
from eval.records import QA, Cited, Mode, Outcome, Retrieved, Run, RunInfo
from index.errors import SetError, UserInputError


@dataclass(frozen=True, slots=True)
class Layout:
    """The names of all files of a run folder."""

    info: str = "run.json"
    questions: str = "questions.jsonl"
    outcomes: str = "outcomes.jsonl"
    trec: str = "run.trec"
    qrels: str = "qrels.trec"
    predictions: str = "predictions.json"


LAYOUT: Final = Layout()


def begin(folder: Path, info: RunInfo, questions: Sequence[QA]) -> dict[str, Outcome]:
    """Make the folder ready for a run.

    Returns:
        The outcomes to go on from, by question id: those of an unfinished run with the same key, else none.

    Raises:
        UserInputError: the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        earlier = read_info(folder) if (folder / LAYOUT.info).exists() else None
        if earlier is not None and earlier.key == info.key and not earlier.finished:
            return read_outcomes(folder)
        _write(folder / LAYOUT.outcomes, "")
        _write(folder / LAYOUT.questions, "".join(_line(asdict(question)) for question in questions))
        write_info(folder, info)
    except OSError as error:
        raise UserInputError(
            f"The run cannot be kept in {folder} ({error.strerror}): choose another --report"
        ) from error
    return {}


def append(folder: Path, outcome: Outcome) -> None:
    """Keep one outcome; after this line is written, an interrupt does not lose it."""
    path = folder / LAYOUT.outcomes
    with path.open("a", encoding="utf-8") as file:
        file.write(_line(asdict(outcome)))


def finish(folder: Path, run: Run) -> None:
    """Write what other tools read, and that the run is finished."""
    name = f"hoidap-{run.info.reader}"
    _write(folder / LAYOUT.trec, trec_run(run.outcomes, name))
    _write(folder / LAYOUT.qrels, trec_qrels(run.questions))
    if run.info.mode is not Mode.RETRIEVAL:
        given = {outcome.id: outcome.answer or "" for outcome in run.outcomes}
        _write(folder / LAYOUT.predictions, json.dumps(given, ensure_ascii=False, indent=0) + "\n")
    write_info(folder, run.info)


def load_run(folder: Path) -> Run:
    """Read a run back; of an unfinished one, the questions that have an outcome.

    Raises:
        UserInputError: there is no run in the folder.
        SetError: its files contradict themselves.
    """
    if not (folder / LAYOUT.info).is_file():
        raise UserInputError(f"There is no run in {folder}: `hoidap eval SET --report {folder}` makes one")
    info, outcomes = read_info(folder), read_outcomes(folder)
    questions = [question for question in read_questions(folder) if question.id in outcomes]
    return Run(info, tuple(questions), tuple(outcomes[question.id] for question in questions))


def write_info(folder: Path, info: RunInfo) -> None:
    """Write ``run.json``."""
    _write(folder / LAYOUT.info, json.dumps(asdict(info), ensure_ascii=False, indent=1) + "\n")


def read_info(folder: Path) -> RunInfo:
    """Read ``run.json``.

    Raises:
        SetError: it is not one.
    """
    path = folder / LAYOUT.info
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return RunInfo(**{**values, "mode": Mode(values["mode"])})
    except (ValueError, TypeError, KeyError) as error:
        raise SetError(f"{path} is not a run of this version: remove {folder} and run again") from error


def read_questions(folder: Path) -> list[QA]:
    """Read ``questions.jsonl``."""
    return [_question(row) for row in _rows(folder / LAYOUT.questions)]


def read_outcomes(folder: Path) -> dict[str, Outcome]:
    """Read ``outcomes.jsonl`` by question id; a last line that was cut off is taken away from the file."""
    path = folder / LAYOUT.outcomes
    raw = path.read_bytes() if path.exists() else b""
    whole = raw[: raw.rfind(b"\n") + 1]
    if whole != raw:
        path.write_bytes(whole)
    return {outcome.id: outcome for outcome in map(_outcome, _rows(path))}


def _rows(path: Path) -> list[Mapping[str, Any]]:
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if line:
            try:
                found.append(json.loads(line))
            except json.JSONDecodeError as error:
                raise SetError(f"{path}, line {number}: not JSON: remove {path.parent} and rerun") from error
    return found


def _question(row: Mapping[str, Any]) -> QA:
    answers = row["answers"]
    return QA(
        id=row["id"],
        question=row["question"],
        answers=None if answers is None else tuple(answers),
        relevant=tuple((name, grade) for name, grade in row["relevant"]),
        lang=row["lang"],
        kind=row["kind"],
    )


def _outcome(row: Mapping[str, Any]) -> Outcome:
    return Outcome(
        id=row["id"],
        answer=row["answer"],
        best=row["best"],
        confidence=row["confidence"],
        reason=row["reason"],
        citations=tuple(Cited(**cited) for cited in row["citations"]),
        ranking=tuple((name, score) for name, score in row["ranking"]),
        passages=tuple(Retrieved(**passage) for passage in row["passages"]),
        milliseconds=tuple((stage, value) for stage, value in row["milliseconds"]),
    )


def _line(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> None:
    """Replace a file as a whole, so that none is ever half written."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
