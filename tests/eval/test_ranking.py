"""Retrieval measures: hand-worked values, and what counts as missing."""

import math

import pytest

from eval.ranking import score_rankings, trec_qrels, trec_run
from eval.records import QA, Outcome


def ranked(identity: str, *documents: str) -> Outcome:
    # Equal scores on purpose: the order given must decide, whatever a scorer does with ties.
    return Outcome(identity, ranking=tuple((name, 1.0) for name in documents))


def asked(identity: str, *relevant: str, answers: tuple[str, ...] | None = ("x",)) -> QA:
    return QA(identity, "?", answers, tuple((name, 1) for name in relevant))


def test_values_worked_by_hand() -> None:
    questions = [asked("a", "d1"), asked("b", "d1"), asked("c", "d9")]
    outcomes = [ranked("a", "d1", "d2"), ranked("b", "d2", "d3", "d1"), ranked("c", "d1", "d2")]
    found = score_rankings(questions, outcomes)
    assert found["recall@1"] == [1.0, 0.0, 0.0]
    assert found["recall@5"] == [1.0, 1.0, 0.0]
    assert found["mrr@10"] == pytest.approx([1.0, 1 / 3, 0.0])
    assert found["ndcg@10"] == pytest.approx([1.0, 1 / math.log2(4), 0.0])


def test_a_document_at_rank_eleven_counts_for_none() -> None:
    outcome = ranked("a", *[f"x{rank}" for rank in range(10)], "d1")
    assert all(values == [0.0] for values in score_rankings([asked("a", "d1")], [outcome]).values())


def test_two_relevant_documents_share_the_recall() -> None:
    found = score_rankings([asked("a", "d1", "d2")], [ranked("a", "d1", "d3")])
    assert found["recall@1"] == found["recall@10"] == [0.5]


def test_an_empty_ranking_counts_as_nought_and_an_unanswerable_question_not_at_all() -> None:
    questions = [asked("a", "d1"), asked("b", "d1", answers=()), asked("c")]
    found = score_rankings(questions, [Outcome("a"), ranked("b", "d1"), ranked("c", "d1")])
    assert found["recall@1"] == [0.0]


def test_sets_that_judge_retrieval_only_are_measured() -> None:
    assert score_rankings([asked("a", "d1", answers=None)], [ranked("a", "d1")])["mrr@10"] == [1.0]


def test_trec_files_have_their_columns_and_no_spaces_inside() -> None:
    assert trec_run([ranked("a b", "d 1", "d2")], "tag") == "a_b Q0 d_1 1 2 tag\na_b Q0 d2 2 1 tag\n"
    assert trec_qrels([asked("a b", "d 1")]) == "a_b 0 d_1 1\n"
