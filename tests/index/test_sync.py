"""Adding and syncing do what has changed and no more, in order, and never leave half an article."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from index.article_index import ArticleIndex
from index.config import IndexConfig
from index.embedding import Vectors
from index.errors import IndexMismatchError, LoadError
from index.loading import article_id, origin_of
from index.records import Article, Passage
from index.settling import BATCH_PASSAGES
from index.sync import Outcome, Sources, Status, add, add_articles, sync
from tests.fakes import FakeEncoder, line_passages

CONFIG = IndexConfig(encoder="fake", dimension=16)


@dataclass
class Shelf:
    """Files whose first line is the title; remembers which were opened. ``==`` parts articles of one file."""

    opened: list[str] = field(default_factory=list)

    def read(self, path: Path) -> Iterator[Article]:
        self.opened.append(path.name)
        if not path.exists():
            raise LoadError(f"{path} does not exist")
        for place, part in enumerate(path.read_text(encoding="utf-8").split("==\n")):
            title, _, text = part.partition("\n")
            if title == "hỏng":
                raise LoadError(f"{path} is damaged")
            origin = origin_of(path)
            yield Article(article_id(f"{origin}#{place}"), title, text, path=origin)

    def split(self, article: Article, count_tokens: object, config: IndexConfig) -> list[Passage]:
        return line_passages(article)

    @property
    def sources(self) -> Sources:
        return Sources(read=self.read, split=self.split)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def encoder() -> FakeEncoder:
    return FakeEncoder(16)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[ArticleIndex]:
    with ArticleIndex.create(tmp_path / "index", CONFIG) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bài").mkdir()
    for name in ("a", "b", "c"):
        write(tmp_path / "bài" / f"{name}.txt", f"tựa {name}\ndòng một của {name}\ndòng hai của {name}")
    return tmp_path / "bài"


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(0, write.clock))  # type: ignore[attr-defined]
    write.clock += 1  # type: ignore[attr-defined]


write.clock = 1_700_000_000_000_000_000  # type: ignore[attr-defined]


def told(outcomes: Iterator[Outcome]) -> list[tuple[str, Status]]:
    return [(Path(outcome.path).name, outcome.status) for outcome in outcomes]


def texts(index: ArticleIndex) -> dict[str, str]:
    found = [index.article(summary.id) for summary in index.store.articles()]
    return {article.title: article.text for article in found if article is not None}


def encoded(encoder: FakeEncoder) -> list[str]:
    return [text for call in encoder.calls for text in call]


def test_files_are_added_in_order_with_their_titles_in_what_is_encoded(
    index: ArticleIndex, folder: Path, encoder: FakeEncoder, shelf: Shelf
) -> None:
    outcomes = list(add(index, [folder], encoder, sources=shelf.sources))
    assert outcomes[0] == Outcome(str(folder / "a.txt"), Status.ADDED, "tựa a")
    assert told(iter(outcomes)) == [(f"{name}.txt", Status.ADDED) for name in "abc"]
    assert texts(index) == {f"tựa {name}": f"dòng một của {name}\ndòng hai của {name}" for name in "abc"}
    assert encoded(encoder)[:2] == ["tựa a\ndòng một của a", "tựa a\ndòng hai của a"]


def test_what_was_added_is_found(
    index: ArticleIndex, folder: Path, encoder: FakeEncoder, shelf: Shelf
) -> None:
    list(add(index, [folder], encoder, sources=shelf.sources))
    question = encoder.encode_questions(["tựa b\ndòng hai của b"])[0]
    ((number, cosine),) = index.dense(question, 1)
    assert cosine == 1.0
    assert index.passages([number])[0].passage.text == "dòng hai của b"


def test_passages_of_several_articles_are_encoded_together(
    index: ArticleIndex, folder: Path, encoder: FakeEncoder, shelf: Shelf
) -> None:
    write(folder / "b.txt", "tựa b\n" + "\n".join(f"dòng {number}" for number in range(2 * BATCH_PASSAGES)))
    progress: list[tuple[int, int]] = []
    run = add(index, [folder], encoder, sources=shelf.sources, progress=lambda *at: progress.append(at))
    assert [status for _, status in told(run)] == [Status.ADDED] * 3
    assert [len(call) for call in encoder.calls] == [BATCH_PASSAGES, BATCH_PASSAGES, 4]
    assert progress == [(64, 130), (128, 130), (132, 132)]
    assert [item.passages for item in index.store.articles()] == [2, 2 * BATCH_PASSAGES, 2]


def test_unchanged_files_are_not_even_opened(
    index: ArticleIndex, folder: Path, encoder: FakeEncoder, shelf: Shelf
) -> None:
    list(add(index, [folder], encoder, sources=shelf.sources))
    generation, calls = index.store.generation(), len(encoder.calls)
    shelf.opened.clear()
    again = add(index, [folder, folder / "a.txt"], encoder, sources=shelf.sources)
    assert told(again) == [(f"{name}.txt", Status.UNCHANGED) for name in "abc"]
    assert shelf.opened == []
    assert (index.store.generation(), len(encoder.calls)) == (generation, calls)


def test_a_touched_file_with_the_same_words_is_opened_once_and_not_encoded(
    index: ArticleIndex, folder: Path, encoder: FakeEncoder, shelf: Shelf
) -> None:
    list(add(index, [folder], encoder, sources=shelf.sources))
    os.utime(folder / "b.txt", ns=(0, 5))
    shelf.opened.clear()
    encoder.calls.clear()
    for _ in range(2):
        assert ("b.txt", Status.UNCHANGED) in told(add(index, [folder], encoder, sources=shelf.sources))
    assert shelf.opened == ["b.txt"]
    assert encoder.calls == []


def test_of_a_changed_article_only_new_passages_are_encoded(
    index: ArticleIndex, folder: Path, encoder: FakeEncoder, shelf: Shelf
) -> None:
    list(add(index, [folder], encoder, sources=shelf.sources))
    encoder.calls.clear()
    write(folder / "b.txt", "tựa b\ndòng mới\ndòng hai của b\ndòng ba")
    changed = add(index, [folder], encoder, sources=shelf.sources)
    assert told(changed) == [
        ("a.txt", Status.UNCHANGED),
        ("b.txt", Status.UPDATED),
        ("c.txt", Status.UNCHANGED),
    ]
    assert encoded(encoder) == ["tựa b\ndòng mới", "tựa b\ndòng ba"]
    assert texts(index)["tựa b"] == "dòng mới\ndòng hai của b\ndòng ba"
    question = encoder.encode_questions(["tựa b\ndòng hai của b"])[0]
    ((number, _),) = index.dense(question, 1)
    assert index.passages([number])[0].passage.text == "dòng hai của b"


def test_a_new_title_encodes_the_article_anew(
    index: ArticleIndex, folder: Path, encoder: FakeEncoder, shelf: Shelf
) -> None:
    list(add(index, [folder], encoder, sources=shelf.sources))
    encoder.calls.clear()
    write(folder / "b.txt", "tựa khác\ndòng một của b\ndòng hai của b")
    list(add(index, [folder], encoder, sources=shelf.sources))
    assert encoded(encoder) == ["tựa khác\ndòng một của b", "tựa khác\ndòng hai của b"]


def test_one_file_that_cannot_be_read_is_one_line_and_the_run_goes_on(
    index: ArticleIndex, folder: Path, encoder: FakeEncoder, shelf: Shelf
) -> None:
    list(add(index, [folder], encoder, sources=shelf.sources))
    write(folder / "b.txt", "hỏng\nkhông đọc được")
    write(folder / "c.txt", "tựa c\nmới")
    outcomes = list(add(index, [folder, folder / "z.txt"], encoder, sources=shelf.sources))
    assert told(iter(outcomes)) == [
        ("a.txt", Status.UNCHANGED),
        ("b.txt", Status.FAILED),
        ("c.txt", Status.UPDATED),
        ("z.txt", Status.FAILED),
    ]
    assert outcomes[1].detail == f"{folder / 'b.txt'} is damaged"
    assert texts(index)["tựa b"] == "dòng một của b\ndòng hai của b"


def test_unknown_formats_and_articles_without_text_are_skipped_with_the_reason(
    index: ArticleIndex, folder: Path, encoder: FakeEncoder, shelf: Shelf
) -> None:
    write(folder / "a.txt", "chỉ có tựa\n")
    write(folder / "b.xyz", "tựa\nchữ")
    outcomes = list(add(index, [folder], encoder, sources=shelf.sources))
    assert told(iter(outcomes)) == [
        ("a.txt", Status.SKIPPED),
        ("b.txt", Status.ADDED),
        ("b.xyz", Status.SKIPPED),
        ("c.txt", Status.ADDED),
    ]
    assert [outcome.detail for outcome in outcomes if outcome.status is Status.SKIPPED] == [
        "there is no text in it",
        "files named *.xyz are not read",
    ]


def test_a_folder_without_articles_is_told(
    index: ArticleIndex, tmp_path: Path, encoder: FakeEncoder, shelf: Shelf
) -> None:
    (tmp_path / "trống").mkdir()
    (outcome,) = add(index, [tmp_path / "trống"], encoder, sources=shelf.sources)
    assert (outcome.status, outcome.detail) == (Status.FAILED, "there are no articles in this folder")


def test_a_link_is_told_to_be_for_later(index: ArticleIndex, encoder: FakeEncoder, shelf: Shelf) -> None:
    (outcome,) = add(index, [Path("https://example.vn/bai.txt")], encoder, sources=shelf.sources)
    assert outcome.status is Status.FAILED
    assert "links are not supported yet" in outcome.detail


def test_what_is_no_longer_in_a_file_is_removed_after_the_rest_is_in(
    index: ArticleIndex, folder: Path, encoder: FakeEncoder, shelf: Shelf
) -> None:
    write(folder / "b.txt", "một\nchữ một\n==\nhai\nchữ hai\n==\nba\nchữ ba")
    list(add(index, [folder], encoder, sources=shelf.sources))
    write(folder / "b.txt", "một\nchữ một\n==\nhai mới\nchữ hai")
    changed = told(add(index, [folder / "b.txt"], encoder, sources=shelf.sources))
    assert changed == [("b.txt", Status.UNCHANGED), ("b.txt", Status.UPDATED), ("b.txt", Status.REMOVED)]
    assert set(texts(index)) == {"tựa a", "một", "hai mới", "tựa c"}


def test_sync_removes_what_is_gone_from_the_folder_and_nothing_else(
    index: ArticleIndex, folder: Path, tmp_path: Path, encoder: FakeEncoder, shelf: Shelf
) -> None:
    write(tmp_path / "khác.txt", "nơi khác\nchữ")
    list(add(index, [folder, tmp_path / "khác.txt"], encoder, sources=shelf.sources))
    (folder / "a.txt").unlink()
    (tmp_path / "khác.txt").unlink()
    (folder / "c.txt").rename(folder / "d.txt")
    changed = told(sync(index, folder, encoder, sources=shelf.sources))
    assert changed == [
        ("b.txt", Status.UNCHANGED),
        ("d.txt", Status.ADDED),
        ("a.txt", Status.REMOVED),
        ("c.txt", Status.REMOVED),
    ]
    assert set(texts(index)) == {"nơi khác", "tựa b", "tựa c"}
    assert told(sync(index, folder, encoder, sources=shelf.sources)) == [
        ("b.txt", Status.UNCHANGED),
        ("d.txt", Status.UNCHANGED),
    ]


def test_sync_keeps_what_is_there_but_cannot_be_read_now(
    index: ArticleIndex, folder: Path, encoder: FakeEncoder, shelf: Shelf
) -> None:
    list(sync(index, folder, encoder, sources=shelf.sources))
    write(folder / "b.txt", "hỏng\n")
    hidden = Sources(
        find=lambda paths: iter([folder / "b.txt", folder / "c.txt"]), read=shelf.read, split=shelf.split
    )
    changed = told(sync(index, folder, encoder, sources=hidden))
    assert changed == [("b.txt", Status.FAILED), ("c.txt", Status.UNCHANGED)]
    assert set(texts(index)) == {"tựa a", "tựa b", "tựa c"}


def test_sync_of_an_empty_or_missing_folder_removes_nothing(
    index: ArticleIndex, folder: Path, encoder: FakeEncoder, shelf: Shelf
) -> None:
    list(sync(index, folder, encoder, sources=shelf.sources))
    for name in "abc":
        (folder / f"{name}.txt").unlink()
    with pytest.raises(LoadError, match="holds no articles"):
        list(sync(index, folder, encoder, sources=shelf.sources))
    folder.rmdir()
    with pytest.raises(LoadError, match="is not a folder"):
        list(sync(index, folder, encoder, sources=shelf.sources))
    assert len(texts(index)) == 3


def test_a_file_whose_name_is_not_utf8_is_not_taken_for_gone(
    index: ArticleIndex, folder: Path, encoder: FakeEncoder, shelf: Shelf
) -> None:
    try:
        write(folder / "b\udce9.txt", "tên lạ\nchữ")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    assert len(list(sync(index, folder, encoder, sources=shelf.sources))) == 4
    again = list(sync(index, folder, encoder, sources=shelf.sources))
    assert [outcome.status for outcome in again] == [Status.UNCHANGED] * 4


@dataclass
class FailingEncoder(FakeEncoder):
    """Is interrupted while it encodes its second batch."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        if len(self.calls) == 1:
            raise KeyboardInterrupt
        return super().encode_passages(texts)


