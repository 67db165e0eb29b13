"""``hoidap chat``: the options of the web chat; `ui.web` serves it."""

from typing import Annotated, Final

import typer

from index.errors import UserInputError
from ui.commands.options import IndexOption, ReaderOption, index_directory
from ui.console import note

_LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def chat(
    index: IndexOption = None,
    host: Annotated[str, typer.Option("--host", metavar="H", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option("--port", metavar="P", min=0, max=65535, help="Port to listen on; 0 takes a free one."),
    ] = 7860,
    auth: Annotated[
        str | None,
        typer.Option("--auth", metavar="USER:PASSWORD", help="Ask visitors for this name and password."),
    ] = None,
    reader: ReaderOption = None,
) -> None:
    """Open the web chat; Ctrl-C ends it.

    An empty default index first gets the bundled sample articles.
    """
    account = None if auth is None else parse_account(auth)
    if host not in _LOCAL and account is None:
        note(f"hoidap: whoever reaches {host}:{port} can read your articles; --auth USER:PASSWORD forbids it")
    from rag.reader.loading import default_reader
    from ui.web import serve

    serve(index_directory(index), host, port, account, reader or default_reader(), note)


def parse_account(text: str) -> tuple[str, str]:
    """The name and the password of "USER:PASSWORD"; the password may have colons.

    Raises:
        UserInputError: one of them is missing.
    """
    user, _, password = text.partition(":")
    if not user or not password:
        raise UserInputError("--auth needs a name and a password: write it as USER:PASSWORD")
    return user, password
