"""The edge between the commands and the person: every failure becomes one line and an exit code."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import typer
from typer.core import TyperCommand

from index.errors import HoidapError
from ui.console import complain

FAILED: Final = 1
INTERRUPTED: Final = 130


class Command(TyperCommand):
    """A command whose failures are told in one line."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the base class's context type is private
        """Run the command inside `failures_told`."""
        with failures_told():
            return super().invoke(ctx)


@contextmanager
def failures_told() -> Iterator[None]:
    """Turn exceptions into one line on standard error.

    Raises:
        typer.Exit: with 130 after Ctrl-C, with 1 after an error or when whoever read our output has gone.
    """
    try:
        yield
        sys.stdout.flush()
    except HoidapError as error:
        complain(str(error))
        raise typer.Exit(FAILED) from error
    except KeyboardInterrupt as error:
        complain("stopped by Ctrl-C")
        raise typer.Exit(INTERRUPTED) from error
    except BrokenPipeError as error:
        _write_nowhere()
        raise typer.Exit(FAILED) from error
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if os.environ.get("HOIDAP_DEBUG"):
            raise
        complain(f"{_in_words(error)}; run again with HOIDAP_DEBUG=1 for the traceback")
        raise typer.Exit(FAILED) from error


def _in_words(error: Exception) -> str:
    first = str(error).strip().partition("\n")[0]
    return f"unexpected {type(error).__name__}: {first}" if first else f"unexpected {type(error).__name__}"


def _write_nowhere() -> None:
    """Give standard output a place to flush to, so that the interpreter does not complain as it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