def test_an_interrupted_run_leaves_whole_articles_and_the_next_goes_on(
    index: ArticleIndex, folder: Path, encoder: FakeEncoder, shelf: Shelf
) -> None:
    long = "\n".join(f"dòng {number}" for number in range(BATCH_PASSAGES))
    write(folder / "b.txt", f"tựa b\n{long}")
    with pytest.raises(KeyboardInterrupt):
        list(add(index, [folder], FailingEncoder(16), sources=shelf.sources))
    assert list(texts(index)) == ["tựa a"]
    assert told(add(index, [folder], encoder, sources=shelf.sources)) == [
        ("a.txt", Status.UNCHANGED),
        ("b.txt", Status.ADDED),
        ("c.txt", Status.ADDED),
    ]


def test_an_outcome_is_on_the_disk_when_it_is_told(
    index: ArticleIndex, folder: Path, encoder: FakeEncoder, shelf: Shelf
) -> None:
    run = add(index, [folder], encoder, sources=shelf.sources)
    first = next(run)
    with ArticleIndex.open(index.directory) as other:
        assert list(texts(other)) == [first.detail] == ["tựa a"]
    run.close()  # type: ignore[attr-defined]
    assert list(texts(index)) == ["tựa a"]


def test_articles_at_hand_are_added_like_files(
    index: ArticleIndex, encoder: FakeEncoder, shelf: Shelf
) -> None:
    articles = [Article("1" * 12, "một", "chữ", url="https://a.vn/1"), Article("2" * 12, "hai", "chữ")]
    outcomes = list(add_articles(index, articles, encoder, sources=shelf.sources))
    assert outcomes == [
        Outcome("https://a.vn/1", Status.ADDED, "một"),
        Outcome("2" * 12, Status.ADDED, "hai"),
    ]
    again = add_articles(index, articles, encoder, sources=shelf.sources)
    assert [outcome.status for outcome in again] == [Status.UNCHANGED] * 2


