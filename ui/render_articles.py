"""The source viewer, the list of articles and the page's frame as HTML. Pure functions, see `ui.render`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from typing import Final, Literal

from index.records import Article
from index.rows import ArticleSummary
from index.text import fold_accents
from rag.records import Answer, Citation
from ui.conversation import Session, View, cited
from ui.page_strings import STRINGS, PageLanguage, written_number
from ui.render import byline, escape, safe_link

Order = Literal["title", "newest", "source"]
_PARAGRAPH: Final = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Highlight:
    """What of an article's text is marked, in characters: a quote inside its sentence.

    Attributes:
        near: the quote is a passage near the question, not an answer.
    """

    start: int
    end: int
    context_start: int
    context_end: int
    near: bool = False


def highlight(article: Article, citation: Citation, near: bool) -> Highlight | None:
    """Where to mark a citation, or None if the article no longer has these words there."""
    if article.text[citation.start : citation.end] != citation.quote:
        return None
    end = citation.context_start + len(citation.context)
    return Highlight(citation.start, citation.end, citation.context_start, end, near)


def body(text: str, marked: Highlight | None) -> str:
    """An article's text as paragraphs; the text content of the result is ``text`` to the letter."""
    parts, end = [], 0
    for match in _PARAGRAPH.finditer(text):
        parts.append(escape(text[end : match.start()]))
        parts.append(f'<p dir="auto">{_pieces(text, match.start(), match.end(), marked)}</p>')
        end = match.end()
    return "".join(parts) + escape(text[end:])


def _pieces(text: str, start: int, end: int, marked: Highlight | None) -> str:
    if marked is None:
        return escape(text[start:end])
    places = (marked.context_start, marked.start, marked.end, marked.context_end)
    cuts = sorted({start, end, *(place for place in places if start < place < end)})
    return "".join(_piece(text, left, right, marked) for left, right in pairwise(cuts))


def _piece(text: str, left: int, right: int, marked: Highlight) -> str:
    piece = escape(text[left:right])
    if marked.start <= left < marked.end:
        return f'<mark class="near">{piece}</mark>' if marked.near else f"<mark>{piece}</mark>"
    if marked.context_start <= left < marked.context_end and not marked.near:
        return f'<span class="context">{piece}</span>'
    return piece


def viewer(session: Session, article: Article | None) -> str:
    """The open article with its citation marked; ``article`` is None if it has left the index."""
    words = STRINGS[session.language]
    view = session.view
    if view is None:
        return (
            f'<div class="idle"><p class="idle-title">{words.viewer_empty_title}</p>'
            f"<p>{words.viewer_empty_text}</p></div>"
        )
    if article is None:
        return f'<div class="idle"><p class="idle-title">{words.gone}</p></div>'
    citations = _citations_of(session, view)
    near = bool(citations) and view.citation in _closest(session, view)
    marked = None if view.citation is None else highlight(article, view.citation, near)
    stale = view.citation is not None and marked is None
    notes = (words.viewer_closest if near else None, words.changed if stale else None)
    told = "".join(f'<p class="note">{note}</p>' for note in notes if note)
    return (
        f'<article data-shown="{session.shown}" data-wanted="{"yes" if view.wanted else "no"}">'
        f"{_steer(session, view, citations)}{_head(article, session.language)}{told}"
        f'<div class="text" lang="vi">{body(article.text, marked)}</div></article>'
    )


def _citations_of(session: Session, view: View) -> tuple[Citation, ...]:
    answer = _answer_of(session, view)
    return () if answer is None else cited(answer)


def _closest(session: Session, view: View) -> tuple[Citation, ...]:
    answer = _answer_of(session, view)
    return () if answer is None else answer.closest


def _answer_of(session: Session, view: View) -> Answer | None:
    outcomes = (turn.outcome for turn in session.turns if turn.number == view.turn)
    outcome = next(outcomes, None)
    return outcome if isinstance(outcome, Answer) else None


def _steer(session: Session, view: View, citations: Sequence[Citation]) -> str:
    """Where this citation stands among those of its answer, and the ways to the others."""
    if not citations:
        return ""
    words = STRINGS[session.language]
    position = words.viewer_position.format(number=view.index + 1, count=len(citations))
    steps = "".join(
        f'<button type="button" class="step" data-event="cite" data-value="{view.turn}-{index}"'
        f' aria-label="{label}"{"" if 0 <= index < len(citations) else " disabled"}>{sign}</button>'
        for index, label, sign in (
            (view.index - 1, words.previous, "←"),
            (view.index + 1, words.following, "→"),
        )
    )
    back = f'<button type="button" class="deed back" data-back="{view.turn}">{words.back}</button>'
    return f'<nav class="steer" aria-label="{words.source_viewer}"><span>{position}</span>{steps}{back}</nav>'


