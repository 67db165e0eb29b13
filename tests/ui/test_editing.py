"""`ui.editing`: uploads become articles that stay, and articles go again."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from index.article_index import ArticleIndex
from index.config import IndexConfig
from index.embedding import Vectors
from index.sync import Status, add
from ui.editing import UPLOADS, Editor

TEXT = "Tỉnh Sông Lam xếp thứ 24\n\nTheo công bố sáng nay, tỉnh Sông Lam xếp thứ 24 cả nước về thư viện.\n"


class Words:
    """An encoder that counts: unit vectors of four dimensions from the lengths of texts."""

    name = "words"
    dimension = 4
    max_tokens = 512

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = np.array([[1, len(text), len(text) % 7, len(text) % 3] for text in texts], dtype=np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    encode_questions = encode_passages


@pytest.fixture
def index(tmp_path: Path) -> Iterator[ArticleIndex]:
    with ArticleIndex.create(tmp_path / "index", IndexConfig(encoder="words", dimension=4)) as index:
        yield index


@pytest.fixture
def editor(index: ArticleIndex) -> Editor:
    return Editor(SimpleNamespace(index=index, encoder=Words()))  # type: ignore[arg-type]


def upload(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def test_an_upload_becomes_an_article_whose_file_stays_with_the_index(
    editor: Editor, index: ArticleIndex, tmp_path: Path
) -> None:
    file = upload(tmp_path / "temporary", "sông lam.txt", TEXT.encode())
    outcomes = list(editor.add([file]))
    file.unlink()
    assert [outcome.status for outcome in outcomes] == [Status.ADDED]
    (article,) = index.store.articles()
    kept = tmp_path / "index" / UPLOADS / "sông lam.txt"
    assert article.path == str(kept.resolve())
    assert kept.read_text(encoding="utf-8") == TEXT


def test_the_same_name_again_updates_its_article(editor: Editor, index: ArticleIndex, tmp_path: Path) -> None:
    list(editor.add([upload(tmp_path / "a", "x.txt", TEXT.encode())]))
    changed = TEXT.replace("24", "23").encode()
    assert [o.status for o in editor.add([upload(tmp_path / "b", "x.txt", changed)])] == [Status.UPDATED]
    (summary,) = index.store.articles()
    article = index.article(summary.id)
    assert article is not None and "thứ 23" in article.text


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("x.xyz", TEXT.encode(), Status.SKIPPED),
        ("x.txt", b"", Status.FAILED),
        ("x.txt", b"\x00\x01\x02\xff" * 500, Status.FAILED),
    ],
)
def test_what_is_no_article_is_told_and_not_kept(
    editor: Editor,
    index: ArticleIndex,
    tmp_path: Path,
    name: str,
    content: bytes,
    status: Status,
    caplog: pytest.LogCaptureFixture,
) -> None:
    outcomes = list(editor.add([upload(tmp_path / "a", name, content)]))
    assert [outcome.status for outcome in outcomes] == [status]
    assert name in caplog.text
    assert index.store.articles() == []
    assert not (tmp_path / "index" / UPLOADS / name).exists()


def test_one_bad_file_does_not_stop_the_others(editor: Editor, tmp_path: Path) -> None:
    files = [upload(tmp_path / "a", "leer.txt", b""), upload(tmp_path / "a", "x.txt", TEXT.encode())]
    assert [o.status for o in editor.add(files)] == [Status.FAILED, Status.ADDED]


def test_removing_takes_the_article_and_its_uploaded_file(
    editor: Editor, index: ArticleIndex, tmp_path: Path
) -> None:
    list(editor.add([upload(tmp_path / "a", "x.txt", TEXT.encode())]))
    (summary,) = index.store.articles()
    removed = editor.remove(summary.id)
    assert removed is not None and removed.title == "Tỉnh Sông Lam xếp thứ 24"
    assert index.store.articles() == []
    assert not (tmp_path / "index" / UPLOADS / "x.txt").exists()
    assert editor.remove(summary.id) is None


def test_removing_leaves_a_file_from_elsewhere(editor: Editor, index: ArticleIndex, tmp_path: Path) -> None:
    own = upload(tmp_path / "mine", "x.txt", TEXT.encode())
    list(add(index, [own], Words()))
    (summary,) = index.store.articles()
    assert editor.remove(summary.id) is not None
    assert own.exists()
