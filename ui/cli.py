"""The command line ``hoidap``. Each command imports what it needs when it runs, so that help is instant."""

import typer

from eval.command import evaluate
from ui.commands.adding import add, sync
from ui.commands.articles import list_articles, remove, show
from ui.commands.ask import ask
from ui.commands.boundary import Command
from ui.commands.chat import chat
from ui.commands.checks import doctor, verify
from ui.console import use_utf8

app = typer.Typer(
    name="hoidap",
    help="Ask your own articles a question and get their exact words back, cited.",
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


def main() -> None:
    """Run the command that the arguments name."""
    use_utf8()
    app()