def test_another_encoder_is_refused_before_anything_happens(
    index: ArticleIndex, folder: Path, shelf: Shelf
) -> None:
    with pytest.raises(IndexMismatchError, match="not 'other'"):
        list(add(index, [folder], FakeEncoder(16, name="other"), sources=shelf.sources))
    assert shelf.opened == []


def test_real_files_are_read_cut_and_added(index: ArticleIndex, tmp_path: Path, encoder: FakeEncoder) -> None:
    sentence = "Tỉnh Thái Nguyên xếp thứ tám về chuyển đổi số trong năm vừa qua. "
    write(tmp_path / "bài.txt", "Thái Nguyên lên hạng\n\n" + sentence * 40)
    assert told(add(index, [tmp_path / "bài.txt"], encoder)) == [("bài.txt", Status.ADDED)]
    (summary,) = index.store.articles()
    assert summary.title == "Thái Nguyên lên hạng"
    assert summary.passages > 1
    assert max(encoder.count_tokens(encoded(encoder))) <= CONFIG.passage_tokens + 4


def test_the_vectors_file_is_current_after_a_run(
    index: ArticleIndex, folder: Path, encoder: FakeEncoder, shelf: Shelf
) -> None:
    list(add(index, [folder], encoder, sources=shelf.sources))
    lines: list[str] = []
    with ArticleIndex.open(index.directory, notify=lines.append) as other:
        other.refresh()
    assert lines == []
