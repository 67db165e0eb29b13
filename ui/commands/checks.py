"""``hoidap verify`` and ``hoidap doctor``: what is wrong with an index or the installation."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ui.commands.boundary import FAILED
from ui.commands.options import IndexOption, JsonOption, index_directory
from ui.console import counted, one_line, print_json, say, stdout
from ui.json_form import finding_json, problem_json

if TYPE_CHECKING:
    from ui.doctor import Finding

_STYLES: Final = {"ok": "green", "note": "yellow", "problem": "bold red"}


def verify(
    index: IndexOption = None,
    as_json: JsonOption = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Make anew what is derived from the articles.")
    ] = False,
) -> None:
    """Check an index against itself; exit 1 if anything is wrong.

    With --repair only what could not be mended counts.
    """
    from index.article_index import ArticleIndex
    from index.verify import repair as repair_index
    from index.verify import verify_directory

    directory = index_directory(index)
    problems = verify_directory(directory)
    found = len(problems)
    if repair and problems:
        with ArticleIndex.open(directory) as opened:
            problems = repair_index(opened)
    if as_json:
        print_json([problem_json(problem) for problem in problems])
    else:
        for problem in problems:
            say(f"{problem.part:<9} {one_line(f'{problem.subject}: {problem.detail}')}")
        say(_verdict(directory, found, len(problems), repair=repair))
    if problems:
        raise typer.Exit(FAILED)


def _verdict(directory: Path, found: int, left: int, *, repair: bool) -> str:
    if not found:
        return f"{directory} agrees with itself"
    if repair:
        return f"{counted(found - left, 'problem')} mended, {left:,} left"
    mend = f"`hoidap verify --repair --index {directory}` mends those of lexical and faiss"
    return f"{counted(found, 'problem')}: {mend}"


def doctor(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Check the installation and say how to mend it.

    Exit 1 if something must be mended; notes are only worth knowing.
    """
    from ui.doctor import State, examine

    findings = []
    for finding in examine(index_directory(index), chosen=index is not None):
        findings.append(finding)
        if not as_json:
            _print(finding)
    if as_json:
        print_json([finding_json(finding) for finding in findings])
    if any(finding.state is State.PROBLEM for finding in findings):
        raise typer.Exit(FAILED)


def _print(finding: "Finding") -> None:
    from rich.text import Text

    text = Text.assemble(
        (f"{finding.state:<9}", _STYLES[finding.state]), f"{one_line(f'{finding.name}: {finding.detail}')}"
    )
    if finding.mend:
        text.append(f"\n{'':<9}-> {one_line(finding.mend)}")
    stdout().print(text)
