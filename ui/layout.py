"""The page's components: what there is and where it stands; `ui.page` says what happens with it."""

from importlib import resources
from typing import Final

import gradio as gr

from rag.question import MAX_CHARACTERS
from ui.conversation import Session
from ui.page_strings import DEFAULT_LANGUAGE, STRINGS, PageLanguage
from ui.render_shelf import masthead

# Events of the page's own HTML. Gradio looks for the quoted names in the script of the component.
_WIRE: Final = "window.hoidap.wire(element, trigger, watch, [{}]);"
# Remembers the language only; no secret, but it must be the same after a restart.
_STORAGE_KEY: Final = "hoidap-page"


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


class Layout:
    """The components, made in the order in which they stand on the page."""

    def __init__(self, editable: bool) -> None:
        """Make them inside the current ``gr.Blocks``; ``editable`` shows what changes the index."""
        self._editable = editable
        self._lay_out()

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
                    self.viewer = _html("viewer", "", "'cite', 'remove'")
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
                orders(DEFAULT_LANGUAGE), value="title", label=words.sort_label, elem_id="order", scale=2
            )
        with gr.Row(elem_id="shelf-edit", visible=self._editable):
            self.upload = gr.UploadButton(
                words.add_button, file_count="multiple", elem_id="upload", size="sm", scale=0
            )
            self.note = _html("shelf-note", "", "")
        self.list = _html("articles", "", "'open'")


def _html(elem_id: str, value: str, names: str) -> gr.HTML:
    script = _WIRE.format(names)
    return gr.HTML(value, elem_id=elem_id, js_on_load=script, apply_default_css=False, padding=False)


def orders(language: PageLanguage) -> list[tuple[str, str]]:
    """The orders of the list: their names and what `ui.render_shelf` calls them."""
    words = STRINGS[language]
    return [(words.sort_title, "title"), (words.sort_newest, "newest"), (words.sort_source, "source")]
