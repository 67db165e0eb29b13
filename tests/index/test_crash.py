"""A process killed at any moment of a sync has lost nothing it told of and left nothing half done."""

import multiprocessing
import os
import random
import shutil
import sys
import time
from pathlib import Path

import pytest

from index.article_index import ArticleIndex
from index.sync import Status, sync
from index.verify import Part, verify
from tests.fakes import FakeEncoder
from tests.index.crashing import CONFIG, SOURCES, sync_and_tell

TRIALS = int(os.environ.get("HOIDAP_KILL_TRIALS", "30"))
FILES = 60

pytestmark = [
    pytest.mark.crash,
    pytest.mark.skipif(sys.platform == "win32", reason="kills processes by POSIX signals"),
]


def text_of(number: int, version: str) -> str:
    lines = [f"dòng {place} của bài {number} {version} mưa gió" for place in range(3 + number % 7)]
    return f"tựa {number} {version}\n" + "\n".join(lines)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files as they are at last: the first third changed, the second third new."""
    made = tmp_path_factory.mktemp("bài")
    for number in range(FILES):
        (made / f"{number:03}.txt").write_text(text_of(number, "cũ"), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def before(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the folder's earlier state; afterwards the folder is brought to its last state."""
    for number in range(FILES // 3, 2 * FILES // 3):
        (folder / f"{number:03}.txt").unlink()
    made = tmp_path_factory.mktemp("index")
    with ArticleIndex.create(made, CONFIG) as index:
        assert len(list(sync(index, folder, FakeEncoder(16), sources=SOURCES))) == 2 * FILES // 3
    for number in range(2 * FILES // 3):
        (folder / f"{number:03}.txt").write_text(text_of(number, "mới"), encoding="utf-8")
    for number in range(2 * FILES // 3, FILES):
        (folder / f"{number:03}.txt").unlink()
    return made


def titles(index: ArticleIndex) -> dict[str, str]:
    return {Path(item.path or "").name: item.title for item in index.store.articles()}


def run_and_kill(index: Path, folder: Path, told: Path, delay: float | None) -> tuple[list[str], float]:
    """Sync in another process and kill it ``delay`` seconds after its start; None lets it end.

    Returns:
        The lines that it told, and the seconds from its start to its end.
    """
    told.write_bytes(b"")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.index.crashing"])
    process = context.Process(target=sync_and_tell, args=(index, folder, told))
    process.start()
    while not told.stat().st_size and process.is_alive():
        time.sleep(0.0005)
    started = time.perf_counter()
    if delay is not None:
        time.sleep(delay)
        process.kill()
    process.join()
    process.close()
    return told.read_text(encoding="utf-8").splitlines(), time.perf_counter() - started


def check_acknowledged(index: ArticleIndex, lines: list[str]) -> None:
    found = titles(index)
    for line in lines:
        status, _, name = line.partition(" ")
        if status in (Status.ADDED, Status.UPDATED):
            assert found[name] == f"tựa {int(name[:3])} mới", line
        elif status == Status.REMOVED:
            assert name not in found, line


def check_whole(index: ArticleIndex) -> None:
    assert [problem for problem in verify(index) if problem.part is not Part.FAISS] == []
    for summary in index.store.articles():
        article = index.article(summary.id)
        assert article is not None
        version = article.title.split()[-1]
        assert f"{article.title}\n{article.text}" == text_of(int(article.title.split()[1]), version)
        assert summary.passages == len(article.text.splitlines())


def test_a_killed_sync_keeps_what_it_told_and_the_next_one_completes(
    folder: Path, before: Path, tmp_path: Path
) -> None:
    shutil.copytree(before, tmp_path / "whole")
    lines, duration = run_and_kill(tmp_path / "whole", folder, tmp_path / "told", None)
    assert lines[-1] == "end"
    draw = random.Random(20_240_607)
    interrupted = 0
    for trial in range(TRIALS):
        place = tmp_path / f"index{trial}"
        shutil.copytree(before, place)
        lines, _ = run_and_kill(place, folder, tmp_path / "told", draw.uniform(0, duration))
        interrupted += lines[-1] != "end"
        with ArticleIndex.open(place) as index:
            check_whole(index)
            check_acknowledged(index, lines)
            list(sync(index, folder, FakeEncoder(16), sources=SOURCES))
            assert titles(index) == {f"{number:03}.txt": f"tựa {number} mới" for number in range(40)}
            assert verify(index) == []
        shutil.rmtree(place)
    assert interrupted > TRIALS // 4, "the kills came too late to test anything"


def test_a_killed_first_run_leaves_an_index_that_can_be_gone_on_with(
    folder: Path, before: Path, tmp_path: Path
) -> None:
    draw = random.Random(7)
    for trial in range(max(TRIALS // 3, 3)):
        place = tmp_path / f"index{trial}"
        run_and_kill(place, folder, tmp_path / "told", draw.uniform(0, 0.05))
        with ArticleIndex.create(place, CONFIG) as index:
            check_whole(index)
            list(sync(index, folder, FakeEncoder(16), sources=SOURCES))
            assert verify(index) == []
            assert len(titles(index)) == 40
        shutil.rmtree(place)
