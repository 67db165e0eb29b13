"""The index as a search backend follows its store and trusts its FAISS file only as far as it may."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.article_index import ArticleIndex, SearchBackend
from index.config import IndexConfig
from index.embedding import Vectors
from index.errors import IndexMismatchError, IndexMissingError
from index.records import Article
from index.text import syllables
from tests.fakes import FakeEncoder, put_lines

CONFIG = IndexConfig(encoder="fake", dimension=16)
ENCODER = FakeEncoder(16)
TEXTS = {"1" * 12: "Thái Nguyên mưa\nBình Phước nắng", "2" * 12: "Lào Cai có tuyết"}


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[ArticleIndex]:
    with ArticleIndex.create(tmp_path, CONFIG) as index:
        for number, text in TEXTS.items():
            put_lines(index.store, Article(number, f"tựa {number}", text))
        yield index


def question(text: str) -> Vectors:
    vector: Vectors = ENCODER.encode_questions([text])[0]
    return vector


def best(index: ArticleIndex, text: str) -> str:
    ((number, _),) = index.dense(question(text), 1)
    return index.passages([number])[0].passage.text


def test_it_is_a_search_backend(filled: ArticleIndex) -> None:
    backend: SearchBackend = filled
    assert backend.config == CONFIG
    assert not backend.is_empty()


def test_both_searches_find_the_passage_and_agree_with_their_scores(filled: ArticleIndex) -> None:
    terms = syllables("Lào Cai")
    ((number, lexical),) = filled.lexical(terms, "accented", 5)
    ((nearest, cosine), *_) = filled.dense(question("Lào Cai có tuyết"), 5)
    assert number == nearest
    assert cosine == 1.0
    assert filled.lexical_scores(terms, "accented", [number]) == {number: lexical}
    assert filled.dense_scores(question("Lào Cai có tuyết"), [number]) == {number: 1.0}
    (stored,) = filled.passages([number])
    found = filled.article(stored.passage.article_id)
    assert found is not None and found.text == TEXTS["2" * 12]


def test_an_empty_index_is_empty_and_finds_nothing(tmp_path: Path) -> None:
    with ArticleIndex.create(tmp_path, CONFIG) as index:
        assert index.is_empty()
        assert index.dense(question("mưa"), 5) == []
        assert index.lexical(["mưa"], "accented", 5) == []


def test_opening_with_another_encoder_is_refused(filled: ArticleIndex) -> None:
    with pytest.raises(IndexMismatchError, match=r"encoder 'fake' \(16 dimensions\), not 'fake' \(8\)"):
        ArticleIndex.open(filled.directory, FakeEncoder(8))
    with pytest.raises(IndexMismatchError, match="not 'other'"):
        ArticleIndex.open(filled.directory, FakeEncoder(16, name="other"))
    ArticleIndex.open(filled.directory, ENCODER).close()


def test_opening_nothing_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="hoidap add"):
        ArticleIndex.open(tmp_path)


def test_a_missing_file_is_built_once_and_told_in_one_line(filled: ArticleIndex) -> None:
    lines: list[str] = []
    with ArticleIndex.open(filled.directory, notify=lines.append) as index:
        assert best(index, "Bình Phước nắng") == "Bình Phước nắng"
        index.refresh()
    with ArticleIndex.open(filled.directory, notify=lines.append) as index:
        assert best(index, "Bình Phước nắng") == "Bình Phước nắng"
    assert len(lines) == 1 and "passages.faiss again" in lines[0]


@pytest.mark.parametrize("damage", ["truncated", "flipped", "foreign", "empty"])
def test_a_damaged_file_is_built_again(filled: ArticleIndex, damage: str) -> None:
    filled.write_vectors()
    path = filled.directory / "passages.faiss"
    whole = path.read_bytes()
    damaged = {
        "truncated": whole[: len(whole) // 2],
        "flipped": whole[:100] + bytes([whole[100] ^ 4]) + whole[101:],
        "foreign": b"not an index" * 100,
        "empty": b"",
    }
    path.write_bytes(damaged[damage])
    lines: list[str] = []
    with ArticleIndex.open(filled.directory, notify=lines.append) as index:
        assert best(index, "Lào Cai có tuyết") == "Lào Cai có tuyết"
    assert len(lines) == 1
    assert path.read_bytes() == whole


def test_a_stale_file_is_not_searched(filled: ArticleIndex) -> None:
    filled.write_vectors()
    put_lines(filled.store, Article("1" * 12, "tựa", "Cao Bằng sương mù"))
    with ArticleIndex.open(filled.directory, notify=lambda line: None) as index:
        assert best(index, "Cao Bằng sương mù") == "Cao Bằng sương mù"
        assert "Thái Nguyên" not in best(index, "Thái Nguyên mưa")


def test_the_file_of_another_index_is_not_searched(filled: ArticleIndex, tmp_path: Path) -> None:
    filled.write_vectors()
    with ArticleIndex.create(tmp_path / "other", CONFIG) as other:
        put_lines(other.store, Article("1" * 12, "tựa", "Thái Nguyên nắng\nBình Phước mưa"))
        put_lines(other.store, Article("2" * 12, "tựa", "Lào Cai có gió"))
        assert other.store.generation() == filled.store.generation()
        (other.directory / "passages.faiss").write_bytes((filled.directory / "passages.faiss").read_bytes())
        assert best(other, "Lào Cai có tuyết") == "Lào Cai có gió"


def test_what_another_process_adds_and_removes_is_seen_at_the_next_search(filled: ArticleIndex) -> None:
    assert best(filled, "Cao Bằng sương mù") != "Cao Bằng sương mù"
    with ArticleIndex.open(filled.directory) as other:
        put_lines(other.store, Article("3" * 12, "tựa", "Cao Bằng sương mù"))
        assert best(filled, "Cao Bằng sương mù") == "Cao Bằng sương mù"
        assert len(filled.lexical(["bằng"], "accented", 5)) == 1
        other.store.remove("3" * 12)
        put_lines(other.store, Article("2" * 12, "tựa", "Lào Cai có gió"))
    assert filled.lexical(["bằng"], "accented", 5) == []
    assert best(filled, "Lào Cai có tuyết") == "Lào Cai có gió"
    everything = [number for number, _ in filled.dense(question("mưa"), 99)]
    assert sorted(everything) == filled.store.vectors()[0].tolist()


def test_following_gives_what_a_fresh_start_gives(filled: ArticleIndex) -> None:
    filled.refresh()
    for number in range(3, 9):
        put_lines(filled.store, Article(f"{number:012x}", "tựa", f"tỉnh số {number}\nmưa ngày {number}"))
        if number % 2:
            filled.store.remove(f"{number - 2:012x}")
    with ArticleIndex.open(filled.directory, notify=lambda line: None) as fresh:
        assert filled.dense(question("mưa ngày 7"), 99) == fresh.dense(question("mưa ngày 7"), 99)


def test_a_folder_that_cannot_be_written_to_is_searched_all_the_same(filled: ArticleIndex) -> None:
    (filled.directory / "passages.faiss").mkdir()
    lines: list[str] = []
    with ArticleIndex.open(filled.directory, notify=lines.append) as index:
        assert best(index, "Lào Cai có tuyết") == "Lào Cai có tuyết"
    assert "cannot write" in lines[-1]


def test_threads_share_one_index_while_it_changes(filled: ArticleIndex) -> None:
    failures: list[BaseException] = []
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                assert best(filled, "Lào Cai có tuyết") == "Lào Cai có tuyết"
                assert len(filled.lexical(["tuyết"], "accented", 5)) == 1
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(10, 30):
        put_lines(filled.store, Article(f"{number:012x}", "tựa", f"tỉnh số {number}"))
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
