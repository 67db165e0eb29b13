"""The benchmark battery's own parts: its results file, its synthetic index, its budgets."""

from pathlib import Path

import numpy as np
import pytest

from eval.bench.results_file import replaced, write_section
from eval.bench.setting import unaccented
from eval.bench.speed import Budget, InstantEncoder, TimedEncoder
from eval.bench.synthetic import fill
from eval.records import QA, Document, QASet
from index.config import IndexConfig
from index.store import Store


def test_a_section_is_replaced_and_everything_else_is_kept() -> None:
    text = "# R\nby hand\n<!-- begin a -->\nold \\1\n<!-- end a -->\nmore by hand\n"
    found = replaced(text, "a", ["new \\g<0>", "line"])
    assert found == "# R\nby hand\n<!-- begin a -->\nnew \\g<0>\nline\n<!-- end a -->\nmore by hand\n"


def test_a_new_section_goes_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    write_section("a", ["one"], path)
    write_section("b", ["two"], path)
    write_section("a", ["three"], path)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Results\n")
    assert "## Notes" in text
    assert text.endswith("<!-- begin a -->\nthree\n<!-- end a -->\n\n<!-- begin b -->\ntwo\n<!-- end b -->\n")


@pytest.mark.parametrize(
    ("budget", "row"),
    [
        (Budget("x", 149.4, 150, "ms"), ("x", "149 ms", "≤ 150 ms", "kept")),
        (Budget("x", 3.24, 3, "s"), ("x", "3.2 s", "≤ 3 s", "**missed**")),
        (Budget("x", 1800.0, 1800, "", at_most=False), ("x", "1,800 ", "≥ 1,800 ", "kept")),
        (Budget("x", 89.0, 90, "%", at_most=False), ("x", "89 %", "≥ 90 %", "**missed**")),
    ],
)
def test_a_budget_tells_whether_it_is_kept(budget: Budget, row: tuple[str, ...]) -> None:
    assert budget.row() == row


def test_unaccented_questions_keep_their_answers_and_get_another_digest() -> None:
    found = QASet("s", "d", (QA("a", "Đường nào?", ("Đường 9",)),), (Document("x", "", "Đường 9"),))
    folded = unaccented(found)
    (question,) = folded.questions
    assert (question.question, question.lang, question.answers) == (
        "Duong nao?",
        "vi-unaccented",
        ("Đường 9",),
    )
    assert folded.documents == found.documents
    assert folded.digest != found.digest


def test_the_synthetic_index_is_consistent_and_has_the_asked_size(tmp_path: Path) -> None:
    vectors = np.eye(4, 8, dtype=np.float32)
    with Store.create(tmp_path, IndexConfig("instant", 8)) as store:
        fill(store, ["Một câu. Hai câu.", "Ba câu."], vectors, 45)
        ids, stored = store.vectors()
    assert len(ids) == 45
    assert np.linalg.norm(stored, axis=1) == pytest.approx(np.ones(45), abs=1e-5)


def test_the_timed_encoder_counts_what_passes_through_it() -> None:
    encoder = TimedEncoder(InstantEncoder())
    encoder.encode_passages(["một hai", "ba"])
    encoder.count_tokens(["không tính"])
    assert encoder.tokens == 3
    assert encoder.seconds > 0.0
    encoder.reset()
    assert (encoder.tokens, encoder.seconds) == (0, 0.0)
