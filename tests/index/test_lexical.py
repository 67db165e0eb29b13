"""Lexical search finds and scores as BM25 on paper does, and takes any question for words only."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.bm25 import Bm25
from index.config import IndexConfig
from index.lexical import Effort, LexicalIndex
from index.records import Article
from index.store import Store
from index.text import syllables
from tests.fakes import put_lines

CLASSIC = Bm25(k1=1.2, b=0.75, title=1.0, pair=0.5)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path, IndexConfig(encoder="fake", dimension=4)) as opened:
        yield opened


def fill(store: Store, *texts: str, title: str = "") -> list[int]:
    """One article of one passage for each text; gives the passages' ids."""
    ids = []
    for text in texts:
        number = f"{len(store.articles()):012x}"
        ids += put_lines(store, Article(number, title, text))
    return ids


def test_scores_are_those_worked_out_by_hand(store: Store) -> None:
    # Three passages of 3, 4 and 2 syllables: mean length 3. "hà" and "nội" stand in two, the pair in one.
    # idf(2 of 3) = ln 1.6 = 0.470004, idf(1 of 3) = ln(8/3) = 0.980829; factors for one occurrence in a
    # passage of 3, 4 or 2 syllables: 1, 2.2/2.5 = 0.88, 2.2/1.9 = 1.157895.
    both, first, second = fill(store, "Hà Nội mưa", "Hà Giang nắng to", "nội dung")
    found = LexicalIndex(store, CLASSIC).search(["hà", "nội"], "accented", 10)
    assert [number for number, _ in found] == [both, second, first]
    assert [score for _, score in found] == pytest.approx(
        [2 * 0.470004 + 0.5 * 0.980829, 0.470004 * 1.157895, 0.470004 * 0.88], abs=1e-6
    )


def test_an_occurrence_in_the_title_counts_by_its_weight_and_not_as_length(store: Store) -> None:
    # N = 1, n = 1: idf = ln(1 + 0.5 / 1.5) = 0.287682; tf = 1 + 3 * 1 = 4: 4 * 2.2 / (4 + 1.2) = 1.692308.
    (only,) = fill(store, "mưa to gió lớn", title="Mưa")
    index = LexicalIndex(store, Bm25(k1=1.2, b=0.75, title=3.0, pair=0.5))
    ((number, score),) = index.search(["mưa"], "accented", 1)
    assert (number, score) == (only, pytest.approx(0.287682 * 1.692308, abs=1e-6))


def test_a_pair_does_not_reach_from_the_title_into_the_text(store: Store) -> None:
    (only,) = fill(store, "Nội dung", title="Hà")
    index = LexicalIndex(store, Bm25(pair=1.0))
    alone = LexicalIndex(store, Bm25(pair=0.0))
    assert index.search(["hà", "nội"], "accented", 1) == alone.search(["hà", "nội"], "accented", 1)
    assert index.search(["nội", "dung"], "accented", 1) > alone.search(["nội", "dung"], "accented", 1)
    assert only


def test_accents_tell_apart_in_one_field_and_not_in_the_other(store: Store) -> None:
    year, south, other = fill(store, "năm nay được mùa", "miền Nam nắng", "đường vào xã")
    index = LexicalIndex(store)
    assert [number for number, _ in index.search(["năm"], "accented", 9)] == [year]
    assert {number for number, _ in index.search(["nam"], "unaccented", 9)} == {year, south}
    assert {number for number, _ in index.search(["năm"], "unaccented", 9)} == {year, south}
    assert [number for number, _ in index.search(["duong", "xa"], "unaccented", 9)] == [other]


@pytest.mark.parametrize(
    "terms",
    [
        ['"'],
        ["AND", "OR", "NOT", "NEAR"],
        ["mưa*"],
        ["title", ":", "mưa"],
        ["(", "mưa"],
        ["mưa\0gió"],
        ["'; DROP TABLE articles; --"],
        ["^", "{", "}", "-", "+"],
        ["\ud800"],
        [""],
        [],
    ],
)
def test_no_question_is_query_syntax(store: Store, terms: list[str]) -> None:
    rain, _ = fill(store, "trời mưa gió", "nắng")
    found = LexicalIndex(store).search(terms, "accented", 9)
    asked = syllables(" ".join(terms))
    assert [number for number, _ in found] == ([rain] if "mưa" in asked else [])
    assert len(store.articles()) == 2


