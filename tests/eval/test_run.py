"""Runs: what is kept of each question, going on after an interrupt, the files that other tools read."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import ir_measures
import pytest

from eval import storage
from eval.asking import (
    Ask,
    RememberingReader,
    ask_end_to_end,
    ask_reader,
    ask_retrieval,
    whole_document,
)
from eval.opening import Opened, Progress, check_articles, file_names
from eval.records import QA, Document, Mode, Outcome, RunInfo
from eval.run import Interrupted, collect
from eval.summary import summarise
from index.errors import SetError, UserInputError
from index.records import Hit
from rag.question import analyse
from rag.records import Question, Reading
from tests.eval.conftest import NumberReader, World


def opened(ask: Ask, questions: tuple[QA, ...]) -> Opened:
    return Opened(ask, questions, reader="number", encoder="bag", threshold=0.6, fingerprint="x")


def info(mode: Mode = Mode.END_TO_END, key: str = "k", n: int = 3) -> RunInfo:
    return RunInfo("set.jsonl", mode, n, key, "number", "bag", 0.6, "0", "machine", "2026-01-01")


class DoubtfulReader(NumberReader):
    """Finds "no answer" likelier than every span."""

    def read(self, question: Question, hits: Sequence[Hit]) -> Reading:
        return replace(super().read(question, hits), no_answer=3.0)


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    return tmp_path / "run"


def test_an_answer_is_kept_with_its_citation_and_ranking(world: World, questions: tuple[QA, ...]) -> None:
    outcome = ask_end_to_end(world.subject)(questions[0])
    assert (outcome.answer, outcome.best, outcome.reason) == ("11", "11", None)
    (cited,) = outcome.citations
    assert (cited.document, cited.quote, cited.start, cited.verbatim) == ("bac.txt", "11", 12, True)
    assert cited.context == "Tỉnh Bắc có 11 trường học."
    assert outcome.ranking[0][0] == "bac.txt"
    assert sorted(name for name, _ in outcome.ranking) == ["bac.txt", "nam.txt", "trung.txt"]
    assert dict(outcome.milliseconds).keys() == {"total", "analyse", "retrieve", "read"}


def test_of_an_abstention_the_turned_down_candidate_is_kept(world: World) -> None:
    # The only passage with a number ranks so low that its margin is not positive.
    strict = QA("q", "Tỉnh Trung không nói gì về số lượng", (), (), "vi", None)
    outcome = ask_end_to_end(world.subject)(strict)
    assert outcome.answer is None
    assert outcome.reason == "not_in_articles"
    assert outcome.best in {"11", "22"}
    assert 0.0 < outcome.confidence < 0.75


def test_a_question_that_was_turned_down_is_read_once() -> None:
    read: list[str] = []

    class Counting(NumberReader):
        def read(self, question: Question, hits: Sequence[Hit]) -> Reading:
            read.append(question.text)
            return super().read(question, hits)

    reader = RememberingReader(Counting())
    hit = whole_document(Document("d", "", "Có 7 cầu."))
    first, second = analyse("Có mấy cầu?"), analyse("Có mấy chùa?")
    readings = [reader.read(question, [hit]) for question in (first, first, second, first)]
    assert read == ["Có mấy cầu?", "Có mấy chùa?", "Có mấy cầu?"]
    assert readings[0] == readings[1] == readings[3]


def test_retrieval_mode_ranks_each_document_once(world: World, questions: tuple[QA, ...]) -> None:
    outcome = ask_retrieval(world.subject.searched)(questions[1])
    names = [name for name, _ in outcome.ranking]
    assert names[0] == "nam.txt"
    assert len(names) == len(set(names)) == 3
    scores = [score for _, score in outcome.ranking]
    assert scores == sorted(scores, reverse=True)
    assert outcome.answer is None


def test_reader_mode_reads_only_the_own_document(number_reader: NumberReader) -> None:
    documents = {"d": Document("d", "", "Có 7 cầu."), "e": Document("e", "", "Có 8 cầu.")}
    ask = ask_reader(number_reader, documents, abstains=False)
    outcome = ask(QA("q", "Có mấy cầu?", ("8",), (("e", 1),)))
    assert outcome.answer == "8"
    assert outcome.confidence == pytest.approx(1 / (1 + 2.718281828**-2))


@pytest.mark.parametrize(("abstains", "answer"), [(False, "7"), (True, None)])
def test_no_answer_may_win_only_where_the_set_has_such_questions(abstains: bool, answer: str | None) -> None:
    ask = ask_reader(DoubtfulReader(), {"d": Document("d", "", "Có 7 cầu.")}, abstains=abstains)
    outcome = ask(QA("q", "Có mấy cầu?", ("7",), (("d", 1),)))
    assert (outcome.answer, outcome.best) == (answer, "7")


def test_a_passage_without_candidates_gives_no_answer(number_reader: NumberReader) -> None:
    ask = ask_reader(number_reader, {"d": Document("d", "", "Không có số.")}, abstains=False)
    outcome = ask(QA("q", "Có mấy cầu?", ("7",), (("d", 1),)))
    assert (outcome.answer, outcome.best, outcome.confidence) == (None, None, 0.0)


def test_an_interrupted_run_keeps_what_is_finished_and_goes_on(
    questions: tuple[QA, ...], run_folder: Path
) -> None:
    asked: list[str] = []

    def stopping_at(identity: str | None) -> Callable[[QA], Outcome]:
        def ask(question: QA) -> Outcome:
            if question.id == identity:
                raise KeyboardInterrupt
            asked.append(question.id)
            return Outcome(question.id, answer="11", best="11", confidence=0.9)

        return ask

    with pytest.raises(Interrupted) as stop:
        collect(opened(stopping_at("q3"), questions), info(), run_folder, Progress())
    assert (stop.value.done, stop.value.total) == (2, 3)
    assert set(storage.read_outcomes(run_folder)) == {"q1", "q2"}
    asked.clear()
    said: list[str] = []
    run = collect(opened(stopping_at(None), questions), info(), run_folder, Progress(said.append))
    assert set(asked) == {"q3"}
    assert [outcome.id for outcome in run.outcomes] == ["q1", "q2", "q3"]
    assert said == [f"going on with {run_folder}: 2 of 3 questions are done"]
    assert storage.load_run(run_folder).info.finished


def test_a_finished_run_or_another_one_is_not_gone_on_with(
    world: World, questions: tuple[QA, ...], run_folder: Path
) -> None:
    ask = opened(ask_end_to_end(world.subject), questions)
    collect(ask, info(), run_folder, Progress())
    assert storage.begin(run_folder, info(), questions) == {}
    storage.append(run_folder, Outcome("q1"))
    assert set(storage.begin(run_folder, info(), questions)) == {"q1"}
    assert storage.begin(run_folder, info(key="other"), questions) == {}
    assert storage.read_outcomes(run_folder) == {}


def test_a_line_cut_off_by_a_crash_is_asked_again(questions: tuple[QA, ...], run_folder: Path) -> None:
    storage.begin(run_folder, info(), questions)
    storage.append(run_folder, Outcome("q1", answer="11"))
    with (run_folder / "outcomes.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "q2", "ans')
    assert set(storage.begin(run_folder, info(), questions)) == {"q1"}
    storage.append(run_folder, Outcome("q2"))
    assert set(storage.read_outcomes(run_folder)) == {"q1", "q2"}


def test_a_run_read_back_is_equal(world: World, questions: tuple[QA, ...], run_folder: Path) -> None:
    run = collect(opened(ask_end_to_end(world.subject), questions), info(), run_folder, Progress())
    assert storage.load_run(run_folder) == run
    assert run.info.peak_bytes > 0


def test_other_tools_can_score_the_files(world: World, questions: tuple[QA, ...], run_folder: Path) -> None:
    run = collect(opened(ask_end_to_end(world.subject), questions), info(), run_folder, Progress())
    qrels = list(ir_measures.read_trec_qrels(str(run_folder / "qrels.trec")))
    ranking = list(ir_measures.read_trec_run(str(run_folder / "run.trec")))
    summary = summarise(run)
    assert summary.retrieval is not None
    for name, measure in (("recall@1", "R@1"), ("mrr@10", "RR@10"), ("ndcg@10", "nDCG@10")):
        parsed = ir_measures.parse_measure(measure)
        found = summary.retrieval[name]
        assert found is not None
        assert ir_measures.calc_aggregate([parsed], qrels, ranking)[parsed] == pytest.approx(found.value)
    predictions = json.loads((run_folder / "predictions.json").read_text(encoding="utf-8"))
    assert predictions == {outcome.id: outcome.answer or "" for outcome in run.outcomes}
    first = (run_folder / "run.trec").read_text(encoding="utf-8").splitlines()[0]
    assert first == "q1 Q0 bac.txt 1 3 hoidap-number"


def test_articles_that_are_not_in_the_index_are_one_clear_line(
    questions: tuple[QA, ...], index_folder: Path
) -> None:
    names = set(file_names(index_folder).values())
    assert names == {"bac.txt", "nam.txt", "trung.txt"}
    check_articles(questions, names, index_folder)
    stranger = QA("q4", "Ai?", ("ông A",), (("dong.txt", 1),))
    with pytest.raises(
        SetError, match=r"1 of the set's 3 articles are not in the index .*dong\.txt.*hoidap add"
    ):
        check_articles((*questions, stranger), names, index_folder)


def test_a_folder_without_a_run_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UserInputError, match="There is no run in"):
        storage.load_run(tmp_path)
