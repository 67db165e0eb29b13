"""The command line ``hoidap``. Each command imports what it needs when it runs, so that help is instant."""

from typing import Annotated

import typer

from eval.command import evaluate
from ui.commands.adding import add, sync
from ui.commands.articles import list_articles, remove, show
from ui.commands.ask import ask
from ui.commands.boundary import Command
from ui.commands.chat import chat
from ui.commands.checks import doctor, verify
from ui.console import say, use_utf8

app = typer.Typer(
    name="hoidap",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for name, command in (
    ("add", add),
    ("sync", sync),
    ("list", list_articles),
    ("show", show),
    ("remove", remove),
    ("ask", ask),
    ("chat", chat),
    ("eval", evaluate),
    ("verify", verify),
    ("doctor", doctor),
):
    app.command(name, cls=Command)(command)


def _tell_version(asked: bool) -> None:
    if asked:
        from importlib import metadata

        say(f"hoidap {metadata.version('hoidap')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Tell the version.")
    ] = False,
) -> None:
    """Ask your own articles a question and get their exact words back, cited."""


def main() -> None:
    """Run the command that the arguments name."""
    use_utf8()
    app()
