"""``hoidap chat``: open an index and serve the page."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

# Before gradio is imported: nothing about this page is reported anywhere.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

from index.config import default_index_directory
from rag.chatbot import Chatbot
from ui import sample
from ui.asking import Desk
from ui.editing import Editor
from ui.page import Page
from ui.page_strings import PageLanguage
from ui.render_shelf import Shelf
from ui.server import address, application, bind, run

_LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def serve(
    directory: Path,
    host: str,
    port: int,
    auth: tuple[str, str] | None,
    reader: str | None,
    progress: Callable[[str], None],
) -> None:
    """Serve the page for the index in ``directory`` until Ctrl-C.

    An empty or missing default index is first filled with the bundled sample articles.

    Args:
        directory: the index.
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
        auth: name and password that every request needs, or None.
        reader: the reader's name or path; None takes the best one installed.
        progress: told what happens, line by line; the last line names the address.

    Raises:
        IndexError_: the index is missing (and not the default one) or cannot be used.
        ModelError: a model cannot be built or loaded.
        UserInputError: the port is in use or the host is not an address of this machine.
    """
    # First, because it fails fast: loading the models takes seconds.
    with bind(host, port) as listening:
        added = 0
        if directory == default_index_directory():
            added = sample.fill_if_empty(directory, progress)
        with Chatbot.open(directory, reader, progress=progress) as chatbot:
            desk = Desk(chatbot)

            def shelf(language: PageLanguage) -> Shelf:
                articles = tuple(chatbot.index.store.articles())
                return Shelf(articles, sample.examples(articles, language), added)

            try:
                where = address(listening, host)
                editor = Editor(chatbot) if may_edit(host, auth) else None
                page = Page(desk, shelf, editor)
                ready = f"The page is at {where} (Ctrl-C ends it)"
                run(application(page, auth), listening, lambda: progress(ready))
            finally:
                desk.close()


def may_edit(host: str, auth: tuple[str, str] | None) -> bool:
    """Whether visitors may change the index: on a page open to the network only behind a password."""
    return auth is not None or host in _LOCAL
