"""The page's frame, its welcome and the list of articles as HTML. Pure functions, see `ui.escaping`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from index.rows import ArticleSummary
from index.sync import Outcome, Status
from index.text import fold_accents
from ui.escaping import byline, escape
from ui.page_strings import STRINGS, PageLanguage, written_number

Order = Literal["title", "newest", "source"]


def masthead(language: PageLanguage) -> str:
    """The name of the program, what it does, and the choice of language."""
    words = STRINGS[language]
    buttons = "".join(
        f'<button type="button" lang="{code}" data-event="language" data-value="{code}"'
        f' aria-pressed="{"true" if code == language else "false"}">{other.language_name}</button>'
        for code, other in STRINGS.items()
    )
    return (
        f'<header class="masthead" data-language="{language}" data-lost="{words.disconnected}"'
        f' data-wrong="{words.went_wrong}">'
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


def change_line(outcomes: Sequence[Outcome], language: PageLanguage) -> str:
    """What became of uploaded files, in the page's own words: the terminal has the reasons."""
    words = STRINGS[language]
    count = Counter(outcome.status for outcome in outcomes)
    done = words.add_done.format(
        added=count[Status.ADDED], updated=count[Status.UPDATED], unchanged=count[Status.UNCHANGED]
    )
    told = {Status.FAILED: words.add_failed, Status.SKIPPED: words.add_skipped}
    failed = [outcome for outcome in outcomes if outcome.status in told]
    lines = [done] if len(failed) < len(outcomes) else []
    lines += [told[outcome.status].format(name=PurePath(outcome.path).name) for outcome in failed]
    return change_note(*lines)


def change_note(*lines: str) -> str:
    """Lines about a change of the index, told to screen readers too."""
    return f'<div class="note" role="status">{"".join(f"<p>{escape(line)}</p>" for line in lines)}</div>'
