"""The bar that ``add`` and ``sync`` show on a terminal: files, passages a second, time left."""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from ui.console import stderr

if TYPE_CHECKING:
    from index.sync import Outcome


class IndexingBar:
    """A bar on standard error while it is a terminal, else nothing; lines printed meanwhile go above it."""

    def __init__(self, files: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Prepare the bar.

        Args:
            files: how many files there are to go through.
            clock: seconds that pass.
        """
        self._clock = clock
        self._began: float | None = None
        self._seen: set[str] = set()
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.completed:,.0f}/{task.total:,.0f} files"),
            BarColumn(),
            TextColumn("{task.fields[passages]}"),
            TimeRemainingColumn(),
            console=stderr(),
            transient=True,
            disable=not sys.stderr.isatty(),
            redirect_stdout=sys.stdout.isatty(),
        )
        self._task = self._bar.add_task("", total=files, passages="preparing")

    def __enter__(self) -> Self:
        self._began = self._clock()
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def encoded(self, passages: int, found: int) -> None:
        """Show that so many passages of those found so far have their vectors."""
        elapsed = self._clock() - (self._began or 0.0)
        rate = passages / elapsed if elapsed else 0.0
        self._bar.update(self._task, passages=f"{passages:,} passages, {rate:,.1f}/s")

    def settled(self, outcome: "Outcome") -> None:
        """Show that a file is done with."""
        self._seen.add(outcome.path)
        self._bar.update(self._task, completed=len(self._seen))
