"""The commands as a person or a program calls them."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Final

import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from index.config import IndexConfig
from index.errors import UserInputError
from index.records import Article, Dropped, Passage
from index.store import Store
from ui.cli import app
from ui.commands.boundary import failures_told
from ui.commands.options import parse_date

PROGRAM: Final = (sys.executable, "-c", "from ui.cli import main; main()")
RANK: Final = Article(
    id="aaaaaaaaaaaa",
    title="Thái Nguyên tăng hạng chuyển đổi số",
    text="Năm 2022, Thái Nguyên xếp thứ 8/63 tỉnh, thành phố. Tỉnh có 178 xã.",
    source="Báo mẫu",
    author="An Bình",
    published=date(2023, 7, 5),
    path="/bai/rank.txt",
    dropped=(Dropped("Chia sẻ", "share-bar"),),
)
BARE: Final = Article(
    id="bbbbbbbbbbbb", title="An [bold]toàn[/bold]\x1b[31m", text="Đoạn duy nhất.", path="/bai/b.txt"
)


def hoidap(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
    """Run a command in this process, like a program that is not at a terminal."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


def run(
    *arguments: str | Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own, without a terminal."""
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, env={**os.environ, **(environment or {})}, timeout=120
    )


def one_line_error(result: Result) -> str:
    """The one line that a failed command wrote to standard error."""
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("hoidap: ")
    assert result.stderr.count("\n") == 1
    assert result.stderr.endswith("\n")
    return result.stderr.removeprefix("hoidap: ").strip()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Path]:
    """An index of two articles with made-up vectors."""
    directory = tmp_path / "index"
    with Store.create(directory, IndexConfig(dimension=4)) as store:
        cut = RANK.text.index(" Tỉnh có")
        spans = [
            Passage(RANK.id, 0, cut, RANK.text[:cut]),
            Passage(RANK.id, cut + 1, 67, RANK.text[cut + 1 :]),
        ]
        store.put(RANK, spans, np.eye(2, 4, dtype=np.float32))
        whole = Passage(BARE.id, 0, len(BARE.text), BARE.text)
        store.put(BARE, [whole], np.eye(1, 4, dtype=np.float32))
    yield directory


# -- help, start ----------------------------------------------------------------------------------


def test_help_names_every_command() -> None:
    listed = hoidap("--help").stdout
    for command in ("add", "sync", "list", "show", "remove", "ask", "chat", "verify", "doctor"):
        assert f"\n  {command} " in listed


def test_help_loads_nothing_heavy() -> None:
    program = "import sys; from ui.cli import app; app(['ask', '--help'], standalone_mode=False)"
    printed = subprocess.run(
        [sys.executable, "-c", f"{program}; print(sorted(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    heavy = ("torch", "transformers", "gradio", "faiss", "onnxruntime", "numpy", "rich.console")
    for module in heavy:
        assert f"'{module}'" not in printed


def test_the_version_is_told() -> None:
    assert hoidap("--version").stdout == f"hoidap {metadata.version('hoidap')}\n"


def test_an_unknown_option_is_a_usage_error() -> None:
    result = hoidap("list", "--colour")
    assert result.exit_code == 2
    assert "--colour" in result.stderr


# -- list, show, remove ---------------------------------------------------------------------------


def test_list_is_tab_separated_where_there_is_no_terminal(shelf: Path) -> None:
    result = hoidap("list", "--index", shelf)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "bbbbbbbbbbbb\tAn [bold]toàn[/bold]\ufffd[31m\t\t\t1",
        "aaaaaaaaaaaa\tThái Nguyên tăng hạng chuyển đổi số\t2023-07-05\tBáo mẫu\t2",
    ]


def test_list_as_json_tells_every_article(shelf: Path) -> None:
    first, second = json.loads(hoidap("list", "--index", shelf, "--json").stdout)
    assert (first["id"], first["passages"], first["published"]) == ("bbbbbbbbbbbb", 1, None)
    assert (second["title"], second["passages"], second["published"]) == (RANK.title, 2, "2023-07-05")
    assert second["characters"] == 67


def test_the_index_is_found_by_its_environment_variable(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOIDAP_INDEX", str(shelf))
    assert len(hoidap("list").stdout.splitlines()) == 2


@pytest.mark.parametrize("name", ["aaaaaaaaaaaa", "/bai/rank.txt", "/bai/../bai/rank.txt"])
def test_show_as_json_has_the_cleaned_text(shelf: Path, name: str) -> None:
    assert json.loads(hoidap("show", name, "--index", shelf, "--json").stdout) == {
        "id": "aaaaaaaaaaaa",
        "title": RANK.title,
        "text": RANK.text,
        "source": "Báo mẫu",
        "author": "An Bình",
        "published": "2023-07-05",
        "url": None,
        "path": "/bai/rank.txt",
    }


def test_show_tells_details_and_text(shelf: Path) -> None:
    shown = hoidap("show", "aaaaaaaaaaaa", "--index", shelf).stdout.splitlines()
    assert shown == [
        RANK.title,
        "id:        aaaaaaaaaaaa",
        "source:    Báo mẫu",
        "author:    An Bình",
        "published: 2023-07-05",
        "path:      /bai/rank.txt",
        "",
        RANK.text,
    ]


def test_show_tells_what_cleaning_left_out_when_asked(shelf: Path) -> None:
    shown = hoidap("show", "aaaaaaaaaaaa", "--dropped", "--index", shelf).stdout.splitlines()
    assert shown[-2:] == ["left out by cleaning: 1", "  [share-bar] Chia sẻ"]


def test_neither_markup_nor_orders_to_the_terminal_come_out_of_an_article(shelf: Path) -> None:
    shown = hoidap("show", BARE.id, "--index", shelf).stdout
    assert shown.startswith("An [bold]toàn[/bold]\ufffd[31m\n")
    assert "\x1b" not in shown


def test_an_article_that_is_not_there_is_one_line(shelf: Path) -> None:
    told = one_line_error(hoidap("show", "nothing", "--index", shelf, "--json"))
    assert told == f"there is no article 'nothing' in {shelf}: `hoidap list` shows them"


def test_a_file_of_several_articles_needs_the_id_of_one(shelf: Path) -> None:
    with Store.open(shelf) as store:
        twin = replace(BARE, id="cccccccccccc")
        store.put(twin, [Passage(twin.id, 0, 5, twin.text[:5])], np.eye(1, 4, dtype=np.float32))
    told = one_line_error(hoidap("show", "/bai/b.txt", "--index", shelf))
    assert told == "/bai/b.txt holds several articles, name one of them: bbbbbbbbbbbb, cccccccccccc"
    assert hoidap("remove", "/bai/b.txt", "--index", shelf).stdout.count("removed") == 2


def test_remove_takes_ids_and_paths_and_leaves_the_rest(shelf: Path) -> None:
    removed = hoidap("remove", "/bai/rank.txt", "aaaaaaaaaaaa", "--index", shelf)
    assert (removed.exit_code, removed.stdout) == (0, f"removed    aaaaaaaaaaaa  {RANK.title}\n")
    assert [article["id"] for article in json.loads(hoidap("list", "--index", shelf, "--json").stdout)] == [
        BARE.id
    ]


def test_remove_of_something_unknown_removes_nothing(shelf: Path) -> None:
    assert "'unknown'" in one_line_error(hoidap("remove", "aaaaaaaaaaaa", "unknown", "--index", shelf))
    assert len(hoidap("list", "--index", shelf).stdout.splitlines()) == 2


# -- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", [["list"], ["show", "a"], ["remove", "a"], ["ask", "Ai?"], ["ask", "Ai?", "--json"]]
)
def test_a_missing_index_is_one_line_that_says_how_to_make_one(tmp_path: Path, arguments: list[str]) -> None:
    told = one_line_error(hoidap(*arguments, "--index", tmp_path))
    assert told == f"there is no index in {tmp_path}: make one with `hoidap add PATH... --index {tmp_path}`"


@pytest.mark.parametrize("arguments", [["list"], ["ask", "Ai?"], ["list", "--json"]])
def test_a_damaged_database_is_one_line(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "articles.db").write_bytes(b"not a database " * 1000)
    assert "damaged" in one_line_error(hoidap(*arguments, "--index", tmp_path))


def test_a_second_writer_is_told_who_writes(shelf: Path) -> None:
    other = sqlite3.connect(shelf / "articles.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        told = one_line_error(hoidap("remove", "aaaaaaaaaaaa", "--index", shelf))
    finally:
        other.close()
    assert f"is writing to {shelf}: try again when it is done" in told


@pytest.mark.parametrize("question", ["", " \u200b ", "?!…"])
def test_an_empty_question_is_one_line(tmp_path: Path, question: str) -> None:
    assert one_line_error(hoidap("ask", question, "--index", tmp_path)).startswith("The question is empty")


def test_nothing_on_standard_input_is_an_empty_question(tmp_path: Path) -> None:
    assert one_line_error(hoidap("ask", "--index", tmp_path, stdin="")).startswith("The question is empty")


def test_a_question_of_ten_megabytes_is_told_its_length(tmp_path: Path) -> None:
    told = one_line_error(hoidap("ask", "--index", tmp_path, stdin="a" * 10_000_000 + "\n"))
    assert told.startswith("The question has 10,000,000 characters, at most 2,000")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2022-07-25", date(2022, 7, 25)),
        ("25/07/2022", date(2022, 7, 25)),
        ("5/7/2022", date(2022, 7, 5)),
        (" 2022-7-5 ", date(2022, 7, 5)),
        ("29/02/2024", date(2024, 2, 29)),
    ],
)
def test_dates_are_read_in_both_forms(written: str, day: date) -> None:
    assert parse_date(written, "--after") == day


@pytest.mark.parametrize(
    "written", ["", "2022", "31/02/2022", "07/25/2022", "2022-13-01", "20220725", "hôm qua", "0/0/0000"]
)
def test_what_is_no_date_is_refused_with_the_forms_that_are(written: str) -> None:
    with pytest.raises(UserInputError) as caught:
        parse_date(written, "--before")
    assert str(caught.value) == f"--before {written!r} is not a date: write it as 2022-07-25 or 25/07/2022"


def test_dates_in_the_wrong_order_are_one_line(tmp_path: Path) -> None:
    limits = ("--after", "2023-01-02", "--before", "01/01/2023")
    told = one_line_error(hoidap("ask", "Ai?", *limits, "--index", tmp_path))
    assert told == "--after 2023-01-02 is later than --before 2023-01-01: no article lies between them"


@pytest.mark.parametrize("account", ["name", "name:", ":password", ":"])
def test_an_account_needs_a_name_and_a_password(account: str) -> None:
    told = one_line_error(hoidap("chat", "--auth", account))
    assert told == "--auth needs a name and a password: write it as USER:PASSWORD"


def test_the_reader_of_the_output_may_go_away(shelf: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [*PROGRAM, "list", "--index", shelf], stdout=writing, stderr=subprocess.PIPE, timeout=60
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (1, b"")


@pytest.mark.parametrize(
    "locale", [{"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}]
)
def test_output_is_utf_8_in_any_locale(shelf: Path, locale: dict[str, str]) -> None:
    ran = run("show", "aaaaaaaaaaaa", "--index", shelf, environment=locale)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert RANK.text in ran.stdout.decode("utf-8")


def test_json_of_an_error_is_text_on_standard_error_only(tmp_path: Path) -> None:
    ran = run("ask", "Ai?", "--json", "--index", tmp_path)
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert ran.stderr.startswith(b"hoidap: there is no index in ")


# -- the edge -------------------------------------------------------------------------------------


def exit_code_after(error: BaseException) -> int:
    """The code that a command exits with after an exception."""
    with pytest.raises(typer.Exit) as caught, failures_told():
        raise error
    return caught.value.exit_code


def test_an_unexpected_error_is_one_line_and_names_the_way_to_its_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOIDAP_DEBUG", raising=False)
    assert exit_code_after(KeyError("lost\nsecond line")) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        "hoidap: unexpected KeyError: 'lost\\nsecond line'; run again with HOIDAP_DEBUG=1 for the traceback\n"
    )
    assert exit_code_after(RuntimeError()) == 1
    assert capsys.readouterr().err.startswith("hoidap: unexpected RuntimeError; run again")


def test_an_unexpected_error_is_raised_for_those_who_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOIDAP_DEBUG", "1")
    with pytest.raises(ZeroDivisionError), failures_told():
        raise ZeroDivisionError


def test_ctrl_c_exits_with_the_shell_s_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_after(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "hoidap: stopped by Ctrl-C\n"


def test_an_error_s_message_is_kept_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_after(UserInputError("no file 'a\nb\x1b[31m'")) == 1
    assert capsys.readouterr().err == "hoidap: no file 'a b\ufffd[31m'\n"
