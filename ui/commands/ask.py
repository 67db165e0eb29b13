"""``hoidap ask``: one answer, or an interactive session."""

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from index.errors import HoidapError
from rag.question import analyse
from rag.records import Answer
from ui.commands.options import (
    IndexOption,
    JsonOption,
    ReaderOption,
    argument_text,
    filters,
    index_directory,
)
from ui.console import complain, has_styles, note, print_json, say, stdout
from ui.json_form import answer_json
from ui.strings import EN, VI

if TYPE_CHECKING:
    from rag.chatbot import Chatbot

# More is not read from a pipe: far more than a question may have, so that its length can be told.
_MOST_BYTES: Final = 64 * 1024 * 1024
_LEAVE: Final = frozenset({"exit", "quit", "thoát"})
_PROMPT: Final = "? "


def ask(
    question: Annotated[
        list[str] | None,
        typer.Argument(metavar="QUESTION", help="Vietnamese, with or without accents, or English."),
    ] = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
    top_k: Annotated[
        int | None, typer.Option("--top-k", metavar="N", min=1, help="Passages to read.")
    ] = None,
    after: Annotated[
        str | None, typer.Option("--after", metavar="DATE", help="Only articles of this day or later.")
    ] = None,
    before: Annotated[
        str | None, typer.Option("--before", metavar="DATE", help="Only articles of this day or earlier.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", metavar="NAME", help="Only articles of this source.")
    ] = None,
    reader: ReaderOption = None,
) -> None:
    """Answer a question in an article's own words.

    Without QUESTION, a terminal gets an interactive session; else one line is read from standard input.
    Dates are written 2022-07-25 or 25/07/2022.
    """
    limits = filters(after, before, source)
    interactive = not question and sys.stdin.isatty() and sys.stdout.isatty()
    text = "" if interactive else _question(question)
    if not interactive:
        analyse(text)  # what is wrong with it is told before anything is loaded
    directory = index_directory(index)
    with _chatbot(directory, reader) as chatbot:

        def answer(asked: str) -> None:
            _print(chatbot.ask(asked, limits, top_k), as_json=as_json)

        if interactive:
            session(answer)
        else:
            answer(text)


def session(answer: Callable[[str], None]) -> None:
    """Answer questions typed at a prompt until ``exit``, Ctrl-D or Ctrl-C.

    Args:
        answer: answers one question on standard output.
    """
    with suppress(ImportError):
        import readline  # noqa: F401 - its import gives `input` history and editing
    note(f"{VI.greeting}\n{EN.greeting}")
    with suppress(EOFError, KeyboardInterrupt):
        while (asked := input(_PROMPT).strip()).lower() not in _LEAVE:
            if asked:
                _answer_or_complain(answer, asked)
                note("")
        return
    say("")


def _answer_or_complain(answer: Callable[[str], None], asked: str) -> None:
    try:
        answer(asked)
    except HoidapError as error:
        complain(str(error))


def _question(words: list[str] | None) -> str:
    if words:
        return argument_text(" ".join(words))
    return sys.stdin.buffer.readline(_MOST_BYTES).decode("utf-8-sig", errors="replace")


def _chatbot(directory: Path, reader: str | None) -> "Chatbot":
    from rag.chatbot import Chatbot
    from rag.reader.loading import default_reader

    return Chatbot.open(directory, reader or default_reader(), progress=note)


def _print(answer: Answer, *, as_json: bool) -> None:
    if as_json:
        print_json(answer_json(answer))
        return
    from ui.answer_text import answer_lines

    console = stdout()
    for line in answer_lines(answer, styled=has_styles(console)):
        console.print(line)
