import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from index.loading import article_id
from index.records import Hit, Passage
from rag.answering import Candidate
from rag.calibrate import (
    SAMPLE,
    Asked,
    Judged,
    calibrate,
    held_out_part,
    is_right,
    sample_part,
    uncalibrated,
)
from rag.evidence import FEATURES, Evidence
from rag.records import Span

CONTEXT = "Năm 2021 tỉnh xếp thứ 9. Năm 2022 tỉnh xếp thứ 4 trong 63 tỉnh."
ASKED = Asked("Năm 2022 xếp thứ mấy?", ("thứ 4",), "right")
NEAR_MISS = Asked("Năm 2020 xếp thứ mấy?", (), "right")


def candidate(text: str, article: str = "right") -> Candidate:
    start = CONTEXT.index(text)
    hit = Hit(1, Passage(article, 0, len(CONTEXT), CONTEXT), "Bắc Giang", None, None, 1.0)
    evidence = Evidence(*[0.0] * len(FEATURES))
    return Candidate(Span(hit, start, start + len(text), text, 1.0), evidence, 0.5)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("thứ 4", True),
        ("xếp thứ 4", True),  # F1 4/5
        ("thứ 4 trong 63 tỉnh", True),  # F1 only 4/7, but it holds the answer
        ("thứ 9", False),
        ("Năm 2022 tỉnh xếp thứ 4 trong 63 tỉnh.", True),  # a sentence with the answer in it
    ],
)
def test_a_candidate_is_right_if_it_says_or_holds_the_answer(text: str, right: bool) -> None:
    assert is_right(candidate(text), ASKED) is right


def test_the_right_words_of_another_article_are_wrong() -> None:
    assert not is_right(candidate("thứ 4", article="other"), ASKED)


def test_no_candidate_is_right_for_a_question_without_an_answer() -> None:
    assert not is_right(candidate("thứ 4"), NEAR_MISS)


def test_only_questions_of_every_twelfth_passage_are_asked_of_all_passages(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        for number in range(25):
            row = {"id": f"q{number}", "lang": "vi", "title": f"T{number}", "question": "Gì?"}
            row |= {"context": f"Đoạn {number}.", "answers": [{"text": "Đoạn", "answer_start": 0}]}
            lines.write(json.dumps(row) + "\n")
    part = held_out_part([file])
    assert len(part.articles) == 25
    assert [item.article for item in part.asked] == [article_id(f"T{n}\nĐoạn {n}.") for n in (11, 23)]


def test_every_second_sample_question_is_fitted_on_and_the_others_never() -> None:
    part = sample_part(SAMPLE)
    rows = [json.loads(line) for line in (SAMPLE / "sample.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [item.question for item in part.asked] == [row["question"] for row in rows[1::2]]
    names = {article.id: Path(article.path or "").name for article in part.articles}
    assert [names.get(item.article) for item in part.asked] == [row["article"] for row in rows[1::2]]


def test_parts_of_any_size_count_alike() -> None:
    # 1 of 2 right in the small part, 1 of 4 in the large one: together 3/8, not 2/6.
    small = [Judged(number, candidate("thứ 4"), number == 0, True) for number in range(2)]
    large = [Judged(number, candidate("thứ 4"), number == 0, True) for number in range(4)]
    fitted = calibrate([small, large], uncalibrated("sentence"))
    assert fitted.probability(small[0].candidate.evidence) == pytest.approx(3 / 8, abs=1e-4)


def test_the_best_candidate_is_as_sure_as_it_is_often_right() -> None:
    # Two candidates a question, told apart by the margin; the better one is right in 3 of 4 questions,
    # the other never, so that its own evidence alone would make it too modest or too sure.
    better, worse = (replace(candidate("thứ 4").evidence, margin=margin) for margin in (0.5, -0.5))
    part = [
        Judged(number, replace(candidate("thứ 4"), evidence=evidence), right and number % 4 != 0, True)
        for number in range(40)
        for evidence, right in ((better, True), (worse, False))
    ]
    assert calibrate([part], uncalibrated("sentence")).probability(better) == pytest.approx(0.75, abs=0.01)
