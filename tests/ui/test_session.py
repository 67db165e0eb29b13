"""The interactive session at a real terminal: editing, history, and every way out."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

pty = pytest.importorskip("pty", reason="needs a Unix terminal")

PROGRAM = """
import fcntl, sys, termios
fcntl.ioctl(sys.stdin, termios.TIOCSCTTY, 0)  # the terminal whose Ctrl-C is ours

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

    def __init__(self) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env={**os.environ, "TERM": "dumb", "INPUTRC": os.devnull},
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
            self.written += self._read()
        self.written = self.written.partition(text)[2]

    def close(self) -> None:
        """End the program if it has not ended."""
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def _read(self) -> str:
        try:
            return os.read(self._ours, 4096).decode()
        except OSError:  # Linux's word for the end of a terminal
            raise AssertionError(f"the program ended; it had written {self.written!r}") from None


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    opened = Terminal()
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
