"""Dense search is exact, and its file is used only if it is whole and belongs to the store."""

import dataclasses
from pathlib import Path

import faiss
import numpy as np
import pytest

from index.dense import DenseIndex, Fingerprint, read_dense, write_dense
from index.embedding import Vectors

FINGERPRINT = Fingerprint(identity="a0", generation=7, encoder="fake", dimension=8)


def unit_vectors(count: int, dimension: int = 8) -> Vectors:
    drawn = np.random.default_rng(11).standard_normal((count, dimension))
    vectors: Vectors = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    return vectors


def ids_of(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


@pytest.fixture
def hundred() -> DenseIndex:
    return DenseIndex.build(np.arange(1, 101) * 3, unit_vectors(100))


def test_the_nearest_are_those_of_the_full_product(hundred: DenseIndex) -> None:
    question = unit_vectors(101)[100]
    products = unit_vectors(100).astype(np.float64) @ question
    best = np.argsort(-products)[:10]
    found = hundred.search(question, 10)
    assert [number for number, _ in found] == [3 * (place + 1) for place in best]
    assert [score for _, score in found] == pytest.approx(products[best].tolist(), abs=2e-6)


@pytest.mark.parametrize("limit", [5, 99, 100, 150])
def test_equal_cosines_are_in_the_order_of_ids_also_at_the_cut(limit: int) -> None:
    vectors = np.tile(unit_vectors(1), (400, 1))
    vectors[::2] = unit_vectors(201)[1:]
    same = [number + 1 for number in range(1, 400, 2)]
    found = DenseIndex.build(np.arange(1, 401), vectors).search(vectors[1], limit)
    assert [number for number, _ in found] == same[:limit]
    assert {score for _, score in found} == {1.0}


def test_only_allowed_passages_are_found(hundred: DenseIndex) -> None:
    question = unit_vectors(1)[0]
    found = hundred.search(question, 50, ids_of(3, 30, 31, 299, 300, 999))
    assert found[0] == (3, 1.0)
    assert {number for number, _ in found} == {3, 30, 300}
    assert hundred.search(question, 50, ids_of()) == []


def test_more_than_there_is_gives_all(hundred: DenseIndex) -> None:
    assert len(hundred.search(unit_vectors(1)[0], 1000)) == 100


def test_given_passages_are_scored_like_found_ones(hundred: DenseIndex) -> None:
    question = unit_vectors(101)[100]
    found = dict(hundred.search(question, 100))
    assert hundred.scores_for(question, [300, 3, 4, 9_999]) == {300: found[300], 3: found[3]}


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    empty = DenseIndex.build(ids_of(), np.empty((0, 8), dtype=np.float32))
    assert empty.search(unit_vectors(1)[0], 5) == []
    assert empty.scores_for(unit_vectors(1)[0], [1]) == {}
    write_dense(empty, tmp_path / "v.faiss", FINGERPRINT)
    again = read_dense(tmp_path / "v.faiss", FINGERPRINT)
    assert again is not None and len(again) == 0


def test_an_update_keeps_drops_and_appends() -> None:
    vectors = unit_vectors(5)
    before = DenseIndex.build(ids_of(1, 2, 3), vectors[:3])
    after = before.updated(ids_of(1, 3, 4, 5), ids_of(4, 5), vectors[3:])
    assert after.ids.tolist() == [1, 3, 4, 5]
    assert np.array_equal(after.vectors, vectors[[0, 2, 3, 4]])
    assert before.ids.tolist() == [1, 2, 3]


def test_the_file_gives_back_ids_and_vectors_to_the_bit(hundred: DenseIndex, tmp_path: Path) -> None:
    write_dense(hundred, tmp_path / "v.faiss", FINGERPRINT)
    again = read_dense(tmp_path / "v.faiss", FINGERPRINT)
    assert again is not None
    assert np.array_equal(again.ids, hundred.ids)
    assert np.array_equal(again.vectors, unit_vectors(100))


def test_the_file_is_one_that_faiss_reads_itself(hundred: DenseIndex, tmp_path: Path) -> None:
    write_dense(hundred, tmp_path / "v.faiss", FINGERPRINT)
    index = faiss.read_index(str(tmp_path / "v.faiss"))
    _, found = index.search(unit_vectors(1), 1)
    assert found.tolist() == [[3]]


@pytest.mark.parametrize(
    "change",
    [{"identity": "b1"}, {"generation": 8}, {"encoder": "other"}, {"dimension": 9}],
)
def test_a_file_of_another_state_is_not_used(
    hundred: DenseIndex, tmp_path: Path, change: dict[str, object]
) -> None:
    write_dense(hundred, tmp_path / "v.faiss", FINGERPRINT)
    assert read_dense(tmp_path / "v.faiss", dataclasses.replace(FINGERPRINT, **change)) is None  # type: ignore[arg-type]


def test_a_missing_file_is_not_used(tmp_path: Path) -> None:
    assert read_dense(tmp_path / "v.faiss", FINGERPRINT) is None


def test_a_file_cut_short_anywhere_is_not_used(hundred: DenseIndex, tmp_path: Path) -> None:
    path = tmp_path / "v.faiss"
    write_dense(hundred, path, FINGERPRINT)
    whole = path.read_bytes()
    for length in [*range(0, len(whole), 97), len(whole) - 1]:
        path.write_bytes(whole[:length])
        assert read_dense(path, FINGERPRINT) is None, length


def test_a_file_with_any_bit_flipped_is_not_used(hundred: DenseIndex, tmp_path: Path) -> None:
    path = tmp_path / "v.faiss"
    write_dense(hundred, path, FINGERPRINT)
    whole = path.read_bytes()
    body = np.random.default_rng(5).integers(0, len(whole) * 8, 200).tolist()
    tail = [8 * byte + byte % 8 for byte in range(len(whole) - 200, len(whole))]
    for place in [*body, *tail]:
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << (place % 8)
        path.write_bytes(flipped)
        assert read_dense(path, FINGERPRINT) is None, place


@pytest.mark.parametrize("tail", [b"[]", b"7", b"null", b"{}", b'"x"'])
def test_a_tail_that_says_nothing_is_not_believed(tmp_path: Path, tail: bytes) -> None:
    (tmp_path / "v.faiss").write_bytes(b"body" + tail + len(tail).to_bytes(4, "little") + b"HDPFAISS")
    assert read_dense(tmp_path / "v.faiss", FINGERPRINT) is None


def test_writing_leaves_nothing_but_the_file_and_its_lock(hundred: DenseIndex, tmp_path: Path) -> None:
    write_dense(hundred, tmp_path / "v.faiss", FINGERPRINT)
    write_dense(hundred, tmp_path / "v.faiss", FINGERPRINT)
    assert {path.name for path in tmp_path.iterdir()} <= {"v.faiss", "v.faiss.lock"}
