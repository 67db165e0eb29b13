"""``hoidap eval SET`` and ``hoidap eval compare RUN_A RUN_B``."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from index.config import default_index_directory
from index.errors import UserInputError

_COMPARE: Final = "compare"
_INTERRUPTED: Final = 130
_MODES: Final = ("end-to-end", "retrieval", "reader")


def evaluate(
    words: Annotated[
        list[str],
        typer.Argument(metavar="SET | compare RUN_A RUN_B", help="A Q&A set, or two kept runs to compare."),
    ],
    mode: Annotated[
        str, typer.Option("--mode", metavar="MODE", help=f"What is measured: {', '.join(_MODES)}.")
    ] = "end-to-end",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report", metavar="DIR", help="Keep the run there, with reports in HTML, Markdown, JSON."
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", help="Only the first N questions.")
    ] = None,
    index: Annotated[
        Path | None,
        typer.Option(
            "--index", metavar="DIR", help="The index to ask [default: $HOIDAP_INDEX or your data folder]."
        ),
    ] = None,
    reader: Annotated[
        str | None, typer.Option("--reader", metavar="NAME-or-PATH", help="The model that marks the answer.")
    ] = None,
) -> None:
    """Measure the answers on a Q&A set (JSON lines, CSV, SQuAD JSON, a BEIR folder), or compare two runs.

    An interrupted run is gone on with by the same command.
    """
    if words[0] == _COMPARE and len(words) > 1:
        _compare(words[1:], as_json=as_json)
    elif len(words) == 1:
        directory = default_index_directory() if index is None else index.expanduser()
        _run(Path(words[0]).expanduser(), mode, directory, reader, limit, report, as_json=as_json)
    else:
        raise UserInputError(f"{len(words)} sets were given: run them one by one, or compare RUN_A RUN_B")


def _run(
    path: Path,
    mode: str,
    directory: Path,
    reader: str | None,
    limit: int | None,
    report: Path | None,
    *,
    as_json: bool,
) -> None:
    from eval.datasets import first_questions, load_set
    from eval.json_form import contract
    from eval.opening import Progress, Request
    from eval.records import Mode
    from eval.report import write_reports
    from eval.run import Interrupted, run_set
    from eval.summary import summarise
    from eval.text_form import summary_lines

    if mode not in _MODES:
        raise UserInputError(f"--mode {mode!r} is unknown: use {', '.join(_MODES)}")
    found = first_questions(load_set(path), limit)
    request = Request(found, Mode(mode), directory, reader, report)
    with _counter() as count:
        try:
            run, folder = run_set(request, Progress(_note, count))
        except Interrupted as stop:
            _note(f"stopped after {stop.done} of {stop.total} questions: run the same command to go on")
            raise typer.Exit(_INTERRUPTED) from stop
    summary = summarise(run)
    if report is not None:
        page = write_reports(folder, run, summary)
        _note(f"report: {page}")
    lines = [_dumps(contract(summary))] if as_json else [*summary_lines(run, summary), f"run: {folder}"]
    sys.stdout.write("\n".join(lines) + "\n")


def _compare(folders: list[str], *, as_json: bool) -> None:
    from eval.compare import compare_runs, comparison_json, comparison_lines
    from eval.storage import load_run

    if len(folders) != 2:
        raise UserInputError(
            f"compare takes two run folders, not {len(folders)}: hoidap eval compare RUN_A RUN_B"
        )
    found = compare_runs(*(load_run(Path(folder).expanduser()) for folder in folders))
    lines = [_dumps(comparison_json(found))] if as_json else comparison_lines(found)
    sys.stdout.write("\n".join(lines) + "\n")


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _note(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


@contextmanager
def _counter() -> Iterator[Callable[[int, int], None]]:
    """Tell the questions done: a bar on a terminal, else a line at every tenth of them."""
    if not sys.stderr.isatty():
        yield _tenths
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("questions", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _tenths(done: int, total: int) -> None:
    if done * 10 // total > (done - 1) * 10 // total:
        _note(f"{done} of {total} questions")
