"""``hoidap doctor``: the installation, and what to do for each problem."""

from typing import Final

import typer

from ui.commands.boundary import FAILED
from ui.commands.options import IndexOption, JsonOption, index_directory
from ui.console import one_line, print_json, stdout
from ui.doctor import Finding, State, examine
from ui.json_form import finding_json

_STYLES: Final = {State.OK: "green", State.NOTE: "yellow", State.PROBLEM: "bold red"}


def doctor(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Check the installation and say how to mend it.

    Exit 1 if something must be mended; notes are only worth knowing.
    """
    findings = []
    for finding in examine(index_directory(index), chosen=index is not None):
        findings.append(finding)
        if not as_json:
            _print(finding)
    if as_json:
        print_json([finding_json(finding) for finding in findings])
    if any(finding.state is State.PROBLEM for finding in findings):
        raise typer.Exit(FAILED)


def _print(finding: Finding) -> None:
    from rich.text import Text

    text = Text.assemble(
        (f"{finding.state:<9}", _STYLES[finding.state]), f"{one_line(f'{finding.name}: {finding.detail}')}"
    )
    if finding.mend:
        text.append(f"\n{'':<9}-> {one_line(finding.mend)}")
    stdout().print(text)
