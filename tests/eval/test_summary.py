"""A run's measures over outcomes whose values are worked out by hand, and the fixed JSON object."""

from dataclasses import replace

import pytest

from eval.json_form import contract, full
from eval.records import QA, Cited, Mode, Outcome, Run, RunInfo
from eval.scoring import is_right, judge
from eval.summary import summarise

INFO = RunInfo("s.jsonl", Mode.END_TO_END, 4, "k", "r", "e", 0.5, "0", "m", "t")


def cited(document: str, *, verbatim: bool = True) -> tuple[Cited, ...]:
    return (Cited(document, "T", 0, 2, "ab", "ab cd", verbatim),)


QUESTIONS = (
    QA("a", "Xếp thứ mấy?", ("thứ 8", "8/63"), (("x", 1),), "vi", "rank"),
    QA("b", "Ai ký?", ("ông Nguyễn Văn A",), (("y", 1),), "vi", "person"),
    QA("c", "Who?", (), (), "en", "unanswerable"),
    QA("d", "When?", (), (), "en", "unanswerable"),
)
OUTCOMES = (
    Outcome("a", "8/63", "8/63", 0.9, None, cited("x"), (("x", 2.0), ("y", 1.0)), (), (("total", 10.0),)),
    Outcome(
        "b",
        "Nguyễn Văn B",
        "Nguyễn Văn B",
        0.6,
        None,
        cited("x"),
        (("x", 2.0), ("y", 1.0)),
        (),
        (("total", 20.0),),
    ),
    Outcome(
        "c", "Bà C", "Bà C", 0.7, None, cited("x", verbatim=False), (("x", 1.0),), (), (("total", 30.0),)
    ),
    Outcome("d", None, "2022", 0.2, "not_in_articles", (), (("x", 1.0),), (), (("total", 40.0),)),
)
RUN = Run(INFO, QUESTIONS, OUTCOMES)


def test_every_part_worked_by_hand() -> None:
    found = contract(summarise(RUN))
    # "Nguyễn Văn B" shares two of its three words with the four of "ông Nguyễn Văn A": 2 * 2 / 7.
    assert found["answers"]["em"] == 50.0
    assert found["answers"]["f1"] == pytest.approx(100 * (1 + 4 / 7) / 2)
    assert found["retrieval"]["recall@1"] == 0.5
    assert found["retrieval"]["mrr@10"] == 0.75
    # One abstention, on an unanswerable question; two questions are unanswerable.
    assert found["abstention"]["no_answer_precision"] == 1.0
    assert found["abstention"]["no_answer_recall"] == 0.5
    # Right with 0.9 and, as "Nguyễn Văn B" shares more than half of the words, with 0.6; wrong 0.7 and 0.2.
    assert found["abstention"]["auroc"] == 0.75
    assert found["abstention"]["coverage_at_80"] == 0.25
    assert found["abstention"]["ece"] == pytest.approx((0.1 + 0.4 + 0.7 + 0.2) / 4)
    # Of the two answerable questions one was cited from its article; of three citations two are verbatim.
    assert found["citations"] == {"article_accuracy": 0.5, "verbatim": pytest.approx(2 / 3)}
    assert found["latency_ms"]["p50"] == 25.0
    assert found["by"]["lang"]["vi"]["em"] == 50.0
    assert found["by"]["lang"]["en"]["accuracy"] == 0.5
    assert found["by"]["kind"].keys() == {"person", "rank", "unanswerable"}


def test_the_object_has_exactly_the_fixed_keys() -> None:
    found = contract(summarise(RUN))
    assert list(found) == [
        "set", "mode", "n", "retrieval", "answers", "abstention", "citations", "latency_ms", "by",
    ]  # fmt: skip
    assert list(found["retrieval"]) == ["recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10"]
    assert list(found["answers"]) == ["em", "f1", "em_squad", "f1_squad"]
    assert list(found["abstention"]) == [
        "no_answer_precision", "no_answer_recall", "auroc", "coverage_at_80", "ece",
    ]  # fmt: skip
    assert list(found["citations"]) == ["article_accuracy", "verbatim"]
    assert list(found["latency_ms"]) == ["p50", "p95"]
    assert list(found["by"]) == ["lang", "kind"]


def test_parts_that_a_mode_does_not_cover_are_null() -> None:
    ranking_only = tuple(Outcome(o.id, ranking=o.ranking, milliseconds=o.milliseconds) for o in OUTCOMES)
    retrieval = contract(summarise(Run(replace(INFO, mode=Mode.RETRIEVAL), QUESTIONS, ranking_only)))
    assert retrieval["answers"] is retrieval["abstention"] is retrieval["citations"] is None
    assert retrieval["retrieval"]["recall@1"] == 0.5
    reader = contract(summarise(Run(replace(INFO, mode=Mode.READER), QUESTIONS, OUTCOMES)))
    assert reader["retrieval"] is reader["citations"] is None
    assert reader["answers"]["em"] == 50.0


def test_a_set_without_unanswerable_questions_has_no_recall_of_abstention() -> None:
    found = contract(summarise(Run(INFO, QUESTIONS[:2], OUTCOMES[:2])))
    assert found["abstention"]["no_answer_precision"] is None
    assert found["abstention"]["no_answer_recall"] is None
    assert found["abstention"]["coverage_at_80"] == 1.0


def test_every_value_of_the_full_form_lies_in_its_interval() -> None:
    found = full(summarise(RUN))
    for part in ("retrieval", "answers", "abstention", "citations", "latency_ms"):
        for value in found[part].values():
            assert value["low"] <= value["value"] <= value["high"]
    assert found["abstention"]["coverage_at_90"]["value"] == 0.25
    assert found["risk_coverage"]["coverage"][-1] == 1.0


@pytest.mark.parametrize("order", [[3, 2, 1, 0], [1, 3, 0, 2]])
def test_the_order_of_questions_changes_no_measure(order: list[int]) -> None:
    shuffled = Run(INFO, tuple(QUESTIONS[i] for i in order), tuple(OUTCOMES[i] for i in order))
    first, second = contract(summarise(RUN)), contract(summarise(shuffled))
    assert first["answers"] == pytest.approx(second["answers"])
    assert first["abstention"] == pytest.approx(second["abstention"])
    assert first["retrieval"] == pytest.approx(second["retrieval"])


@pytest.mark.parametrize(
    ("given_answer", "accepted", "right"),
    [
        ("thứ 8", ("thứ 8",), True),
        ("xếp thứ 8", ("thứ 8",), True),
        ("thứ 9", ("thứ 8",), False),
        ("hạng 12 toàn quốc", ("hạng 13 toàn quốc",), False),
        ("ông Nguyễn Văn A", ("Nguyễn Văn A",), True),
        ("Nguyễn", ("Nguyễn Văn A",), False),
        ("năm 2022", ("2022",), True),
        ("thứ 8", (), False),
    ],
)
def test_what_counts_as_right(given_answer: str, accepted: tuple[str, ...], right: bool) -> None:
    assert is_right(given_answer, accepted) is right


def test_declining_an_unanswerable_question_is_right_and_its_candidate_wrong() -> None:
    judged = judge(QUESTIONS[3], OUTCOMES[3])
    assert (judged.right, judged.candidate_right) == (True, False)
    assert judged.vietnamese is not None
    assert judged.vietnamese.exact == 1.0
