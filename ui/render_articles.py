"""The source viewer, the list of articles and the page's frame as HTML. Pure functions, see `ui.escaping`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from typing import Final, Literal

from index.records import Article
from index.text import has_accents
from rag.records import Answer, Citation
from ui.conversation import Session, View, cited
from ui.escaping import byline, escape, safe_link
from ui.page_strings import STRINGS, PageLanguage, PageStrings

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


def viewer(session: Session, article: Article | None, editable: bool = False) -> str:
    """The open article with its citation marked; ``article`` is None if it has left the index.

    With ``editable`` it can be removed.
    """
    words = STRINGS[session.language]
    view = session.view
    if view is None:
        return (
            f'<div class="idle"><p class="idle-title">{words.viewer_empty_title}</p>'
            f"<p>{words.viewer_empty_text}</p></div>"
        )
    if article is None:
        return f'<div class="idle"><p class="idle-title">{words.gone}</p></div>'
    answer = _answer_of(session, view)
    citations = () if answer is None else cited(answer)
    near = answer is not None and answer.abstained
    marked = None if view.citation is None else highlight(article, view.citation, near)
    told = "".join(f'<p class="note">{note}</p>' for note in _notes(words, view, answer, marked))
    # Screen readers pronounce the article in its own language, whatever the page's is.
    lang = ' lang="vi"' if has_accents(article.text) else ""
    return (
        f'<article data-shown="{session.shown}" data-wanted="{"yes" if view.wanted else "no"}">'
        f"{_steer(session, view, citations)}{_head(article, session.language)}{told}"
        f'<div class="text"{lang}>{body(article.text, marked)}</div>'
        f"{_removal(article, session.language) if editable else ''}</article>"
    )


def _removal(article: Article, language: PageLanguage) -> str:
    """The way to remove an article, with the question whether it is meant."""
    words = STRINGS[language]
    return (
        f'<details class="removal"><summary>{words.remove}</summary><p>{words.remove_confirm}</p>'
        f'<div class="deeds"><button type="button" class="deed" data-event="remove"'
        f' data-value="{escape(article.id)}">{words.remove_yes}</button>'
        f'<button type="button" class="deed" data-close="">{words.remove_no}</button></div></details>'
    )


def _notes(words: PageStrings, view: View, answer: Answer | None, marked: Highlight | None) -> Iterator[str]:
    """What must be known of the marked words."""
    if answer is not None and answer.abstained:
        yield words.viewer_closest
    elif answer is not None and view.index >= len(answer.citations):
        yield words.viewer_other
    if view.citation is not None and marked is None:
        yield words.changed


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
