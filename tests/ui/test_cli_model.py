"""The commands that need the embedded model, over a few articles written for it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner, Result

from ui.cli import app

pytestmark = pytest.mark.model

PROGRAM: Final = "from ui.cli import main; main()"
HEAVY: Final = ("torch", "transformers", "sentence_transformers", "gradio", "langchain_text_splitters")
LIBRARY: Final = """---
title: Thư viện xã Đông Hòa mở cửa buổi tối
source: Báo Đồng Quê
date: 2023-03-14
---

Từ tháng ba, thư viện xã Đông Hòa mở cửa đến 21 giờ các ngày trong tuần. Bà Lê Thị Sương là người trông \
thư viện. Thư viện có 4.250 cuốn sách, phần lớn do người dân góp. Mỗi tối có khoảng 60 học sinh đến đọc.
"""
BRIDGE: Final = """---
title: Cầu Bến Gỗ thông xe
source: Tin Sông Nước
date: 2024-09-02
---

Cầu Bến Gỗ bắc qua sông Vàm Xanh được thông xe sáng 2/9. Cầu dài 312 m, rộng 9 m. Công trình do Công ty \
Cầu đường Phương Nam thi công trong 18 tháng. Trước đây người dân phải qua sông bằng phà.
"""
COFFEE: Final = """Giá cà phê ở Đắk Sơn tăng trở lại

Sáng nay, giá cà phê nhân ở Đắk Sơn lên 98.500 đồng một kg, cao hơn tuần trước 2.000 đồng. Thương lái nói \
nguồn hàng trong dân còn ít nên giá khó giảm ngay.
"""


QUESTION: Final = "Thư viện xã Đông Hòa mở cửa đến mấy giờ?"
TITLES: Final = (
    "Cầu Bến Gỗ thông xe",
    "Thư viện xã Đông Hòa mở cửa buổi tối",
    "Giá cà phê ở Đắk Sơn tăng trở lại",
)


def hoidap(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
    """Run a command in this process, like a program that is not at a terminal."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


