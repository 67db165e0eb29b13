"""The doctor sees what is wrong, says how to mend it, and leaves alone what is well."""

import sys
from pathlib import Path

import numpy as np
import pytest

from index.config import IndexConfig
from index.records import Article, Passage
from index.store import Store
from ui.doctor import (
    State,
    compiled_modules,
    embedding_model,
    index_state,
    offline,
    packages,
    python_version,
    room,
    sqlite_search,
)


def test_the_least_python_is_well_and_an_older_one_is_not() -> None:
    assert python_version((3, 11, 0)).state is State.OK
    older = python_version((3, 10, 14))
    assert (older.state, older.detail) == (State.PROBLEM, "3.10.14 is too old")
    assert older.mend == "install Python 3.11 or newer"


def test_a_package_that_is_missing_or_too_old_is_named() -> None:
    finding = packages(["numpy>=1", "numpy>=999", "no-such-package-of-ours>=1,<2"])
    assert finding.state is State.PROBLEM
    assert f"numpy {np.__version__} (needs >=999)" in finding.detail
    assert "no-such-package-of-ours is missing (needs <2,>=1)" in finding.detail
    assert finding.mend


def test_packages_of_extras_and_other_platforms_are_not_asked_for() -> None:
    finding = packages(["numpy>=1", 'absent>=1; extra == "dev"', 'absent2>=1; sys_platform == "nowhere"'])
    assert (finding.state, finding.detail) == (State.OK, f"numpy {np.__version__}")


def test_a_module_that_cannot_be_loaded_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_wheel.py").write_text("raise ImportError('libgomp.so.1: cannot open')")
    monkeypatch.syspath_prepend(tmp_path)
    finding = compiled_modules(("numpy", "broken_wheel"))
    assert (finding.state, finding.detail) == (State.PROBLEM, "broken_wheel: libgomp.so.1: cannot open")
    assert "broken_wheel" not in sys.modules


def test_this_machine_s_sqlite_has_full_text_search() -> None:
    assert sqlite_search().state is State.OK


@pytest.mark.parametrize(
    ("free", "state"),
    [
        (299_999_999, State.PROBLEM),
        (300_000_000, State.NOTE),
        (1_999_999_999, State.NOTE),
        (2_000_000_000, State.OK),
    ],
)
def test_little_space_is_a_note_and_too_little_a_problem(tmp_path: Path, free: int, state: State) -> None:
    assert room("disk", tmp_path, lambda place: free).state is state


def test_space_is_measured_where_a_folder_is_going_to_be(tmp_path: Path) -> None:
    asked: list[Path] = []

    def free_bytes(place: Path) -> int:
        asked.append(place)
        return 5_000_000_000

    finding = room("disk", tmp_path / "not" / "yet", free_bytes)
    assert asked == [tmp_path]
    assert finding.detail == f"5.0 GB free for {tmp_path / 'not' / 'yet'}"


def test_a_file_where_a_folder_should_be_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    finding = room("disk", tmp_path / "taken", lambda place: 5_000_000_000)
    assert (finding.state, finding.detail) == (State.PROBLEM, f"{tmp_path / 'taken'} cannot be written to")


def test_a_model_that_is_not_built_yet_is_no_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOIDAP_CACHE", str(tmp_path))
    finding = embedding_model()
    assert finding.state is State.NOTE
    assert str(tmp_path) in finding.detail


def test_a_model_folder_that_cannot_be_loaded_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index.models.builtin import builtin_directory

    monkeypatch.setenv("HOIDAP_CACHE", str(tmp_path))
    builtin_directory().mkdir()
    (builtin_directory() / "hoidap.json").write_text("{}")
    finding = embedding_model()
    assert finding.state is State.PROBLEM
    assert f"delete {builtin_directory()}" in (finding.mend or "")


def test_a_missing_index_is_a_problem_only_if_it_was_named(tmp_path: Path) -> None:
    default, network = index_state(tmp_path, chosen=False)
    named, _ = index_state(tmp_path, chosen=True)
    assert network.state is State.OK
    assert (default.state, named.state) == (State.NOTE, State.PROBLEM)
    assert named.mend == f"make one with `hoidap add PATH... --index {tmp_path}`"


def test_a_damaged_index_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "articles.db").write_bytes(b"no database at all" * 100)
    (finding,) = index_state(tmp_path, chosen=False)
    assert finding.state is State.PROBLEM
    assert "damaged" in finding.detail


def test_an_index_is_told_with_its_size_and_encoder(tmp_path: Path) -> None:
    with Store.create(tmp_path, IndexConfig(dimension=4)) as store:
        vectors = np.eye(2, 4, dtype=np.float32)
        passages_ = [Passage("a" * 12, 0, 3, "Một"), Passage("a" * 12, 4, 7, "hai")]
        store.put(Article("a" * 12, "Tựa", "Một hai"), passages_, vectors)
    index, network = index_state(tmp_path, chosen=True)
    assert index.detail == f"{tmp_path}: 1 article, 2 passages, encoder multilingual-e5-small"
    assert (index.state, network.state) == (State.OK, State.OK)


def test_an_encoder_that_must_be_fetched_is_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    assert offline("some-one/no-such-model-of-ours").state is State.NOTE
    assert offline(str(tmp_path)).state is State.OK