def _head(article: Article, language: PageLanguage) -> str:
    words = STRINGS[language]
    link = safe_link(article.url)
    origin = ""
    if link is not None:
        origin = f'<a href="{escape(link)}" target="_blank" rel="noopener noreferrer">{words.original}</a>'
    elif article.path is not None:
        # Only the name: where files lie on the server is not the reader's business.
        origin = f"<span>{words.file.format(name=f'<bdi>{escape(PurePath(article.path).name)}</bdi>')}</span>"
    line = byline(article.source, article.author, article.published, language)
    return (
        f'<header><h2 class="headline" dir="auto">{escape(article.title)}</h2>'
        f'<p class="byline">{line}</p><p class="origin">{origin}</p></header>'
    )


def masthead(language: PageLanguage) -> str:
    """The name of the program, what it does, and the choice of language."""
    words = STRINGS[language]
    buttons = "".join(
        f'<button type="button" lang="{code}" data-event="language" data-value="{code}"'
        f' aria-pressed="{"true" if code == language else "false"}">{other.language_name}</button>'
        for code, other in STRINGS.items()
    )
    return (
        f'<header class="masthead" data-language="{language}" data-lost="{words.disconnected}">'
        f'<h1 aria-label="hoidap">hỏi<span aria-hidden="true">·</span>đáp</h1><p>{words.tagline}</p>'
        f'<div class="languages" role="group" aria-label="{words.switch_language}">{buttons}</div></header>'
    )


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the welcome says of the index.

    Attributes:
        articles: all of them, without texts.
        examples: questions that the index is known to answer, by language of the page.
        samples_added: how many sample articles this run has added.
    """

    articles: tuple[ArticleSummary, ...]
    examples: tuple[str, ...] = ()
    samples_added: int = 0


def welcome(language: PageLanguage, shelf: Shelf) -> str:
    """The page before the first question: what an answer is, and something to ask or to read."""
    words = STRINGS[language]
    if not shelf.articles:
        return f'<div class="welcome"><h2>{words.empty_index_title}</h2><p>{words.empty_index_text}</p></div>'
    count = words.welcome_articles.format(count=written_number(len(shelf.articles), language))
    note = ""
    if shelf.samples_added:
        note = f'<p class="note">{words.samples_note.format(count=shelf.samples_added)}</p>'
    offers = _examples(words.examples, shelf.examples) if shelf.examples else _newest(language, shelf)
    return (
        f'<div class="welcome"><h2>{words.welcome_title}</h2><p>{words.welcome_text} {count}</p>'
        f"{note}{offers}</div>"
    )


def _examples(label: str, examples: Sequence[str]) -> str:
    items = "".join(
        f'<li><button type="button" class="example" data-event="ask" data-value="{escape(example)}">'
        f"{escape(example)}</button></li>"
        for example in examples
    )
    return f'<h3 class="label">{label}</h3><ul class="examples">{items}</ul>'


def _newest(language: PageLanguage, shelf: Shelf) -> str:
    words = STRINGS[language]
    newest = sorted_articles(shelf.articles, "newest")[:4]
    items = "".join(f"<li>{_article_button(article, language, 'example')}</li>" for article in newest)
    return f'<h3 class="label">{words.newest}</h3><ul class="examples">{items}</ul>'


def sorted_articles(articles: Sequence[ArticleSummary], order: Order) -> list[ArticleSummary]:
    """The articles by title, by date (newest first, undated last) or by source; ties by title, then id."""
    by_title = sorted(articles, key=lambda a: (fold_accents(a.title).casefold(), a.id))
    if order == "newest":
        return sorted(by_title, key=lambda a: -a.published.toordinal() if a.published else 0)
    if order == "source":
        return sorted(by_title, key=lambda a: (a.source is None, fold_accents(a.source or "").casefold()))
    return by_title


def matching(articles: Sequence[ArticleSummary], words: str) -> list[ArticleSummary]:
    """The articles whose title, source or author has every word, accents and case aside."""
    wanted = fold_accents(words).casefold().split()
    return [article for article in articles if all(word in _searchable(article) for word in wanted)]


def _searchable(article: ArticleSummary) -> str:
    return fold_accents(f"{article.title} {article.source or ''} {article.author or ''}").casefold()


def article_list(
    language: PageLanguage, articles: Sequence[ArticleSummary], search: str, order: Order
) -> str:
    """The articles that match a search, in an order, with how many they are."""
    words = STRINGS[language]
    found = sorted_articles(matching(articles, search), order)
    total, shown = (written_number(len(group), language) for group in (articles, found))
    count = words.article_count.format(count=total)
    if search.strip():
        count = words.article_found.format(found=shown, count=total)
    items = "".join(f"<li>{_article_button(article, language, 'entry')}</li>" for article in found)
    listed = f'<ul class="rows">{items}</ul>' if found else f'<p class="quiet">{words.article_none}</p>'
    return f'<p class="count" role="status">{count}</p>{listed}'


def _article_button(article: ArticleSummary, language: PageLanguage, style: str) -> str:
    line = byline(article.source, article.author, article.published, language)
    undated = "" if article.published else f" {STRINGS[language].undated}"
    return (
        f'<button type="button" class="{style}" data-event="open" data-value="{escape(article.id)}">'
        f'<bdi class="title">{escape(article.title)}</bdi>'
        f'<span class="byline">{line}{undated}</span></button>'
    )
