"""The page: its components, and what each event makes of the visitor's session."""

import os
from collections.abc import AsyncIterator, Callable
from importlib import resources
from typing import Any, Final

# Read when gradio is imported: nothing about this page is reported anywhere.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr

from rag.question import MAX_CHARACTERS
from ui import conversation as talk
from ui.asking import Desk
from ui.conversation import Session, View
from ui.export import markdown
from ui.page_strings import DEFAULT_LANGUAGE, STRINGS, PageLanguage, page_language
from ui.render import transcript
from ui.render_articles import Order, Shelf, article_list, masthead, viewer, welcome

# Events of the page's own HTML. Gradio looks for the quoted names in the script of the component.
_WIRE: Final = "window.hoidap.wire(element, trigger, watch, [{}]);"
# Remembers the language only; no secret, but it must be the same after a restart.
_STORAGE_KEY: Final = "hoidap-page"

Update = Any  # what gradio takes for a component's change: a value, gr.update(...) or gr.skip()


def static_text(name: str) -> str:
    """A file of ``ui/static``."""
    return (resources.files("ui") / "static" / name).read_text(encoding="utf-8")


def head() -> str:
    """What the page's head needs: its style and script, nothing from elsewhere."""
    return f"<style>{static_text('page.css')}</style><script>{static_text('page.js')}</script>"


def theme() -> gr.themes.Base:
    """Gradio's plainest theme with the system's fonts, so that none is fetched."""
    sans = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]
    return gr.themes.Base(font=sans, font_mono=["ui-monospace", "Consolas", "monospace"])


class Page:
    """Holds the desk and the components; every handler takes a session and returns the next one."""

    def __init__(self, desk: Desk, shelf: Callable[[PageLanguage], Shelf]) -> None:
        """Lay the page out.

        Args:
            desk: where questions are asked.
            shelf: what is in the index, asked anew whenever it is shown.
        """
        self._desk = desk
        self._shelf = shelf
        with gr.Blocks(title="hoidap", fill_width=True) as self.blocks:
            self._lay_out()
            self._wire()

    def _lay_out(self) -> None:
        words = STRINGS[DEFAULT_LANGUAGE]
        self.session = gr.State(Session())
        self.remembered = gr.BrowserState(DEFAULT_LANGUAGE, storage_key=_STORAGE_KEY, secret=_STORAGE_KEY)
        self.exported = gr.Textbox(visible=False)
        self.masthead = _html("masthead", masthead(DEFAULT_LANGUAGE), "'language'")
        with gr.Tabs(selected="ask", elem_id="tabs") as self.tabs:
            with gr.Tab(words.tab_ask, id="ask") as self.ask_tab, gr.Row(elem_id="desk"):
                with gr.Column(elem_id="talk", scale=6):
                    names = "'cite', 'open', 'stop', 'fresh', 'export'"
                    self.transcript = _html("transcript", "", names)
                    self._lay_out_composer()
                with gr.Column(elem_id="reader", scale=5):
                    self.viewer = _html("viewer", "", "'cite'")
            with gr.Tab(words.tab_articles, id="articles") as self.articles_tab:
                self._lay_out_articles()

    def _lay_out_composer(self) -> None:
        words = STRINGS[DEFAULT_LANGUAGE]
        with gr.Row(elem_id="composer"):
            self.question = gr.Textbox(
                label=words.question_label,
                placeholder=words.question_placeholder,
                show_label=False,
                container=False,
                max_lines=6,
                value="",
                max_length=MAX_CHARACTERS,
                autofocus=True,
                elem_id="question",
                scale=1,
            )
            self.ask = gr.Button(words.ask, variant="primary", elem_id="ask", scale=0)

    def _lay_out_articles(self) -> None:
        words = STRINGS[DEFAULT_LANGUAGE]
        with gr.Row(elem_id="shelf-tools"):
            self.search = gr.Textbox(
                label=words.search_articles,
                placeholder=words.search_placeholder,
                value="",
                elem_id="search",
                max_lines=1,
                scale=3,
            )
            self.order = gr.Radio(
                _orders(DEFAULT_LANGUAGE), value="title", label=words.sort_label, elem_id="order", scale=2
            )
        self.list = _html("articles", "", "'open'")

    def _wire(self) -> None:
        # Private: none of these is an endpoint for programs. Hidden: the page shows its own progress.
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        frame = [self.session, self.masthead, *self._everything()]
        self.blocks.load(self.open_page, [self.remembered, self.session], frame, **quiet)
        self.masthead.language(
            self.switch_language, [self.session, self.search, self.order], [self.remembered, *frame], **quiet
        )
        answered = [self.session, self.transcript, self.viewer, self.question]
        asking = gr.on(
            [self.ask.click, self.question.submit],
            self.answer,
            [self.question, self.session],
            answered,
            concurrency_limit=None,
            **quiet,
        )
        self.transcript.stop(self.stop, [self.session], answered[:3], cancels=[asking], **quiet)
        self.transcript.fresh(self.fresh, [self.session], answered[:3], **quiet)
        for place in (self.transcript, self.viewer):
            place.cite(self.cite, [self.session], answered[:3], **quiet)
        opened = [*answered[:3], self.tabs]
        for place in (self.transcript, self.list):
            place.open(self.open_article, [self.session], opened, **quiet)
        exporting = self.transcript.export(self.export, [self.session], [self.exported], **quiet)
        exporting.then(None, [self.exported], None, js="(text) => window.hoidap.download(text)")
        shelf = [self.session, self.search, self.order]
        gr.on(
            [self.search.input, self.order.input, self.articles_tab.select],
            self.find,
            shelf,
            self.list,
            **quiet,
        )

    def _everything(self) -> list[Any]:
        """The components that a change of language changes, in the order of `_all`."""
        return [
            self.ask_tab,
            self.articles_tab,
            self.transcript,
            self.viewer,
            self.question,
            self.ask,
            self.search,
            self.order,
            self.list,
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
            gr.update(label=words.sort_label, choices=_orders(session.language)),
            article_list(session.language, self._shelf(session.language).articles, search, order),
        )

    def _transcript(self, session: Session) -> str:
        return (
            transcript(session) if session.turns else welcome(session.language, self._shelf(session.language))
        )

    def _viewer(self, session: Session) -> str:
        article = None if session.view is None else self._desk.article(session.view.article_id)
        return viewer(session, article)

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
        return article_list(session.language, self._shelf(session.language).articles, search, order)


def _html(elem_id: str, value: str, names: str) -> gr.HTML:
    script = _WIRE.format(names)
    return gr.HTML(value, elem_id=elem_id, js_on_load=script, apply_default_css=False, padding=False)


def _orders(language: str) -> list[tuple[str, str]]:
    words = STRINGS[page_language(language)]
    return [(words.sort_title, "title"), (words.sort_newest, "newest"), (words.sort_source, "source")]


def _value(event: gr.EventData) -> object:
    """What the pressed button of our own HTML carries; None for an event of another component."""
    data = event._data
    return data.get("value") if isinstance(data, dict) else None
