"""What a person sees in a terminal: where it is written, in what colours, and how untrusted text is shown."""

import io
import re
import sys
from typing import TYPE_CHECKING, Final, TextIO

from ui.json_form import dumps

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

# Control characters move the cursor or give the terminal orders, and marks of direction reorder what is
# beside them; an article may hold both.
_CONTROL: Final = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def use_utf8() -> None:
    """Read and write UTF-8 whatever the locale says; what cannot be read or written becomes a mark for it."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def stdout() -> "Console":
    """The console for results. Colours appear on a terminal only, and not if NO_COLOR is set."""
    return _console(sys.stdout)


def stderr() -> "Console":
    """The console for progress and complaints, so that results can be piped."""
    return _console(sys.stderr)


def visible(text: str) -> str:
    """The text with every control character and mark of direction, except tab and line end, as U+FFFD."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    """The `visible` text with white space folded, for a cell or a line of its own."""
    return visible(" ".join(text.split()))


def counted(number: int, noun: str) -> str:
    """A count with its noun in the right number: "1 article", "1,250 articles"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def say(text: str) -> None:
    """Write one line of a result to standard output, unwrapped."""
    sys.stdout.write(f"{visible(text)}\n")


def print_json(value: object) -> None:
    """Write one of `ui.json_form`'s objects to standard output."""
    sys.stdout.write(f"{dumps(value)}\n")


def note(text: str) -> None:
    """Write one line to standard error, unwrapped."""
    sys.stderr.write(f"{visible(text)}\n")
    sys.stderr.flush()


def complain(text: str) -> None:
    """Write the one line that an error is told in."""
    note(f"hoidap: {one_line(text)}")


def marked(text: str, start: int, end: int, *, styled: bool) -> "Text":
    """A text in which ``[start, end)`` stands out: by style, or by «…» where there are no styles."""
    from rich.text import Text

    before, quote, after = (visible(part) for part in (text[:start], text[start:end], text[end:]))
    if styled:
        return Text.assemble(before, (quote, "bold underline"), after)
    return Text(f"{before}«{quote}»{after}")


def has_styles(console: "Console") -> bool:
    """Whether the console shows bold and underlined text."""
    return console.color_system is not None


def _console(stream: TextIO) -> "Console":
    from rich.console import Console

    return Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=not stream.isatty())
