"""The store keeps whole articles, forgets whole articles, and says clearly when it cannot."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from index.config import IndexConfig
from index.errors import (
    IndexBusyError,
    IndexDamagedError,
    IndexError_,
    IndexMismatchError,
    IndexMissingError,
)
from index.records import Article, Dropped, Passage
from index.rows import FileState
from index.store import Store
from tests.fakes import line_passages, put_lines

CONFIG = IndexConfig(encoder="fake", dimension=4)
ARTICLE = Article(
    "a1b2c3d4e5f6",
    "Hà Nội mưa lớn",
    "Sáng nay trời mưa.\nChiều trời nắng.",
    source="Báo Mưa",
    author="Nguyễn Văn A",
    published=date(2024, 10, 15),
    url="https://example.vn/mua",
    path="/bai/mua.txt",
    dropped=(Dropped("Chia sẻ bài viết", "share bar"),),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "index", CONFIG) as opened:
        yield opened


def database(store: Store) -> sqlite3.Connection:
    return sqlite3.connect(store.directory / "articles.db", isolation_level=None)


def matching(store: Store, table: str, phrase: str) -> list[int]:
    with store.reading() as connection:
        rows = connection.execute(f"SELECT rowid FROM {table} WHERE {table} MATCH ?", (f'"{phrase}"',))
        return [row[0] for row in rows]


def test_an_article_comes_back_as_it_was_put(store: Store) -> None:
    put_lines(store, ARTICLE)
    assert store.article(ARTICLE.id) == ARTICLE
    assert store.article("000000000000") is None


def test_an_article_of_which_only_the_text_is_known_comes_back(store: Store) -> None:
    bare = Article("b" * 12, "", "Một câu.")
    put_lines(store, bare)
    assert store.article(bare.id) == bare


@pytest.mark.parametrize(
    "text",
    [
        "có ký tự \0 ở giữa\nvà sau đó",
        "e\u0301 rời, \u200bkhông rộng, \u202eđảo chiều, 🌧️👨‍👩‍👧",
        "\ufeffđầu tệp\u2028dòng",
    ],
)
def test_odd_characters_and_the_offsets_after_them_survive(store: Store, text: str) -> None:
    article = Article("c" * 12, "tựa", text)
    ids = put_lines(store, article)
    found = store.article(article.id)
    assert found is not None and found.text == text
    assert [stored.passage for stored in store.passages_by_id(ids)] == line_passages(article)


def test_lone_surrogates_become_replacement_characters_one_for_one(store: Store) -> None:
    article = Article("d" * 12, "tựa \ud800", "trước \udfff sau", path="/bai/\udce9.txt")
    put_lines(store, article)
    found = store.article(article.id)
    assert found is not None
    assert (found.title, found.text, found.path) == ("tựa \ufffd", "trước \ufffd sau", "/bai/\ufffd.txt")
    assert store.ids_at("/bai/\udce9.txt") == [article.id]


def test_a_text_of_millions_of_characters_is_kept(store: Store) -> None:
    text = "dòng mưa 🌧\n" * 500_000 + "dòng cuối 🌧"
    passage = Passage("e" * 12, 5_500_000, 5_500_011, "dòng cuối 🌧")
    store.put(Article("e" * 12, "dài", text), [passage], np.eye(1, 4, dtype=np.float32))
    (last,) = store.passages_by_id(store.passage_ids("e" * 12))
    assert last.passage == passage


def test_putting_an_article_again_replaces_everything_it_had(store: Store) -> None:
    before = put_lines(store, ARTICLE)
    changed = Article(ARTICLE.id, "Hà Nội nắng", "Sáng nay trời gió.")
    after = put_lines(store, changed)
    assert store.article(ARTICLE.id) == changed
    assert len(after) == 1 and not set(after) & set(before)
    assert store.passages_by_id(before) == []
    assert store.vectors()[0].tolist() == after
    assert matching(store, "lexical_accented", "mưa") == []
    assert matching(store, "lexical_unaccented", "mua") == []
    assert matching(store, "lexical_accented", "gió") == after


def test_put_tells_whether_it_replaced_and_keeps_the_first_date(store: Store) -> None:
    vectors = np.eye(2, 4, dtype=np.float32)
    assert store.put(ARTICLE, line_passages(ARTICLE), vectors) is False
    with database(store) as connection:
        connection.execute("UPDATE articles SET added = '2020-01-02T03:04:05+00:00'")
    connection.close()
    assert store.put(ARTICLE, line_passages(ARTICLE), vectors) is True
    assert store.articles()[0].added == "2020-01-02T03:04:05+00:00"


def test_removing_an_article_leaves_nothing_of_it(store: Store) -> None:
    put_lines(store, ARTICLE)
    store.note_files([FileState("/bai/mua.txt", 40, 7)])
    assert store.remove(ARTICLE.id) is True
    assert store.remove(ARTICLE.id) is False
    with store.reading() as connection:
        tables = ("articles", "passages", "vectors", "files", "lexical_accented_docsize")
        assert [connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables] == [
            0
        ] * 5
    assert matching(store, "lexical_accented", "mưa") == []


def test_a_passage_id_is_never_used_twice(store: Store) -> None:
    first = put_lines(store, ARTICLE)
    store.remove(ARTICLE.id)
    assert min(put_lines(store, ARTICLE)) > max(first)


def test_the_generation_rises_with_every_change_of_articles_and_only_then(store: Store) -> None:
    seen = [store.generation()]
    put_lines(store, ARTICLE)
    seen.append(store.generation())
    put_lines(store, ARTICLE)
    seen.append(store.generation())
    store.remove(ARTICLE.id)
    seen.append(store.generation())
    assert seen == sorted(set(seen))
    store.note_files([FileState("/bai/mua.txt", 40, 7)])
    store.remove("000000000000")
    assert store.generation() == seen[-1]


@pytest.mark.parametrize(
    "passage",
    [
        Passage("a", 0, 4, "Sáng nay"),
        Passage("a", 30, 99, "…"),
        Passage("a", -3, 2, "…"),
        Passage("a", 5, 5, ""),
    ],
)
def test_passages_that_are_not_the_text_s_are_refused_and_change_nothing(
    store: Store, passage: Passage
) -> None:
    ids = put_lines(store, ARTICLE)
    with pytest.raises(ValueError, match="is not that of article"):
        store.put(ARTICLE, [passage], np.eye(1, 4, dtype=np.float32))
    assert store.passage_ids(ARTICLE.id) == ids


@pytest.mark.parametrize(
    "vectors",
    [
        np.eye(1, 4, dtype=np.float32),
        np.eye(2, 5, dtype=np.float32),
        np.eye(2, 4),
        2 * np.eye(2, 4, dtype=np.float32),
        np.full((2, 4), np.nan, dtype=np.float32),
    ],
    ids=["too few", "too long", "float64", "not of length 1", "not a number"],
)
def test_vectors_that_do_not_fit_are_refused(store: Store, vectors: np.ndarray) -> None:
    with pytest.raises(ValueError, match="vectors are"):
        store.put(ARTICLE, line_passages(ARTICLE), vectors)
    assert store.articles() == []


def test_summaries_are_in_the_order_of_titles_and_count_passages(store: Store) -> None:
    put_lines(store, ARTICLE)
    put_lines(store, Article("f" * 12, "an toàn", "Một."))
    listed = store.articles()
    assert [(item.title, item.passages, item.characters) for item in listed] == [
        ("an toàn", 1, 4),
        ("Hà Nội mưa lớn", 2, 35),
    ]
    assert (listed[1].source, listed[1].published, listed[1].path) == (
        "Báo Mưa",
        date(2024, 10, 15),
        "/bai/mua.txt",
    )


def test_passages_come_in_the_order_asked_for_with_their_article_s_details(store: Store) -> None:
    first, second = put_lines(store, ARTICLE)
    found = store.passages_by_id([second, 999, first, second])
    assert [stored.id for stored in found] == [second, first]
    assert found[0].passage == Passage(ARTICLE.id, 19, 35, "Chiều trời nắng.")
    assert (found[0].title, found[0].source, found[0].published) == (
        "Hà Nội mưa lớn",
        "Báo Mưa",
        date(2024, 10, 15),
    )


def test_vectors_come_back_to_the_bit_in_the_order_of_ids(store: Store) -> None:
    generator = np.random.default_rng(3)
    put = generator.standard_normal((2, 4)).astype(np.float32)
    put /= np.linalg.norm(put, axis=1, keepdims=True)
    store.put(ARTICLE, line_passages(ARTICLE), put)
    ids, vectors = store.vectors()
    assert ids.dtype == np.int64 and ids.tolist() == store.passage_ids(ARTICLE.id)
    assert vectors.dtype == np.float32 and np.array_equal(vectors, put)


def test_an_empty_index_has_vectors_of_the_right_shape(store: Store) -> None:
    ids, vectors = store.vectors()
    assert ids.shape == (0,) and vectors.shape == (0, 4)


def test_limits_choose_passages_by_day_and_source(store: Store) -> None:
    days = {"1" * 12: date(2022, 12, 31), "2" * 12: date(2023, 1, 1), "3" * 12: None}
    ids = {
        number: put_lines(store, Article(number, "t", "x", source="Báo Đảng" if day else None, published=day))
        for number, day in days.items()
    }
    old, new = ids["1" * 12], ids["2" * 12]

    def allowed(**limits: object) -> list[int] | None:
        found = store.allowed(**limits)  # type: ignore[arg-type]
        return None if found is None else found.tolist()

    assert allowed() is None
    assert allowed(after=date(2023, 1, 1)) == new
    assert allowed(before=date(2022, 12, 31)) == old
    assert allowed(after=date(2022, 12, 31), before=date(2023, 1, 1)) == old + new
    assert allowed(source="BÁO ĐẢNG") == old + new
    assert allowed(source="Báo Đảng", after=date(2023, 1, 1)) == new
    assert allowed(source="Báo khác") == []


def test_what_was_noted_of_a_file_is_remembered(store: Store) -> None:
    assert store.file_state("/bai/mua.txt") is None
    store.note_files([FileState("/bai/mua.txt", 40, 1_700_000_000_123_456_789)])
    store.note_files([FileState("/bai/mua.txt", 41, 1_700_000_000_123_456_790)])
    assert store.file_state("/bai/mua.txt") == FileState("/bai/mua.txt", 41, 1_700_000_000_123_456_790)


def test_files_noted_with_an_article_are_remembered_with_it_or_not_at_all(store: Store) -> None:
    state = FileState("/bai/mua.txt", 40, 7)
    with pytest.raises(ValueError, match="vectors are"):
        store.put(ARTICLE, line_passages(ARTICLE), np.eye(1, 4, dtype=np.float32), [state])
    assert store.file_state(state.path) is None
    store.put(ARTICLE, line_passages(ARTICLE), np.eye(2, 4, dtype=np.float32), [state])
    assert store.file_state(state.path) == state


def test_an_index_keeps_its_configuration_and_name(store: Store, tmp_path: Path) -> None:
    with Store.create(tmp_path / "index", CONFIG) as again:
        assert (again.config, again.identity) == (CONFIG, store.identity)


def test_an_index_made_by_several_at_once_is_one(tmp_path: Path) -> None:
    made: list[str] = []

    def make() -> None:
        with Store.create(tmp_path / "mới", CONFIG) as store:
            made.append(store.identity)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6 and len(set(made)) == 1


def test_a_missing_index_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="hoidap add"):
        Store.open(tmp_path)
    (tmp_path / "articles.db").write_bytes(b"")
    with pytest.raises(IndexMissingError, match="hoidap add"):
        Store.open(tmp_path)


def test_an_interrupted_creation_is_made_good_by_the_next(tmp_path: Path) -> None:
    (tmp_path / "articles.db").write_bytes(b"")
    with Store.create(tmp_path, CONFIG) as store:
        assert store.articles() == []


def test_another_configuration_is_refused_with_the_way_out(store: Store) -> None:
    with pytest.raises(IndexMismatchError, match=r"encoder 'fake', not 'other'.*hoidap add.*NEW-FOLDER"):
        Store.open(store.directory, expected=IndexConfig(encoder="other", dimension=4))
    with pytest.raises(IndexMismatchError, match="passage_tokens 192, not 64"):
        Store.create(store.directory, IndexConfig(encoder="fake", dimension=4, passage_tokens=64))


def test_another_schema_version_is_refused(store: Store) -> None:
    with database(store) as connection:
        connection.execute("UPDATE meta SET value = 99 WHERE key = 'schema_version'")
    connection.close()
    with pytest.raises(IndexMismatchError, match="schema version 99"):
        Store.open(store.directory)


def test_a_lost_configuration_row_is_named(store: Store) -> None:
    with database(store) as connection:
        connection.execute("DELETE FROM meta WHERE key = 'dimension'")
    connection.close()
    with pytest.raises(IndexDamagedError, match=r"configuration \(dimension\)"):
        Store.open(store.directory)


def test_a_file_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "articles.db").write_bytes(b"hello, I am a text file\n" * 500)
    for use in (Store.open, lambda directory: Store.create(directory, CONFIG)):
        with pytest.raises(IndexDamagedError, match="hoidap verify"):
            use(tmp_path)


def test_somebody_else_s_database_is_left_alone(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "articles.db")
    other.execute("CREATE TABLE notes (text)")
    other.commit()
    before = (tmp_path / "articles.db").read_bytes()
    with pytest.raises(IndexDamagedError, match="not a hoidap index"):
        Store.create(tmp_path, CONFIG)
    other.close()
    assert (tmp_path / "articles.db").read_bytes() == before


def test_a_truncated_database_is_damaged_not_half_read(tmp_path: Path) -> None:
    with Store.create(tmp_path, CONFIG) as store:
        for number in range(200):
            put_lines(store, Article(f"{number:012x}", f"tựa {number}", "một dòng khá dài " * 50))
    path = tmp_path / "articles.db"
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(IndexDamagedError, match="is damaged"), Store.open(tmp_path) as store:
        for summary in store.articles():
            store.article(summary.id)


def test_a_second_writer_is_told_who_writes(store: Store) -> None:
    with Store.open(store.directory, wait=0.1) as other, store.writing():
        with pytest.raises(IndexBusyError, match=rf"pid {os.getpid()}.*is writing to"):
            put_lines(other, ARTICLE)
        assert other.articles() == []
    put_lines(store, ARTICLE)


def test_a_second_writer_waits_for_a_short_write(store: Store) -> None:
    started, done = threading.Event(), threading.Event()

    def hold() -> None:
        with store.writing():
            started.set()
            done.wait(0.3)

    holder = threading.Thread(target=hold)
    holder.start()
    started.wait()
    with Store.open(store.directory, wait=10) as other:
        put_lines(other, ARTICLE)
        assert [item.id for item in other.articles()] == [ARTICLE.id]
    holder.join()


def test_readers_are_not_held_up_by_a_writer_and_see_the_state_before(store: Store) -> None:
    put_lines(store, ARTICLE)
    with store.writing() as connection, Store.open(store.directory, wait=0) as reader:
        connection.execute("DELETE FROM articles")
        assert [item.id for item in reader.articles()] == [ARTICLE.id]


def test_a_failed_write_leaves_everything_as_it_was(store: Store) -> None:
    put_lines(store, ARTICLE)
    with pytest.raises(RuntimeError), store.writing() as connection:
        connection.execute("DELETE FROM articles")
        raise RuntimeError
    assert store.article(ARTICLE.id) == ARTICLE


def test_a_full_disk_is_one_clear_error_and_loses_nothing(store: Store) -> None:
    put_lines(store, ARTICLE)
    with store.writing() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(IndexError_, match="no space left"):
        put_lines(store, Article("f" * 12, "to", "chữ " * 100_000))
    assert [item.id for item in store.articles()] == [ARTICLE.id]
    assert store.article(ARTICLE.id) == ARTICLE


def test_many_threads_read_and_write_one_store(store: Store) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(5):
                put_lines(store, Article(f"{number:012x}", f"tựa {number}", f"dòng {number} lần {turn}"))
                assert store.article(f"{number:012x}") is not None
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [item.title for item in store.articles()] == [f"tựa {number}" for number in range(8)]


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(IndexError_, match="choose another --index"):
        Store.create(tmp_path / "file" / "index", CONFIG)