def answer_of(*arguments: str | Path) -> dict[str, Any]:
    """The object that ``ask --json`` prints."""
    result = hoidap("ask", *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    value: dict[str, Any] = json.loads(result.stdout)
    return value


def write_articles(folder: Path) -> None:
    """Write the three articles."""
    folder.mkdir()
    (folder / "library.md").write_text(LIBRARY, encoding="utf-8")
    (folder / "bridge.md").write_text(BRIDGE, encoding="utf-8")
    (folder / "coffee.txt").write_text(COFFEE, encoding="utf-8")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the three articles, that tests only read."""
    folder = tmp_path_factory.mktemp("read-only")
    write_articles(folder / "articles")
    assert hoidap("add", folder / "articles", "--index", folder / "index").exit_code == 0
    return folder / "index"


# -- ask ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "expected", "file"),
    [
        ("Thư viện xã Đông Hòa mở cửa đến mấy giờ?", "21 giờ", "library.md"),
        ("Thư viện xã Đông Hòa có bao nhiêu cuốn sách?", "4.250", "library.md"),
        ("Cầu Bến Gỗ bắc qua sông Vàm Xanh được thông xe khi nào?", "sáng 2/9", "bridge.md"),
    ],
)
def test_the_answer_is_the_words_of_the_right_article_at_its_offsets(
    index: Path, question: str, expected: str, file: str
) -> None:
    value = answer_of(question, "--index", index)
    first = value["citations"][0]
    article = json.loads(hoidap("show", first["article_id"], "--index", index, "--json").stdout)
    assert expected in first["context"]
    assert first["path"].endswith(file)
    assert value["answer"] == first["quote"] == article["text"][first["start"] : first["end"]]
    assert first["quote"] in first["context"]
    assert first["context"] in article["text"]
    assert 0 <= value["confidence"] <= 1
    assert value["timings_ms"]["total"] > 0


@pytest.mark.parametrize(
    ("question", "withheld", "sure"),
    [
        ("When did the Bến Gỗ bridge open?", "Not in these articles.", " sure ("),
        ("Cau Ben Go thong xe khi nao?", "Không có trong các bài viết này.", " chắc chắn ("),
    ],
)
def test_the_words_around_follow_the_question_s_language_and_name_the_right_article_first(
    index: Path, question: str, withheld: str, sure: str
) -> None:
    told = hoidap("ask", question, "--index", index).stdout
    assert told.startswith(withheld) or sure in told
    assert next(title for title in re.findall("|".join(TITLES), told)) == "Cầu Bến Gỗ thông xe"


def test_a_date_and_a_source_limit_what_may_answer(index: Path) -> None:
    question = ("Có gì mới ở địa phương?", "--top-k", "9", "--index", index)
    allowed = {
        ("--after", "2024-01-01"): {"Cầu Bến Gỗ thông xe"},
        ("--before", "31/12/2023"): {"Thư viện xã Đông Hòa mở cửa buổi tối"},
        ("--source", "tin sông nước"): {"Cầu Bến Gỗ thông xe"},
    }
    for limit, titles in allowed.items():
        told = hoidap("ask", *question, *limit).stdout
        mentioned = {title for title in TITLES if title in told}
        assert mentioned == titles


def test_a_source_that_is_not_there_finds_nothing(index: Path) -> None:
    value = answer_of("Cầu Bến Gỗ dài bao nhiêu?", "--source", "Báo Không Có", "--index", index)
    assert (value["answer"], value["abstained"], value["reason"]) == (None, True, "nothing_found")
    assert value["citations"] == []


def test_words_without_quotation_marks_are_one_question(index: Path) -> None:
    assert answer_of("Cầu", "Bến", "Gỗ", "dài", "bao", "nhiêu?", "--index", index)["question"] == (
        "Cầu Bến Gỗ dài bao nhiêu?"
    )


def test_one_line_of_standard_input_is_the_question(index: Path) -> None:
    lines = "\ufeffCầu Bến Gỗ dài bao nhiêu?\r\nMột dòng khác\n"
    result = hoidap("ask", "--index", index, "--json", stdin=lines)
    assert json.loads(result.stdout)["question"] == "Cầu Bến Gỗ dài bao nhiêu?"


def test_a_question_in_broken_bytes_is_still_answered(index: Path) -> None:
    result = hoidap(
        "ask", "--index", index, "--json", stdin="Cầu Bến Gỗ dài".encode() + b"\xff bao nhi\xc3?\n"
    )
    assert result.exit_code == 0
    assert json.loads(result.stdout)["question"].startswith("Cầu Bến Gỗ dài")


def test_an_answer_for_a_person_has_no_orders_to_the_terminal(index: Path) -> None:
    told = hoidap("ask", "Cầu Bến Gỗ dài bao nhiêu?", "--index", index).stdout
    assert "Cầu Bến Gỗ thông xe · Tin Sông Nước · 02/09/2024 · " in told
    assert "\x1b" not in told


def test_an_unknown_reader_is_one_line(index: Path, tmp_path: Path) -> None:
    result = hoidap("ask", "Ai?", "--reader", tmp_path / "none", "--index", index)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("hoidap: ")
    assert "Traceback" not in result.stderr


def test_asking_does_not_load_what_only_indexing_and_the_page_need(index: Path) -> None:
    question = ["ask", QUESTION, "--json", "--index", str(index)]
    program = f"import sys; from ui.cli import app; app({question!r}, standalone_mode=False)"
    heavy = f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", f"{program}; {heavy}"], capture_output=True, timeout=120)
    assert ran.stderr.decode() == "[]\n"
    assert "21 giờ" in json.loads(ran.stdout)["citations"][0]["context"]


# -- add, sync ------------------------------------------------------------------------------------


def test_add_tells_what_became_of_every_file_and_why(tmp_path: Path) -> None:
    folder, where = tmp_path / "articles", ("--index", tmp_path / "index")
    write_articles(folder)
    (folder / "empty.txt").write_bytes(b"")
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (folder / "table.xyz").write_text("1,2,3")
    with (folder / "huge.txt").open("wb") as huge:
        huge.truncate(50_000_000)
    first = hoidap("add", folder, *where)
    assert first.exit_code == 0
    assert first.stdout.splitlines() == [
        f"added      {folder}/bridge.md  Cầu Bến Gỗ thông xe",
        f"added      {folder}/coffee.txt  Giá cà phê ở Đắk Sơn tăng trở lại",
        f"failed     {folder}/empty.txt is empty",
        f"failed     {folder}/huge.txt is too large: 50.0 MB, and 20 MB is the most; "
        "split it into smaller files",
        f"added      {folder}/library.md  Thư viện xã Đông Hòa mở cửa buổi tối",
        f"failed     {folder}/picture.txt is a PNG image, not text, whatever its name says",
        f"skipped    {folder}/table.xyz  files named *.xyz are not read",
        "3 added, 3 failed, 1 skipped",
    ]


def test_a_second_add_changes_only_what_has_changed(tmp_path: Path) -> None:
    folder, where = tmp_path / "articles", ("--index", tmp_path / "index")
    write_articles(folder)
    hoidap("add", folder, *where)
    (folder / "coffee.txt").write_text(COFFEE.replace("98.500", "99.000"), encoding="utf-8")
    assert hoidap("add", folder, *where).stdout.splitlines() == [
        f"unchanged  {folder}/bridge.md",
        f"updated    {folder}/coffee.txt  Giá cà phê ở Đắk Sơn tăng trở lại",
        f"unchanged  {folder}/library.md",
        "2 unchanged, 1 updated",
    ]


def test_sync_removes_what_is_gone_and_show_no_longer_has_it(tmp_path: Path) -> None:
    folder, where = tmp_path / "articles", ("--index", tmp_path / "index")
    write_articles(folder)
    hoidap("sync", folder, *where)
    (folder / "bridge.md").unlink()
    assert hoidap("sync", folder, *where).stdout.splitlines() == [
        f"unchanged  {folder}/coffee.txt",
        f"unchanged  {folder}/library.md",
        f"removed    {folder}/bridge.md  Cầu Bến Gỗ thông xe",
        "2 unchanged, 1 removed",
    ]
    assert hoidap("show", folder / "bridge.md", *where).exit_code == 1
    assert hoidap("verify", *where).exit_code == 0


def test_windows_1258_is_read_as_vietnamese(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    decomposed = "".join(_windows_1258(character) for character in unicodedata.normalize("NFC", COFFEE))
    (folder / "coffee.txt").write_bytes(decomposed.encode("cp1258"))
    hoidap("add", folder, "--index", tmp_path / "index")
    shown = json.loads(hoidap("show", folder / "coffee.txt", "--index", tmp_path / "index", "--json").stdout)
    assert shown["title"] == "Giá cà phê ở Đắk Sơn tăng trở lại"


def _windows_1258(character: str) -> str:
    """The letter with its tone mark, which Windows-1258 writes after it, apart."""
    parts = unicodedata.normalize("NFD", character)
    tone = next((mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323"), "")
    return unicodedata.normalize("NFC", parts.replace(tone, "")) + tone


@pytest.mark.parametrize("made", ["nothing", "empty folder", "folder of pictures"])
def test_nothing_to_add_fails_and_says_why(tmp_path: Path, made: str) -> None:
    folder = tmp_path / "articles"
    if made != "nothing":
        folder.mkdir()
    if made == "folder of pictures":
        (folder / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    result = hoidap("add", folder, "--index", tmp_path / "index")
    assert result.exit_code == 1
    if made == "nothing":
        assert result.stderr == f"hoidap: {folder}: no such file or folder\n"
    else:
        assert f"failed     {folder}  there are no articles in this folder\n" in result.stdout


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    write_articles(folder)
    (folder / "coffee.txt").chmod(0)
    assert f"failed     {folder}/coffee.txt cannot be read: permission denied" in (
        hoidap("add", folder, "--index", tmp_path / "index").stdout
    )


def test_sync_of_a_folder_without_articles_removes_nothing(tmp_path: Path) -> None:
    folder, where = tmp_path / "articles", ("--index", tmp_path / "index")
    write_articles(folder)
    hoidap("sync", folder, *where)
    for file in folder.iterdir():
        file.unlink()
    result = hoidap("sync", folder, *where)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"hoidap: {folder} holds no articles, so nothing was changed")
    assert len(hoidap("list", *where).stdout.splitlines()) == 3


def test_another_encoder_than_the_index_s_is_refused(index: Path, tmp_path: Path) -> None:
    result = hoidap("add", index.parent / "articles", "--encoder", "some/other", "--index", index)
    assert result.exit_code == 1
    assert result.stderr == (
        f"hoidap: the index in {index} was made with the encoder 'multilingual-e5-small', not 'some/other': "
        "leave --encoder out, or choose another --index for a new index\n"
    )


def test_ctrl_c_keeps_what_was_added_and_the_same_command_goes_on(tmp_path: Path) -> None:
    folder, where = tmp_path / "articles", ("--index", tmp_path / "index")
    folder.mkdir()
    for number in range(200):
        text = f"Bài số {number}\n\nXã thứ {number} có {number * 7 + 3} hộ dân và một trường học mới xây."
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", PROGRAM, "add", str(folder), *map(str, where)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    assert running.stdout.readline() == f"added      {folder}/000.txt  Bài số 0\n"
    running.send_signal(signal.SIGINT)
    rest, complaint = running.communicate(timeout=120)
    assert running.returncode == 130
    kept = 1 + len(rest.splitlines())
    assert complaint.splitlines()[-1] == (
        f"hoidap: stopped by Ctrl-C ({kept} added): that stays, the same command goes on from there"
    )
    assert hoidap("verify", *where).exit_code == 0
    for file in sorted(folder.iterdir())[kept + 5 :]:
        file.unlink()
    again = hoidap("add", folder, *where).stdout.splitlines()
    # One more may have been committed between the last line and the interruption.
    assert again[-1] in (f"{kept} unchanged, 5 added", f"{kept + 1} unchanged, 4 added")
    assert hoidap("verify", *where).exit_code == 0


# -- verify, doctor, chat -------------------------------------------------------------------------


def test_a_fresh_index_agrees_with_itself(index: Path) -> None:
    result = hoidap("verify", "--index", index)
    assert (result.exit_code, result.stdout) == (0, f"{index} agrees with itself\n")
    assert json.loads(hoidap("verify", "--index", index, "--json").stdout) == []


def test_verify_tells_a_lost_faiss_file_and_repair_makes_it_anew(tmp_path: Path) -> None:
    write_articles(tmp_path / "articles")
    where = ("--index", tmp_path / "index")
    hoidap("add", tmp_path / "articles", *where)
    (tmp_path / "index" / "passages.faiss").write_bytes(b"scrambled")
    found = hoidap("verify", *where, "--json")
    assert found.exit_code == 1
    (problem,) = json.loads(found.stdout)
    assert list(problem) == ["part", "subject", "detail"]
    assert (problem["part"], problem["subject"]) == ("faiss", "passages.faiss")
    mended = hoidap("verify", *where, "--repair")
    assert (mended.exit_code, mended.stdout) == (0, "1 problem mended, 0 left\n")
    assert hoidap("verify", *where).exit_code == 0


def test_a_damaged_faiss_file_does_not_keep_a_question_from_its_answer(tmp_path: Path) -> None:
    write_articles(tmp_path / "articles")
    where = ("--index", tmp_path / "index")
    hoidap("add", tmp_path / "articles", *where)
    (tmp_path / "index" / "passages.faiss").write_bytes(b"scrambled")
    assert "21 giờ" in answer_of(QUESTION, *where)["citations"][0]["context"]


def test_the_doctor_is_content_with_this_installation(index: Path) -> None:
    result = hoidap("doctor", "--index", index, "--json")
    findings = json.loads(result.stdout)
    assert [finding for finding in findings if finding["state"] == "problem"] == []
    assert result.exit_code == 0
    assert {"Python", "packages", "SQLite", "embedding model", "reader", "index", "offline"} <= {
        finding["name"] for finding in findings
    }
    assert hoidap("doctor", "--index", index).stdout.startswith("ok       hoidap: ")


def test_the_doctor_fails_on_a_named_index_that_is_not_there(tmp_path: Path) -> None:
    result = hoidap("doctor", "--index", tmp_path)
    assert result.exit_code == 1
    assert f"problem  index: none in {tmp_path}\n         -> make one with `hoidap add" in result.stdout


def test_a_port_in_use_is_one_line(index: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = hoidap("chat", "--port", str(port), "--index", index)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("hoidap: ")
    assert str(port) in result.stderr
    assert "--port" in result.stderr