def test_a_question_of_a_hundred_thousand_words_is_answered(store: Store) -> None:
    rain, _ = fill(store, "trời mưa", "nắng")
    found = LexicalIndex(store).search(["mưa"] * 50_000 + ["to"] * 50_000, "accented", 9)
    assert [number for number, _ in found] == [rain]


def test_equal_scores_are_in_the_order_of_ids(store: Store) -> None:
    ids = fill(store, *["trời mưa"] * 7)
    found = LexicalIndex(store).search(["mưa"], "accented", 4)
    assert [number for number, _ in found] == ids[:4]


def test_only_allowed_passages_are_found(store: Store) -> None:
    ids = fill(store, "mưa", "mưa mưa", "mưa mưa mưa", "nắng")
    index = LexicalIndex(store)
    allowed = np.array([ids[0], ids[2]], dtype=np.int64)
    assert {number for number, _ in index.search(["mưa"], "accented", 9, allowed)} == {ids[0], ids[2]}
    assert index.search(["mưa"], "accented", 9, np.empty(0, dtype=np.int64)) == []


def test_scores_of_given_passages_are_those_of_the_search(store: Store) -> None:
    ids = fill(store, "Thái Nguyên mưa", "Thái Bình nắng nóng kéo dài", "Cao Bằng", "nguyên liệu mưa")
    index = LexicalIndex(store)
    terms = ["thái", "nguyên", "mưa"]
    assert index.scores(terms, "accented", [*reversed(ids), 999]) == dict(index.search(terms, "accented", 9))


def test_the_least_effort_still_weighs_the_three_rarest_terms_and_scores_exactly(store: Store) -> None:
    # "là" stands in every passage, the other terms of the question in one each; "an9" comes first of them.
    ids = fill(store, *[f"đây là an{number} và là chữ{number} hay dòng{number}" for number in range(40)])
    question = ["là", "an9", "là", "chữ7", "là", "dòng7"]
    least = LexicalIndex(store, effort=Effort(postings=1, pair_postings=10**6, shortlist=1))
    most = LexicalIndex(store, effort=Effort(postings=10**6, pair_postings=10**6, shortlist=40))
    assert [number for number, _ in least.search(question, "accented", 1)] == [ids[7]]
    assert least.search(question, "accented", 1) == most.search(question, "accented", 1)


def test_counts_follow_the_store(store: Store) -> None:
    # ln 1.3333 for one of one, ln(1 + 1.5 / 1.5) for one of two.
    (first,) = fill(store, "mưa")
    index = LexicalIndex(store, CLASSIC)
    assert dict(index.search(["mưa"], "accented", 1)) == pytest.approx({first: 0.287682}, abs=1e-6)
    fill(store, "nắng")
    assert dict(index.search(["mưa"], "accented", 1)) == pytest.approx({first: 0.693147}, abs=1e-6)
    store.remove(f"{0:012x}")
    assert index.search(["mưa"], "accented", 1) == []


def test_term_weights_are_larger_for_rarer_terms_and_largest_for_unknown_ones(store: Store) -> None:
    fill(store, "mưa gió", "mưa", "nắng")
    weights = LexicalIndex(store).term_weights(["mưa", "gió", "tuyết"], "accented")
    assert weights == {
        "mưa": pytest.approx(0.470004, abs=1e-6),
        "gió": pytest.approx(0.980829, abs=1e-6),
        "tuyết": pytest.approx(2.079442, abs=1e-6),
    }


def test_an_empty_index_finds_nothing(store: Store) -> None:
    index = LexicalIndex(store)
    assert index.search(["mưa"], "accented", 5) == []
    assert index.scores(["mưa"], "accented", [1]) == {}
