import gzip
import json
from pathlib import Path

import pytest

from index.loading import article_id
from index.records import Hit, Passage
from rag.answering import Candidate
from rag.calibrate import is_right, read_sets, uncalibrated
from rag.evidence import FEATURES, Evidence
from rag.reader.data import Example
from rag.records import Span

CONTEXT = "Năm 2021 tỉnh xếp thứ 9. Năm 2022 tỉnh xếp thứ 4 trong 63 tỉnh."
START = CONTEXT.index("thứ 4")
ASKED = Example("q1", "vi", "rank", "Bắc Giang", "Năm 2022 xếp thứ mấy?", CONTEXT, ((START, START + 5),))
NEAR_MISS = Example("q2", "vi", "unanswerable", "Bắc Giang", "Năm 2020 xếp thứ mấy?", CONTEXT, ())


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
    assert is_right(candidate(text), ASKED, "right") is right


def test_the_right_words_of_another_article_are_wrong() -> None:
    assert not is_right(candidate("thứ 4", article="other"), ASKED, "right")


def test_no_candidate_is_right_for_a_question_without_an_answer() -> None:
    assert not is_right(candidate("thứ 4"), NEAR_MISS, "right")


def test_only_questions_of_every_twelfth_passage_are_asked_of_all_passages(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        for number in range(25):
            row = {"id": f"q{number}", "lang": "vi", "title": f"T{number}", "question": "Gì?"}
            row |= {"context": f"Đoạn {number}.", "answers": [{"text": "Đoạn", "answer_start": 0}]}
            lines.write(json.dumps(row) + "\n")
    articles, asked = read_sets([file])
    assert len(articles) == 25
    assert [example.id for example, _ in asked] == ["q11", "q23"]
    assert asked[0][1] == article_id("T11\nĐoạn 11.")


def test_before_fitting_the_margin_alone_ranks() -> None:
    raw = uncalibrated("sentence")
    low, high = (Evidence(margin, *[0.9] * (len(FEATURES) - 1)) for margin in (-0.2, 0.3))
    assert raw.probability(low) < 0.5 < raw.probability(high)
