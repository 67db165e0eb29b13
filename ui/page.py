"""The page: its components, and what each event makes of the visitor's session."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Final

import gradio as gr

from index.errors import IndexBusyError
from index.loading import FORMATS
from index.sync import Outcome
from ui import conversation as talk
from ui.asking import Desk
from ui.conversation import Session, View
from ui.editing import Editor
from ui.export import markdown
from ui.layout import Layout, orders
from ui.page_strings import STRINGS, PageLanguage, page_language
from ui.render import transcript
from ui.render_articles import viewer
from ui.render_shelf import Order, Shelf, article_list, change_line, change_note, masthead, welcome

# Private: no event of the page is an endpoint for programs. Hidden: the page shows its own progress.
_QUIET: Final[dict[str, Any]] = {"api_visibility": "private", "show_progress": "hidden"}
# Files that can be uploaded, as the page names them.
SUFFIXES: Final = tuple(sorted({suffix for known in FORMATS for suffix in known.suffixes}))

Update = Any  # what gradio takes for a component's change: a value, gr.update(...) or gr.skip()


class Page:
    """Holds the desk and the components; every handler takes a session and returns the next one."""

    def __init__(
        self, desk: Desk, shelf: Callable[[PageLanguage], Shelf], editor: Editor | None = None
    ) -> None:
        """Lay the page out.

        Args:
            desk: where questions are asked.
            shelf: what is in the index, asked anew whenever it is shown.
            editor: changes the index; None for visitors who may only read.
        """
        self._desk = desk
        self._editor = editor
        self._shelf = shelf
        with gr.Blocks(title="hoidap", fill_width=True, analytics_enabled=False) as self.blocks:
            self._parts = Layout(editable=editor is not None)
            self._wire()

    def _wire(self) -> None:
        parts = self._parts
        frame = [parts.session, parts.masthead, *self._everything()]
        self.blocks.load(self.open_page, [parts.remembered, parts.session], frame, **_QUIET)
        chosen = [parts.session, parts.search, parts.order]
        parts.masthead.language(self.switch_language, chosen, [parts.remembered, *frame], **_QUIET)
        self._wire_talk()
        self._wire_shelf(chosen)

    def _wire_talk(self) -> None:
        parts = self._parts
        talk_parts = [parts.session, parts.transcript, parts.viewer]
        asking = gr.on(
            [parts.ask.click, parts.question.submit],
            self.answer,
            [parts.question, parts.session],
            [*talk_parts, parts.question],
            concurrency_limit=None,
            **_QUIET,
        )
        parts.transcript.stop(self.stop, [parts.session], talk_parts, cancels=[asking], **_QUIET)
        parts.transcript.fresh(self.fresh, [parts.session], talk_parts, **_QUIET)
        for place in (parts.transcript, parts.viewer):
            place.cite(self.cite, [parts.session], talk_parts, **_QUIET)
        for place in (parts.transcript, parts.list):
            place.open(self.open_article, [parts.session], [*talk_parts, parts.tabs], **_QUIET)
        exporting = parts.transcript.export(self.export, [parts.session], [parts.exported], **_QUIET)
        exporting.then(None, [parts.exported], None, js="(text) => window.hoidap.download(text)")

    def _wire_shelf(self, chosen: list[Any]) -> None:
        parts = self._parts
        seeking = [parts.search.change, parts.order.input, parts.articles_tab.select]
        # Whoever types faster than the list is made sees the list of what was typed last.
        gr.on(seeking, self.find, chosen, parts.list, trigger_mode="always_last", **_QUIET)
        if self._editor is not None:
            changed = [parts.note, parts.list]
            parts.upload.upload(self.add, [parts.upload, *chosen], changed, **_QUIET)
            removed = [parts.session, parts.viewer, *changed, parts.tabs]
            parts.viewer.remove(self.remove, chosen, removed, **_QUIET)

    def _everything(self) -> list[Any]:
        """The components that a change of language changes, in the order of `_all`."""
        parts = self._parts
        return [
            parts.ask_tab,
            parts.articles_tab,
            parts.transcript,
            parts.viewer,
            parts.question,
            parts.ask,
            parts.search,
            parts.order,
            parts.upload,
            parts.note,
            parts.list,
        ]

    def _all(self, session: Session, search: str, order: Order) -> tuple[Update, ...]:
        words = STRINGS[session.language]
        return (
            gr.update(label=words.tab_ask),
            gr.update(label=words.tab_articles),
            self._transcript(session),
            self._viewer(session),
            gr.update(label=words.question_label, placeholder=words.question_placeholder),
            gr.update(value=words.ask),
            gr.update(label=words.search_articles, placeholder=words.search_placeholder),
            gr.update(label=words.sort_label, choices=orders(session.language)),
            gr.update(label=words.add_button),
            change_note(words.add_hint.format(suffixes=", ".join(SUFFIXES))),
            self._list(session, search, order),
        )

    def _transcript(self, session: Session) -> str:
        return (
            transcript(session) if session.turns else welcome(session.language, self._shelf(session.language))
        )

    def _viewer(self, session: Session) -> str:
        article = None if session.view is None else self._desk.article(session.view.article_id)
        return viewer(session, article, editable=self._editor is not None)

    def _list(self, session: Session, search: str, order: Order) -> str:
        return article_list(session.language, self._shelf(session.language).articles, search, order)

    def _talk(self, session: Session) -> tuple[Session, str, str]:
        return session, self._transcript(session), self._viewer(session)

    # -- handlers; gradio calls them with the values of their inputs ------------------------------

    def open_page(self, remembered: object, session: Session) -> tuple[Update, ...]:
        """The page opens in the language that the browser remembers."""
        session = talk.in_language(session, page_language(remembered))
        return session, masthead(session.language), *self._all(session, "", "title")

    def switch_language(
        self, session: Session, search: str, order: Order, event: gr.EventData
    ) -> tuple[Update, ...]:
        """The visitor chose a language; the conversation stays."""
        session = talk.in_language(session, page_language(_value(event)))
        return session.language, session, masthead(session.language), *self._all(session, search, order)

    async def answer(self, question: str, session: Session) -> AsyncIterator[tuple[Update, ...]]:
        """Ask a question and show each step."""
        session = talk.began(session, question)
        yield session, self._transcript(session), gr.skip(), ""
        async for outcome in self._desk.ask(question):
            session = talk.reached(session, outcome)
            shown = gr.skip() if talk.is_running(session) else self._viewer(session)
            yield session, self._transcript(session), shown, gr.skip()

    def stop(self, session: Session) -> tuple[Update, ...]:
        """Give the running question up."""
        return self._talk(talk.stopped(session))

    def fresh(self, session: Session) -> tuple[Update, ...]:
        """Begin a new conversation."""
        return self._talk(talk.emptied(session))

    def cite(self, session: Session, event: gr.EventData) -> tuple[Update, ...]:
        """Open a citation of this conversation in its article."""
        view = talk.citation_view(session, _value(event))
        return self._talk(session if view is None else talk.opened(session, view))

    def open_article(self, session: Session, event: gr.EventData) -> tuple[Update, ...]:
        """Open a whole article; the page goes to the viewer."""
        article_id = talk.article_id(_value(event))
        if article_id is None:
            return *self._talk(session), gr.skip()
        return *self._talk(talk.opened(session, View(article_id))), gr.update(selected="ask")

    def export(self, session: Session) -> str:
        """The conversation as Markdown."""
        return markdown(session)

    def find(self, session: Session, search: str, order: Order) -> str:
        """The list of articles that match."""
        return self._list(session, search, order)

    def add(
        self, files: list[str] | None, session: Session, search: str, order: Order
    ) -> Iterator[tuple[Update, ...]]:
        """Add uploaded files, telling which one is under way."""
        if self._editor is None:
            return
        words = STRINGS[session.language]
        outcomes: list[Outcome] = []
        paths = [Path(file) for file in files or ()]
        for number, path in enumerate(paths, start=1):
            yield change_note(words.adding.format(name=path.name, number=number, count=len(paths))), gr.skip()
            outcomes += self._editor.add([path])
        yield change_line(outcomes, session.language), self._list(session, search, order)

    def remove(self, session: Session, search: str, order: Order, event: gr.EventData) -> tuple[Update, ...]:
        """Remove the open article; the page goes to the list and says so."""
        words = STRINGS[session.language]
        article_id = talk.article_id(_value(event))
        note = change_note(words.gone)
        try:
            removed = self._editor.remove(article_id) if self._editor and article_id else None
            if removed is not None:
                note = change_note(words.removed.format(title=removed.title))
        except IndexBusyError:
            note = change_note(words.remove_failed)
        session = talk.refreshed(session)
        shown = self._list(session, search, order)
        return session, self._viewer(session), note, shown, gr.update(selected="articles")


def _value(event: gr.EventData) -> object:
    """What the pressed button of our own HTML carries; None for an event of another component."""
    data = event._data
    return data.get("value") if isinstance(data, dict) else None
