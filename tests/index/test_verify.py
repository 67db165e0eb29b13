"""Verification finds every inconsistency that is planted, and repair mends what is derived."""

import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.article_index import ArticleIndex
from index.config import IndexConfig
from index.errors import IndexMissingError
from index.records import Article
from index.verify import Part, Problem, repair, verify, verify_directory
from tests.fakes import put_lines

FIRST, SECOND = "1" * 12, "2" * 12


@pytest.fixture
def index(tmp_path: Path) -> Iterator[ArticleIndex]:
    """Passages 1 and 2 of the first article, 3 of the second."""
    with ArticleIndex.create(tmp_path, IndexConfig(encoder="fake", dimension=4)) as opened:
        put_lines(opened.store, Article(FIRST, "Mưa lớn", "Hà Nội mưa to.\nĐà Nẵng nắng."))
        put_lines(opened.store, Article(SECOND, "Tuyết", "Sa Pa có tuyết."))
        opened.write_vectors()
        yield opened


def plant(index: ArticleIndex, *statements: str, values: tuple[object, ...] = ()) -> None:
    """Change the database behind the store's back, without foreign keys and without a new generation."""
    connection = sqlite3.connect(index.directory / "articles.db", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = OFF")
    for statement in statements:
        connection.execute(statement, values)
    connection.close()


def found(index: ArticleIndex) -> set[tuple[Part, str]]:
    return {(problem.part, problem.subject) for problem in verify(index)}


def details(index: ArticleIndex, part: Part) -> list[str]:
    return [problem.detail for problem in verify(index) if problem.part is part]


def test_a_sound_index_has_no_problems(index: ArticleIndex) -> None:
    assert verify(index) == []


def test_an_empty_index_has_no_problems(tmp_path: Path) -> None:
    with ArticleIndex.create(tmp_path, IndexConfig(encoder="fake", dimension=4)) as empty:
        assert verify(empty) == []


def test_a_text_with_odd_characters_has_no_problems(index: ArticleIndex) -> None:
    odd = "e\u0301\0a İstanbul 𝒳² ½ 👨‍👩‍👧 \ue000 \u202eabc x_y Ａ\nﬁn ß ΟΔΟΣ …!!!\n……"
    put_lines(index.store, Article("3" * 12, "Ǆ \u0130", odd))
    index.write_vectors()
    assert verify(index) == []


def test_verifying_changes_nothing(index: ArticleIndex) -> None:
    before = index.store.generation()
    with index.store.reading() as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema ORDER BY name").fetchall()
    verify(index)
    with index.store.reading() as connection:
        assert connection.execute("SELECT name FROM sqlite_schema ORDER BY name").fetchall() == tables
        assert connection.execute("SELECT name FROM sqlite_temp_schema").fetchall() == []
    assert index.store.generation() == before


@pytest.mark.parametrize("end", [0, -2, 99])
def test_offsets_outside_the_text(index: ArticleIndex, end: int) -> None:
    plant(index, 'UPDATE passages SET "end" = ? WHERE id = 2', values=(end,))
    assert {(Part.PASSAGE, "2"), (Part.ARTICLE, FIRST)} <= found(index)
    assert details(index, Part.PASSAGE) == [f"[15, {end}) is not inside its article's 28 characters"]


def test_offsets_moved_within_the_text(index: ArticleIndex) -> None:
    plant(index, "UPDATE passages SET start = start + 3 WHERE id = 2")
    assert {
        (Part.ARTICLE, FIRST),
        (Part.LEXICAL, "lexical_accented"),
        (Part.LEXICAL, "lexical_unaccented"),
    } <= (found(index))


def test_an_article_without_passages(index: ArticleIndex) -> None:
    plant(index, "DELETE FROM vectors WHERE passage_id = 3", "DELETE FROM passages WHERE id = 3")
    assert details(index, Part.ARTICLE) == ["it has no passages: remove it and add it again"]
    assert (Part.LEXICAL, "lexical_accented") in found(index)


def test_a_passage_without_a_vector(index: ArticleIndex) -> None:
    plant(index, "DELETE FROM vectors WHERE passage_id = 2")
    assert details(index, Part.PASSAGE) == ["has no vector"]


@pytest.mark.parametrize(
    ("numbers", "detail"),
    [
        ((1.0, 0.0, 0.0), "is not of 4 numbers"),
        ((1.0, 0.0, 0.0, 0.0, 0.0), "is not of 4 numbers"),
        ((float("nan"), 0.0, 0.0, 0.0), "has a number that is not finite"),
        ((float("inf"), 0.0, 0.0, 0.0), "has a number that is not finite"),
        ((0.5, 0.0, 0.0, 0.0), "has length 0.5000, not 1"),
        ((0.0, 0.0, 0.0, 0.0), "has length 0.0000, not 1"),
    ],
)
def test_a_vector_that_is_none(index: ArticleIndex, numbers: tuple[float, ...], detail: str) -> None:
    blob = struct.pack(f"<{len(numbers)}f", *numbers)
    plant(index, "UPDATE vectors SET vector = ? WHERE passage_id = 2", values=(blob,))
    assert details(index, Part.VECTOR) == [detail]
    assert (Part.ARTICLE, FIRST) in found(index)


def test_a_unit_vector_that_is_another(index: ArticleIndex) -> None:
    blob = np.eye(1, 4, dtype=np.float32).tobytes()
    plant(index, "UPDATE vectors SET vector = ? WHERE passage_id = 2", values=(blob,))
    assert found(index) == {(Part.ARTICLE, FIRST), (Part.FAISS, "passages.faiss")}


def test_a_text_that_was_changed(index: ArticleIndex) -> None:
    plant(index, "UPDATE articles SET text = replace(text, 'nắng', 'nóng') WHERE id LIKE '1%'")
    assert {(Part.ARTICLE, FIRST), (Part.LEXICAL, "lexical_accented")} <= found(index)
    assert "passage 2 has other terms than its text" in details(index, Part.LEXICAL)


@pytest.mark.parametrize(
    "change",
    ["title = 'Nắng'", "published = '2020-01-01'", "source = 'x'", "url = 'x'", 'dropped = \'[["a", "b"]]\''],
)
def test_a_detail_that_was_changed(index: ArticleIndex, change: str) -> None:
    plant(index, f"UPDATE articles SET {change} WHERE id LIKE '1%'")
    assert (Part.ARTICLE, FIRST) in found(index)


@pytest.mark.parametrize("change", ["published = 'yesterday'", "dropped = '{'", "text = CAST(x'ff' AS TEXT)"])
def test_an_article_that_cannot_be_read(index: ArticleIndex, change: str) -> None:
    plant(index, f"UPDATE articles SET {change} WHERE id LIKE '1%'")
    assert (Part.ARTICLE, FIRST) in found(index)
    assert (Part.ARTICLE, SECOND) not in found(index)


def test_an_article_with_damaged_details_can_be_put_or_removed_as_verify_says(index: ArticleIndex) -> None:
    plant(index, "UPDATE articles SET published = 'yesterday', dropped = '{'")
    put_lines(index.store, Article(FIRST, "Mưa lớn", "Hà Nội mưa to.\nĐà Nẵng nắng."))
    assert index.store.encoded(SECOND) is None
    assert index.store.remove(SECOND) is True
    index.write_vectors()
    assert verify(index) == []


def test_a_wrong_length(index: ArticleIndex) -> None:
    plant(index, "UPDATE passages SET syllables = 9 WHERE id = 1")
    assert verify(index) == [Problem(Part.PASSAGE, "1", "has not 9 syllables")]


def test_orphans(index: ArticleIndex) -> None:
    plant(index, "DELETE FROM articles WHERE id LIKE '2%'")
    assert (Part.PASSAGE, "3") in found(index)
    plant(index, "DELETE FROM passages WHERE id = 3")
    assert (Part.VECTOR, "3") in found(index)
    assert details(index, Part.LEXICAL) == ["passage 3 is not in the store"] * 2


@pytest.mark.parametrize("table", ["lexical_accented", "lexical_unaccented"])
def test_lexical_rows_that_are_missing_too_many_or_different(index: ArticleIndex, table: str) -> None:
    accented = table == "lexical_accented"
    title, body = ("tuyết", "sa pa có tuyết") if accented else ("tuyet", "sa pa co tuyet")
    take_out = f"INSERT INTO {table} ({table}, rowid, title, body) VALUES ('delete', 3, '{title}', '{body}')"
    put_in = f"INSERT INTO {table} (rowid, title, body) VALUES "
    plant(index, take_out)
    assert verify(index) == [Problem(Part.LEXICAL, table, "passage 3 has no row")]
    plant(index, f"{put_in} (3, '{title}', '{body} x')")
    assert verify(index) == [Problem(Part.LEXICAL, table, "passage 3 has other terms than its text")]
    plant(index, f"{put_in} (7, 'x', 'y')")
    assert Problem(Part.LEXICAL, table, "passage 7 is not in the store") in verify(index)
    assert repair(index) == []
    assert verify(index) == []


def test_two_passages_whose_words_were_exchanged(index: ArticleIndex) -> None:
    take_out = "INSERT INTO lexical_accented (lexical_accented, rowid, title, body) VALUES ('delete', "
    put_in = "INSERT INTO lexical_accented (rowid, title, body) VALUES "
    first, second = "'mưa lớn', 'hà nội mưa to')", "'mưa lớn', 'đà nẵng nắng')"
    plant(index, f"{take_out} 1, {first}", f"{take_out} 2, {second}")
    plant(index, f"{put_in} (1, {second}", f"{put_in} (2, {first}")
    assert details(index, Part.LEXICAL) == [
        "passage 1 has other terms than its text",
        "passage 2 has other terms than its text",
    ]


def test_repaired_lexical_tables_are_searched_right_also_by_who_had_them_open(index: ArticleIndex) -> None:
    with ArticleIndex.open(index.directory) as other:
        before = other.lexical(["mưa"], "accented", 5)
        plant(index, "INSERT INTO lexical_accented (rowid, title, body) VALUES (9, 'mưa', 'mưa')")
        assert repair(index) == []
        assert other.lexical(["mưa"], "accented", 5) == before
        assert len(before) == 2


def test_a_missing_stale_or_wrong_vectors_file(index: ArticleIndex) -> None:
    path = index.directory / "passages.faiss"
    whole = path.read_bytes()
    for content in (None, whole[:-40], whole[:60] + b"\xff" + whole[61:]):
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        assert found(index) == {(Part.FAISS, "passages.faiss")}
        assert repair(index) == []
        assert verify(index) == []
    put_lines(index.store, Article("3" * 12, "Gió", "Huế có gió."))
    assert found(index) == {(Part.FAISS, "passages.faiss")}


@pytest.mark.parametrize("name", ["dimension", "encoder", "identity", "generation", "schema_version"])
def test_a_configuration_row_that_is_gone(index: ArticleIndex, name: str) -> None:
    plant(index, "DELETE FROM meta WHERE key = ?", values=(name,))
    assert Problem(Part.CONFIG, name, "is missing") in verify(index)
    (problem,) = verify_directory(index.directory)
    assert problem.part is Part.DATABASE and name in problem.detail


def test_damaged_pages_are_found_wherever_they_are(index: ArticleIndex) -> None:
    for number in range(10, 40):
        put_lines(index.store, Article(f"{number:012x}", f"tựa {number}", "một dòng khá dài\n" * 40))
    plant(index, "VACUUM")  # a page that holds nothing could be damaged without harm
    index.close()
    path = index.directory / "articles.db"
    whole = path.read_bytes()
    assert verify_directory(index.directory)[0].part is Part.FAISS
    missed = []
    for page in range(1, len(whole) // 8192):
        damaged = bytearray(whole)
        damaged[page * 8192 : (page + 1) * 8192] = bytes(8192)
        path.write_bytes(damaged)
        if not [problem for problem in verify_directory(index.directory) if problem.part is not Part.FAISS]:
            missed.append(page)
    assert missed == []


def test_what_cannot_be_repaired_is_told(index: ArticleIndex) -> None:
    plant(index, "DELETE FROM vectors WHERE passage_id = 3")
    (index.directory / "passages.faiss").unlink()
    remaining = {(problem.part, problem.subject) for problem in repair(index)}
    assert remaining == {(Part.ARTICLE, SECOND), (Part.PASSAGE, "3")}
    assert found(index) == remaining


def test_a_folder_without_an_index_is_missing_not_damaged(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError):
        verify_directory(tmp_path)


def test_a_file_that_is_no_database_is_one_problem(tmp_path: Path) -> None:
    (tmp_path / "articles.db").write_bytes(b"text\n" * 1000)
    (problem,) = verify_directory(tmp_path)
    assert problem.part is Part.DATABASE and "is damaged" in problem.detail
