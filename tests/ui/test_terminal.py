"""What is different at a real terminal: the interactive session, tables, colours, the bar."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from index.config import IndexConfig
from index.records import Article, Passage
from index.store import Store

pty = pytest.importorskip("pty", reason="needs a Unix terminal")

# Makes the terminal the one whose Ctrl-C reaches the program.
OWN_TERMINAL = "import fcntl, sys, termios; fcntl.ioctl(sys.stdin, termios.TIOCSCTTY, 0)"
SESSION = """
from ui.commands.ask import session
from ui.console import say, use_utf8
from index.errors import UserInputError

def answer(asked):
    if asked == "long":
        raise UserInputError("The question is too long")
    if asked == "slow":
        raise KeyboardInterrupt
    say(f"[{asked}]")

use_utf8()
session(answer)
say("left")
"""
UP = b"\x1b[A"
WAIT_SECONDS = 20


class Terminal:
    """A program at a pseudo-terminal, and all that it has written."""

    def __init__(self, program: str, **environment: str) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"{OWN_TERMINAL}\n{program}"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env={**os.environ, "TERM": "dumb", "INPUTRC": os.devnull, "COLUMNS": "80", **environment},
        )
        os.close(theirs)
        self.written = ""

    def send(self, keys: bytes) -> None:
        """Type."""
        os.write(self._ours, keys)

    def wait_for(self, text: str) -> None:
        """Read on until the program has written this text after all that was waited for before."""
        ends = time.monotonic() + WAIT_SECONDS
        while text not in self.written:
            ready, _, _ = select.select([self._ours], [], [], max(0.0, ends - time.monotonic()))
            assert ready, f"waited for {text!r}, there was {self.written!r}"
            more = self._read()
            assert more is not None, f"the program ended; it had written {self.written!r}"
            self.written += more
        self.written = self.written.partition(text)[2]

    def rest(self) -> str:
        """All that the program writes until it ends by itself."""
        written = self.written
        while (more := self._read()) is not None:
            written += more
        assert self.process.wait(WAIT_SECONDS) == 0, written
        return written

    def close(self) -> None:
        """End the program if it has not ended."""
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def _read(self) -> str | None:
        try:
            return os.read(self._ours, 4096).decode(errors="replace") or None
        except OSError:  # Linux's word for the end of a terminal
            return None


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    opened = Terminal(SESSION)
    opened.wait_for("? ")
    yield opened
    opened.close()


@pytest.mark.parametrize("leave", [b"exit\n", b"EXIT\n", b"quit\n", "thoát\n".encode(), b"\x04", b"\x03"])
def test_a_session_is_left_cleanly(terminal: Terminal, leave: bytes) -> None:
    terminal.send(leave)
    terminal.wait_for("left\r\n")
    assert terminal.process.wait(WAIT_SECONDS) == 0
    assert "Traceback" not in terminal.written


def test_questions_are_answered_one_after_another(terminal: Terminal) -> None:
    terminal.send("Ai là chủ tịch?\n".encode())
    terminal.wait_for("[Ai là chủ tịch?]")
    terminal.wait_for("? ")
    terminal.send(b"\n  \n And who? \n")
    terminal.wait_for("[And who?]")


def test_bytes_that_are_no_utf_8_do_not_end_the_session(terminal: Terminal) -> None:
    terminal.send(b"caf\xe9 n\xe0o?\n")
    terminal.wait_for("[caf")
    terminal.wait_for("? ")
    terminal.send(b"next\n")
    terminal.wait_for("[next]")


def test_the_arrow_brings_back_the_last_question(terminal: Terminal) -> None:
    terminal.send(b"first\n")
    terminal.wait_for("[first]")
    terminal.wait_for("? ")
    terminal.send(UP + b"\n")
    terminal.wait_for("[first]")


def test_a_question_that_cannot_be_used_does_not_end_the_session(terminal: Terminal) -> None:
    terminal.send(b"long\n")
    terminal.wait_for("hoidap: The question is too long")
    terminal.wait_for("? ")
    terminal.send(b"short\n")
    terminal.wait_for("[short]")


def test_ctrl_c_during_an_answer_leaves_too(terminal: Terminal) -> None:
    terminal.send(b"slow\n")
    terminal.wait_for("left\r\n")
    assert terminal.process.wait(WAIT_SECONDS) == 0


# -- tables, colours, the bar ---------------------------------------------------------------------


def written_by(program: str, **environment: str) -> str:
    """All that a program writes to a terminal."""
    terminal = Terminal(program, **environment)
    try:
        return terminal.rest()
    finally:
        terminal.close()


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index of one article with made-up vectors."""
    article = Article("a" * 12, "Cầu [Bến] Gỗ", "Cầu dài 312 m.", "Tin", None, date(2024, 9, 2))
    with Store.create(tmp_path / "index", IndexConfig(dimension=4)) as store:
        store.put(article, [Passage("a" * 12, 0, 14, article.text)], np.eye(1, 4, dtype=np.float32))
    return tmp_path / "index"


def listing(index: Path) -> str:
    return f"from ui.cli import app; app(['list', '--index', {str(index)!r}])"


def test_a_list_is_a_table_with_headings_and_a_count(index: Path) -> None:
    assert [line.split() for line in written_by(listing(index)).splitlines()] == [
        ["id", "title", "date", "source", "passages"],
        ["aaaaaaaaaaaa", "Cầu", "[Bến]", "Gỗ", "2024-09-02", "Tin", "1"],
        ["1", "article"],
    ]


ANSWER = """
from rich.text import Text
from ui.console import stdout
stdout().print(Text("312 m", style="cyan"))
"""


def test_colours_are_for_terminals_that_have_them() -> None:
    assert written_by(ANSWER, TERM="xterm") == "\x1b[36m312 m\x1b[0m\r\n"
    assert written_by(ANSWER, TERM="dumb") == "312 m\r\n"


def test_no_color_is_honoured() -> None:
    assert written_by(ANSWER, TERM="xterm", NO_COLOR="1") == "312 m\r\n"


BAR = """
from index.sync import Outcome, Status
from ui.console import say
from ui.indexing_bar import IndexingBar

seconds = iter((10.0, 14.0))
with IndexingBar(3, clock=lambda: next(seconds)) as bar:
    bar.encoded(50, 64)
    for path in ("a.txt", "a.txt", "b.txt"):
        bar.settled(Outcome(path, Status.ADDED))
    say("added      a.txt")
"""


def test_the_bar_counts_files_and_passages_a_second() -> None:
    written = written_by(BAR, TERM="xterm")
    assert "2/3 files" in written
    assert "50 passages, 12.5/s" in written
    assert "added      a.txt\r\n" in written
